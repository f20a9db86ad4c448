import { Emitter } from '../../app/base/emitter';
import type { FolderWatcher } from '../../main/sources/folder-watcher';

/** A watcher whose events a test sends by hand. */
export class FakeFolderWatcher implements FolderWatcher {
  readonly watched = new Set<string>();
  readonly #touched = new Emitter<string>();
  readonly #ended = new Emitter<string>();
  readonly onDidTouch = this.#touched.event;
  readonly onDidEnd = this.#ended.event;

  watch(folder: string): void {
    this.watched.add(folder);
  }

  unwatch(folder: string): void {
    this.watched.delete(folder);
  }

  touch(folder: string): void {
    if (this.watched.has(folder)) this.#touched.fire(folder);
  }

  end(folder: string): void {
    if (this.watched.delete(folder)) this.#ended.fire(folder);
  }

  async close(): Promise<void> {
    this.watched.clear();
  }
}
