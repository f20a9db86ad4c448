import type { CSSProperties, ReactNode } from 'react';
import styles from './Mark.module.css';

export interface MarkProps {
  /** Sets the colour, as `--c`. */
  readonly style: CSSProperties;
  readonly children: ReactNode;
}

/** A number, a letter or an icon on a colour, 16 pixels square: what it stands for is named beside it. */
export function Mark({ style, children }: MarkProps) {
  return (
    <span className={styles['mark']} style={style} aria-hidden="true">
      {children}
    </span>
  );
}
