import { Combobox } from '@base-ui/react/combobox';
import { Check, ChevronDown } from 'lucide-react';
import { useMemo } from 'react';
import styles from './ComboBox.module.css';
import { classes } from './classes';
import { Icon } from './Icon';
import pickerStyles from './Picker.module.css';

export interface ComboOption {
  readonly value: number;
  readonly label: string;
}

export interface ComboBoxProps {
  /** What is chosen here. */
  readonly label: string;
  readonly options: readonly ComboOption[];
  readonly value: number | null;
  readonly onChange: (value: number | null) => void;
  readonly placeholder: string;
  /** Said when nothing matches what is typed. */
  readonly emptyText: string;
  readonly className?: string | undefined;
}

/** More than this many are found by typing. */
const mostShown = 50;

/** One of very many: a field that finds by typing. Role `combobox`, its options `option`. */
export function ComboBox({
  label,
  options,
  value,
  onChange,
  placeholder,
  emptyText,
  className,
}: ComboBoxProps) {
  const items = useMemo(() => [...options], [options]);
  return (
    <Combobox.Root
      items={items}
      value={items.find((option) => option.value === value) ?? null}
      onValueChange={(next) => onChange(next?.value ?? null)}
      itemToStringLabel={(option) => option.label}
      isItemEqualToValue={(one, other) => one.value === other.value}
      limit={mostShown}
      autoHighlight
    >
      <span className={classes(styles['field'], className)}>
        <Combobox.Input
          aria-label={label}
          placeholder={placeholder}
          spellCheck={false}
          className={styles['input']}
        />
        <Combobox.Trigger aria-label={label} tabIndex={-1} className={styles['trigger']}>
          <Icon of={ChevronDown} />
        </Combobox.Trigger>
      </span>
      <Combobox.Portal>
        <Combobox.Positioner className={pickerStyles['positioner']} sideOffset={4}>
          <Combobox.Popup className={pickerStyles['popup']}>
            <Combobox.Empty className={styles['empty']}>{emptyText}</Combobox.Empty>
            <Combobox.List className={pickerStyles['list']}>
              {(option: ComboOption) => (
                <Combobox.Item key={option.value} value={option} className={pickerStyles['option']}>
                  <span className={pickerStyles['tick']}>
                    <Combobox.ItemIndicator>
                      <Icon of={Check} size={14} />
                    </Combobox.ItemIndicator>
                  </span>
                  <span className={pickerStyles['text']}>{option.label}</span>
                </Combobox.Item>
              )}
            </Combobox.List>
          </Combobox.Popup>
        </Combobox.Positioner>
      </Combobox.Portal>
    </Combobox.Root>
  );
}
