import { keysLabel } from '../commands/keys';
import { type Command, commandGroups } from '../commands/registry';
import { useServices } from '../services';
import { classes } from '../ui/classes';
import { Dialog } from '../ui/Dialog';
import tableStyles from '../ui/Table.module.css';
import styles from './ShortcutSheet.module.css';
import { usePlatform } from './use-platform';

/** Every shortcut there is right now, by group. */
export function ShortcutSheet({
  isOpen,
  onClose,
}: {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}) {
  const { t } = useServices();
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={t('shortcuts.title')}>
      <ShortcutTables />
    </Dialog>
  );
}

/** The tables of the sheet, also for Settings. */
export function ShortcutTables({ isFlush = false }: { readonly isFlush?: boolean }) {
  const { t, commands } = useServices();
  const withKeys = commands.list().filter((command) => command.keys !== undefined);
  return (
    <div className={classes(styles['groups'], isFlush && styles['flush'])}>
      {commandGroups.map((group) => {
        const some = withKeys.filter((command) => command.group === group);
        return (
          some.length > 0 && <ShortcutTable key={group} title={t(`palette.group.${group}`)} commands={some} />
        );
      })}
    </div>
  );
}

interface ShortcutTableProps {
  readonly title: string;
  readonly commands: readonly Command[];
}

function ShortcutTable({ title, commands }: ShortcutTableProps) {
  const { t } = useServices();
  const platform = usePlatform();
  return (
    <section>
      <h3 className={styles['title']}>{title}</h3>
      <table
        className={classes(tableStyles['table'], tableStyles['tight'], styles['table'])}
        aria-label={title}
      >
        <tbody>
          {commands.map((command) => (
            <tr key={command.id}>
              <th scope="row" title={command.title}>
                {command.title}
              </th>
              <td className={classes(tableStyles['end'], styles['keys'])}>
                {(command.keys ?? []).map((keys) => keysLabel(keys, platform)).join(', ')}
                {command.scope === 'list' && (
                  <span className="visually-hidden">{t('shortcuts.where.list')}</span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
