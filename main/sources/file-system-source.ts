import pLimit from 'p-limit';
import { type Clock, wait } from '../../app/base/clock';
import { Emitter } from '../../app/base/emitter';
import { reportUnexpected } from '../../app/base/errors';
import { type Disposable, DisposableStore } from '../../app/base/lifecycle';
import { Breather } from '../serving/breather';
import type { ServableData } from '../serving/servable-data';
import type { AspiredVersionsCallback, Source } from '../serving/source';
import { type FileSystem, nodeFileSystem } from './file-system';
import type { FolderWatcher } from './folder-watcher';
import { ModelFolder } from './model-folder';
import type { ChangedVersion, ModelScan, WatchedModel } from './model-scan';
import type { VersionFolder } from './version-folders';

export interface FileSystemSourceOptions {
  readonly clock: Clock;
  readonly watcher: FolderWatcher;
  readonly fileSystem?: FileSystem;
  /** How long a version's files must have stayed the same before it is aspired, and how long it must be gone before it is let go. */
  readonly stabilityMs?: number;
  /** Every model is looked at this often even if no event came; more seldom when there are very many. */
  readonly safetyScanMs?: number;
  /** Do these files, named relative to a version's folder, make a model? Default: anything does. */
  readonly isModel?: (files: readonly string[]) => boolean;
  /** Can this version answer now? Default: what is stable on disk counts as a successor of what is kept. */
  readonly isAvailable?: (name: string, version: number) => boolean;
}

/** Events come in bursts: one look answers all that arrive within this time. */
const coalesceMs = 50;
/** A folder that is missing, unreadable or not watched is looked at this often. */
const pollMs = 1_000;
/** A look that takes longer than this is shown as a problem of the model, and others are not kept waiting. */
const slowScanMs = 10_000;
const minSafetyStepMs = 100;
/** With very many models a folder in trouble is looked at more seldom. */
const pollMsPerModel = 10;
const scansAtOnce = 8;
/** Folders of models are watched always, those of versions only up to this many folders in all: systems have a limit. */
const maxWatchedFolders = 30_000;

interface Entry {
  folder: ModelFolder;
  /** Which folders to look at next time. */
  touched: Set<string> | 'all' | null;
  timer: (Disposable & { readonly atMs: number }) | null;
  /** Settles when the look under way, and all that were asked for, have ended. Never rejects. */
  running: Promise<void>;
  watched: Set<string>;
  /** Does the folder not answer? Then nothing more is asked of it. */
  isStuck: boolean;
  isRemoved: boolean;
  emitted: readonly ServableData<VersionFolder>[] | null;
  reported: ModelScan | null;
}

/**
 * Watches the folders of many models and says which of their versions are aspired. Each emission is the full list of one model.
 * Models do not affect each other: what is wrong with one folder is that model's `problem`.
 * Source: TensorFlow Serving, sources/storage_path/file_system_storage_path_source.h; unlike it, we wait until folders are stable,
 * act on changed settings at once, and keep the last good versions of a folder that vanished.
 */
export class FileSystemSource implements Source<VersionFolder> {
  readonly #options: Required<FileSystemSourceOptions>;
  readonly #entries = new Map<string, Entry>();
  readonly #entryOfFolder = new Map<string, Set<Entry>>();
  readonly #owned = new DisposableStore();
  readonly #scansAtOnce = pLimit(scansAtOnce);
  readonly #scanned = this.#owned.add(new Emitter<ModelScan>());
  readonly #changed = this.#owned.add(new Emitter<ChangedVersion>());
  /** What is known of a model changed: its versions, their stability, its problem. */
  readonly onDidScan = this.#scanned.event;
  /** The files of a stable version are other files now. Compare content hashes before raising an alarm: it may be mere times. */
  readonly onDidChangeVersion = this.#changed.event;
  #callback: AspiredVersionsCallback<VersionFolder> | null = null;
  #safetyTimer: Disposable | null = null;
  #safetyQueue: Iterator<Entry> | null = null;
  #isClosed = false;

