import { ArrowLeft, Columns2, PanelRight, Play } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import { keysLabel } from '../../commands/keys';
import { useServices } from '../../services';
import { usePlatform } from '../../shell/use-platform';
import { selectModel } from '../../stores/models';
import { currentRoute, type ModelTab } from '../../stores/router';
import { Button } from '../../ui/Button';
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

const isTyping = (target: EventTarget): boolean => target instanceof HTMLInputElement;

/** One model in full: what it is, its versions, its signature, its events. */
export function ModelDetail({ name, hasBack }: ModelDetailProps) {
  const { t, models, router, ui } = useServices();
  const platform = usePlatform();
  const model = useStore(models.store, selectModel(name));
  const route = useStore(router.store, currentRoute);
  const isInspecting = useStore(ui, (state) => state.inspectorOpen);
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
    <section
      className={styles['detail']}
      aria-labelledby="detail-title"
      data-region=""
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !event.defaultPrevented && !isTyping(event.target)) leave();
      }}
    >
      <PaneHead hasLine={false}>
        {hasBack && (
          <IconButton
            icon={ArrowLeft}
            label={t('models.backToList')}
            onClick={() => router.navigate({ area: 'models', model: null, tab })}
          />
        )}
        <h2 id="detail-title" tabIndex={-1} className={styles['name']} title={name}>
          {name}
        </h2>
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
        <IconButton
          icon={PanelRight}
          label={t('shell.inspector')}
          tip={t('common.shortcut', { title: t('shell.inspector'), keys: keysLabel('$mod+i', platform) })}
          isPressed={isInspecting}
          onClick={() => ui.setState({ inspectorOpen: !isInspecting })}
        />
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
    </section>
  );
}
