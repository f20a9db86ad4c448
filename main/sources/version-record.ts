import { join } from 'node:path';
import type { AppError } from '../../app/base/errors';
import type { FileKind } from './file-system';
import type { FolderListing } from './folder-listing';
import type { ScannedVersion } from './model-scan';
import type { VersionFolder } from './version-folders';

/** What a model's folder remembers of one version. */
export interface VersionRecord {
  readonly version: number;
  /** What it goes by in the model's folder. */
  readonly folder: string;
  readonly path: string;
  kind: FileKind;
  /** As last seen, and since when it has been so. */
  listing: FolderListing | null;
  sinceMs: number;
  /** As last seen stable: what may be aspired. */
  settled: FolderListing | null;
  goneSinceMs: number | null;
  /** As it was last reported. */
  reported: ScannedVersion | null;
}

export type SettledRecord = VersionRecord & { readonly settled: FolderListing };

/** The records of one model by version, in order: with ten thousand of them, sorting them for each question would be felt. */
export class VersionRecords {
  readonly #byVersion = new Map<number, VersionRecord>();
  #newestFirst: readonly VersionRecord[] | null = null;

  get size(): number {
    return this.#byVersion.size;
  }

  has(version: number): boolean {
    return this.#byVersion.has(version);
  }

  versions(): Iterable<number> {
    return this.#byVersion.keys();
  }

  newestFirst(): readonly VersionRecord[] {
    this.#newestFirst ??= [...this.#byVersion.values()].sort((a, b) => b.version - a.version);
    return this.#newestFirst;
  }

  get(version: number): VersionRecord | undefined {
    return this.#byVersion.get(version);
  }

  /** The one of that version in that folder; a new one when there is none, or one of another name. */
  at(version: number, folder: string, basePath: string): VersionRecord {
    const known = this.#byVersion.get(version);
    if (known?.folder === folder) return known;
    const record: VersionRecord = {
      version,
      folder,
      path: join(basePath, folder),
      kind: 'folder',
      listing: null,
      sinceMs: 0,
      settled: null,
      goneSinceMs: null,
      reported: null,
    };
    this.#byVersion.set(version, record);
    this.#newestFirst = null;
    return record;
  }

  delete(version: number): void {
    if (this.#byVersion.delete(version)) this.#newestFirst = null;
  }
}

/** Kept with its listing, so that what has not changed is the same object. */
const knownFolders = new WeakMap<FolderListing, VersionFolder>();

export function folderOf({ version, path, settled }: SettledRecord): VersionFolder {
  const known = knownFolders.get(settled);
  if (known) return known;
  const { sizeBytes, fingerprint } = settled;
  const folder = { version, path, sizeBytes, files: namesOf(settled), fingerprint };
  knownFolders.set(settled, folder);
  return folder;
}

/** What is to be said of a version; the same object as before when nothing about it has changed. */
export function scannedOf(record: VersionRecord, error: AppError | null): ScannedVersion {
  const { listing, settled, goneSinceMs, reported } = record;
  const fingerprint = listing?.fingerprint ?? '';
  const isStable = settled !== null && settled === listing;
  const isOnDisk = goneSinceMs === null;
  const isSame =
    reported !== null &&
    reported.fingerprint === fingerprint &&
    reported.isStable === isStable &&
    reported.isOnDisk === isOnDisk &&
    reported.error?.code === error?.code;
  if (isSame) return reported;
  const scanned: ScannedVersion = {
    version: record.version,
    path: record.path,
    sizeBytes: listing?.sizeBytes ?? 0,
    files: listing ? namesOf(listing) : [],
    fingerprint,
    isStable,
    isOnDisk,
    error,
  };
  record.reported = scanned;
  return scanned;
}

const knownKept = new WeakMap<VersionFolder, ScannedVersion>();

/** What is to be said of a version that vanished and is kept. */
export function scannedOfKept(folder: VersionFolder): ScannedVersion {
  const known = knownKept.get(folder);
  if (known) return known;
  const scanned: ScannedVersion = { ...folder, isStable: true, isOnDisk: false, error: null };
  knownKept.set(folder, scanned);
  return scanned;
}

/** Kept with the listing: a scan asks for them each time. */
const knownNames = new WeakMap<FolderListing, readonly string[]>();

export function namesOf(listing: FolderListing): readonly string[] {
  const known = knownNames.get(listing);
  if (known) return known;
  const names = listing.files.map((file) => file.name);
  knownNames.set(listing, names);
  return names;
}
