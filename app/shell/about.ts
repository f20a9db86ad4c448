import { type BrowserWindow, dialog, type MessageBoxOptions } from 'electron';
import type { AppInfo } from '../contract/settings';
import { messages } from './messages';

/** What the About window says: versions, licence, and whether a stand-in for the declared Electron runs. */
export function aboutOptions(info: AppInfo): MessageBoxOptions {
  const versions = [
    `Electron ${info.electron}`,
    `Chromium ${info.chromium}`,
    `Node ${info.node}`,
    `ONNX Runtime ${info.onnxruntime}`,
  ].join('\n');
  return {
    type: 'info',
    title: messages.about,
    message: `Slipway ${info.version}`,
    detail: [
      versions,
      ...(info.isFallbackRuntime ? [messages.aboutFallback] : []),
      messages.aboutLicence,
    ].join('\n\n'),
    buttons: [messages.ok],
    noLink: true,
  };
}

export async function showAbout(window: BrowserWindow | undefined, info: AppInfo): Promise<void> {
  await (window
    ? dialog.showMessageBox(window, aboutOptions(info))
    : dialog.showMessageBox(aboutOptions(info)));
}
