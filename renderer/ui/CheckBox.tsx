import { Checkbox } from '@base-ui/react/checkbox';
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

export function CheckBox({
  label,
  isChecked,
  isIndeterminate = false,
  isDisabled = false,
  onChange,
  children,
}: CheckBoxProps) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is the box inside
    <label className={styles['check']}>
      <Checkbox.Root
        aria-label={label}
        checked={isChecked}
        indeterminate={isIndeterminate}
        disabled={isDisabled}
        onCheckedChange={onChange}
        className={styles['box']}
      >
        <Checkbox.Indicator className={styles['mark']}>
          <Icon of={isIndeterminate ? Minus : Check} size={12} />
        </Checkbox.Indicator>
      </Checkbox.Root>
      {children}
    </label>
  );
}
