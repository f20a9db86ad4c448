import { app, Menu, type MenuItemConstructorOptions } from 'electron';
import { type MenuCommand, menuCommands } from '../contract/commands';
import { messages } from './messages';

export interface MenuActions {
  /** Asks the page to run a command of its registry. */
  readonly run: (command: MenuCommand) => void;
  readonly about: () => void;
  readonly openRecent: (folder: string) => void;
  readonly clearRecent: () => void;
}

/** A folder that was added before. */
export interface RecentItem {
  readonly folder: string;
  /** As people know it, with the home folder as `~`. */
  readonly label: string;
}

const words = messages.menu;

/** The menu of every system. Items that name a command only ask the page, whose registry owns the keys: here they are shown, not bound. */
export function menuTemplate(
  platform: NodeJS.Platform,
  isPackaged: boolean,
  { run, about, openRecent, clearRecent }: MenuActions,
  recent: readonly RecentItem[] = [],
): MenuItemConstructorOptions[] {
  const isMac = platform === 'darwin';
  const command = (id: MenuCommand, label: string, accelerator?: string): MenuItemConstructorOptions => ({
    id,
    label,
    click: () => run(id),
    ...(accelerator === undefined ? {} : { accelerator, registerAccelerator: false }),
  });
  const separator: MenuItemConstructorOptions = { type: 'separator' };
  const aboutItem: MenuItemConstructorOptions = { id: 'app.about', label: messages.about, click: about };
  const settings = command('go.settings', words.settings, 'CmdOrCtrl+,');
  const file: MenuItemConstructorOptions = {
    label: words.file,
    submenu: [
      command('models.addFolder', words.addFolder, 'CmdOrCtrl+O'),
      command('models.addFile', words.addFile),
      {
        label: words.recent,
        enabled: recent.length > 0,
        submenu: [
          ...recent.map(({ folder, label }) => ({
            label: label.replaceAll('&', '&&'),
            click: () => openRecent(folder),
          })),
          separator,
          { label: words.clearRecent, click: clearRecent },
        ],
      },
      command('models.addSample', words.trySample),
      command('run.choosePictures', words.openPictures),
      ...(isMac ? [] : [separator, settings, separator, { role: 'quit', label: words.quit } as const]),
    ],
  };
  const edit: MenuItemConstructorOptions = { label: words.edit, role: 'editMenu' };
  const view: MenuItemConstructorOptions = {
    label: words.view,
    submenu: [
      command('view.palette', words.palette, 'CmdOrCtrl+K'),
      separator,
      command('go.models', words.models, 'CmdOrCtrl+1'),
      command('go.playground', words.playground, 'CmdOrCtrl+2'),
      command('go.compare', words.compare, 'CmdOrCtrl+3'),
      command('go.jobs', words.jobs, 'CmdOrCtrl+4'),
      command('go.endpoints', words.endpoints, 'CmdOrCtrl+5'),
      command('go.back', words.back, isMac ? 'Cmd+[' : 'Alt+Left'),
      command('go.forward', words.forward, isMac ? 'Cmd+]' : 'Alt+Right'),
      command('list.find', words.find, 'CmdOrCtrl+F'),
      separator,
      command('view.inspector', words.inspector, 'CmdOrCtrl+I'),
      command('view.events', words.events, 'CmdOrCtrl+J'),
      separator,
      { role: 'resetZoom' },
      { role: 'zoomIn' },
      { role: 'zoomOut' },
      { role: 'togglefullscreen' },
      ...(isPackaged ? [] : [separator, { role: 'reload' } as const, { role: 'toggleDevTools' } as const]),
    ],
  };
  const model: MenuItemConstructorOptions = {
    label: words.model,
    submenu: [
      command('models.load', words.load, 'L'),
      command('models.unload', words.unload, 'U'),
      command('models.pin', words.pin, 'P'),
      separator,
      command('models.rescan', words.rescan),
      command('models.showFolder', words.showFolder),
      separator,
      command('routes.new', words.newRoute),
      separator,
      command('models.undo', words.undo),
      command('models.remove', words.remove, 'Delete'),
    ],
  };
  const runMenu: MenuItemConstructorOptions = {
    label: words.run,
    submenu: [
      command('run.again', words.runPlayground, 'CmdOrCtrl+Enter'),
      command('jobs.newBatch', words.newBatch, 'CmdOrCtrl+Shift+B'),
      separator,
      command('models.try', words.tryModel),
      command('models.compare', words.compareSelected, 'CmdOrCtrl+Shift+C'),
    ],
  };
  const help: MenuItemConstructorOptions = {
    role: 'help',
    label: words.help,
    submenu: [
      command('help.shortcuts', words.shortcuts, 'CmdOrCtrl+/'),
      command('help.layout', words.layout),
      ...(isMac ? [] : [separator, aboutItem]),
    ],
  };
  const appMenu: MenuItemConstructorOptions = {
    label: 'Slipway',
    submenu: [
      aboutItem,
      separator,
      settings,
      separator,
      { role: 'services' },
      separator,
      { role: 'hide' },
      { role: 'hideOthers' },
      { role: 'unhide' },
      separator,
      { role: 'quit' },
    ],
  };
  return [
    ...(isMac ? [appMenu] : []),
    file,
    edit,
    view,
    model,
    runMenu,
    { label: words.window, role: 'windowMenu' },
    help,
  ];
}

/** Sets the application menu; before the app is ready, so that Electron builds no menu of its own first. */
export function setupMenu(actions: MenuActions, recent: readonly RecentItem[] = []): void {
  const template = menuTemplate(process.platform, app.isPackaged, actions, recent);
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}

/** Greys out the commands that the page cannot run now. */
export function enableMenuCommands(available: readonly string[]): void {
  const menu = Menu.getApplicationMenu();
  for (const id of menuCommands) {
    const item = menu?.getMenuItemById(id);
    if (item) item.enabled = available.includes(id);
  }
}
