import type { CSSProperties } from 'react';
import { classes } from './classes';
import styles from './ProbabilityBar.module.css';

export interface ProbabilityBarProps {
  /** From 0 to 1, on a scale that all bars of a view share. */
  readonly fraction: number;
  /** Sets `--c`; the accent when absent. See `versionColour`. */
  readonly style?: CSSProperties | undefined;
  readonly isThin?: boolean;
}

/** A bar on a 0 to 1 scale. Its number stands beside it in words, so the bar itself is not spoken. */
export function ProbabilityBar({ fraction, style, isThin = false }: ProbabilityBarProps) {
  const share = Math.min(1, Math.max(0, fraction));
  return (
    <span className={classes(styles['track'], isThin && styles['thin'])} style={style} aria-hidden="true">
      <span className={styles['bar']} style={{ inlineSize: `${share * 100}%` }} />
    </span>
  );
}
