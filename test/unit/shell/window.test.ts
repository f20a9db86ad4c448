import { expect, test, vi } from 'vitest';
import { windowOptions } from '../../../app/shell/window';

vi.mock('electron', () => ({ BrowserWindow: class {}, nativeTheme: {}, screen: {} }));

const options = (change: Partial<Parameters<typeof windowOptions>[0]> = {}) =>
  windowOptions({
    preload: '/p.cjs',
    isDark: false,
    isPackaged: true,
    place: { width: 900, height: 700 },
    ...change,
  });

test('the page has no privilege: sandboxed, isolated, without Node, web views or dropped navigation', () => {
  expect(options().webPreferences).toEqual({
    preload: '/p.cjs',
    contextIsolation: true,
    sandbox: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webviewTag: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    navigateOnDragDrop: false,
    spellcheck: false,
    devTools: false,
  });
});

test('developer tools are there during development only', () => {
  expect(options({ isPackaged: false }).webPreferences?.devTools).toBe(true);
});

test('the window stays hidden until it is drawn, in the colour of its theme', () => {
  expect(options({ isDark: true })).toMatchObject({
    show: false,
    backgroundColor: '#14161A',
    minWidth: 640,
    minHeight: 480,
  });
  expect(options().backgroundColor).toBe('#FFFFFF');
});
