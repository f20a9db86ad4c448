import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Parser, type ReadEntry } from 'tar';
import { type Entry, getFileNameLowLevel, openPromise, type ZipFile } from 'yauzl';
import { AppError } from '../../app/base/errors';
import { crc32 } from './crc32';
import { isSidecar, maxEntries } from './folder-listing';

/** A plain file in an archive. */
export interface ArchiveFile {
  /** Relative, with `/` between parts; never leads out of the archive. */
  readonly name: string;
  readonly sizeBytes: number;
}

/** Takes one file. What it does not read of `content` is skipped. Files come one after the other. */
export type ArchiveVisitor = (file: ArchiveFile, content: AsyncIterable<Uint8Array>) => Promise<void>;

/** An archive may unpack to this many times its size, and to 64 MB in any case: far more is meant to do harm. */
const maxRatio = 200;
const freeBytes = 64 * 1024 * 1024;

/** The plain files of a zip, a .npz (which is one) or a tar (also gzipped). Throws as `readArchive` does. */
export async function listArchive(path: string, name: string, signal?: AbortSignal): Promise<ArchiveFile[]> {
  const files: ArchiveFile[] = [];
  await readArchive(path, name, async (file) => void files.push(file), signal);
  return files;
}

/**
 * Reads a zip or tar (also gzipped) from its beginning to its end. `name` is what people call it. What file managers leave is passed over.
 * Throws `AppError`: ARCHIVE_DAMAGED when it cannot be read to the end or is encrypted; ARCHIVE_UNSAFE when it holds links, devices,
 * names that lead out of it, or unpacks to more than 200 times its size; DROP_TOO_LARGE above 20,000 files.
 */
export async function readArchive(
  path: string,
  name: string,
  visit: ArchiveVisitor,
  signal?: AbortSignal,
): Promise<void> {
  const gate = new Gate(name, (await sizeOf(path, name)) * maxRatio + freeBytes, visit, signal);
  try {
    if (/\.(zip|npz)$/i.test(path)) await readZip(path, gate);
    else await readTar(path, gate);
  } catch (thrown) {
    signal?.throwIfAborted();
    throw gate.failureOf(thrown);
  }
}

async function sizeOf(path: string, name: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (thrown) {
    throw new AppError('DROP_UNREADABLE', { name }, { cause: thrown });
  }
}

/** Lets through what is safe, and counts it. */
class Gate {
  readonly #name: string;
  readonly #maxBytes: number;
  readonly #visit: ArchiveVisitor;
  readonly #signal: AbortSignal | undefined;
  #entries = 0;
  #bytes = 0;
  /** What the visitor threw: it is not the archive's fault. */
  #visitFailure: { readonly thrown: unknown } | null = null;

  constructor(name: string, maxBytes: number, visit: ArchiveVisitor, signal: AbortSignal | undefined) {
    this.#name = name;
    this.#maxBytes = maxBytes;
    this.#visit = visit;
    this.#signal = signal;
  }

