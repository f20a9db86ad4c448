import { ArrowLeft, Columns2, Play } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import { useServices } from '../../services';
import { InspectorButton } from '../../shell/InspectorButton';
import { selectModel } from '../../stores/models';
import { currentRoute, type ModelTab } from '../../stores/router';
import { Button } from '../../ui/Button';
import { DetailPane, DetailTitle } from '../../ui/DetailPane';
import { ErrorView } from '../../ui/ErrorView';
import { IconButton } from '../../ui/IconButton';
import { PaneHead } from '../../ui/Panel';
import { StateBadge } from '../../ui/StateBadge';
import { Tabs } from '../../ui/Tabs';
import { narrowWindow, useMedia } from '../../ui/use-media';
import { EventsPanel } from '../events/EventsPanel';
import { EventsTab } from '../events/EventsTab';
import styles from './ModelDetail.module.css';
import { ModelInspector } from './ModelInspector';
import { ModelMenu } from './ModelMenu';
import { stateOf } from './model-state';
import { RemoveDialog } from './RemoveDialog';
import { RunningTab } from './RunningTab';
import { SignatureTab } from './SignatureTab';
import { useModelCommands } from './use-model-commands';
import { VersionsTab } from './VersionsTab';

export interface ModelDetailProps {
  readonly name: string;
  /** One column only: a way back to the list. */
  readonly hasBack: boolean;
}

/** One model in full: what it is, its versions, its signature, its events. */
export function ModelDetail({ name, hasBack }: ModelDetailProps) {
  const { t, models, router } = useServices();
  const model = useStore(models.store, selectModel(name));
  const route = useStore(router.store, currentRoute);
  const isNarrow = useMedia(narrowWindow);
  const [isRemoving, setRemoving] = useState(false);
  const [focused, setFocused] = useState<number | null>(null);
  const [selected, setSelected] = useState<readonly number[]>([]);
  const way = useModelCommands({
    name,
    focused,
    selected,
    onFocusVersion: setFocused,
    onRemove: () => setRemoving(true),
  });
  if (!model) return null;
  const leave = (): void => {
    if (hasBack) router.navigate({ area: 'models', model: null, tab: 'versions' });
    else document.querySelector<HTMLElement>(`[data-row="${CSS.escape(name)}"]`)?.focus();
  };
  const tab: ModelTab = route.area === 'models' ? route.tab : 'versions';

  return (
    <DetailPane labelledBy="detail-title" onLeave={leave}>
      <PaneHead hasLine={false}>
        {hasBack && (
          <IconButton
            icon={ArrowLeft}
            label={t('models.backToList')}
            onClick={() => router.navigate({ area: 'models', model: null, tab })}
          />
        )}
        <DetailTitle id="detail-title" title={name} />
        <StateBadge state={stateOf(model)} isFilled />
        <span className={styles['path']} title={model.displayPath}>
          {model.displayPath}
        </span>
        <Button
          icon={Play}
          aria-label={t('model.tryNamed', { model: name })}
          unavailable={way.tryReason}
          onClick={way.try}
        >
          {t('model.try')}
        </Button>
        {!isNarrow && (
          <Button
            icon={Columns2}
            aria-label={t('model.compareNamed', { model: name })}
            unavailable={way.compareReason}
            onClick={way.compare}
          >
            {t('model.compare')}
          </Button>
        )}
        <ModelMenu model={model} way={way} onRemove={() => setRemoving(true)} />
        <InspectorButton />
      </PaneHead>
      {model.problem && (
        <div className={styles['problem']}>
          <ErrorView error={model.problem} onRetry={way.rescan} />
        </div>
      )}
      <Tabs<ModelTab>
        label={name}
        value={tab}
        onChange={(next) => router.navigate({ area: 'models', model: name, tab: next })}
        tabs={[
          {
            value: 'versions',
            label: t('model.tab.versions'),
            count: model.versions.length,
            panel: (
              <VersionsTab
                model={model}
                focused={focused}
                selected={selected}
                onFocus={setFocused}
                onSelect={setSelected}
              />
            ),
          },
          {
            value: 'signature',
            label: t('model.tab.signature'),
            panel: <SignatureTab model={model} focused={focused} />,
          },
          {
            value: 'running',
            label: t('model.tab.running'),
            panel: <RunningTab model={model} focused={focused} />,
          },
          {
            value: 'events',
            label: t('model.tab.events'),
            panel: <EventsTab model={model} />,
          },
        ]}
      />
      {tab !== 'events' && <EventsPanel area="models" model={name} />}
      <ModelInspector model={model} focused={focused} />
      <RemoveDialog model={model} isOpen={isRemoving} onClose={() => setRemoving(false)} />
    </DetailPane>
  );
}
