import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { classes } from './classes';
import { Icon } from './Icon';
import styles from './NoteBox.module.css';

export interface NoteBoxProps {
  readonly tone: 'warn' | 'err';
  readonly icon: LucideIcon;
  /** Spoken when it comes: at once, or when there is a pause. */
  readonly role?: 'alert' | 'status';
  /** What can be done about it: beside the words, and under them where there is little room. */
  readonly buttons?: ReactNode;
  readonly className?: string | undefined;
  readonly children: ReactNode;
}

/** Something that a person should know, right where it matters. */
export function NoteBox({ tone, icon, role, buttons, className, children }: NoteBoxProps) {
  return (
    <div role={role} className={classes(styles['box'], styles[tone], className)}>
      <Icon of={icon} className={styles['icon']} />
      <div className={styles['main']}>
        <div className={styles['words']}>{children}</div>
        {buttons && <div className={styles['buttons']}>{buttons}</div>}
      </div>
    </div>
  );
}
