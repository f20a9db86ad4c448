import { classes } from './classes';
import styles from './ProgressBar.module.css';
import { shareDone } from './share-done';

export interface ProgressTrackProps {
  /** From 0 to 1; null while nobody can tell. */
  readonly share: number | null;
  /** Default: that of what a person waits for. */
  readonly tone?: 'accent' | 'info' | 'idle' | 'ok' | 'warn' | 'err';
  readonly isThick?: boolean;
  readonly className?: string | undefined;
}

/** How far something is, where words beside it say so. */
export function ProgressTrack({ share, tone = 'accent', isThick = false, className }: ProgressTrackProps) {
  return (
    <span className={classes(styles['track'], isThick && styles['thick'], className)} aria-hidden="true">
      <span
        className={classes(styles['bar'], styles[tone], share === null && styles['unknown'])}
        style={share === null ? undefined : { inlineSize: `${share * 100}%` }}
      />
    </span>
  );
}

export interface ProgressBarProps extends Omit<ProgressTrackProps, 'share'> {
  /** What is under way. */
  readonly label: string;
  /** How far it is, as it is read out. */
  readonly text: string;
  readonly done: number;
  /** Null while nobody can tell. */
  readonly total: number | null;
}

/** `progressbar`: how far something is. */
export function ProgressBar({ label, text, done, total, className, ...look }: ProgressBarProps) {
  return (
    <div
      role="progressbar"
      tabIndex={-1}
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={total ?? undefined}
      aria-valuenow={total === null ? undefined : done}
      aria-valuetext={text}
      className={className}
    >
      <ProgressTrack {...look} share={shareDone(done, total)} />
    </div>
  );
}
