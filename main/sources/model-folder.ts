import { join } from 'node:path';
import type { Clock } from '../../app/base/clock';
import { AppError } from '../../app/base/errors';
import { type ServableData, servableData, servableError } from '../serving/servable-data';
import { errorCodeOf, type FileEntry, type FileKind, type FileSystem, isAbsent } from './file-system';
import { type FolderListing, listVersion } from './folder-listing';
import { KeptVersions } from './kept-versions';
import type { ChangedVersion, ModelScan, ScannedVersion, WatchedModel } from './model-scan';
import { type VersionFolder, versionsAmong } from './version-folders';
import { aspiredVersions, missingVersions } from './version-policy';
import { folderOf, namesOf, newRecord, type SettledRecord, type VersionRecord } from './version-record';

export interface ModelFolderOptions {
  readonly fileSystem: FileSystem;
  readonly clock: Clock;
  readonly stabilityMs: number;
  /** Do these files, named relative to a version's folder, make a model? A version without one is set aside until they do. */
  readonly isModel: (files: readonly string[]) => boolean;
  /** Can this version answer requests now? Decides when a kept version has a successor. */
  readonly isAvailable: (name: string, version: number) => boolean;
}

type BaseState = 'unknown' | 'readable' | 'missing' | 'unreadable';

/** One model's folder: remembers what was there, decides which versions are stable, and says what is aspired. */
export class ModelFolder {
  readonly #options: ModelFolderOptions;
  readonly #records = new Map<number, VersionRecord>();
  /** Fingerprints of the versions that another folder held before this one took its place. */
  readonly #replaced: ReadonlyMap<number, string>;
  #model: WatchedModel;
  readonly #kept: KeptVersions;
  #base: BaseState = 'unknown';
  /** Has a look at every version ended? Before, nobody knows which of them is the newest. */
  #isLookedAt = false;
  /** When the folder could first be looked at. */
  #firstLookMs: number | null = null;
  #problem: AppError | null = null;
  /** Was there ever a version? Only then can its absence mean anything. */
  #hadVersions: boolean;

  /** `predecessor` is the folder that this one replaces when a model's base path changes: what it had aspired is kept until then. */
  constructor(model: WatchedModel, options: ModelFolderOptions, predecessor?: ModelFolder) {
    this.#model = model;
    this.#options = options;
    this.#kept = new KeptVersions(
      predecessor ? [...predecessor.#aspiredOnDisk(), ...predecessor.#kept.all] : [],
      (version) => options.isAvailable(model.name, version),
    );
    this.#replaced = predecessor ? predecessor.#fingerprints() : new Map();
    this.#hadVersions = predecessor ? predecessor.#hadVersions : false;
  }

  get model(): WatchedModel {
    return this.#model;
  }

  get isReadable(): boolean {
    return this.#base === 'readable';
  }

  /** Is anything kept that vanished? */
  get hasKept(): boolean {
    return !this.#kept.isEmpty;
  }

  /** Did every version vanish, so that there is only what is kept? */
  get isKeptOnly(): boolean {
    return this.hasKept && this.#present().length === 0;
  }

