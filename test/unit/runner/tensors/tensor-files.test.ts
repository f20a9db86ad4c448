import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { dump, load } from 'npyjs';
import { afterEach, describe, expect, test } from 'vitest';
import { AppError } from '../../../../app/base/errors';
import { type TensorFormat, tensorFormatOf } from '../../../../app/base/tensor-files';
import type { TensorInfo } from '../../../../app/contract/inference';
import type { RunnerModule } from '../../../../main/runner/runner-module';
import type { Tensor } from '../../../../main/runner/tensor';
import { answerBlock, type TensorModel } from '../../../../main/runner/tensors/answer-block';
import { unpackedArrays } from '../../../../main/runner/tensors/array-file';
import { idxHead } from '../../../../main/runner/tensors/idx';
import { npyHead } from '../../../../main/runner/tensors/npy';
import { tensorWork } from '../../../../main/runner/tensors/tensor-methods';
import { temporaryFolder } from '../../../support/temp-folder';
import { zipOf } from '../../../support/zip';

const folder = temporaryFolder();
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});
const context = { signal: new AbortController().signal, arrivedAt: 0, enter: async () => undefined };
const bytesOf = (array: ArrayBuffer): Uint8Array => new Uint8Array(array);
const numbers = (count: number): Float32Array => Float32Array.from({ length: count }, (_, index) => index);

/** Answers `doubled`, and of each row its `sum`; a row with a negative number fails the run. */
function doubling(inputs: readonly TensorInfo[], version = 1): TensorModel & { readonly batches: number[] } {
  const batches: number[] = [];
  const module: RunnerModule = {
    predict: async ({ inputs: fed, outputs }) => {
      const [tensor] = Object.values(fed);
      if (!(tensor?.data instanceof Float32Array)) throw new AppError('TENSOR_MISMATCH');
      const { data, shape } = tensor;
      if (data.some((value) => value < 0)) throw new AppError('MODEL_RUN_FAILED', {}, { detail: 'negative' });
      const isUnbatched = shape.length < 2;
      const [rows = 1] = isUnbatched ? [1] : shape;
      batches.push(rows);
      const size = data.length / rows;
      const sums = Float32Array.from({ length: rows }, (_, row) =>
        data.subarray(row * size, (row + 1) * size).reduce((sum, value) => sum + value, 0),
      );
      const all: Record<string, Tensor> = {
        doubled: { dtype: 'float32', shape, data: data.map((value) => value * 2) },
        sum: { dtype: 'float32', shape: isUnbatched ? [] : [rows], data: sums },
      };
      const wanted = Object.entries(all).filter(([name]) => outputs.length === 0 || outputs.includes(name));
      return { outputs: Object.fromEntries(wanted), timingsMs: { queue: 0, run: 0 } };
    },
  };
  const outputs = ['doubled', 'sum'].map((name) => ({ name, dtype: 'float32', shape: ['n'] }));
  return { version, module, description: { inputs: [...inputs], outputs, preprocessing: null }, batches };
}

const x = (...shape: (number | string)[]): TensorInfo => ({ name: 'x', dtype: 'float32', shape });

interface Asked {
  readonly models?: readonly TensorModel[];
  readonly outputs?: readonly string[];
  readonly target?: TensorFormat;
}

