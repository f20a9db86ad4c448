import type { LucideIcon } from 'lucide-react';
import { classes } from './classes';
import styles from './Icon.module.css';

export interface IconProps {
  readonly of: LucideIcon;
  /** 16 pixels unless told: 12 in chips, 14 in badges, 20 in large places. */
  readonly size?: 12 | 14 | 16 | 20;
  /** Turns for as long as it is shown; pulses instead where motion is unwelcome. */
  readonly isSpinning?: boolean;
  readonly className?: string | undefined;
}

/** A picture from the one stroke family. It never carries meaning alone: words stand beside it. */
export function Icon({ of: Drawing, size = 16, isSpinning = false, className }: IconProps) {
  const names = classes(
    styles['icon'],
    styles[`s${size}`],
    isSpinning ? styles['spinning'] : undefined,
    className,
  );
  return <Drawing aria-hidden="true" strokeWidth={1.75} className={names} />;
}
