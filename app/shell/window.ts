import { BrowserWindow, type BrowserWindowConstructorOptions, nativeTheme, screen } from 'electron';
import type { PageOrigin } from './page-origin';
import { leastSize, placeWindow, type WindowStateStore } from './window-state';

/** `bg` of the page's tokens: what the window shows before its first frame. */
export const backgroundColors = { light: '#FFFFFF', dark: '#14161A' } as const;

export interface WindowOptions {
  readonly preload: string;
  readonly isDark: boolean;
  readonly isPackaged: boolean;
  readonly place: ReturnType<typeof placeWindow>;
}

/** The options of every window this app opens. Nothing else may make one. */
export function windowOptions({
  preload,
  isDark,
  isPackaged,
  place,
}: WindowOptions): BrowserWindowConstructorOptions {
  return {
    ...place,
    minWidth: leastSize.width,
    minHeight: leastSize.height,
    title: 'Slipway',
    show: false,
    backgroundColor: isDark ? backgroundColors.dark : backgroundColors.light,
    webPreferences: {
      preload,
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
      devTools: !isPackaged,
    },
  };
}

/** Opens the window where it last was; it shows once its first frame is drawn. */
export function openWindow(
  preload: string,
  origin: PageOrigin,
  state: WindowStateStore,
  isPackaged: boolean,
): BrowserWindow {
  const kept = state.get();
  const workAreas = screen.getAllDisplays().map((display) => display.workArea);
  const window = new BrowserWindow(
    windowOptions({
      preload,
      isPackaged,
      isDark: nativeTheme.shouldUseDarkColors,
      place: placeWindow(kept.bounds, workAreas),
    }),
  );
  if (kept.isMaximized) window.maximize();
  const remember = (): void => {
    if (window.isDestroyed() || window.isMinimized() || window.isFullScreen()) return;
    state.update({ bounds: window.getNormalBounds(), isMaximized: window.isMaximized() });
  };
  window.on('resize', remember);
  window.on('move', remember);
  window.on('close', remember);
  window.once('ready-to-show', () => window.show());
  window.on('page-title-updated', (event) => event.preventDefault());
  void window.loadURL(origin.url);
  return window;
}
