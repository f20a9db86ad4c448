import { resolve } from 'node:path';
import { watch } from 'chokidar';
import { Emitter, type Event } from '../../app/base/emitter';
import type { Disposable } from '../../app/base/lifecycle';

/** Tells that something happened directly inside folders. A hint to look again, never a statement of what is there. */
export interface FolderWatcher {
  /** Watching what is watched already is harmless. */
  watch(folder: string): void;
  unwatch(folder: string): void;
  /** The folder as it was given to `watch`. */
  readonly onDidTouch: Event<string>;
  /** This folder is not watched any more: it vanished, or the system refuses, such as when its limit of watches is reached. */
  readonly onDidEnd: Event<string>;
  close(): Promise<void>;
}

export interface ChokidarWatcherOptions {
  /** Looks every `pollMs` instead of asking the system for events: for network shares, whose events do not arrive. */
  readonly pollMs?: number;
}

/**
 * Watches single folders through chokidar. It is told to ignore everything but those folders: a watch on each file
 * costs some 16 kB and a file descriptor, and the system's event for the folder (chokidar's `raw`) says as much.
 */
export class ChokidarWatcher implements FolderWatcher {
  readonly #touched = new Emitter<string>();
  readonly #ended = new Emitter<string>();
  readonly onDidTouch = this.#touched.event;
  readonly onDidEnd = this.#ended.event;
  /** From the absolute form that chokidar answers with to the form that was asked for. */
  readonly #folders = new Map<string, string>();
  readonly #watcher: ReturnType<typeof watch>;

  constructor(options: ChokidarWatcherOptions = {}) {
    this.#watcher = watch([], {
      depth: 0,
      followSymlinks: true,
      ignored: (path) => !this.#folders.has(resolve(path)),
      ignoreInitial: false, // the first event of a folder says that its watch is live: what was written before is then looked for
      ...(options.pollMs === undefined ? {} : { usePolling: true, interval: options.pollMs }),
    });
    this.#watcher.on('raw', (_event, path, details) => this.#touch(watchedPathOf(details) ?? path));
    this.#watcher.on('addDir', (path) => this.#touch(path));
    this.#watcher.on('unlinkDir', (path) => this.#end(path));
    this.#watcher.on('error', (error) => this.#end(pathOf(error)));
  }

  watch(folder: string): void {
    const path = resolve(folder);
    if (this.#folders.has(path)) return;
    this.#folders.set(path, folder);
    this.#watcher.add(path);
  }

  unwatch(folder: string): void {
    const path = resolve(folder);
    if (!this.#folders.delete(path)) return;
    this.#watcher.unwatch(path);
  }

  async close(): Promise<void> {
    const owned: readonly Disposable[] = [this.#touched, this.#ended];
    for (const item of owned) item.dispose();
    this.#folders.clear();
    await this.#watcher.close();
  }

  #touch(path: string): void {
    const folder = this.#folders.get(resolve(path));
    if (folder !== undefined) this.#touched.fire(folder);
  }

  #end(path: string): void {
    const folder = this.#folders.get(resolve(path));
    if (folder === undefined) return;
    this.unwatch(folder);
    this.#touched.fire(folder);
    this.#ended.fire(folder);
  }
}

/** The path that a failure of the file system is about. */
const pathOf = (error: unknown): string =>
  error instanceof Error && 'path' in error && typeof error.path === 'string' ? error.path : '';

function watchedPathOf(details: unknown): string | null {
  if (typeof details !== 'object' || details === null || !('watchedPath' in details)) return null;
  return typeof details.watchedPath === 'string' ? details.watchedPath : null;
}
