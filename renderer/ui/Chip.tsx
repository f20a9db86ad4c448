import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import styles from './Chip.module.css';
import { Icon } from './Icon';

export interface ChipProps {
  readonly icon?: LucideIcon;
  readonly title?: string;
  readonly children: ReactNode;
}

/** A short fact in a frame. */
export function Chip({ icon, title, children }: ChipProps) {
  return (
    <span className={styles['chip']} title={title}>
      {icon && <Icon of={icon} size={12} />}
      <span className={styles['text']}>{children}</span>
    </span>
  );
}
