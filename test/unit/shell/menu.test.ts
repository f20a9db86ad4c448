import type { MenuItemConstructorOptions } from 'electron';
import { describe, expect, test, vi } from 'vitest';
import { menuCommands } from '../../../app/contract/commands';
import { enableMenuCommands, menuTemplate } from '../../../app/shell/menu';

const electron = vi.hoisted(() => ({ items: new Map<string, { enabled: boolean }>() }));
vi.mock('electron', () => ({
  app: {},
  Menu: { getApplicationMenu: () => ({ getMenuItemById: (id: string) => electron.items.get(id) ?? null }) },
}));

const actions = () => ({ run: vi.fn(), about: vi.fn(), openRecent: vi.fn(), clearRecent: vi.fn() });
const flatten = (items: readonly MenuItemConstructorOptions[]): MenuItemConstructorOptions[] =>
  items.flatMap((item) => [item, ...(Array.isArray(item.submenu) ? flatten(item.submenu) : [])]);
const labels = (platform: NodeJS.Platform) =>
  menuTemplate(platform, true, actions()).map((item) => item.label);

test('every system has File, Edit, View, Model, Run, Window and Help; a Mac has its app menu first', () => {
  const usual = ['File', 'Edit', 'View', 'Model', 'Run', 'Window', 'Help'];
  expect(labels('linux')).toEqual(usual);
  expect(labels('win32')).toEqual(usual);
  expect(labels('darwin')).toEqual(['Slipway', ...usual]);
});

test('choosing an item asks the page for its command, by the id of the item', () => {
  const given = actions();
  const item = flatten(menuTemplate('linux', true, given)).find(({ id }) => id === 'models.addFolder');
  item?.click?.(undefined as never, undefined, undefined as never);
  expect(given.run.mock.calls).toEqual([['models.addFolder']]);
});

test('every command that the page promises to the menu is in it, once', () => {
  const ids = flatten(menuTemplate('linux', true, actions())).flatMap(({ id }) => (id ? [id] : []));
  expect(ids.filter((id) => id !== 'app.about').sort()).toEqual([...menuCommands].sort());
});

test('keys are shown but left to the page, which owns all shortcuts', () => {
  const withKeys = flatten(menuTemplate('linux', true, actions())).filter(({ accelerator }) => accelerator);
  expect(withKeys.length).toBeGreaterThan(8);
  for (const { label, registerAccelerator } of withKeys) expect(registerAccelerator, label).toBe(false);
});

test('no two items share an id or, for one command, keys', () => {
  const items = flatten(menuTemplate('darwin', true, actions()));
  const ids = items.flatMap(({ id }) => (id ? [id] : []));
  expect(new Set(ids).size).toBe(ids.length);
  const keys = items.flatMap(({ accelerator }) => (accelerator ? [accelerator] : []));
  expect(new Set(keys).size).toBe(keys.length);
});

describe('developer tools and reload', () => {
  test.each([
    [true, false],
    [false, true],
  ])('packaged %s: offered %s', (isPackaged, isOffered) => {
    const roles = flatten(menuTemplate('linux', isPackaged, actions())).map(({ role }) => role);
    expect(roles.includes('toggleDevTools')).toBe(isOffered);
  });
});

test('what the page cannot run now is greyed out, and comes back', () => {
  const load = { enabled: true };
  electron.items.set('models.load', load);
  enableMenuCommands(['go.models']);
  expect(load.enabled).toBe(false);
  enableMenuCommands(['go.models', 'models.load']);
  expect(load.enabled).toBe(true);
});

test('folders that were added last can be opened again, and forgotten; without any there is nothing to open', () => {
  const given = actions();
  const recentOf = (recent: readonly { folder: string; label: string }[]) =>
    flatten(menuTemplate('linux', true, given, recent)).find(({ label }) => label === 'Recent folders');
  expect(recentOf([])?.enabled).toBe(false);
  const menu = recentOf([{ folder: '/home/ada/cats & dogs', label: '~/cats & dogs' }]);
  const items = Array.isArray(menu?.submenu) ? menu.submenu : [];
  expect(items.map(({ label }) => label)).toEqual(['~/cats && dogs', undefined, 'Clear recent folders']);
  for (const item of items) item.click?.(undefined as never, undefined, undefined as never);
  expect(given.openRecent.mock.calls).toEqual([['/home/ada/cats & dogs']]);
  expect(given.clearRecent).toHaveBeenCalledOnce();
});
