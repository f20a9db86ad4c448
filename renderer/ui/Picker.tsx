import { Select } from '@base-ui/react/select';
import { Check, ChevronDown } from 'lucide-react';
import type { ReactNode } from 'react';
import { classes } from './classes';
import { Icon } from './Icon';
import styles from './Picker.module.css';

export interface PickerOption<T extends string> {
  readonly value: T;
  readonly label: string;
  /** What stands before the label, such as a version's swatch. */
  readonly mark?: ReactNode;
  /** Grey words behind the label. */
  readonly note?: string;
  readonly isDisabled?: boolean;
}

export interface PickerProps<T extends string> {
  /** What is chosen here. */
  readonly label: string;
  readonly options: readonly PickerOption<T>[];
  readonly value: T | null;
  readonly onChange: (value: T) => void;
  readonly placeholder?: string;
  readonly size?: 'sm' | 'md';
  readonly isDisabled?: boolean;
  readonly className?: string | undefined;
}

/** One of many: a button that opens a list. Role `combobox`, its options `option`. */
export function Picker<T extends string>({
  label,
  options,
  value,
  onChange,
  placeholder = '',
  size = 'md',
  isDisabled = false,
  className,
}: PickerProps<T>) {
  const chosen = options.find((option) => option.value === value);
  return (
    <Select.Root
      value={value}
      onValueChange={(next) => {
        if (next !== null) onChange(next);
      }}
      items={options.map((option) => ({ value: option.value, label: option.label }))}
      disabled={isDisabled}
      modal={false}
    >
      <Select.Trigger aria-label={label} className={classes(styles['trigger'], styles[size], className)}>
        {chosen?.mark}
        <span className={styles['value']}>{chosen?.label ?? placeholder}</span>
        <Select.Icon className={styles['chevron']}>
          <Icon of={ChevronDown} />
        </Select.Icon>
      </Select.Trigger>
      <Select.Portal>
        <Select.Positioner className={styles['positioner']} sideOffset={4} alignItemWithTrigger={false}>
          <Select.Popup className={styles['popup']}>
            <Select.List className={styles['list']}>
              {options.map((option) => (
                <Select.Item
                  key={option.value}
                  value={option.value}
                  disabled={option.isDisabled ?? false}
                  className={styles['option']}
                >
                  <span className={styles['tick']}>
                    <Select.ItemIndicator>
                      <Icon of={Check} size={14} />
                    </Select.ItemIndicator>
                  </span>
                  {option.mark}
                  <Select.ItemText className={styles['text']}>{option.label}</Select.ItemText>
                  {option.note !== undefined && <span className={styles['note']}>{option.note}</span>}
                </Select.Item>
              ))}
            </Select.List>
          </Select.Popup>
        </Select.Positioner>
      </Select.Portal>
    </Select.Root>
  );
}
