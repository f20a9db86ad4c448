import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { Icon } from '../../ui/Icon';
import styles from './RuleFrame.module.css';

export interface RuleFrameProps {
  /** Its place among those that are asked in order, or a picture for what comes after. */
  readonly number: number | LucideIcon;
  /** Its accessible name. */
  readonly label: string;
  /** The first line. */
  readonly head: ReactNode;
  /** Buttons at the end of the first line. */
  readonly actions?: ReactNode;
  readonly children?: ReactNode;
}

/** One card of the rules. */
export function RuleFrame({ number, label, head, actions, children }: RuleFrameProps) {
  return (
    <li className={styles['rule']} aria-label={label}>
      <span className={styles['number']}>
        {typeof number === 'number' ? number : <Icon of={number} size={14} />}
      </span>
      <div className={styles['body']}>
        <div className={styles['line']}>
          <div className={styles['head']}>{head}</div>
          {actions}
        </div>
        {children}
      </div>
    </li>
  );
}