/** Asks about a whole file and writes what was answered; resolves to the file, and the rows that failed. */
async function predicted(name: string, bytes: Uint8Array | string, asked: Asked = {}) {
  const { models = [doubling([x('n', 3)])], outputs = ['sum'], target = 'npy' } = asked;
  const { methods, close } = tensorWork(() => models);
  closers.push(close);
  const parts = join(folder.path, 'parts');
  const path = folder.write(name, bytes);
  const format = tensorFormatOf(path);
  if (!format) throw new Error(`${name} has no format`);
  const opened = await methods.openTensors?.(
    { path, format, folder: join(folder.path, 'unpacked'), outputs, target },
    context,
  );
  const failed = [];
  for (const block of opened?.blocks ?? []) {
    const versions = models.map(({ version }) => version);
    failed.push(
      ...((await methods.predictBlock?.({ block, only: null, versions, folder: parts }, context)) ?? []),
    );
  }
  const output = join(folder.path, `out.${target}`);
  const versions = models.map(({ version }) => ({ version, hash: `hash-${version}` }));
  await methods.writeTensors?.(
    { folder: parts, model: 'm', versions, format: target, path: output },
    context,
  );
  return { output, failed, rows: opened?.rows, blocks: opened?.blocks.length };
}
const arrayIn = async (path: string) => {
  const { data, shape } = await load(readFileSync(path));
  return { data: [...(data as unknown as Float32Array)], shape };
};
const linesIn = (path: string): unknown[] =>
  readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('rows of tensors in, the same out', () => {
  test('.npy: every row is answered, in blocks', async () => {
    const result = await predicted('in.npy', bytesOf(dump(numbers(1_500), [500, 3])));
    expect(result).toMatchObject({ rows: 500, blocks: 2, failed: [] });
    const { data, shape } = await arrayIn(result.output);
    expect(shape).toEqual([500]);
    expect(data[499]).toBe(1_497 + 1_498 + 1_499);
  });

  test('numbers of another type are widened, and dimensions of size 1 do not matter', async () => {
    const { output } = await predicted('in.npy', bytesOf(dump(Uint8Array.of(1, 2, 3, 4, 5, 6), [2, 3, 1])));
    expect((await arrayIn(output)).data).toEqual([6, 15]);
  });

  test('.npz: arrays by the names of the inputs; several outputs and versions by name', async () => {
    const zip = zipOf([{ name: 'x.npy', content: bytesOf(dump(numbers(6), [2, 3])) }]);
    const models = [doubling([x('n', 3)], 1), doubling([x('n', 3)], 3)];
    const { output } = await predicted('in.npz', zip, { models, outputs: [], target: 'npz' });
    const read = await unpackedArrays(output, join(folder.path, 'again'));
    expect([...read.keys()]).toEqual(['v1.doubled', 'v1.sum', 'v3.doubled', 'v3.sum']);
    expect(await arrayIn(read.get('v3.doubled') ?? '')).toEqual({ data: [0, 2, 4, 6, 8, 10], shape: [2, 3] });
  });

  test('IDX: big-endian numbers, also gzipped', async () => {
    const numbers = Buffer.alloc(12 + 4 * 6);
    numbers.set(idxHead('float32', [2, 3]));
    for (let index = 0; index < 6; index++) numbers.writeFloatBE(index, 12 + 4 * index);
    const { output } = await predicted('x-idx2-float.idx.gz', gzipSync(numbers), { target: 'idx' });
    const answer = readFileSync(output);
    expect(answer.subarray(0, 8)).toEqual(Buffer.from(idxHead('float32', [2])));
    expect([answer.readFloatBE(8), answer.readFloatBE(12)]).toEqual([3, 12]);
  });

  test('JSONL: values or objects by name; each line is answered by itself', async () => {
    const text = '[1, 2, 3]\n{"x": [4, 5, 6]}\n\n[7, 8, 9]\n';
    const { output, rows } = await predicted('in.jsonl', text, { outputs: [], target: 'jsonl' });
    expect(rows).toBe(3);
    expect(linesIn(output)).toEqual([
      {
        row: 0,
        model: 'm',
        version: 1,
        modelHash: 'hash-1',
        error: null,
        outputs: { doubled: [2, 4, 6], sum: 6 },
      },
      {
        row: 1,
        model: 'm',
        version: 1,
        modelHash: 'hash-1',
        error: null,
        outputs: { doubled: [8, 10, 12], sum: 15 },
      },
      {
        row: 2,
        model: 'm',
        version: 1,
        modelHash: 'hash-1',
        error: null,
        outputs: { doubled: [14, 16, 18], sum: 24 },
      },
    ]);
  });

  test('a row that cannot be answered says why, and harms no other', async () => {
    const text = '[1, 2, 3]\n[1, 2]\nnonsense\n[-1, 0, 0]\n[1, 1, 1]\n';
    const { output, failed } = await predicted('in.jsonl', text, { target: 'jsonl' });
    expect(failed.map(({ row, error }) => [row, error.code])).toEqual([
      [1, 'TENSOR_MISMATCH'],
      [2, 'INVALID_ARGUMENT'],
      [3, 'MODEL_RUN_FAILED'],
    ]);
    expect(linesIn(output)).toMatchObject([
      { outputs: { sum: 6 } },
      { outputs: null, error: { code: 'TENSOR_MISMATCH' } },
      { outputs: null, error: { code: 'INVALID_ARGUMENT' } },
      { outputs: null, error: { code: 'MODEL_RUN_FAILED', detail: 'negative' } },
      { outputs: { sum: 3 } },
    ]);
  });

  test('in an array such a row is not a number', async () => {
    const array = Float32Array.of(1, 1, 1, -1, 0, 0, 2, 2, 2);
    const { output } = await predicted('in.npy', bytesOf(dump(array, [3, 3])));
    expect((await arrayIn(output)).data).toEqual([3, Number.NaN, 6]);
  });

  test('a model that takes so many rows and no other number gets them filled up', async () => {
    const model = doubling([x(4, 3)]);
    const { output } = await predicted('in.npy', bytesOf(dump(numbers(18), [6, 3])), { models: [model] });
    expect((await arrayIn(output)).data).toEqual([3, 12, 21, 30, 39, 48]);
    expect(model.batches).toEqual([4, 4]);
  });

  test('a model without a dimension for rows is asked row by row', async () => {
    const models = [doubling([x(3)])];
    const { output } = await predicted('in.npy', bytesOf(dump(numbers(6), [2, 3])), { models });
    expect(await arrayIn(output)).toEqual({ data: [3, 12], shape: [2] });
  });

  test('what does not fit is said before anything is asked', async () => {
    const wrong = predicted('in.npy', bytesOf(dump(numbers(8), [2, 4])));
    await expect(wrong).rejects.toMatchObject({
      code: 'TENSOR_MISMATCH',
      message: 'Input "x" takes rows of shape [3], and the file has [4]',
    });
    const narrower = predicted('in.npy', bytesOf(dump(BigInt64Array.of(1n, 2n, 3n), [1, 3])), {
      models: [doubling([{ name: 'x', dtype: 'uint8', shape: ['n', 3] }])],
    });
    await expect(narrower).rejects.toThrow('takes uint8, and the file has int64');
    const two = predicted('in.npy', bytesOf(dump(numbers(6), [2, 3])), { outputs: [] });
    await expect(two).rejects.toThrow('holds one array, and there are 2');
    const unknown = predicted('in.npy', bytesOf(dump(numbers(6), [2, 3])), { outputs: ['other'] });
    await expect(unknown).rejects.toThrow('has no output "other"');
    await expect(predicted('in.npy', 'no array')).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    const short = bytesOf(dump(numbers(6), [2, 3])).subarray(0, -1);
    await expect(predicted('in.npy', short)).rejects.toThrow('cut short');
  });
});