  /** Takes changed settings of the same folder. */
  update(model: WatchedModel): void {
    this.#model = model;
    if (!model.keepLastGood && this.#base !== 'unknown' && this.#base !== 'unreadable') this.#kept.clear();
    this.releaseKept();
  }

  /** What is kept goes for good once a version on disk that is asked for can answer in its place. */
  releaseKept(): void {
    if (this.hasKept && this.#hasSuccessor()) this.#kept.clear();
  }

  /** Folders whose events concern this model: its own, then those of its versions, newest first. */
  folders(): string[] {
    const there = this.#byVersion().filter((record) => record.goneSinceMs === null);
    return [this.#model.basePath, ...there.map((record) => record.path)];
  }

  /**
   * Looks at the folder: at every version, or only at those whose path is in `touched` and those not settled yet.
   * `onListed` is called when it is known which versions there are, before they are looked at.
   */
  async scan(touched: ReadonlySet<string> | 'all', onListed: () => void): Promise<readonly ChangedVersion[]> {
    const { fileSystem } = this.#options;
    const before = this.#aspiredOnDisk();
    let entries: readonly FileEntry[];
    try {
      entries = await fileSystem.list(this.#model.basePath);
    } catch (thrown) {
      this.#baseFailed(thrown);
      if (this.#base === 'missing') this.#dropGone(before);
      return [];
    }
    const isFirst = this.#base === 'unknown';
    this.#base = 'readable';
    this.#firstLookMs ??= this.#options.clock.now();
    const found = versionsAmong(entries.map((entry) => entry.name));
    this.#noteFound(found, new Map(entries.map((entry) => [entry.name, entry.kind])));
    onListed();
    const changed: ChangedVersion[] = [];
    for (const record of this.#dueOf(found, touched)) {
      const change = await this.#lookAt(record, isFirst);
      if (change) changed.push(change);
    }
    this.#isLookedAt = true;
    this.#dropGone(before);
    this.#problem =
      this.#records.size === 0 ? new AppError('DROP_NO_VERSION_FOLDERS', { name: this.#model.name }) : null;
    return changed;
  }

  /** When the next look is due because a wait for stability ends; null when nothing is waiting. */
  nextCheckMs(): number | null {
    const { stabilityMs } = this.#options;
    const due = [...this.#records.values()].flatMap((record) => {
      const nowMs = this.#options.clock.now();
      // Overdue means that it waits for another version to settle, whose own check comes.
      if (record.goneSinceMs !== null)
        return nowMs - record.goneSinceMs < stabilityMs ? [record.goneSinceMs + stabilityMs] : [];
      if (record.listing === record.settled) return [];
      // A stale partial file must not be looked at twice a second for ever: the wait grows with its age.
      const age = nowMs - record.sinceMs;
      return [
        record.sinceMs + (record.listing?.hasPartialFiles ? Math.max(stabilityMs, age * 1.5) : stabilityMs),
      ];
    });
    return due.length === 0 ? null : Math.min(...due);
  }

  /** The full aspired list, newest first; null as long as there is nothing to go by. */
  aspired(): readonly ServableData<VersionFolder>[] | null {
    if (this.#base === 'unknown' && !this.hasKept) return null;
    const { name } = this.#model;
    const present = this.#isLookedAt ? this.#present() : [];
    if (present.length === 0 && !this.hasKept) {
      // Where nothing was ever seen, a missing folder is no wish to unload; and versions about to settle speak soon.
      const isUnknown = this.#base === 'readable' ? !this.#isLookedAt : !this.#hadVersions;
      if (this.#isSettling() || isUnknown) return null;
    }
    const wanted = this.#wanted(present.map((record) => record.version));
    const asked = present.filter((record) => wanted.has(record.version));
    const ready = asked.filter((record) => !this.#waitsForNewer(record.version));
    if (ready.length === 0 && asked.length > 0 && !this.hasKept) return null;
    const onDisk = ready.map((record) => {
      const id = { name, version: record.version };
      if (record.settled.error) return servableError<VersionFolder>(id, record.settled.error);
      return servableData(id, folderOf(record));
    });
    const kept = this.#keptNow().map((folder) => servableData({ name, version: folder.version }, folder));
    return [...onDisk, ...kept].sort((a, b) => b.id.version - a.id.version);
  }

  report(): ModelScan {
    const kept = this.#keptNow();
    const versions: ScannedVersion[] = this.#byVersion().map((record) => ({
      version: record.version,
      path: record.path,
      sizeBytes: record.listing?.sizeBytes ?? 0,
      files: record.listing ? namesOf(record.listing) : [],
      fingerprint: record.listing?.fingerprint ?? '',
      isStable: record.settled !== null && record.settled === record.listing,
      isOnDisk: record.goneSinceMs === null,
      error: this.#errorOf(record),
    }));
    for (const folder of kept)
      if (!this.#records.has(folder.version))
        versions.push({ ...folder, isStable: true, isOnDisk: false, error: null });
    versions.sort((a, b) => b.version - a.version);
    return {
      name: this.#model.name,
      versions,
      missingVersions: missingVersions(this.#records.keys(), this.#model.policy),
      problem: this.#problem,
    };
  }

  /** The folder did not answer in time: everything stays as it is, and the model says so. */
  noteTimeout(): void {
    this.#problem = new AppError(
      'BASE_PATH_UNREADABLE',
      { model: this.#model.name },
      { detail: 'timed out' },
    );
  }

  #baseFailed(thrown: unknown): void {
    const params = { model: this.#model.name };
    if (!isAbsent(thrown)) {
      this.#base = 'unreadable'; // it may be there: nothing is dropped
      this.#problem = new AppError('BASE_PATH_UNREADABLE', params, { detail: errorCodeOf(thrown) });
      return;
    }
    this.#base = 'missing';
    this.#problem = new AppError('BASE_PATH_MISSING', params);
    const now = this.#options.clock.now();
    for (const record of this.#records.values()) record.goneSinceMs ??= now;
  }

  #noteFound(found: ReadonlyMap<number, string>, kinds: ReadonlyMap<string, FileKind>): void {
    for (const record of this.#records.values())
      if (!found.has(record.version)) record.goneSinceMs ??= this.#options.clock.now();
    for (const [version, folder] of found) {
      const record = this.#recordOf(version, join(this.#model.basePath, folder));
      record.kind = kinds.get(folder) ?? 'folder'; // an object store lists only what is in it
    }
  }

  #dueOf(found: ReadonlyMap<number, string>, touched: ReadonlySet<string> | 'all'): VersionRecord[] {
    return [...this.#records.values()].filter((record) => {
      if (!found.has(record.version)) return false;
      const isKnown =
        record.listing !== null && record.listing === record.settled && record.goneSinceMs === null;
      return !isKnown || touched === 'all' || touched.has(record.path);
    });
  }

  #recordOf(version: number, path: string): VersionRecord {
    const known = this.#records.get(version);
    if (known?.path === path) return known;
    const record = newRecord(version, path);
    this.#records.set(version, record);
    return record;
  }

  async #lookAt(record: VersionRecord, isFirst: boolean): Promise<ChangedVersion | null> {
    const { clock, fileSystem, stabilityMs } = this.#options;
    const startedMs = clock.now();
    const { name, basePath } = this.#model;
    const listing = await listVersion(
      fileSystem,
      record.path,
      basePath,
      `${name}/${record.version}`,
      record.kind,
    );
    if (listing === null) {
      record.goneSinceMs ??= clock.now();
      return null;
    }
    record.goneSinceMs = null;
    if (record.listing?.fingerprint === listing.fingerprint) {
      const isQuiet = startedMs - record.sinceMs >= stabilityMs;
      return isQuiet && !listing.hasPartialFiles ? this.#settle(record) : null;
    }
    record.listing = listing;
    record.sinceMs = clock.now();
    // Files that have long lain still need no wait. A clock may be turned by hand, so a change in the future is no proof.
    const wasQuiet =
      isFirst && listing.changedMs <= startedMs && startedMs - listing.changedMs >= stabilityMs;
    const needsNoWait = wasQuiet || stabilityMs === 0 || (isFirst && this.#model.isComplete === true);
    return needsNoWait && !listing.hasPartialFiles ? this.#settle(record) : null;
  }

  #settle(record: VersionRecord): ChangedVersion | null {
    const { listing, settled } = record;
    if (listing === null || listing === settled) return null;
    const previousFingerprint = settled?.fingerprint ?? this.#replaced.get(record.version);
    record.settled = listing;
    this.#kept.forget(record.version);
    const { version, path } = record;
    const { sizeBytes, fingerprint } = listing;
    if (previousFingerprint === undefined || previousFingerprint === fingerprint) return null;
    const files = namesOf(listing);
    return { name: this.#model.name, version, path, sizeBytes, files, fingerprint, previousFingerprint };
  }

  /** Lets go of versions that have been away for the stability wait; what was aspired of them `before` is kept, if the person wants that. */
  #dropGone(before: readonly VersionFolder[]): void {
    const nowMs = this.#options.clock.now();
    const gone = [...this.#records.values()].filter(
      (record) => record.goneSinceMs !== null && nowMs - record.goneSinceMs >= this.#options.stabilityMs,
    );
    const isEmpty = this.#present().every((record) => gone.includes(record));
    if (isEmpty && this.#isSettling() && gone.length > 0) return; // renamed or replaced: wait for what comes instead
    for (const record of gone) this.#records.delete(record.version);
    if (!isEmpty) this.#hadVersions = true;
    if (this.#model.keepLastGood) {
      const left = new Set(this.#present().map((record) => record.version));
      this.#kept.keep(before.filter(({ version }) => !left.has(version)));
    } else if (isEmpty && !this.#isSettling()) this.#kept.clear();
    this.releaseKept();
  }

  #isSettling(): boolean {
    return [...this.#records.values()].some(
      (record) => record.goneSinceMs === null && record.listing !== null && record.settled === null,
    );
  }

  #byVersion(): VersionRecord[] {
    return [...this.#records.values()].sort((a, b) => b.version - a.version);
  }

  /** Versions that may be aspired: stable once, and a model. One that has just vanished still counts. */
  #present(): SettledRecord[] {
    return this.#byVersion().filter(
      (record): record is SettledRecord => record.settled !== null && this.#holdsModel(record.settled),
    );
  }

  #holdsModel(listing: FolderListing): boolean {
    return listing.error !== null || this.#options.isModel(namesOf(listing));
  }

  #errorOf(record: VersionRecord): AppError | null {
    const listing = record.settled ?? record.listing;
    if (listing === null || listing.error) return listing?.error ?? null;
    if (record.settled === null || this.#holdsModel(record.settled)) return null;
    return new AppError('MODEL_FILE_MISSING', { model: this.#model.name, version: String(record.version) });
  }

  #wanted(versions: readonly number[]): ReadonlySet<number> {
    return new Set(aspiredVersions(versions, this.#model.policy, this.#model.overrides));
  }

  /**
   * Would the policy not ask for it if the versions that settle for the first time were there already? At the start it then waits
   * for them, for the stability wait at most, so that it is not loaded for a moment only.
   */
  #waitsForNewer(version: number): boolean {
    const { clock, stabilityMs, isAvailable } = this.#options;
    const { name } = this.#model;
    if (this.#firstLookMs === null || clock.now() - this.#firstLookMs >= stabilityMs) return false;
    if (isAvailable(name, version)) return false;
    const soon = this.#byVersion().filter(
      ({ listing, settled, goneSinceMs }) =>
        goneSinceMs === null && listing !== null && (settled === null || this.#holdsModel(settled)),
    );
    return !this.#wanted(soon.map((record) => record.version)).has(version);
  }

  #aspiredOnDisk(): VersionFolder[] {
    const present = this.#present();
    const wanted = this.#wanted(present.map((record) => record.version));
    return present
      .filter((record) => wanted.has(record.version) && record.settled.error === null)
      .map(folderOf);
  }

  #fingerprints(): ReadonlyMap<number, string> {
    const own = this.#present().map((record) => [record.version, record.settled.fingerprint] as const);
    return new Map([...this.#replaced, ...own]);
  }

  #hasSuccessor(): boolean {
    const wanted = this.#wanted(this.#present().map((record) => record.version));
    return [...wanted].some((version) => this.#options.isAvailable(this.#model.name, version));
  }

  /** Kept versions that are still wanted, by the policy among themselves. */
  #keptNow(): readonly VersionFolder[] {
    const keptWanted = this.#wanted(this.#kept.all.map((folder) => folder.version));
    return this.#kept.all.filter((folder) => keptWanted.has(folder.version));
  }
}
