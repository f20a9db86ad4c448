import { createReadStream, createWriteStream } from 'node:fs';
import { type FileHandle, mkdir, open, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { AppError } from '../../../app/base/errors';
import { readArchive } from '../../sources/archive';
import { elementType } from '../codecs/element-types';
import { numbersOfBytes } from '../codecs/packed-values';
import type { Tensor } from '../tensor';
import { idxHeadBytes, readIdxHead } from './idx';
import { type ArrayHead, npyHeadBytes, readNpyHead } from './npy';

/** An array in a file, read row by row: only the rows that are asked for are ever in memory. */
export class ArrayFile {
  readonly #file: FileHandle;
  readonly #head: ArrayHead;
  readonly #rowBytes: number;

  private constructor(file: FileHandle, head: ArrayHead, rowBytes: number) {
    this.#file = file;
    this.#head = head;
    this.#rowBytes = rowBytes;
  }

  /** Throws INVALID_ARGUMENT for what is no such file, is cut short, or has no rows. */
  static async open(path: string, format: 'npy' | 'idx'): Promise<ArrayFile> {
    const file = await open(path, 'r');
    try {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(Math.max(npyHeadBytes, idxHeadBytes)), {
        position: 0,
      });
      const start = buffer.subarray(0, bytesRead);
      const head = format === 'npy' ? readNpyHead(start) : readIdxHead(start);
      const [rows, ...row] = head.shape;
      if (rows === undefined) throw invalid('The array is a single number: it has no rows');
      const width = elementType(head.dtype).array?.BYTES_PER_ELEMENT ?? 0;
      const rowBytes = row.reduce((product, size) => product * size, width);
      if (rowBytes * rows > (await file.stat()).size - head.offset) throw invalid('The file is cut short');
      return new ArrayFile(file, head, rowBytes);
    } catch (thrown) {
      await file.close();
      throw thrown;
    }
  }

  get dtype(): string {
    return this.#head.dtype;
  }

  get rows(): number {
    return this.#head.shape[0] ?? 0;
  }

  get rowShape(): readonly number[] {
    return this.#head.shape.slice(1);
  }

  get rowBytes(): number {
    return this.#rowBytes;
  }

  /** Rows `[from, from + count)`. */
  async read(from: number, count: number): Promise<Tensor> {
    const type = elementType(this.#head.dtype);
    const bytes = new Uint8Array(count * this.#rowBytes);
    await this.#file.read(bytes, { position: this.#head.offset + from * this.#rowBytes });
    const width = type.array?.BYTES_PER_ELEMENT ?? 1;
    if (this.#head.isBigEndian && width > 1) swap(bytes, width);
    return { dtype: type.dtype, shape: [count, ...this.rowShape], data: numbersOfBytes(type, bytes) };
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

/** Turns the order of the bytes of each number around. */
export function swap(bytes: Uint8Array, width: number): void {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (width === 2) buffer.swap16();
  else if (width === 4) buffer.swap32();
  else buffer.swap64();
}

/** Unpacks `x.gz` into `folder`, unless that was done. Resolves to the file. */
export async function unzipped(path: string, folder: string): Promise<string> {
  const target = join(folder, 'input');
  if (await isThere(`${target}.whole`)) return target;
  await mkdir(folder, { recursive: true });
  try {
    await pipeline(createReadStream(path), createGunzip(), createWriteStream(target));
  } catch (cause) {
    throw new AppError('INVALID_ARGUMENT', {}, { detail: 'The file is no whole gzip file', cause });
  }
  await markWhole(target);
  return target;
}

/** Unpacks the arrays of a .npz file into `folder`, unless that was done. Resolves to their files by name. Throws what `readArchive` throws. */
export async function unpackedArrays(path: string, folder: string): Promise<ReadonlyMap<string, string>> {
  await mkdir(folder, { recursive: true });
  const files = new Map<string, string>();
  await readArchive(path, basename(path), async ({ name }, content) => {
    if (!name.endsWith('.npy')) throw invalid(`${name} in it is no array`);
    const target = join(folder, `array-${files.size}`); // whatever the archive calls it
    files.set(name.slice(0, -'.npy'.length), target);
    if (await isThere(`${target}.whole`)) return;
    await pipeline(content, createWriteStream(target));
    await markWhole(target);
  });
  if (files.size === 0) throw invalid('There are no arrays in the file');
  return files;
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

const markWhole = async (target: string): Promise<void> => (await open(`${target}.whole`, 'w')).close();

const invalid = (detail: string): AppError => new AppError('INVALID_ARGUMENT', {}, { detail });
