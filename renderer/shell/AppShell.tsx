import { useCallback, useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { reportUnexpected } from '../../app/base/errors';
import { DisposableStore } from '../../app/base/lifecycle';
import { appCommands } from '../commands/app-commands';
import { endpointCommands } from '../commands/endpoint-commands';
import { listenForKeys } from '../commands/keys';
import { syncMenu } from '../commands/menu-sync';
import { AddSheet } from '../features/add/AddSheet';
import { EventsPanel } from '../features/events/EventsPanel';
import { NewBatch } from '../features/jobs/NewBatch';
import { LayoutDialog } from '../features/models/LayoutDialog';
import { useServices } from '../services';
import { selectIsOn } from '../stores/endpoints';
import { currentRoute } from '../stores/router';
import { InspectorSlot } from '../ui/Inspector';
import { LiveRegions } from '../ui/LiveRegions';
import { useCommands } from '../ui/use-commands';
import styles from './AppShell.module.css';
import { areaEntries } from './areas';
import { DropOverlay } from './DropOverlay';
import { InspectorPane } from './InspectorPane';
import { Palette } from './Palette';
import { Rail } from './Rail';
import { ShortcutSheet } from './ShortcutSheet';
import { StartFailure } from './StartFailure';
import { StatusBar } from './StatusBar';
import { usePlatform } from './use-platform';

type OpenDialog = 'palette' | 'shortcuts' | 'layout' | null;

/** The window: rail, the area that the route names, inspector, status bar, and what may lie over them. */
export function AppShell() {
  const services = useServices();
  const { t, router, models, ui } = services;
  const { area } = useStore(router.store, currentRoute);
  const hasFailed = useStore(models.store, (state) => state.phase === 'failed');
  const isInspecting = useStore(ui, (state) => state.inspectorOpen);
  const [slot, setSlot] = useState<HTMLElement | null>(null);
  const [dialog, setDialog] = useState<OpenDialog>(null);
  const close = useCallback(() => setDialog(null), []);
  const Page = areaEntries.find((entry) => entry.area === area)?.page ?? (() => null);
  const reconnect = useEngine();
  useShellCommands(setDialog);

  return (
    <InspectorSlot value={slot}>
      <div className={styles['app']}>
        <a className={styles['skip']} href="#main">
          {t('shell.skip')}
        </a>
        <Rail />
        <div className={styles['page']}>
          {hasFailed ? <StartFailure onRetry={reconnect} /> : <Page key={area} />}
          {area !== 'models' && <EventsPanel area={area} model={null} />}
        </div>
        {isInspecting && <InspectorPane onSlot={setSlot} />}
        <StatusBar />
      </div>
      <LiveRegions />
      <AddSheet />
      <NewBatch />
      <Palette isOpen={dialog === 'palette'} onClose={close} />
      <ShortcutSheet isOpen={dialog === 'shortcuts'} onClose={close} />
      <LayoutDialog isOpen={dialog === 'layout'} onClose={close} />
      <DropOverlay />
    </InspectorSlot>
  );
}

/** Keeps the mirrors connected and does what the engine asks of the page; answers how to try again. */
function useEngine(): () => void {
  const { connect, client, commands, adding, router } = useServices();
  const [attempt, setAttempt] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new attempt connects anew
  useEffect(() => {
    const owned = new DisposableStore();
    connect().then((connection) => owned.add(connection), reportUnexpected);
    owned.add(client.on('command.requested', ({ id }) => commands.run(id)));
    owned.add(client.on('drop.offered', (offer) => void adding.takeOffer(offer)));
    owned.add(client.on('jobs.opened', ({ id }) => router.navigate({ area: 'jobs', job: id, tab: null })));
    return () => owned.dispose();
  }, [connect, client, commands, adding, router, attempt]);

  return useCallback(() => setAttempt((count) => count + 1), []);
}

function useShellCommands(setDialog: (dialog: OpenDialog) => void): void {
  const services = useServices();
  const { commands, ui } = services;
  const isMac = usePlatform() === 'darwin';
  const list = useMemo(
    () =>
      appCommands(
        services,
        {
          openPalette: () => setDialog('palette'),
          openShortcuts: () => setDialog('shortcuts'),
          openLayout: () => setDialog('layout'),
        },
        isMac,
      ),
    [services, setDialog, isMac],
  );
  useCommands(list);
  const areEndpointsOn = useStore(services.endpoints.store, selectIsOn);
  // biome-ignore lint/correctness/useExhaustiveDependencies: turning them on or off makes other commands
  const endpointList = useMemo(() => endpointCommands(services), [services, areEndpointsOn]);
  useCommands(endpointList);
  useEffect(() => {
    const owned = new DisposableStore();
    owned.add(listenForKeys(window, commands, () => ui.getState().singleKeys));
    owned.add(syncMenu(services));
    return () => owned.dispose();
  }, [services, commands, ui]);
}
