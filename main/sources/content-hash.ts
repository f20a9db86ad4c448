import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../app/base/errors';
import { nodeFileSystem } from './file-system';
import { listVersion } from './folder-listing';

/** One file's part in the content of a version. */
export interface HashedFile {
  /** Relative to the version's folder, with `/` between parts. */
  readonly name: string;
  readonly sizeBytes: number;
  /** SHA-256 of its bytes, hexadecimal. */
  readonly hash: string;
}

// A quarter of a megabyte takes some 0.2 ms to hash: the event loop turns in between, so this may run anywhere.
const chunkBytes = 256 * 1024;

/** The hash of a version's content, from those of its files: equal names with equal bytes, whatever their order and times. Hexadecimal SHA-256. */
export function contentHashOf(files: readonly HashedFile[]): string {
  const hash = createHash('sha256');
  const byName = [...files].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  for (const file of byName) hash.update(`${file.name}\0${file.sizeBytes}\0${file.hash}\n`);
  return hash.digest('hex');
}

/**
 * Hashes the files of a version as they are on disk, without its sidecars, one after the other and chunk by chunk.
 * Throws `AppError` MODEL_FILE_MISSING when nothing is at `path`, MODEL_FILE_UNREADABLE when its files cannot be read to the end,
 * and the error of the listing when links leave it or it is too large. Aborting `signal` rejects with its reason.
 */
export async function hashVersion(path: string, signal?: AbortSignal): Promise<string> {
  const listing = await listVersion(nodeFileSystem, path, await rootOf(path), '');
  if (listing === null) throw new AppError('MODEL_FILE_MISSING');
  if (listing.error) throw listing.error;
  const files: HashedFile[] = [];
  for (const { name } of listing.files)
    files.push({ name, ...(await hashFile(name === '' ? path : join(path, name), signal)) });
  return contentHashOf(files);
}

/** Links may point at other versions' files, so the model's folder is the border. */
async function rootOf(path: string): Promise<string> {
  try {
    return await nodeFileSystem.realPath(join(path, '..'));
  } catch {
    throw new AppError('MODEL_FILE_MISSING');
  }
}

async function hashFile(path: string, signal?: AbortSignal): Promise<Omit<HashedFile, 'name'>> {
  try {
    const file = await open(path);
    try {
      return await hashOf(file, signal);
    } finally {
      await file.close();
    }
  } catch (thrown) {
    signal?.throwIfAborted();
    throw new AppError('MODEL_FILE_UNREADABLE', {}, { cause: thrown });
  }
}

/** One buffer for the whole file: a fresh one for each piece is garbage, and collecting it keeps others waiting for their answers. */
async function hashOf(file: FileHandle, signal?: AbortSignal): Promise<Omit<HashedFile, 'name'>> {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(chunkBytes);
  for (let sizeBytes = 0; ; ) {
    signal?.throwIfAborted();
    const { bytesRead } = await file.read(buffer, 0, chunkBytes, null);
    if (bytesRead === 0) return { sizeBytes, hash: hash.digest('hex') };
    sizeBytes += bytesRead;
    hash.update(buffer.subarray(0, bytesRead));
  }
}
