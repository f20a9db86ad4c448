import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm, rmdir, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { AppError, isCancelled } from '../../app/base/errors';
import { listArchive, readArchive } from './archive';
import { withCompanions } from './companion-files';
import { contentHashOf, type HashedFile } from './content-hash';
import { errorCodeOf, isAbsent, nodeFileSystem } from './file-system';
import { isSidecar, listVersion } from './folder-listing';
import { versionsAmong } from './version-folders';

export interface ImportProgress {
  readonly doneBytes: number;
  readonly totalBytes: number;
}

export interface ImportRequest {
  /** What `path` is, as an offer judged it. */
  readonly form: 'versionFolder' | 'modelFile' | 'archive';
  /** Absolute and free of links. */
  readonly path: string;
  /** What people call it, for errors. */
  readonly name: string;
  /** Base path of the model that takes it as its next version. */
  readonly modelFolder: string;
  /** May the base path be made? Never for a model that is in the list: its folder may only be away for a while. */
  readonly isNewModel: boolean;
  /** Do these files, named relative to a version's folder, make a model? Finds the model in an archive. */
  readonly isModel: (files: readonly string[]) => boolean;
  readonly onProgress?: (progress: ImportProgress) => void;
  readonly signal?: AbortSignal;
  /** Awaited before each piece, so that copying can be held. */
  readonly ready?: () => Promise<void>;
}

export interface ImportedVersion {
  readonly version: number;
  /** The new version's folder. */
  readonly path: string;
  readonly sizeBytes: number;
  /** As `hashVersion` computes it, taken from the bytes while they were copied. */
  readonly contentHash: string;
}

interface Shipment {
  readonly totalBytes: number;
  /** Hands over every file once. */
  deliver(write: (name: string, content: AsyncIterable<Uint8Array>) => Promise<void>): Promise<void>;
}

const scratchPrefix = '.slipway-import-';
const staleMs = 24 * 60 * 60 * 1000;
const chunkBytes = 256 * 1024;

/**
 * Copies a model file with what belongs to it, a version's folder or an archive into a model's folder, as its next version.
 * It appears there in one step, complete, or not at all: it is copied into a dot-folder beside and then renamed.
 * Throws `AppError`: CANCELLED, DISK_FULL, IMPORT_FAILED, DROP_NO_MODEL_FILE, BASE_PATH_MISSING, and what reading an archive or a folder may throw.
 */
export async function importVersion(request: ImportRequest): Promise<ImportedVersion> {
  const { modelFolder, signal } = request;
  const isNew = await makeFolder(request);
  const scratch = join(modelFolder, `${scratchPrefix}${randomUUID()}`);
  try {
    signal?.throwIfAborted();
    const shipment = await shipmentOf(request);
    await assertRoom(request, shipment.totalBytes);
    await mkdir(scratch);
    const files = await unload(shipment, scratch, request);
    const version = await takeNextNumber(scratch, modelFolder);
    await removeStale(modelFolder);
    return {
      version,
      path: join(modelFolder, String(version)),
      sizeBytes: files.reduce((sum, file) => sum + file.sizeBytes, 0),
      contentHash: contentHashOf(files.filter((file) => !isSidecar(file.name))),
    };
  } catch (thrown) {
    await rm(scratch, { recursive: true, force: true });
    if (isNew) await rmdir(modelFolder).catch(() => undefined); // someone else put something there meanwhile
    throw await failureOf(thrown, request);
  }
}

/** True when the folder was not there before. */
async function makeFolder(request: ImportRequest): Promise<boolean> {
  const { modelFolder, isNewModel } = request;
  try {
    if (isNewModel) return (await mkdir(modelFolder, { recursive: true })) !== undefined;
    await readdir(modelFolder);
    return false;
  } catch (thrown) {
    if (!isNewModel && isAbsent(thrown)) throw new AppError('BASE_PATH_MISSING', {}, { cause: thrown });
    throw await failureOf(thrown, request);
  }
}

function shipmentOf(request: ImportRequest): Promise<Shipment> {
  switch (request.form) {
    case 'modelFile':
      return shipModelFile(request);
    case 'versionFolder':
      return shipFolder(request);
    case 'archive':
      return shipArchive(request);
  }
}

async function shipModelFile({ path, name, signal }: ImportRequest): Promise<Shipment> {
  const files = await withCompanions(nodeFileSystem, path);
  if (!files.some((file) => file.path === path)) throw new AppError('DROP_UNREADABLE', { name }); // gone since the offer
  return shipFiles(files, signal);
}

async function shipFolder({ path, name, signal }: ImportRequest): Promise<Shipment> {
  const listing = await listVersion(nodeFileSystem, path, path, name);
  if (listing === null) throw new AppError('DROP_UNREADABLE', { name });
  if (listing.error) throw listing.error;
  const files = listing.files.map((file) => ({ ...file, path: join(path, file.name) }));
  const settings = join(path, 'slipway.json'); // no part of the content, but of what the person set
  const facts = await nodeFileSystem.facts(settings).catch(() => null);
  const sidecars =
    facts?.kind === 'file' ? [{ name: 'slipway.json', path: settings, sizeBytes: facts.sizeBytes }] : [];
  return shipFiles([...files, ...sidecars], signal);
}

