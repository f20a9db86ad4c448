import type { ReactNode } from 'react';
import { classes } from './classes';
import styles from './Panel.module.css';

export interface SectionHeadProps {
  readonly title: string;
  readonly id?: string;
  readonly level?: 2 | 3;
  /** Grey words behind the title. */
  readonly note?: ReactNode;
  /** Controls at the end. */
  readonly children?: ReactNode;
}

/** The 28 pixel line above a section: its title, a note, its controls. */
export function SectionHead({ title, id, level = 3, note, children }: SectionHeadProps) {
  const Heading = `h${level}` as const;
  return (
    <div className={styles['sectionHead']}>
      <Heading id={id} className={styles['title']}>
        {title}
      </Heading>
      <span className={styles['note']}>{note}</span>
      {children}
    </div>
  );
}

export interface PaneHeadProps {
  readonly children: ReactNode;
  readonly className?: string | undefined;
  /** With a line under it; without one where tabs follow. */
  readonly hasLine?: boolean;
}

/** The 48 pixel line at the top of a list, a detail or the inspector: all share one height. */
export function PaneHead({ children, className, hasLine = true }: PaneHeadProps) {
  return (
    <header className={classes(styles['paneHead'], hasLine && styles['line'], className)}>{children}</header>
  );
}
