import type { FileKind } from './file-system';
import type { FolderListing } from './folder-listing';
import type { VersionFolder } from './version-folders';

/** What a model's folder remembers of one version. */
export interface VersionRecord {
  readonly version: number;
  readonly path: string;
  kind: FileKind;
  /** As last seen, and since when it has been so. */
  listing: FolderListing | null;
  sinceMs: number;
  /** As last seen stable: what may be aspired. */
  settled: FolderListing | null;
  goneSinceMs: number | null;
}

export type SettledRecord = VersionRecord & { readonly settled: FolderListing };

export const newRecord = (version: number, path: string): VersionRecord => ({
  version,
  path,
  kind: 'folder',
  listing: null,
  sinceMs: 0,
  settled: null,
  goneSinceMs: null,
});

export const folderOf = ({ version, path, settled }: SettledRecord): VersionFolder => ({
  version,
  path,
  sizeBytes: settled.sizeBytes,
  files: namesOf(settled),
  fingerprint: settled.fingerprint,
});

/** Kept with the listing: a scan asks for them each time. */
const knownNames = new WeakMap<FolderListing, readonly string[]>();

export function namesOf(listing: FolderListing): readonly string[] {
  const known = knownNames.get(listing);
  if (known) return known;
  const names = listing.files.map((file) => file.name);
  knownNames.set(listing, names);
  return names;
}
