import { basename, dirname, join, relative, sep } from 'node:path';
import { AppError } from '../../app/base/errors';
import { errorCodeOf, type FileEntry, type FileSystem } from './file-system';
import {
  type FolderListing,
  isInside,
  type ListedFile,
  listVersion,
  maxDepth,
  maxEntries,
} from './folder-listing';
import { isArchiveName, modelNameFrom, nameOfFile } from './model-names';
import { versionsAmong } from './version-folders';

export interface FoundVersion {
  readonly version: number;
  readonly files: readonly ListedFile[];
  readonly sizeBytes: number;
}

/** What one place turned out to be. Paths are absolute and free of links. */
type Finding =
  | {
      readonly form: 'model';
      readonly path: string;
      /** As its folder or file suggests; others may have it too. */
      readonly name: string;
      /** Newest first. */
      readonly versions: readonly FoundVersion[];
    }
  | {
      readonly form: 'versionFolder' | 'modelFile' | 'archive';
      readonly path: string;
      /** As its folder or file suggests; others may have it too. */
      readonly name: string;
      readonly files: readonly ListedFile[];
    }
  | { readonly form: 'refused'; readonly error: AppError };
/** A finding and what people call the place: from the dropped item on, never from the disk's root. */
export type Located = Finding & { readonly source: string };

/** Folders that hold programs and caches, never models that a person means. */
const skippedFolders = new Set(['node_modules', '__pycache__', 'site-packages', '$recycle.bin']);
/** `v2`, `version-3`, `1.0`, `epoch_10`: a version to people, and none to us. */
const versionLike = /^(v|ver|version|epoch|step|release|r)?[-_. ]?\d+([._-]\d+)*$/i;

/** What a scout goes by, the same for all paths of one drop. */
export interface ScoutContext {
  readonly fileSystem: FileSystem;
  readonly isModel: (files: readonly string[]) => boolean;
  /** Why these files, although a model, cannot be taken; `folder` is how people call the place. */
  readonly refusalOf: (files: readonly string[], model: string, folder: string) => AppError | undefined;
  readonly platform: NodeJS.Platform;
  /** The folders of the models that are in the list, free of links, with the models' names. */
  readonly homes: ReadonlyMap<string, string>;
  /** What was looked at already in this drop. */
  readonly seen: Set<string>;
}

/** Looks through one dropped path. */
export class DropScout {
  readonly #dropped: string;
  readonly #context: ScoutContext;
  readonly #fileSystem: FileSystem;
  readonly #found: Located[] = [];
  /** Folders with nothing in them, told when there is something else to tell. */
  readonly #empty: string[] = [];
  #root = '';
  #entries = 0;
  #isCut = false;

  constructor(dropped: string, context: ScoutContext) {
    this.#dropped = dropped;
    this.#context = context;
    this.#fileSystem = context.fileSystem;
  }