  constructor(options: FileSystemSourceOptions) {
    this.#options = {
      fileSystem: nodeFileSystem,
      stabilityMs: 500,
      safetyScanMs: 30_000,
      isModel: () => true,
      isAvailable: () => true,
      ...options,
    };
    const { watcher } = this.#options;
    this.#owned.add(watcher.onDidTouch((folder) => this.#onTouch(folder)));
    this.#owned.add(watcher.onDidEnd((folder) => this.#onWatchEnd(folder)));
  }

  /** Takes other times from now on. */
  setTimes(times: { readonly stabilityMs: number; readonly safetyScanMs: number }): void {
    Object.assign(this.#options, { stabilityMs: times.stabilityMs, safetyScanMs: times.safetyScanMs }); // the folders share it
  }

  /** What is known already is emitted at once. */
  setAspiredVersionsCallback(callback: AspiredVersionsCallback<VersionFolder>): void {
    if (this.#callback) throw new Error('The file-system source is connected already');
    this.#callback = callback;
    for (const entry of this.#entries.values()) this.#emit(entry, true);
  }

  /** Replaces the whole set of models. Emits `[]` for those that are left out, at once; the others go on undisturbed. */
  setModels(models: readonly WatchedModel[]): void {
    const names = new Set(models.map((model) => model.name));
    for (const name of this.#entries.keys()) if (!names.has(name)) this.removeModel(name);
    for (const model of models) this.updateModel(model);
  }

  /** Adds a model, or takes its changed settings. Both take effect at once; another base path drops nothing before it was looked at. */
  updateModel(model: WatchedModel): void {
    const entry = this.#entries.get(model.name);
    if (!entry) {
      this.#add(model);
      return;
    }
    const { folder } = entry;
    if (folder.model.basePath === model.basePath) {
      folder.update(model);
      this.#publish(entry, false);
      return;
    }
    entry.folder = new ModelFolder(model, this.#options, folder);
    void this.#setWatched(entry, new Set());
    this.#request(entry, 'all', 0);
  }

  /** Emits `[]` for it, at once. */
  removeModel(name: string): void {
    const entry = this.#entries.get(name);
    if (!entry) return;
    this.#entries.delete(name);
    entry.isRemoved = true;
    entry.timer?.dispose();
    void this.#setWatched(entry, new Set());
    this.#call(name, []);
  }

  /** Looks at every version of the model now. Settles when that is done, or when the folder takes too long to answer. */
  async rescan(name: string): Promise<ModelScan | undefined> {
    const entry = this.#entries.get(name);
    if (!entry) return undefined;
    const done = new AbortController();
    const scan = this.#scanSoon(entry, 'all').finally(() => done.abort());
    await Promise.race([scan, wait(this.#options.clock, slowScanMs + pollMs, done.signal)]);
    return entry.folder.report();
  }

  /** To be called when a version became available or ceased to be: what is kept may have a successor now. */
  reconsider(name: string): void {
    const entry = this.#entries.get(name);
    if (!entry?.folder.hasKept) return;
    entry.folder.releaseKept();
    this.#publish(entry, false);
  }

  /** What is known of it is emitted once more: for a target that takes it otherwise now. */
  emitAgain(name: string): void {
    const entry = this.#entries.get(name);
    if (entry) this.#emit(entry, true);
  }

  scanOf(name: string): ModelScan | undefined {
    return this.#entries.get(name)?.folder.report();
  }

  /** Emits nothing more. What was loaded stays aspired. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#safetyTimer?.dispose();
    for (const entry of this.#entries.values()) {
      entry.isRemoved = true;
      entry.timer?.dispose();
    }
    this.#owned.dispose();
    await this.#options.watcher.close();
  }

  #add(model: WatchedModel): void {
    const entry: Entry = {
      folder: new ModelFolder(model, this.#options),
      touched: null,
      timer: null,
      running: Promise.resolve(),
      watched: new Set(),
      isStuck: false,
      isRemoved: false,
      emitted: null,
      reported: null,
    };
    this.#entries.set(model.name, entry);
    this.#request(entry, 'all', 0);
    this.#planSafetyScan();
  }

  #onTouch(folder: string): void {
    for (const entry of this.#entryOfFolder.get(folder) ?? [])
      this.#request(entry, new Set([folder]), coalesceMs);
  }

  #onWatchEnd(folder: string): void {
    for (const entry of this.#entryOfFolder.get(folder) ?? []) {
      entry.watched.delete(folder);
      // The next look watches it again if it is there. Where a version's folder went, its model's folder tells as well.
      if (folder === entry.folder.model.basePath) this.#request(entry, 'all', pollMs);
    }
    this.#entryOfFolder.delete(folder);
  }

  /** Adds to what the next look covers, and moves that look forward if this one is more urgent. */
  #request(entry: Entry, touched: ReadonlySet<string> | 'all', delayMs: number): void {
    if (entry.isRemoved || this.#isClosed) return;
    if (touched === 'all' || entry.touched === 'all') entry.touched = 'all';
    else entry.touched = new Set([...(entry.touched ?? []), ...touched]);
    const { clock } = this.#options;
    const atMs = clock.now() + delayMs;
    if (entry.timer && entry.timer.atMs <= atMs) return;
    entry.timer?.dispose();
    const timer = clock.schedule(delayMs, () => {
      entry.timer = null;
      this.#scanSoon(entry).catch(reportUnexpected);
    });
    entry.timer = { atMs, dispose: () => timer.dispose() };
  }

  /** One look at a time: this one begins when those asked for before have ended. */
  #scanSoon(entry: Entry, touched: 'all' | null = null): Promise<void> {
    if (touched) entry.touched = touched;
    if (entry.isStuck) return Promise.resolve(); // it looks again as soon as the folder answers
    const scan = entry.running.then(() => this.#scan(entry));
    entry.running = scan.catch(() => undefined);
    return scan;
  }

  async #scan(entry: Entry): Promise<void> {
    const { touched, folder } = entry;
    if (touched === null || entry.isRemoved) return;
    entry.touched = null;
    let scanning: Promise<readonly ChangedVersion[]> = Promise.resolve([]);
    await this.#scansAtOnce(async () => {
      await this.#watchBase(entry, folder); // before it is listed: what is put into it after that is told
      scanning = folder.scan(touched, () => this.#watchFolders(entry, folder));
      entry.isStuck = await this.#isSlow(scanning);
    });
    if (entry.isStuck) {
      folder.noteTimeout();
      if (entry.folder === folder) this.#publish(entry, false);
    }
    const changed = await scanning.finally(() => {
      entry.isStuck = false;
    });
    if (entry.isRemoved) return;
    if (entry.touched !== null) this.#request(entry, entry.touched, 0);
    if (entry.folder !== folder) return;
    this.#publish(entry, touched === 'all' && folder.isReadable && !folder.isKeptOnly);
    for (const version of changed) this.#changed.fire(version);
    if (!folder.isReadable) await this.#setWatched(entry, new Set()); // one that comes back is another one for the system
    this.#planNextLook(entry);
  }

  async #isSlow(scanning: Promise<unknown>): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = this.#options.clock.schedule(slowScanMs, () => resolve(true));
      const finish = (): void => {
        timer.dispose();
        resolve(false);
      };
      scanning.then(finish, finish);
    });
  }

  #planNextLook(entry: Entry): void {
    const nextMs = entry.folder.nextCheckMs();
    if (nextMs !== null)
      this.#request(entry, new Set(), Math.max(coalesceMs, nextMs - this.#options.clock.now()));
    if (!entry.watched.has(entry.folder.model.basePath))
      this.#request(entry, 'all', Math.max(pollMs, this.#entries.size * pollMsPerModel));
  }

  #publish(entry: Entry, isForced: boolean): void {
    this.#emit(entry, isForced);
    const report = entry.folder.report();
    if (entry.reported && isSameScan(report, entry.reported)) return;
    entry.reported = report;
    this.#scanned.fire(report);
  }

  /** Sends the aspired list if it changed or if it is `isForced`: a target may be told the same as often as we like. */
  #emit(entry: Entry, isForced: boolean): void {
    if (!this.#callback || entry.isRemoved) return;
    const aspired = entry.folder.aspired();
    if (aspired === null) return;
    if (!isForced && entry.emitted && isSameList(aspired, entry.emitted)) return;
    entry.emitted = aspired;
    this.#call(entry.folder.model.name, aspired);
  }

  #call(name: string, aspired: readonly ServableData<VersionFolder>[]): void {
    try {
      this.#callback?.(name, aspired);
    } catch (error) {
      reportUnexpected(error);
    }
  }

  async #watchBase(entry: Entry, folder: ModelFolder): Promise<void> {
    const { basePath } = folder.model;
    if (entry.isRemoved || entry.folder !== folder || entry.watched.has(basePath)) return;
    await this.#setWatched(entry, new Set([basePath, ...entry.watched]));
  }

  /** Called between listing a model's folder and looking at its versions, so that nothing is written unseen in between. */
  async #watchFolders(entry: Entry, folder: ModelFolder): Promise<void> {
    if (entry.isRemoved || entry.folder !== folder) return;
    const room = maxWatchedFolders - this.#entryOfFolder.size + entry.watched.size;
    await this.#setWatched(entry, new Set(folder.folders().slice(0, Math.max(1, room))));
  }

  /** Watches these folders for this entry and no others. In turns: each is a call of the system, and there may be thousands. */
  async #setWatched(entry: Entry, folders: Set<string>): Promise<void> {
    const before = entry.watched;
    entry.watched = folders;
    const breather = new Breather();
    for (const folder of before) {
      if (!entry.watched.has(folder)) this.#letGo(entry, folder);
      if (breather.isDue) await breather.breathe();
    }
    for (const folder of folders) {
      if (entry.watched !== folders) return; // others are wanted by now
      this.#hold(entry, folder);
      if (breather.isDue) await breather.breathe();
    }
  }

  #hold(entry: Entry, folder: string): void {
    const owners = this.#entryOfFolder.get(folder);
    if (owners) owners.add(entry);
    else {
      this.#entryOfFolder.set(folder, new Set([entry]));
      this.#options.watcher.watch(folder);
    }
  }

  #letGo(entry: Entry, folder: string): void {
    const owners = this.#entryOfFolder.get(folder);
    if (!owners?.delete(entry) || owners.size > 0) return;
    this.#entryOfFolder.delete(folder);
    this.#options.watcher.unwatch(folder);
  }

  /** Looks at one model after the other, evenly spread, so that an event that never came is made up for. */
  #planSafetyScan(): void {
    if (this.#safetyTimer || this.#isClosed || this.#entries.size === 0) return;
    const stepMs = Math.max(minSafetyStepMs, this.#options.safetyScanMs / this.#entries.size);
    this.#safetyTimer = this.#options.clock.schedule(stepMs, () => {
      this.#safetyTimer = null;
      this.#safetyQueue ??= this.#entries.values();
      const next = this.#safetyQueue.next();
      if (next.done) this.#safetyQueue = null;
      else this.#request(next.value, 'all', 0);
      this.#planSafetyScan();
    });
  }
}

/** What has not changed is the same object: a folder of ten thousand versions is compared at a glance. */
const isSameList = (
  a: readonly ServableData<VersionFolder>[],
  b: readonly ServableData<VersionFolder>[],
): boolean =>
  a.length === b.length &&
  a.every((item, index) => {
    const other = b[index];
    if (!other || item.id.version !== other.id.version) return false;
    return item.ok ? other.ok && item.data === other.data : !other.ok && item.error.code === other.error.code;
  });

const isSameScan = (a: ModelScan, b: ModelScan): boolean =>
  a.versions.length === b.versions.length &&
  a.versions.every((version, index) => version === b.versions[index]) &&
  a.missingVersions.join() === b.missingVersions.join() &&
  a.problem?.code === b.problem?.code &&
  a.problem?.message === b.problem?.message;