function shipFiles(
  files: readonly { readonly name: string; readonly path: string; readonly sizeBytes: number }[],
  signal: AbortSignal | undefined,
): Shipment {
  return {
    totalBytes: files.reduce((sum, file) => sum + file.sizeBytes, 0),
    deliver: async (write) => {
      for (const file of files) {
        signal?.throwIfAborted();
        await write(file.name, createReadStream(file.path, { highWaterMark: chunkBytes }));
      }
    },
  };
}

async function shipArchive({ path, name, isModel, signal }: ImportRequest): Promise<Shipment> {
  const files = await listArchive(path, name, signal);
  const folder = modelFolderIn(
    files.map((file) => file.name),
    isModel,
  );
  if (folder === null) throw new AppError('DROP_NO_MODEL_FILE', { name });
  if (folder === undefined) throw new AppError('ARCHIVE_SEVERAL_MODELS', { name });
  const isInside = (file: string): boolean => file.startsWith(folder);
  return {
    totalBytes: files.filter((file) => isInside(file.name)).reduce((sum, file) => sum + file.sizeBytes, 0),
    deliver: (write) =>
      readArchive(
        path,
        name,
        async (file, content) => {
          if (isInside(file.name)) await write(file.name.slice(folder.length), content);
        },
        signal,
      ),
  };
}

/** The one folder of an archive that is a model, with its last slash; null when there is none, undefined when there are several. */
export function modelFolderIn(
  names: readonly string[],
  isModel: (files: readonly string[]) => boolean,
): string | null | undefined {
  const filesOf = new Map<string, string[]>();
  for (const name of names)
    for (let at = name.lastIndexOf('/') + 1; ; at = name.lastIndexOf('/', at - 2) + 1) {
      const folder = name.slice(0, at);
      const files = filesOf.get(folder) ?? [];
      if (files.push(name.slice(at)) === 1) filesOf.set(folder, files);
      if (at === 0) break;
    }
  const models = [...filesOf].filter(([, files]) => isModel(files)).map(([folder]) => folder);
  const outermost = models.filter(
    (folder) => !models.some((other) => other !== folder && folder.startsWith(other)),
  );
  return outermost.length > 1 ? undefined : (outermost[0] ?? null);
}

async function unload(shipment: Shipment, scratch: string, request: ImportRequest): Promise<HashedFile[]> {
  const { signal, onProgress, ready } = request;
  const files: HashedFile[] = [];
  let doneBytes = 0;
  await shipment.deliver(async (name, content) => {
    const path = join(scratch, name);
    await mkdir(dirname(path), { recursive: true });
    const hash = createHash('sha256');
    let sizeBytes = 0;
    const measured = async function* (): AsyncGenerator<Uint8Array> {
      for await (const chunk of content) {
        await ready?.();
        hash.update(chunk);
        sizeBytes += chunk.length;
        doneBytes += chunk.length;
        onProgress?.({ doneBytes, totalBytes: Math.max(shipment.totalBytes, doneBytes) });
        yield chunk;
      }
    };
    await pipeline(measured, createWriteStream(path, { flags: 'wx' }), signal ? { signal } : {});
    files.push({ name, sizeBytes, hash: hash.digest('hex') });
  });
  return files;
}

/** Moves the folder to the number after the newest, in one step; a number taken meanwhile is passed over. */
async function takeNextNumber(scratch: string, modelFolder: string): Promise<number> {
  for (;;) {
    const version = Math.max(0, ...versionsAmong(await readdir(modelFolder)).keys()) + 1;
    try {
      await rename(scratch, join(modelFolder, String(version)));
      return version;
    } catch (thrown) {
      const isTaken = ['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(errorCodeOf(thrown));
      if (!isTaken) throw thrown;
    }
  }
}

/** What a crash left of an earlier import. */
async function removeStale(modelFolder: string): Promise<void> {
  for (const name of await readdir(modelFolder)) {
    if (!name.startsWith(scratchPrefix)) continue;
    const path = join(modelFolder, name);
    const facts = await stat(path).catch(() => null); // another import has just finished with it
    if (facts && Date.now() - facts.mtimeMs > staleMs) await rm(path, { recursive: true, force: true });
  }
}

async function assertRoom(request: ImportRequest, needBytes: number): Promise<void> {
  const freeBytes = await freeBytesIn(request.modelFolder);
  if (freeBytes !== null && needBytes > freeBytes) throw diskFull(request, needBytes, freeBytes);
}

async function freeBytesIn(folder: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return null; // a file system that does not tell; a full disk then shows while writing
  }
}

const diskFull = ({ name }: ImportRequest, needBytes: number, freeBytes: number): AppError =>
  new AppError('DISK_FULL', { name, needBytes: String(needBytes), freeBytes: String(freeBytes) });

async function failureOf(thrown: unknown, request: ImportRequest): Promise<unknown> {
  const { name, modelFolder, signal } = request;
  if (signal?.aborted || isCancelled(thrown)) return new AppError('CANCELLED', {}, { cause: thrown });
  if (thrown instanceof AppError) return thrown;
  const code = errorCodeOf(thrown);
  if (code === 'ENOSPC') return diskFull(request, 0, (await freeBytesIn(modelFolder)) ?? 0);
  if (code === '') return thrown; // no failure of the file system: a bug
  return new AppError('IMPORT_FAILED', { name }, { detail: code, cause: thrown });
}