  async judge(): Promise<readonly Located[]> {
    const name = basename(this.#dropped) || this.#dropped;
    if (isNetworkPath(this.#dropped, this.#context.platform))
      return [this.#refused(name, new AppError('DROP_NETWORK_SHARE', { name }))];
    try {
      this.#root = await this.#fileSystem.realPath(this.#dropped);
      if (this.#context.seen.has(this.#root)) return []; // dropped together with what holds it
      const { kind, sizeBytes, modifiedMs } = await this.#fileSystem.facts(this.#root);
      if (kind === 'folder') await this.#visit(this.#root, 0);
      else if (kind === 'file') this.#judgeFile({ name, sizeBytes, modifiedMs });
      else this.#refuse(this.#root, new AppError('DROP_NOT_A_MODEL', { name }));
    } catch (thrown) {
      this.#refuse(this.#root, unreadable(name, thrown));
    }
    if (this.#isCut) this.#refuse(this.#root, new AppError('DROP_TOO_LARGE', { name }));
    if (this.#found.length === 0) this.#refuse(this.#root, new AppError('DROP_NO_MODEL_FILE', { name }));
    else
      for (const path of this.#empty)
        this.#refuse(path, new AppError('DROP_FOLDER_EMPTY', { name: basename(path) }));
    return this.#found;
  }

  #judgeFile(file: ListedFile): void {
    const path = this.#root;
    const home = this.#homeOf(path);
    const isArchive = isArchiveName(file.name);
    const refusal = this.#context.refusalOf([file.name], nameOfFile(path), basename(dirname(path)));
    if (!isArchive && !this.#context.isModel([file.name]))
      this.#refuse(path, new AppError('DROP_NOT_A_MODEL', { name: file.name }));
    else if (home !== undefined)
      this.#refuse(path, new AppError('DROP_ALREADY_ADDED', { name: home, model: home }));
    else if (refusal) this.#refuse(path, refusal);
    else if (this.#isNew(path))
      this.#add(
        {
          form: isArchive ? 'archive' : 'modelFile',
          path,
          name: nameOfFile(path),
          files: [file],
        },
        path,
      );
  }

  /** True when a model or version was found in the folder or below. */
  async #visit(path: string, depth: number): Promise<boolean> {
    if (depth > maxDepth) {
      this.#isCut = true;
      return false;
    }
    if (!this.#isNew(path)) return false;
    const home = this.#homeOf(path);
    if (home !== undefined) {
      this.#refuse(path, new AppError('DROP_ALREADY_ADDED', { name: home, model: home }));
      return true;
    }
    const entries = await this.#list(path);
    if (entries.length === 0) this.#empty.push(path);
    const folders = entries.filter((entry) => entry.kind === 'folder' || entry.kind === 'link');
    const versions = versionsAmong(folders.map((entry) => entry.name));
    if (versions.size > 0) return this.#judgeModel(path, versions);
    if (await this.#holdsModel(path, entries)) return this.#judgeVersion(path);
    return this.#visitChildren(path, folders, depth);
  }

  async #judgeModel(path: string, versions: ReadonlyMap<number, string>): Promise<boolean> {
    const name = basename(path);
    const good: FoundVersion[] = [];
    const problems: { readonly path: string; readonly error: AppError }[] = [];
    for (const [version, folder] of versions) {
      const listing = await this.#listVersion(join(path, folder), path, `${name}/${folder}`);
      if (listing === null) continue;
      const refusal = this.#refusalOf(listing, modelNameFrom(name), `${name}/${folder}`);
      if (refusal) problems.push({ path: join(path, folder), error: refusal });
      else if (this.#context.isModel(listing.files.map((file) => file.name)))
        good.push({ version, files: listing.files, sizeBytes: listing.sizeBytes });
      else {
        const error = new AppError('MODEL_FILE_MISSING', { model: name, version: String(version) });
        problems.push({ path: join(path, folder), error });
      }
    }
    const isAnyFailing = problems.some(({ error }) => error.code !== 'MODEL_FILE_MISSING');
    if (good.length === 0 && !isAnyFailing) {
      this.#refuse(path, new AppError('DROP_NO_MODEL_FILE', { name }));
      return true;
    }
    if (good.length > 0) {
      const found = good.sort((a, b) => b.version - a.version);
      this.#add({ form: 'model', path, name: modelNameFrom(name), versions: found }, path);
    }
    for (const problem of problems) this.#refuse(problem.path, problem.error);
    return true;
  }

  async #judgeVersion(path: string): Promise<boolean> {
    const listing = await this.#listVersion(path, path, basename(path));
    if (listing) {
      const named = versionLike.test(basename(path)) ? dirname(path) : path; // `v1` says nothing of the model
      const refusal = this.#refusalOf(listing, modelNameFrom(basename(named)), basename(path));
      if (refusal) {
        this.#refuse(path, refusal);
        return true;
      }
      this.#add(
        {
          form: 'versionFolder',
          path,
          name: modelNameFrom(basename(named)),
          files: listing.files,
        },
        path,
      );
    }
    return true;
  }

  async #visitChildren(path: string, folders: readonly FileEntry[], depth: number): Promise<boolean> {
    const before = this.#found.length;
    const likeVersions: string[] = [];
    for (const { name, kind } of [...folders].sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (name.startsWith('.') || skippedFolders.has(name.toLowerCase())) continue;
      const child = join(path, name);
      try {
        const target = await this.#fileSystem.realPath(child);
        if (!isInside(this.#root, target))
          this.#refuse(child, new AppError('DROP_LINK_LEAVES_FOLDER', { name }));
        else if (kind === 'folder' || (await this.#fileSystem.facts(target)).kind === 'folder') {
          const isFound = await this.#visit(target, depth + 1);
          if (isFound && versionLike.test(name)) likeVersions.push(name);
        }
      } catch (thrown) {
        this.#refuse(child, unreadable(name, thrown));
      }
    }
    const [folder] = likeVersions;
    if (folder !== undefined && likeVersions.length > 1) {
      this.#tellApart(path, likeVersions);
      this.#refuse(path, new AppError('DROP_NO_VERSION_FOLDERS', { name: basename(path), folder }));
    }
    return this.#found.length > before;
  }

  /** Folders that look like versions of one model, but are not numbered as such, get names of their own. */
  #tellApart(parent: string, folders: readonly string[]): void {
    for (const [at, found] of this.#found.entries()) {
      if (found.form !== 'versionFolder' || dirname(found.path) !== parent) continue;
      const folder = basename(found.path);
      if (folders.includes(folder)) this.#found[at] = { ...found, name: `${found.name}-${folder}` };
    }
  }

  #refusalOf({ error, files }: FolderListing, model: string, folder: string): AppError | undefined {
    const names = files.map((file) => file.name);
    return error ?? this.#context.refusalOf(names, model, folder);
  }

  /** Do the files of this folder, or those one folder down, make a model? */
  async #holdsModel(path: string, entries: readonly FileEntry[]): Promise<boolean> {
    const files = entries
      .filter((entry) => entry.kind === 'file' || entry.kind === 'link')
      .map(({ name }) => name);
    if (this.#context.isModel(files)) return true;
    for (const { name, kind } of entries) {
      if (kind !== 'folder' || !this.#context.isModel([`${name}/model.onnx`])) continue;
      const below = await this.#fileSystem.list(join(path, name));
      if (this.#context.isModel(below.map((entry) => `${name}/${entry.name}`))) return true;
    }
    return false;
  }

  async #list(path: string): Promise<readonly FileEntry[]> {
    const entries = await this.#fileSystem.list(path);
    this.#entries += entries.length;
    if (this.#entries <= maxEntries) return entries;
    this.#isCut = true;
    return entries.slice(0, Math.max(0, entries.length - (this.#entries - maxEntries)));
  }

  async #listVersion(path: string, root: string, displayName: string): Promise<FolderListing | null> {
    if (this.#entries > maxEntries) {
      this.#isCut = true;
      return null;
    }
    const listing = await listVersion(this.#fileSystem, path, root, displayName);
    this.#entries += listing?.files.length ?? 0;
    return listing;
  }

  /** The model whose folder, or version's folder, this is or lies in. */
  #homeOf(path: string): string | undefined {
    for (let at = path; ; at = dirname(at)) {
      const home = this.#context.homes.get(at);
      if (home !== undefined) return home;
      if (dirname(at) === at) return undefined;
    }
  }

  #isNew(path: string): boolean {
    if (this.#context.seen.has(path)) return false;
    this.#context.seen.add(path);
    return true;
  }

  #add(finding: Finding, path: string): void {
    this.#found.push({ ...finding, source: this.#sourceOf(path) });
  }

  #refuse(path: string, error: AppError): void {
    this.#found.push(this.#refused(this.#sourceOf(path), error));
  }

  #refused(source: string, error: AppError): Located {
    return { form: 'refused', error, source };
  }

  /** The path as people see it: from the dropped item on, never from the disk's root. */
  #sourceOf(path: string): string {
    const name = basename(this.#dropped) || this.#dropped;
    const way = this.#root === '' ? '' : relative(this.#root, path).split(sep).join('/');
    return way === '' ? name : `${name}/${way}`;
  }
}

/** `\\server\share` and its long form; a share with a drive letter is a disk like any other. */
const isNetworkPath = (path: string, platform: NodeJS.Platform): boolean =>
  platform === 'win32' && (/^[\\/]{2}[^\\/?.]/.test(path) || /^[\\/]{2}[?.][\\/]unc[\\/]/i.test(path));

const unreadable = (name: string, thrown: unknown): AppError => {
  const detail = errorCodeOf(thrown);
  return new AppError(
    detail === 'ENOENT' ? 'DROP_GONE' : 'DROP_UNREADABLE',
    { name },
    { detail, cause: thrown },
  );
};
