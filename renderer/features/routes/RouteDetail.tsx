import { ArrowLeft, Ellipsis, Play, Trash2, Undo2 } from 'lucide-react';
import { useCallback, useState } from 'react';
import { useStore } from 'zustand';
import { keysLabel } from '../../commands/keys';
import { useServices } from '../../services';
import { usePlatform } from '../../shell/use-platform';
import type { RouteTab } from '../../stores/router';
import { selectRoute } from '../../stores/routes';
import { AlertDialog } from '../../ui/AlertDialog';
import { Button } from '../../ui/Button';
import { DetailPane, DetailTitle } from '../../ui/DetailPane';
import { EmptyState } from '../../ui/EmptyState';
import { IconButton } from '../../ui/IconButton';
import { Menu } from '../../ui/Menu';
import { PaneHead } from '../../ui/Panel';
import { Tabs } from '../../ui/Tabs';
import { narrowWindow, useMedia } from '../../ui/use-media';
import { CallSection } from '../endpoints/CallSection';
import { RequestsTable } from '../endpoints/RequestsTable';
import { lookOf } from './arm-look';
import { ChangeStrip } from './ChangeStrip';
import { DraftButtons } from './DraftButtons';
import { OffNote } from './OffNote';
import styles from './RouteDetail.module.css';
import { decisionWords } from './route-words';
import { StickyNote } from './StickyNote';
import { TrafficTab } from './TrafficTab';
import { useCanUndo } from './use-can-undo';
import { useRouteCommands } from './use-route-commands';
import { RouteEditorProvider, useNewEditor } from './use-route-editor';
import { useRouteFigures } from './use-route-figures';

export interface RouteDetailProps {
  readonly name: string;
  readonly tab: RouteTab;
  /** In one column: back to the list; null where the list is in sight. */
  readonly onBack: (() => void) | null;
}

/** One route in full: its traffic and its rules, how it is called, what was asked of it. */
export function RouteDetail({ name, tab, onBack }: RouteDetailProps) {
  const { t, actions, routes, routeActions, router, ui } = useServices();
  const platform = usePlatform();
  const isNarrow = useMedia(narrowWindow);
  const isKnown = useStore(routes.store, (state) => selectRoute(name)(state) !== undefined);
  const window = useStore(ui, (state) => state.routeWindow);
  const figures = useRouteFigures(isKnown && tab === 'traffic' ? name : null, window);
  const editor = useNewEditor(name, figures);
  const [isRemoving, setRemoving] = useState(false);
  const askToRemove = useCallback(() => setRemoving(true), []);
  const ways = useRouteCommands(editor, askToRemove);
  const canUndo = useCanUndo(name);
  if (editor === null || !isKnown) return <Gone name={name} />;
  const leave = (): void => {
    if (onBack) onBack();
    else document.querySelector<HTMLElement>('[data-row][aria-current]')?.focus();
  };
  return (
    <DetailPane labelledBy="route-title" onLeave={leave}>
      <PaneHead hasLine={false}>
        {onBack && <IconButton icon={ArrowLeft} label={t('endpoints.backToList')} onClick={onBack} />}
        <DetailTitle id="route-title" title={name} />
        <span className={styles['path']} title={t('routes.path', { name })}>
          {t('routes.path', { name })}
        </span>
        {editor.isChanged ? (
          <RouteEditorProvider value={editor}>
            <DraftButtons />
          </RouteEditorProvider>
        ) : (
          <>
            {canUndo && (
              <Button icon={Undo2} onClick={() => void actions.undoLast(name)}>
                {t('common.undo')}
              </Button>
            )}
            {isNarrow ? (
              <IconButton icon={Play} label={t('model.tryNamed', { model: name })} onClick={ways.try} />
            ) : (
              <Button icon={Play} aria-label={t('model.tryNamed', { model: name })} onClick={ways.try}>
                {t('model.try')}
              </Button>
            )}
          </>
        )}
        <Menu
          trigger={<IconButton icon={Ellipsis} label={t('model.more', { model: name })} />}
          entries={[
            { id: 'try', icon: Play, label: t('routes.tryInPlayground'), onChoose: ways.try },
            {
              id: 'remove',
              icon: Trash2,
              label: t('routes.remove'),
              keys: keysLabel('Delete', platform),
              isDanger: true,
              startsGroup: true,
              onChoose: ways.remove,
            },
          ]}
        />
      </PaneHead>
      <RouteEditorProvider value={editor}>
        <Tabs<RouteTab>
          label={name}
          value={tab}
          onChange={(next) =>
            router.navigate({ area: 'endpoints', shown: { kind: 'route', name, tab: next } })
          }
          tabs={[
            {
              value: 'traffic',
              label: t('routes.tab.traffic'),
              panel: (
                <div className={styles['scroll']}>
                  <OffNote />
                  <TrafficTab window={window} onWindow={(routeWindow) => ui.setState({ routeWindow })} />
                </div>
              ),
            },
            {
              value: 'call',
              label: t('routes.tab.call'),
              panel: (
                <div className={styles['scroll']}>
                  <OffNote />
                  <CallSection only={name} />
                  <StickyNote />
                </div>
              ),
            },
            {
              value: 'requests',
              label: t('routes.tab.requests'),
              panel: (
                <div className={styles['scroll']}>
                  <OffNote />
                  <RequestsTable
                    model={name}
                    where={(decision) => ({
                      text: lookOf(editor.looks, decision.arm).name,
                      title: decisionWords(decision, editor.draft.rules, t),
                    })}
                  />
                </div>
              ),
            },
          ]}
        />
        {editor.isChanged && <ChangeStrip />}
      </RouteEditorProvider>
      <AlertDialog
        isOpen={isRemoving}
        onClose={() => setRemoving(false)}
        title={t('routes.removeTitle', { name })}
        text={t('routes.removeText')}
        action={t('routes.remove')}
        onConfirm={() => void routeActions.remove(name)}
      />
    </DetailPane>
  );
}

/** It was removed, here or elsewhere; it may come back by Undo. */
function Gone({ name }: { readonly name: string }) {
  const { t, router } = useServices();
  return (
    <EmptyState
      level={2}
      heading={t('routes.gone', { name })}
      text={t('routes.goneText')}
      actions={
        <Button size="lg" onClick={() => router.navigate({ area: 'endpoints', shown: { kind: 'server' } })}>
          {t('routes.goneAction')}
        </Button>
      }
    />
  );
}
