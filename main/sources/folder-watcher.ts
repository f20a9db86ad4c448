import type { Event } from '../../app/base/emitter';

/** Tells that something happened directly inside folders. A hint to look again, never a statement of what is there. */
export interface FolderWatcher {
  /** Watching what is watched already is harmless. Never throws: what cannot be watched ends at once. */
  watch(folder: string): void;
  unwatch(folder: string): void;
  /** The folder as it was given to `watch`. */
  readonly onDidTouch: Event<string>;
  /** This folder is not watched any more: it vanished, or the system refuses, such as when its limit of watches is reached. */
  readonly onDidEnd: Event<string>;
  close(): Promise<void>;
}
