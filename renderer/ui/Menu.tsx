import { Menu as Base } from '@base-ui/react/menu';
import { Check, type LucideIcon } from 'lucide-react';
import { Fragment, type ReactElement } from 'react';
import { classes } from './classes';
import { Icon } from './Icon';
import { Kbd } from './Kbd';
import styles from './Menu.module.css';

export interface MenuEntry {
  readonly id: string;
  readonly label: string;
  readonly icon?: LucideIcon;
  /** Shown at the end of the line. */
  readonly keys?: string;
  /** Why it cannot be chosen now. */
  readonly unavailable?: string | null;
  readonly isDanger?: boolean;
  /** For an entry that can be on or off; the menu then stays open. */
  readonly isChecked?: boolean;
  /** A line above it. */
  readonly startsGroup?: boolean;
  readonly onChoose: () => void;
}

export interface MenuProps {
  /** The button that opens it. */
  readonly trigger: ReactElement<Record<string, unknown>>;
  readonly entries: readonly MenuEntry[];
}

/** A list of actions behind a button. What it holds can be reached another way too. */
export function Menu({ trigger, entries }: MenuProps) {
  return (
    <Base.Root modal={false}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner className={styles['positioner']} align="end" sideOffset={4}>
          <Base.Popup className={styles['popup']}>
            {entries.map((entry) => (
              <Fragment key={entry.id}>
                {entry.startsGroup && <Base.Separator className={styles['separator']} />}
                {entry.isChecked === undefined ? <PlainItem entry={entry} /> : <CheckItem entry={entry} />}
              </Fragment>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

function PlainItem({ entry }: { readonly entry: MenuEntry }) {
  return (
    <Base.Item
      disabled={Boolean(entry.unavailable)}
      title={entry.unavailable ?? undefined}
      className={classes(styles['item'], entry.isDanger && styles['danger'])}
      onClick={entry.onChoose}
    >
      <span className={styles['icon']}>{entry.icon && <Icon of={entry.icon} />}</span>
      <span className={styles['label']}>{entry.label}</span>
      {entry.keys !== undefined && <Kbd keys={entry.keys} />}
    </Base.Item>
  );
}

function CheckItem({ entry }: { readonly entry: MenuEntry }) {
  return (
    <Base.CheckboxItem
      checked={entry.isChecked ?? false}
      disabled={Boolean(entry.unavailable)}
      className={styles['item']}
      onCheckedChange={entry.onChoose}
    >
      <span className={styles['icon']}>
        <Base.CheckboxItemIndicator>
          <Icon of={Check} />
        </Base.CheckboxItemIndicator>
      </span>
      <span className={styles['label']}>{entry.label}</span>
    </Base.CheckboxItem>
  );
}
