import { X } from 'lucide-react';
import { useStore } from 'zustand';
import { keysLabel } from '../../commands/keys';
import { useServices } from '../../services';
import { usePlatform } from '../../shell/use-platform';
import type { Area } from '../../stores/router';
import type { UiState } from '../../stores/ui';
import { IconButton } from '../../ui/IconButton';
import { SegmentedControl } from '../../ui/SegmentedControl';
import { lowWindow, useMedia } from '../../ui/use-media';
import styles from './EventsPanel.module.css';
import { EventsTable } from './EventsTable';
import { useHistory } from './use-history';

export interface EventsPanelProps {
  readonly area: Area;
  /** The model in sight; null where none is. */
  readonly model: string | null;
}

/** The foot of a page: the newest events, of the model in sight or of all. In a low window only its head is left. */
export function EventsPanel({ area, model }: EventsPanelProps) {
  const { t, ui, commands } = useServices();
  const platform = usePlatform();
  const isOpen = useStore(ui, (state) => state.eventsOpenIn.includes(area));
  const of = useStore(ui, (state) => state.eventsOf);
  const isLow = useMedia(lowWindow);
  if (!isOpen) return null;
  return (
    <section className={styles['panel']} aria-labelledby="events-title" data-region="">
      <div className={styles['head']}>
        <h3 id="events-title">{t('events.title')}</h3>
        {model !== null && (
          <SegmentedControl<UiState['eventsOf']>
            size="sm"
            kind="view"
            label={t('events.of')}
            value={of}
            onChange={(eventsOf) => ui.setState({ eventsOf })}
            segments={[
              { value: 'model', label: t('events.thisModel') },
              { value: 'all', label: t('events.all') },
            ]}
          />
        )}
        <span className={styles['gap']} />
        <IconButton
          size="sm"
          icon={X}
          label={t('events.close')}
          tip={t('common.shortcut', { title: t('events.close'), keys: keysLabel('$mod+j', platform) })}
          onClick={() => commands.run('view.events')}
        />
      </div>
      {!isLow && (
        <div className={styles['body']}>
          <Newest model={of === 'model' ? model : null} />
        </div>
      )}
    </section>
  );
}

function Newest({ model }: { readonly model: string | null }) {
  const { events } = useHistory({ model, version: null, sinceMs: null });
  return <EventsTable model={model} events={events} />;
}
