import { Check, Minus } from 'lucide-react';
import type { ReactNode } from 'react';
import styles from './CheckBox.module.css';
import { Icon } from './Icon';

export interface CheckBoxProps {
  /** Its accessible name. */
  readonly label: string;
  readonly isChecked: boolean;
  readonly isIndeterminate?: boolean;
  readonly isDisabled?: boolean;
  readonly onChange: (isChecked: boolean) => void;
  /** What stands beside the box; pressing it ticks too. */
  readonly children?: ReactNode;
}

/** A native checkbox in the house's look. */
export function CheckBox({
  label,
  isChecked,
  isIndeterminate = false,
  isDisabled = false,
  onChange,
  children,
}: CheckBoxProps) {
  return (
    <label className={styles['check']}>
      <span className={styles['frame']}>
        <input
          type="checkbox"
          aria-label={label}
          className={styles['box']}
          checked={isChecked}
          disabled={isDisabled}
          ref={(box) => {
            if (box) box.indeterminate = isIndeterminate;
          }}
          onChange={(event) => onChange(event.target.checked)}
        />
        <Icon of={isIndeterminate ? Minus : Check} size={12} className={styles['mark']} />
      </span>
      {children}
    </label>
  );
}
