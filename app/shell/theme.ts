import { type BrowserWindow, nativeTheme } from 'electron';
import type { Settings } from '../contract/settings';
import { backgroundColors } from './window';

/** The theme of native dialogs, of `prefers-color-scheme` in the page, and of the window before it is drawn. */
export function applyTheme(theme: Settings['theme'], window: BrowserWindow | undefined): void {
  nativeTheme.themeSource = theme;
  window?.setBackgroundColor(
    nativeTheme.shouldUseDarkColors ? backgroundColors.dark : backgroundColors.light,
  );
}
