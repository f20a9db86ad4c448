import { resolve } from 'node:path';
import { watch } from 'chokidar';
import { Emitter } from '../../app/base/emitter';
import type { FolderWatcher } from './folder-watcher';

/**
 * Watches single folders by looking at them again and again: for network shares, whose events do not arrive.
 * Tells of entries that come, go and are renamed; a file that is written in place is left to the safety scan.
 */
export class PollingWatcher implements FolderWatcher {
  readonly #touched = new Emitter<string>();
  readonly #ended = new Emitter<string>();
  readonly onDidTouch = this.#touched.event;
  readonly onDidEnd = this.#ended.event;
  /** From the absolute form that chokidar answers with to the form that was asked for. */
  readonly #folders = new Map<string, string>();
  readonly #watcher: ReturnType<typeof watch>;

  constructor(pollMs = 1_000) {
    this.#watcher = watch([], {
      usePolling: true,
      interval: pollMs,
      depth: 0,
      ignored: (path) => !this.#folders.has(resolve(path)), // the folders only, not what is in them
    });
    this.#watcher.on('raw', (_event, path) => this.#touch(path));
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
    if (this.#folders.delete(path)) this.#watcher.unwatch(path);
  }

  async close(): Promise<void> {
    this.#touched.dispose();
    this.#ended.dispose();
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
