import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { LRUCache } from 'lru-cache';
import { AppError } from '../../app/base/errors';
import { tensorFormatOf } from '../../app/base/tensor-files';
import type { BatchOffer, PictureBatchOffer } from '../../app/contract/job-calls';
import {
  inputKindOf,
  isPictureName,
  namesPictures,
  pictureFile,
  picturesOf,
} from '../jobs/batch/batch-input';
import type { BatchInput } from '../jobs/batch/batch-params';
import type { PredictionParams } from '../jobs/tensors/prediction-params';

/** The next hundred offers make this one expire. */
const offersKept = 100;
/** Counting stops here. */
const mostCounted = 100_000;
const listExtensions = new Set(['.csv', '.jsonl', '.ndjson', '.txt', '.lst']);

type TensorInput = PredictionParams['input'];

/**
 * What a batch could be about, of what a person dropped or chose: paths stay here, a ticket goes out. Several things, or single
 * pictures, become a list of our own in `listsFolder`.
 */
export class BatchOffers {
  readonly #listsFolder: string | null;
  readonly #pictures = new LRUCache<string, BatchInput>({ max: offersKept });
  readonly #tensors = new LRUCache<string, TensorInput>({ max: offersKept });

  /** Null keeps no lists: then only one folder or list can be offered. */
  constructor(listsFolder: string | null) {
    this.#listsFolder = listsFolder;
  }

  /** Looks at folders, lists and pictures, or at one file of tensors, without touching them. Throws BATCH_NO_PICTURES, INVALID_ARGUMENT for a broken list. */
  async offer(paths: readonly string[]): Promise<BatchOffer> {
    const tensors = await tensorInputOf(paths);
    if (!tensors) return this.#offerPictures(paths);
    const ticket = randomUUID();
    this.#tensors.set(ticket, tensors);
    return { about: 'tensors', ticket, format: tensors.format, name: basename(tensors.path) };
  }

  async #offerPictures(paths: readonly string[]): Promise<PictureBatchOffer> {
    const [path] = paths;
    const name = path === undefined ? '' : basename(path);
    const input = await this.#inputOf(paths);
    const { pictures, isCut } = input ? await count(input) : { pictures: 0, isCut: false };
    if (!input || pictures === 0) {
      if (input && this.isOwnList(input)) await this.#discard(input);
      throw new AppError('BATCH_NO_PICTURES', { name });
    }
    const ticket = randomUUID();
    this.#pictures.set(ticket, input);
    const kind = this.isOwnList(input) ? 'pictures' : input.kind;
    return { about: 'pictures', ticket, kind, name, others: paths.length - 1, pictures, isCut };
  }

  /** Throws DROP_EXPIRED. */
  takePictures(ticket: string): BatchInput {
    return known(this.#pictures.get(ticket));
  }

  /** Throws DROP_EXPIRED. */
  takeTensors(ticket: string): TensorInput {
    return known(this.#tensors.get(ticket));
  }

  /** Is it a list that was made here? */
  isOwnList({ path }: Pick<BatchInput, 'path'>): boolean {
    return this.#listsFolder !== null && dirname(dirname(path)) === this.#listsFolder;
  }

  /** Deletes the lists that none of these inputs is. To be called before anything is offered. */
  async deleteUnused(inputs: readonly BatchInput[]): Promise<void> {
    const folder = this.#listsFolder;
    if (folder === null) return;
    const used = new Set(inputs.map(({ path }) => basename(dirname(path))));
    const lists = await readdir(folder).catch(() => []); // none were ever made
    for (const list of lists)
      if (!used.has(list)) await rm(join(folder, list), { recursive: true, force: true });
  }

  async #inputOf(paths: readonly string[]): Promise<BatchInput | null> {
    const [path] = paths;
    if (path !== undefined && paths.length === 1) {
      const isFolder = await isAFolder(path);
      if (isFolder || isList(path)) return { kind: inputKindOf(path, isFolder), path };
    }
    return this.#list(paths);
  }

  async #list(paths: readonly string[]): Promise<BatchInput | null> {
    if (this.#listsFolder === null) return null;
    const folder = join(this.#listsFolder, randomUUID());
    await mkdir(folder, { recursive: true });
    const path = join(folder, 'pictures.jsonl');
    await pipeline(Readable.from(lines(paths)), createWriteStream(path));
    return { kind: 'jsonl', path };
  }

  #discard({ path }: BatchInput): Promise<void> {
    return rm(dirname(path), { recursive: true, force: true });
  }
}

function known<T>(input: T | undefined): T {
  if (input === undefined) throw new AppError('DROP_EXPIRED');
  return input;
}

/** One file that holds tensors by its name; a file of lines must not name pictures. */
async function tensorInputOf(paths: readonly string[]): Promise<TensorInput | null> {
  const [path] = paths;
  if (path === undefined || paths.length > 1 || (await isAFolder(path))) return null;
  const format = tensorFormatOf(path);
  if (format === null || (format === 'jsonl' && (await namesPictures(path)))) return null;
  return { format, path };
}

const isList = (path: string): boolean => listExtensions.has(extname(path).toLowerCase());
const isAFolder = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => null))?.isDirectory() ?? false; // what is gone has no pictures either

/** Every picture of these folders, lists and files, by its absolute path. */
async function* lines(paths: readonly string[]): AsyncGenerator<string> {
  for (const path of paths) {
    const isFolder = await isAFolder(path);
    if (isFolder || isList(path)) {
      const input: BatchInput = { kind: inputKindOf(path, isFolder), path };
      for await (const picture of picturesOf(input)) yield `${JSON.stringify(pictureFile(input, picture))}\n`;
    } else if (isPictureName(path)) yield `${JSON.stringify(path)}\n`;
  }
}

/** None when not a single name is that of a picture: then it is some other text, no list of pictures. */
async function count(input: BatchInput): Promise<{ pictures: number; isCut: boolean }> {
  let pictures = 0;
  let hasPicture = false;
  for await (const name of picturesOf(input)) {
    if (pictures === mostCounted) return { pictures, isCut: true };
    pictures++;
    hasPicture ||= isPictureName(name);
  }
  return { pictures: hasPicture ? pictures : 0, isCut: false };
}
