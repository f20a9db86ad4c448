import { app, Menu, type MenuItemConstructorOptions } from 'electron';
import { messages } from './messages';

export interface MenuActions {
  /** Asks the page to run a command of its registry. */
  readonly run: (commandId: string) => void;
  readonly about: () => void;
}

const words = messages.menu;

/** The menu of every system. Items that name a command only ask the page, whose registry owns the keys: here they are shown, not bound. */
export function menuTemplate(
  platform: NodeJS.Platform,
  isPackaged: boolean,
  { run, about }: MenuActions,
): MenuItemConstructorOptions[] {
  const isMac = platform === 'darwin';
  const command = (id: string, label: string, accelerator?: string): MenuItemConstructorOptions => ({
    id,
    label,
    click: () => run(id),
    ...(accelerator === undefined ? {} : { accelerator, registerAccelerator: false }),
  });
  const separator: MenuItemConstructorOptions = { type: 'separator' };
  const aboutItem: MenuItemConstructorOptions = { id: 'app.about', label: messages.about, click: about };
  const settings = command('settings.open', words.settings, 'CmdOrCtrl+,');
  const file: MenuItemConstructorOptions = {
    label: words.file,
    submenu: [
      command('models.addFolder', words.addFolder, 'CmdOrCtrl+O'),
      command('models.addSample', words.trySample),
      command('playground.choosePictures', words.openPictures),
      ...(isMac ? [] : [separator, settings, separator, { role: 'quit', label: words.quit } as const]),
    ],
  };
  const edit: MenuItemConstructorOptions = { label: words.edit, role: 'editMenu' };
  const view: MenuItemConstructorOptions = {
    label: words.view,
    submenu: [
      command('palette.open', words.palette, 'CmdOrCtrl+K'),
      separator,
      command('go.models', words.models, 'CmdOrCtrl+1'),
      command('go.playground', words.playground, 'CmdOrCtrl+2'),
      command('go.compare', words.compare, 'CmdOrCtrl+3'),
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
      command('version.load', words.load, 'L'),
      command('version.unload', words.unload, 'U'),
      command('version.retry', words.retry),
      separator,
      command('model.policy', words.policy),
      command('model.rescan', words.rescan),
      command('model.showFolder', words.showFolder),
      separator,
      command('models.undo', words.undo),
      command('model.remove', words.remove, 'Delete'),
    ],
  };
  const runMenu: MenuItemConstructorOptions = {
    label: words.run,
    submenu: [
      command('playground.run', words.runPlayground, 'CmdOrCtrl+Enter'),
      command('compare.selected', words.compareSelected, 'CmdOrCtrl+Shift+C'),
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
export function setupMenu(actions: MenuActions): void {
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(process.platform, app.isPackaged, actions)));
}
