import { type KeyboardEvent, type ReactNode, useRef } from 'react';
import { classes } from './classes';
import styles from './SegmentedControl.module.css';

export interface Segment<T extends string> {
  readonly value: T;
  readonly label: ReactNode;
  /** Its accessible name, where `label` is not just words. */
  readonly name?: string;
}

export interface SegmentedControlProps<T extends string> {
  /** What is chosen here. */
  readonly label: string;
  readonly segments: readonly Segment<T>[];
  readonly value: T;
  readonly onChange: (value: T) => void;
  readonly size?: 'sm' | 'md';
  /** `choice` sets something (radio group); `view` only changes what is seen (pressed buttons). */
  readonly kind?: 'choice' | 'view';
  /** May they take several lines, where there are many? */
  readonly wraps?: boolean;
}

/** One of a few, all in sight: a radio group with roving focus, arrows choose. */
export function SegmentedControl<T extends string>({
  label,
  segments,
  value,
  onChange,
  size = 'md',
  kind = 'choice',
  wraps = false,
}: SegmentedControlProps<T>) {
  const isChoice = kind === 'choice';
  const group = useRef<HTMLDivElement>(null);
  const move = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const index = segments.findIndex((segment) => segment.value === value);
    const next = (index + step + segments.length) % segments.length;
    const segment = segments[next];
    if (!segment) return;
    onChange(segment.value);
    group.current?.querySelectorAll('button')[next]?.focus();
  };
  const groupProps = { role: isChoice ? 'radiogroup' : 'group', 'aria-label': label, onKeyDown: move };
  return (
    <div
      ref={group}
      {...groupProps}
      className={classes(styles['group'], styles[size], wraps && styles['wraps'])}
    >
      {segments.map((segment) => (
        <button
          key={segment.value}
          type="button"
          {...(isChoice
            ? { role: 'radio', 'aria-checked': segment.value === value }
            : { 'aria-pressed': segment.value === value })}
          aria-label={segment.name}
          tabIndex={segment.value === value ? 0 : -1}
          className={styles['segment']}
          onClick={() => onChange(segment.value)}
        >
          {segment.label}
        </button>
      ))}
    </div>
  );
}

/** How many there are of what a segment shows, behind its words. */
export function SegmentCount({ children }: { readonly children: ReactNode }) {
  return <span className={styles['count']}>{children}</span>;
}
