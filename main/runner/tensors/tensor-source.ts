import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { AppError } from '../../../app/base/errors';
import type { TensorFormat } from '../../../app/base/tensor-files';
import type { TensorInfo } from '../../../app/contract/inference';
import type { ModelFace } from '../codecs/codec';
import { parsePredictJson } from '../codecs/tfs-predict-json';
import type { Tensor } from '../tensor';
import { ArrayFile, unpackedArrays, unzipped } from './array-file';
import type { TensorBlock } from './tensor-blocks';

/** A file of rows. */
export interface TensorSource {
  readonly rows: number;
  readonly blocks: readonly TensorBlock[];
  /** Arrays by name, `only` the row of this place in the block where it is not null. For a model that takes `inputs`. Throws INVALID_ARGUMENT. */
  read(block: TensorBlock, only: number | null, face: ModelFace): Promise<Readonly<Record<string, Tensor>>>;
  close(): Promise<void>;
}

const mostBlockRows = 256;
/** What lies between the layers of a network is a multiple of what goes in. */
const mostBlockBytes = 2 * 1024 * 1024;
const newline = 10;

/** `folder` is for what has to be unpacked. Throws INVALID_ARGUMENT, and what the file system says. */
export async function openTensors(path: string, format: TensorFormat, folder: string): Promise<TensorSource> {
  switch (format) {
    case 'npy':
      return arrays(new Map([['', await ArrayFile.open(path, 'npy')]]));
    case 'idx':
      return arrays(
        new Map([
          ['', await ArrayFile.open(/\.gz$/i.test(path) ? await unzipped(path, folder) : path, 'idx')],
        ]),
      );
    case 'npz': {
      const files = new Map<string, ArrayFile>();
      try {
        for (const [name, file] of await unpackedArrays(path, folder))
          files.set(name, await ArrayFile.open(file, 'npy'));
        return arrays(files);
      } catch (thrown) {
        for (const file of files.values()) await file.close();
        throw thrown;
      }
    }
    case 'jsonl':
      return lines(path);
  }
}

function arrays(files: ReadonlyMap<string, ArrayFile>): TensorSource {
  const [first] = files.values();
  const rows = first?.rows ?? 0;
  const odd = [...files].find(([, file]) => file.rows !== rows);
  if (odd) throw invalid(`The array "${odd[0]}" has ${odd[1].rows} rows, and others have ${rows}`);
  const rowBytes = [...files.values()].reduce((sum, file) => sum + file.rowBytes, 0);
  const perBlock = Math.max(1, Math.min(mostBlockRows, Math.floor(mostBlockBytes / Math.max(1, rowBytes))));
  const blocks = Array.from({ length: Math.ceil(rows / perBlock) }, (_, index): TensorBlock => {
    const from = index * perBlock;
    return { from, rows: Math.min(perBlock, rows - from), bytes: null };
  });
  return {
    rows,
    blocks,
    read: async ({ from, rows: count }, only, { inputs }) => {
      const tensors: Record<string, Tensor> = {};
      for (const [name, file] of files) {
        const input = inputOf(name, inputs, files.size);
        tensors[input] = only === null ? await file.read(from, count) : await file.read(from + only, 1);
      }
      return tensors;
    },
    close: async () => void (await Promise.all([...files.values()].map((file) => file.close()))),
  };
}

/** An array without a name, or the only one, is the only input's. */
function inputOf(name: string, inputs: readonly TensorInfo[], arrayCount: number): string {
  const [only] = inputs;
  if (only && inputs.length === 1 && arrayCount === 1) return only.name;
  if (inputs.some((input) => input.name === name)) return name;
  const names = inputs.map((input) => `"${input.name}"`).join(', ');
  throw new AppError(
    'TENSOR_MISMATCH',
    {},
    { detail: `The model takes ${names}, and the file has "${name}"` },
  );
}

/** One row a line: an object with the inputs by name, or the value of the only input. Nothing but the places of blocks is held. */
async function lines(path: string): Promise<TensorSource> {
  const blocks = await linesIn(path);
  const file = await open(path, 'r');
  const last = blocks.at(-1);
  return {
    rows: last ? last.from + last.rows : 0,
    blocks,
    read: async (block, only, face) => {
      const all = textsOf(await bytesOf(file, block));
      const wanted = only === null ? all : all.slice(only, only + 1);
      // as instances of TensorFlow Serving's REST API, whose reader knows the model's types
      return parsePredictJson(Buffer.from(`{"instances":[${wanted.join(',')}]}`), face).inputs;
    },
    close: () => file.close(),
  };
}

async function linesIn(path: string): Promise<readonly TensorBlock[]> {
  const blocks: TensorBlock[] = [];
  let [from, rows, at, position, hasText] = [0, 0, 0, 0, false];
  const endBlock = (): void => {
    if (rows > 0) blocks.push({ from, rows, bytes: { at, length: position - at } });
    from += rows;
    rows = 0;
    at = position;
  };
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    for (const byte of chunk) {
      position++;
      if (byte === newline) {
        if (hasText) rows++;
        hasText = false;
        if (rows === mostBlockRows || position - at >= mostBlockBytes) endBlock();
      } else hasText ||= byte > 32;
    }
  }
  if (hasText) rows++;
  endBlock();
  return blocks;
}

async function bytesOf(file: FileHandle, { bytes }: TensorBlock): Promise<Buffer> {
  const buffer = Buffer.alloc(bytes?.length ?? 0);
  await file.read(buffer, { position: bytes?.at ?? 0 });
  return buffer;
}

const textsOf = (bytes: Buffer): readonly string[] =>
  bytes
    .toString()
    .replace(/^\uFEFF/, '')
    .split('\n')
    .filter((line) => line.trim() !== '');

const invalid = (detail: string): AppError => new AppError('INVALID_ARGUMENT', {}, { detail });
