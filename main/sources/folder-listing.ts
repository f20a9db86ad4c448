import { createHash } from 'node:crypto';
import { isAbsolute, join, relative, sep } from 'node:path';
import { AppError } from '../../app/base/errors';
import {
  errorCodeOf,
  type FileEntry,
  type FileFacts,
  type FileKind,
  type FileSystem,
  isAbsent,
} from './file-system';

/** No folder of a model holds more than this; a scan stops there. */
export const maxEntries = 20_000;
export const maxDepth = 6;
const factsAtOnce = 32;

export interface ListedFile {
  /** Relative to the folder, with `/` between parts on every system; empty when the version is a plain file. */
  readonly name: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
}

/** What one version's folder held when it was looked at. */
export interface FolderListing {
  /** In the order of their names. */
  readonly files: readonly ListedFile[];
  readonly fingerprint: string;
  readonly sizeBytes: number;
  /** The latest change of any file or folder in it. */
  readonly changedMs: number;
  /** Does it hold files that a download or copy is known to leave unfinished? */
  readonly hasPartialFiles: boolean;
  /** Why its content must not or cannot be used; null when it can. */
  readonly error: AppError | null;
}

const sidecars = new Set(['.ds_store', 'thumbs.db', 'desktop.ini']);
/** Files that are kept beside a model and are no part of it: our own settings, and what file managers leave. */
export const isSidecar = (name: string): boolean =>
  sidecars.has(name.toLowerCase()) || name.startsWith('._') || /^slipway\.(.+\.)?(json|tmp)$/i.test(name);

const isPartial = (name: string): boolean =>
  /\.(part|partial|crdownload|download|filepart|aria2)$/i.test(name);

/** Is `path` the folder itself or inside it? Both absolute and free of links. */
export function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

interface Walk {
  readonly fileSystem: FileSystem;
  readonly files: ListedFile[];
  /** Folders entered through links, so that a circle of links ends. */
  readonly entered: Set<string>;
  /** The model's folder: nothing outside it is looked at. */
  readonly root: string;
  /** The same, free of links; found out when the first link is met. */
  realRoot: string | null;
  /** What people call it, for errors. */
  readonly displayName: string;
  entries: number;
  changedMs: number;
  hasPartialFiles: boolean;
}

/**
 * Lists all files of one version. Null when nothing is at `path` (any more).
 * Links may point anywhere inside `root`; one that leaves it makes the listing an errored one:
 * DROP_LINK_LEAVES_FOLDER. So do more than 20,000 entries or 6 levels (DROP_TOO_LARGE) and a folder that cannot be
 * read (MODEL_FILE_UNREADABLE). `displayName` is what people call it, for those errors;
 * `kind` is what `path` itself is, where that is known.
 */
export async function listVersion(
  fileSystem: FileSystem,
  path: string,
  root: string,
  displayName: string,
  kind?: FileKind,
): Promise<FolderListing | null> {
  const walk: Walk = {
    fileSystem,
    files: [],
    entered: new Set(),
    root,
    realRoot: null,
    displayName,
    entries: 0,
    changedMs: 0,
    hasPartialFiles: false,
  };
  let error: AppError | null = null;
  try {
    await visit(walk, { name: '', kind: kind ?? (await fileSystem.kind(path)) }, path, '', 0);
  } catch (thrown) {
    if (isAbsent(thrown)) return null;
    error = thrown instanceof AppError ? thrown : unreadable(walk, thrown);
  }
  walk.files.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return {
    files: walk.files,
    fingerprint: fingerprintOf(walk.files, error),
    sizeBytes: walk.files.reduce((sum, file) => sum + file.sizeBytes, 0),
    changedMs: walk.changedMs,
    hasPartialFiles: walk.hasPartialFiles,
    error,
  };
}

async function visitFolder(walk: Walk, path: string, name: string, depth: number): Promise<void> {
  if (depth > maxDepth) throw tooLarge(walk);
  const entries = await walk.fileSystem.list(path);
  walk.entries += entries.length;
  if (walk.entries > maxEntries) throw tooLarge(walk);
  for (let from = 0; from < entries.length; from += factsAtOnce) {
    const some = entries.slice(from, from + factsAtOnce);
    await Promise.all(some.map((entry) => visitChild(walk, entry, path, name, depth)));
  }
}

async function visitChild(
  walk: Walk,
  entry: FileEntry,
  folder: string,
  folderName: string,
  depth: number,
): Promise<void> {
  if (isSidecar(entry.name)) return;
  if (isPartial(entry.name)) walk.hasPartialFiles = true;
  const name = folderName === '' ? entry.name : `${folderName}/${entry.name}`;
  try {
    await visit(walk, entry, join(folder, entry.name), name, depth + 1);
  } catch (thrown) {
    if (!isAbsent(thrown)) throw thrown; // it vanished between listing and looking: the next listing says so
  }
}

async function visit(walk: Walk, entry: FileEntry, path: string, name: string, depth: number): Promise<void> {
  if (entry.kind === 'link') {
    const target = await walk.fileSystem.realPath(path);
    walk.realRoot ??= await walk.fileSystem.realPath(walk.root);
    if (!isInside(walk.realRoot, target)) throw linkLeaves(walk);
    if (walk.entered.has(target)) return;
    walk.entered.add(target);
  }
  if (entry.kind === 'other') return;
  if (entry.kind === 'folder') {
    await visitFolder(walk, path, name, depth);
    return;
  }
  const facts: FileFacts = await walk.fileSystem.facts(path);
  walk.changedMs = Math.max(walk.changedMs, facts.changedMs);
  if (facts.kind === 'folder') await visitFolder(walk, path, name, depth);
  else if (facts.kind === 'file')
    walk.files.push({ name, sizeBytes: facts.sizeBytes, modifiedMs: facts.modifiedMs });
}

function fingerprintOf(files: readonly ListedFile[], error: AppError | null): string {
  const hash = createHash('sha256');
  for (const file of files) hash.update(`${file.name}\0${file.sizeBytes}\0${file.modifiedMs}\n`);
  if (error) hash.update(`${error.code}\0${JSON.stringify(error.params)}`);
  return hash.digest('base64url');
}

const linkLeaves = (walk: Walk): AppError =>
  new AppError('DROP_LINK_LEAVES_FOLDER', { name: walk.displayName });
const tooLarge = (walk: Walk): AppError => new AppError('DROP_TOO_LARGE', { name: walk.displayName });
const unreadable = (walk: Walk, thrown: unknown): AppError =>
  new AppError(
    'MODEL_FILE_UNREADABLE',
    { name: walk.displayName },
    { detail: errorCodeOf(thrown), cause: thrown },
  );
