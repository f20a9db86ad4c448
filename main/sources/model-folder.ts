import type { Clock } from '../../app/base/clock';
import { AppError } from '../../app/base/errors';
import { type ServableData, servableData, servableError } from '../serving/servable-data';
import { errorCodeOf, type FileEntry, type FileKind, type FileSystem, isAbsent } from './file-system';
import { type FolderListing, listVersion } from './folder-listing';
import { KeptVersions } from './kept-versions';
import type { ChangedVersion, ModelScan, WatchedModel } from './model-scan';
import { type VersionFolder, versionsAmong } from './version-folders';
import { aspiredVersions, missingVersions } from './version-policy';
import {
  folderOf,
  namesOf,
  type SettledRecord,
  scannedOf,
  scannedOfKept,
  type VersionRecord,
  VersionRecords,
} from './version-record';

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
  readonly #records = new VersionRecords();
  /** Which listings are those of models, as found out once for each. */
  readonly #holdingModels = new WeakMap<FolderListing, boolean>();
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
    const there = this.#records.newestFirst().filter((record) => record.goneSinceMs === null);
    return [this.#model.basePath, ...there.map((record) => record.path)];
  }

  /**
   * Looks at the folder: at every version, or only at those whose path is in `touched` and those not settled yet.
   * `onListed` is awaited when it is known which versions there are, before they are looked at.
   */
  async scan(
    touched: ReadonlySet<string> | 'all',
    onListed: () => Promise<void>,
  ): Promise<readonly ChangedVersion[]> {
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
    await onListed();
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
    const { stabilityMs, clock } = this.#options;
    const nowMs = clock.now();
    let nextMs: number | null = null;
    for (const record of this.#records.newestFirst()) {
      const dueMs = dueOf(record, stabilityMs, nowMs);
      if (dueMs !== null && (nextMs === null || dueMs < nextMs)) nextMs = dueMs;
    }
    return nextMs;
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
    const lasting = this.#lasting();
    const ready = asked.filter(
      (record) => lasting === null || this.#isAvailable(record.version) || lasting.has(record.version),
    );
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
    const versions = this.#records.newestFirst().map((record) => scannedOf(record, this.#errorOf(record)));
    const gone = kept.filter((folder) => !this.#records.has(folder.version));
    for (const folder of gone) versions.push(scannedOfKept(folder));
    if (gone.length > 0) versions.sort((a, b) => b.version - a.version);
    return {
      name: this.#model.name,
      versions,
      missingVersions: missingVersions(this.#records.versions(), this.#model.policy),
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
    for (const record of this.#records.newestFirst()) record.goneSinceMs ??= now;
  }

  #noteFound(found: ReadonlyMap<number, string>, kinds: ReadonlyMap<string, FileKind>): void {
    for (const record of this.#records.newestFirst())
      if (!found.has(record.version)) record.goneSinceMs ??= this.#options.clock.now();
    for (const [version, folder] of found) {
      const record = this.#records.at(version, folder, this.#model.basePath);
      record.kind = kinds.get(folder) ?? 'folder'; // an object store lists only what is in it
    }
  }

  #dueOf(found: ReadonlyMap<number, string>, touched: ReadonlySet<string> | 'all'): VersionRecord[] {
    return this.#records.newestFirst().filter((record) => {
      if (!found.has(record.version)) return false;
      const isKnown =
        record.listing !== null && record.listing === record.settled && record.goneSinceMs === null;
      return !isKnown || touched === 'all' || touched.has(record.path);
    });
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
    const isGone = ({ goneSinceMs }: VersionRecord): boolean =>
      goneSinceMs !== null && nowMs - goneSinceMs >= this.#options.stabilityMs;
    const gone = this.#records.newestFirst().filter(isGone);
    const isEmpty = this.#present().every(isGone);
    if (isEmpty && this.#isSettling() && gone.length > 0) return; // renamed or replaced: wait for what comes instead
    for (const record of gone) this.#records.delete(record.version);
    if (!isEmpty) this.#hadVersions = true;
    if (this.#model.keepLastGood) {
      this.#kept.keep(before.filter(({ version }) => !this.#isPresent(this.#records.get(version))));
    } else if (isEmpty && !this.#isSettling()) this.#kept.clear();
    this.releaseKept();
  }

  #isSettling(): boolean {
    return this.#records
      .newestFirst()
      .some((record) => record.goneSinceMs === null && record.listing !== null && record.settled === null);
  }

  /** Versions that may be aspired: stable once, and a model. One that has just vanished still counts. */
  #present(): SettledRecord[] {
    return this.#records.newestFirst().filter((record) => this.#isPresent(record));
  }

  #isPresent(record: VersionRecord | undefined): record is SettledRecord {
    return !!record?.settled && this.#holdsModel(record.settled);
  }

  #holdsModel(listing: FolderListing): boolean {
    if (listing.error !== null) return true;
    const known = this.#holdingModels.get(listing);
    if (known !== undefined) return known;
    const isModel = this.#options.isModel(namesOf(listing));
    this.#holdingModels.set(listing, isModel);
    return isModel;
  }

  #isAvailable(version: number): boolean {
    return this.#options.isAvailable(this.#model.name, version);
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
   * What the policy would ask for if the versions that settle for the first time were there already. At the start the others wait for
   * these, for the stability wait at most, so that nothing is loaded for a moment only; then it is null, and nothing waits.
   */
  #lasting(): ReadonlySet<number> | null {
    const { clock, stabilityMs } = this.#options;
    if (this.#firstLookMs === null || clock.now() - this.#firstLookMs >= stabilityMs) return null;
    const soon = this.#records
      .newestFirst()
      .filter(
        ({ listing, settled, goneSinceMs }) =>
          goneSinceMs === null && listing !== null && (settled === null || this.#holdsModel(settled)),
      );
    return this.#wanted(soon.map((record) => record.version));
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
    return [...wanted].some((version) => this.#isAvailable(version));
  }

  /** Kept versions that are still wanted, by the policy among themselves. */
  #keptNow(): readonly VersionFolder[] {
    const keptWanted = this.#wanted(this.#kept.all.map((folder) => folder.version));
    return this.#kept.all.filter((folder) => keptWanted.has(folder.version));
  }
}

/** When this version is to be looked at again; null when it waits for nothing. */
function dueOf(record: VersionRecord, stabilityMs: number, nowMs: number): number | null {
  const { goneSinceMs, listing, settled, sinceMs } = record;
  // Overdue means that it waits for another version to settle, whose own check comes.
  if (goneSinceMs !== null) return nowMs - goneSinceMs < stabilityMs ? goneSinceMs + stabilityMs : null;
  if (listing === settled) return null;
  // A stale partial file must not be looked at twice a second for ever: the wait grows with its age.
  return sinceMs + (listing?.hasPartialFiles ? Math.max(stabilityMs, (nowMs - sinceMs) * 1.5) : stabilityMs);
}
