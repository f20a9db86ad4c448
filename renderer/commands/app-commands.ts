import type { Services } from '../services';
import { areaKeys, canGoBack, canGoForward, currentRoute } from '../stores/router';
import { focusRegion } from './regions';
import type { Command } from './registry';

/** Dialogs of the shell that commands open. */
export interface ShellDialogs {
  readonly openPalette: () => void;
  readonly openShortcuts: () => void;
  readonly openLayout: () => void;
}

const findField = (): HTMLInputElement | null => document.querySelector<HTMLInputElement>('[data-find]');

/** Opens or closes the Events panel of the area in sight. */
function toggleEvents({ ui, router }: Services): void {
  const { area } = currentRoute(router.store.getState());
  ui.setState(({ eventsOpenIn }) => ({
    eventsOpenIn: eventsOpenIn.includes(area)
      ? eventsOpenIn.filter((each) => each !== area)
      : [...eventsOpenIn, area],
  }));
}

/** What can be done wherever one is. */
export function appCommands(services: Services, dialogs: ShellDialogs, isMac: boolean): readonly Command[] {
  const { t, router, ui, adding, batching, actions, settings, toasts } = services;
  const history = router.store;
  const setTheme = (theme: 'system' | 'light' | 'dark') => (): void => {
    settings.set({ theme }).catch(toasts.fail);
  };
  return [
    {
      id: 'models.addFolder',
      group: 'models',
      title: t('command.addFolder'),
      keys: ['$mod+o'],
      run: () => void adding.chooseFolder(),
    },
    {
      id: 'models.addFile',
      group: 'models',
      title: t('command.addFile'),
      run: () => void adding.chooseFile(),
    },
    {
      id: 'models.addSample',
      group: 'models',
      title: t('command.addSample'),
      run: () => void actions.addSample(),
    },
    {
      id: 'models.undo',
      group: 'models',
      title: t('command.undo'),
      keys: ['$mod+z'],
      scope: 'outsideText',
      unavailable: () => (actions.canUndo() ? null : t('command.nothingToUndo')),
      run: () => void actions.undoLast(),
    },
    {
      id: 'jobs.newBatch',
      group: 'run',
      title: t('command.newBatch'),
      keys: ['$mod+Shift+b'],
      run: batching.open,
    },
    {
      id: 'routes.new',
      group: 'models',
      title: t('command.routeNew'),
      run: () => router.navigate({ area: 'endpoints', shown: { kind: 'newRoute' } }),
    },
    ...(['models', 'playground', 'compare', 'jobs', 'endpoints', 'settings'] as const).map(
      (area): Command => ({
        id: `go.${area}`,
        group: 'go',
        title: t(`command.go.${area}`),
        keys: [areaKeys[area]],
        run: () => router.goTo(area),
      }),
    ),
    {
      id: 'go.back',
      group: 'go',
      title: t('command.back'),
      keys: [isMac ? '$mod+BracketLeft' : 'Alt+ArrowLeft'],
      unavailable: () => (canGoBack(history.getState()) ? null : t('command.noBack')),
      run: router.back,
    },
    {
      id: 'go.forward',
      group: 'go',
      title: t('command.forward'),
      keys: [isMac ? '$mod+BracketRight' : 'Alt+ArrowRight'],
      unavailable: () => (canGoForward(history.getState()) ? null : t('command.noForward')),
      run: router.forward,
    },
    {
      id: 'view.palette',
      group: 'view',
      title: t('command.palette'),
      keys: ['$mod+k', '$mod+Shift+p'],
      run: dialogs.openPalette,
    },
    {
      id: 'list.find',
      group: 'view',
      title: t('command.find'),
      keys: ['$mod+f'],
      unavailable: () => (findField() ? null : t('command.nothingToFind')),
      run: () => {
        findField()?.focus();
        findField()?.select();
      },
    },
    {
      id: 'view.inspector',
      group: 'view',
      title: t('command.inspector'),
      keys: ['$mod+i'],
      run: () => ui.setState(({ inspectorOpen }) => ({ inspectorOpen: !inspectorOpen })),
    },
    {
      id: 'view.events',
      group: 'view',
      title: t('command.events'),
      keys: ['$mod+j'],
      run: () => toggleEvents(services),
    },
    {
      id: 'view.rail',
      group: 'view',
      title: t('command.rail'),
      keys: ['$mod+b'],
      run: () => ui.setState(({ railCollapsed }) => ({ railCollapsed: !railCollapsed })),
    },
    {
      id: 'view.nextRegion',
      group: 'view',
      title: t('command.nextRegion'),
      keys: ['F6'],
      run: () => focusRegion(1),
    },
    {
      id: 'view.previousRegion',
      group: 'view',
      title: t('command.previousRegion'),
      keys: ['Shift+F6'],
      run: () => focusRegion(-1),
    },
    { id: 'view.themeSystem', group: 'view', title: t('command.themeSystem'), run: setTheme('system') },
    { id: 'view.themeLight', group: 'view', title: t('command.themeLight'), run: setTheme('light') },
    { id: 'view.themeDark', group: 'view', title: t('command.themeDark'), run: setTheme('dark') },
    {
      id: 'help.shortcuts',
      group: 'help',
      title: t('command.shortcuts'),
      keys: ['$mod+/'],
      run: dialogs.openShortcuts,
    },
    { id: 'help.layout', group: 'help', title: t('command.layout'), run: dialogs.openLayout },
  ];
}
