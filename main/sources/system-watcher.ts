import { type FSWatcher, watch } from 'node:fs';
import { basename } from 'node:path';
import { Emitter } from '../../app/base/emitter';
import type { FolderWatcher } from './folder-watcher';

/**
 * Watches single folders through the system's own events. Why not chokidar here: it watches what is in them as well, and at 10,000
 * folders takes 20 times the memory and blocks the event loop for a millisecond with each folder that is let go.
 */
export class SystemWatcher implements FolderWatcher {
  readonly #watchers = new Map<string, FSWatcher>();
  readonly #touched = new Emitter<string>();
  readonly #ended = new Emitter<string>();
  readonly onDidTouch = this.#touched.event;
  readonly onDidEnd = this.#ended.event;

  watch(folder: string): void {
    if (this.#watchers.has(folder)) return;
    try {
      const watcher = watch(folder, { persistent: false });
      this.#watchers.set(folder, watcher);
      const isCurrent = (): boolean => this.#watchers.get(folder) === watcher;
      watcher.on('change', (kind, name) => {
        if (!isCurrent()) return;
        this.#touched.fire(folder);
        // Its own name means, as a rule, that the folder itself went; if it is a child of that name, it is just watched anew.
        if (kind === 'rename' && (name === null || String(name) === basename(folder))) this.#end(folder);
      });
      watcher.on('error', () => {
        if (isCurrent()) this.#end(folder);
      });
    } catch {
      // Not there, or too many watches: whoever asked is told, but not in the middle of asking.
      queueMicrotask(() => this.#ended.fire(folder));
    }
  }

  unwatch(folder: string): void {
    const watcher = this.#watchers.get(folder);
    this.#watchers.delete(folder);
    watcher?.close();
  }

  async close(): Promise<void> {
    this.#touched.dispose();
    this.#ended.dispose();
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  #end(folder: string): void {
    this.unwatch(folder);
    this.#ended.fire(folder);
  }
}
