import { ArrowDown, ArrowUp } from 'lucide-react';
import { classes } from './classes';
import { Icon } from './Icon';
import styles from './Table.module.css';

export interface SortHeaderProps {
  readonly label: string;
  readonly title?: string;
  /** Null while another column decides the order. */
  readonly direction: 'ascending' | 'descending' | null;
  readonly isEnd?: boolean;
  readonly className?: string | undefined;
  readonly onSort: () => void;
}

/** A column's head that orders the table when pressed. */
export function SortHeader({ label, title, direction, isEnd = false, className, onSort }: SortHeaderProps) {
  return (
    <th
      scope="col"
      aria-sort={direction ?? undefined}
      className={classes(isEnd && styles['end'], className)}
      title={title}
    >
      <button type="button" className={styles['sort']} onClick={onSort}>
        {isEnd && direction && <Icon of={direction === 'ascending' ? ArrowUp : ArrowDown} size={12} />}
        {label}
        {!isEnd && direction && <Icon of={direction === 'ascending' ? ArrowUp : ArrowDown} size={12} />}
      </button>
    </th>
  );
}