  /** Judges an entry by what the archive says of it. False when it is to be passed over. */
  admit(name: string, sizeBytes: number): boolean {
    this.#signal?.throwIfAborted();
    if (leadsOut(name)) throw this.unsafe();
    this.#entries += 1;
    this.#bytes += sizeBytes;
    if (this.#entries > maxEntries) throw new AppError('DROP_TOO_LARGE', { name: this.#name });
    if (this.#bytes > this.#maxBytes) throw this.unsafe();
    const parts = name.split('/');
    return parts[0] !== '__MACOSX' && !isJunk(parts.at(-1) ?? '');
  }

  async pass(file: ArchiveFile, content: AsyncIterable<Uint8Array>): Promise<void> {
    let failed: { readonly thrown: unknown } | null = null;
    const read = async function* () {
      try {
        yield* content;
      } catch (thrown) {
        failed = { thrown };
        throw thrown;
      }
    };
    try {
      await this.#visit(file, read());
    } catch (thrown) {
      if (failed === null) this.#visitFailure = { thrown };
      throw thrown;
    }
  }

  unsafe(): AppError {
    return new AppError('ARCHIVE_UNSAFE', { name: this.#name });
  }

  damaged(cause?: unknown): AppError {
    return new AppError('ARCHIVE_DAMAGED', { name: this.#name }, { cause });
  }

  failureOf(thrown: unknown): unknown {
    if (this.#visitFailure) return this.#visitFailure.thrown;
    return thrown instanceof AppError ? thrown : this.damaged(thrown);
  }
}

/** A person's settings in `slipway.json` come along; what file managers leave does not. */
const isJunk = (name: string): boolean => isSidecar(name) && name.toLowerCase() !== 'slipway.json';

const leadsOut = (name: string): boolean =>
  name === '' || /^([/\\]|[a-z]:)/i.test(name) || /[\0\\]/.test(name) || name.split('/').includes('..');

const normal = (name: string): string =>
  name
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');

const unixKind = (entry: Entry): number => (entry.externalFileAttributes >>> 16) & 0o170000;
const unixPlain = [0, 0o100000, 0o040000];

async function readZip(path: string, gate: Gate): Promise<void> {
  // Names are decoded below: the library's own check would throw errors that only their texts tell apart.
  const zip = await openPromise(path, { decodeStrings: false, autoClose: false, lazyEntries: true });
  try {
    for await (const entry of zip.eachEntry()) {
      const flags = entry.generalPurposeBitFlag;
      const raw = getFileNameLowLevel(flags, entry.fileNameRaw, entry.extraFields, false);
      if (!unixPlain.includes(unixKind(entry))) throw gate.unsafe();
      const isWanted = gate.admit(raw, entry.uncompressedSize);
      const name = normal(raw);
      if (raw.endsWith('/') || !isWanted || name === '') continue;
      if (!entry.canDecodeFileData()) throw gate.damaged();
      const file = { name, sizeBytes: entry.uncompressedSize };
      await gate.pass(file, contentOf(zip, entry, gate));
    }
  } finally {
    zip.close();
  }
}

/** Opens when something is read, and checks the bytes when all are; yauzl leaves that to us. */
async function* contentOf(zip: ZipFile, entry: Entry, gate: Gate): AsyncGenerator<Uint8Array> {
  let sum = 0;
  for await (const chunk of await zip.openReadStreamPromise(entry)) {
    const bytes = chunk as Buffer;
    sum = crc32(bytes, sum);
    yield bytes;
  }
  if (sum !== entry.crc32) throw gate.damaged();
}

const tarFiles = new Set<string>(['File', 'OldFile', 'ContiguousFile']);
const tarFolders = new Set<string>(['Directory', 'GNUDumpDir']);

function readTar(path: string, gate: Gate): Promise<void> {
  return new Promise((resolve, reject) => {
    const parser = new Parser({ strict: true });
    const stream = createReadStream(path);
    let visited: Promise<unknown> = Promise.resolve();
    const fail = (thrown: unknown): void => {
      stream.destroy();
      reject(thrown);
    };
    const take = async (entry: ReadEntry): Promise<void> => {
      if (!tarFiles.has(entry.type) && !tarFolders.has(entry.type)) throw gate.unsafe();
      const isWanted = gate.admit(entry.path, entry.size);
      const name = normal(entry.path);
      if (tarFiles.has(entry.type) && isWanted && name !== '')
        await gate.pass({ name, sizeBytes: entry.size }, entry);
      entry.resume();
    };
    parser.on('entry', (entry: ReadEntry) => {
      visited = visited.then(() => take(entry)).catch(fail);
    });
    parser.on('error', fail);
    parser.on('end', () => visited.then(() => resolve(), reject));
    stream.on('error', fail);
    stream.pipe(parser);
  });
}
