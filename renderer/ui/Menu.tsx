import { Menu as Base } from '@base-ui/react/menu';
import type { LucideIcon } from 'lucide-react';
import type { ReactElement } from 'react';
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
            {entries.flatMap((entry) => [
              entry.startsGroup ? (
                <Base.Separator key={`${entry.id} line`} className={styles['separator']} />
              ) : null,
              <Base.Item
                key={entry.id}
                disabled={Boolean(entry.unavailable)}
                title={entry.unavailable ?? undefined}
                className={classes(styles['item'], entry.isDanger && styles['danger'])}
                onClick={entry.onChoose}
              >
                <span className={styles['icon']}>{entry.icon && <Icon of={entry.icon} />}</span>
                <span className={styles['label']}>{entry.label}</span>
                {entry.keys !== undefined && <Kbd keys={entry.keys} />}
              </Base.Item>,
            ])}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
