import { contextBridge, type IpcRendererEvent, ipcRenderer, webUtils } from 'electron';
import type { Bridge } from '../contract/bridge';
import { type CallName, calls, dropChannels, type FeedName, feeds } from '../contract/channels';

// The page gets one closure for each channel: never ipcRenderer, a channel's name or an event object.

const call = Object.fromEntries(
  calls.map((name) => [name, (input: unknown): Promise<unknown> => ipcRenderer.invoke(name, input)]),
) as Record<CallName, (input: unknown) => Promise<unknown>>;

const feed = Object.fromEntries(
  feeds.map((name) => [
    name,
    (onPayload: (payload: unknown) => void): (() => void) => {
      const listener = (_event: IpcRendererEvent, payload: unknown): void => onPayload(payload);
      ipcRenderer.on(name, listener);
      return () => {
        ipcRenderer.off(name, listener);
      };
    },
  ]),
) as Record<FeedName, (onPayload: (payload: unknown) => void) => () => void>;

/** Electron 25 has no `webUtils`; there the file itself knows its path. */
const pathOf = (file: File): string =>
  (webUtils as typeof webUtils | undefined)?.getPathForFile(file) ??
  (file as File & { path?: string }).path ??
  '';
/** Paths go straight to main; the page gets back a ticket and display names, never a path. What has no path was not on disk. */
const pathsOf = (files: readonly File[]): string[] => files.map(pathOf).filter((path) => path !== '');

contextBridge.exposeInMainWorld('bridge', {
  call,
  feed,
  offerModels: (files) => ipcRenderer.invoke(dropChannels.models, pathsOf(files)),
  offerPictures: (files) => ipcRenderer.invoke(dropChannels.pictures, pathsOf(files)),
  offerInput: (files) => ipcRenderer.invoke(dropChannels.input, pathsOf(files)),
} satisfies Bridge);