test('formats are told by name', () => {
  const names = ['a.npy', 'a.NPZ', 'a.ndjson', 't10k-images-idx3-ubyte.gz', 'a.idx', 'a.csv', 'idx.txt'];
  expect(names.map(tensorFormatOf)).toEqual(['npy', 'npz', 'jsonl', 'idx', 'idx', null, null]);
});

test('heads are NumPy’s', () => {
  for (const [dtype, shape] of [
    ['float32', [3, 4]],
    ['uint8', [7]],
    ['int64', [1, 2, 3]],
  ] as const) {
    const head = npyHead(dtype, shape);
    expect(head.length % 64).toBe(0);
    expect(Buffer.from(head).toString('latin1')).toContain("'fortran_order': False");
  }
});

test('8-bit rows that are pictures are prepared as pictures are', async () => {
  const fed: Tensor[] = [];
  const model: TensorModel = {
    version: 1,
    module: {
      predict: async ({ inputs }) => {
        fed.push(...Object.values(inputs));
        return { outputs: {}, timingsMs: { queue: 0, run: 0 } };
      },
    },
    description: {
      inputs: [{ name: 'image', dtype: 'float32', shape: ['n', 1, 2, 2] }],
      outputs: [],
      preprocessing: {
        width: 2,
        height: 2,
        layout: 'nchw',
        channels: 'grey',
        resize: { kind: 'squash' },
        values: { scale: 1 / 255, mean: [0], std: [1] },
        output: 'logits',
      },
    },
  };
  const rows: Tensor = { dtype: 'uint8', shape: [1, 2, 2], data: Uint8Array.of(0, 51, 102, 255) };
  const block = { from: 0, rows: 1, bytes: null };
  const source = {
    rows: 1,
    blocks: [block],
    read: async () => ({ image: rows }),
    close: async () => undefined,
  };
  await answerBlock(model, { source, block, outputs: [], context });
  expect(fed[0]?.shape).toEqual([1, 1, 2, 2]);
  expect(Array.from(fed[0]?.data as Float32Array, (value) => Number(value.toFixed(3)))).toEqual([
    0, 0.2, 0.4, 1,
  ]);
});
