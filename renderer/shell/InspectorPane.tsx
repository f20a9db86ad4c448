import { X } from 'lucide-react';
import { keysLabel } from '../commands/keys';
import { useServices } from '../services';
import { IconButton } from '../ui/IconButton';
import { PaneHead } from '../ui/Panel';
import styles from './InspectorPane.module.css';
import { usePlatform } from './use-platform';

/** `complementary` "Inspector": the page in sight fills it through `Inspector`. */
export function InspectorPane({ onSlot }: { readonly onSlot: (slot: HTMLElement | null) => void }) {
  const { t, commands } = useServices();
  const platform = usePlatform();
  const close = t('common.close');
  return (
    <aside className={styles['pane']} aria-label={t('shell.inspector')} data-region="">
      <PaneHead>
        <h2 className={styles['title']}>{t('shell.inspector')}</h2>
        <IconButton
          icon={X}
          label={t('inspector.close')}
          tip={t('common.shortcut', { title: close, keys: keysLabel('$mod+i', platform) })}
          onClick={() => commands.run('view.inspector')}
        />
      </PaneHead>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a part that scrolls must be reachable by keyboard */}
      <div ref={onSlot} className={styles['slot']} tabIndex={0} />
    </aside>
  );
}
