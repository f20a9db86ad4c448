import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { isDeepStrictEqual } from 'node:util';
import { ZipFile } from 'yazl';
import { AppError } from '../../../app/base/errors';
import type { TensorFormat } from '../../../app/base/tensor-files';
import { elementType } from '../codecs/element-types';
import { floatText } from '../codecs/float-text';
import { elementCount, elementTexts, nestedText } from '../codecs/tensor-json';
import { swap } from './array-file';
import { idxHead } from './idx';
import { npyHead } from './npy';
import { type PartHead, PartReader, partsOf } from './part-file';
import type { RowError, WriteTensorsInput } from './tensor-blocks';

/** An output of a version, as one array. */
interface ArrayPlan {
  readonly version: number;
  readonly output: string;
  readonly dtype: string;
  /** Of a row. */
  readonly shape: readonly number[];
  readonly rows: number;
  /** 1 for each row that has no answer. */
  readonly failed: Uint8Array;
}

/** Puts the parts of a batch together into one file, which appears when it is whole. Throws INVALID_ARGUMENT when they do not fit the format. */
export async function writeTensors(input: WriteTensorsInput): Promise<void> {
  const temporary = `${input.path}.tmp`;
  try {
    await writers[input.format](input, temporary);
    await rename(temporary, input.path);
  } catch (thrown) {
    await rm(temporary, { force: true });
    throw thrown;
  }
}

type Write = (input: WriteTensorsInput, path: string) => Promise<void>;

const writeSingle =
  (headOf: (dtype: string, shape: readonly number[]) => Uint8Array, isBigEndian: boolean): Write =>
  async (input, path) => {
    const plans = await plansOf(input);
    const [plan, another] = plans;
    if (!plan) throw invalid('No row was answered');
    if (another)
      throw invalid(`The file holds one array, and there are ${plans.length}: .npz holds them all`);
    const head = headOf(plan.dtype, [plan.rows, ...plan.shape]);
    await pipeline(Readable.from(arrayBytes(input.folder, plan, head, isBigEndian)), createWriteStream(path));
  };

/** Every output an array, of several versions with theirs before its name; what failed is 1 in an array of its own. */
const writeNpz: Write = async (input, path) => {
  const zip = new ZipFile();
  const isOne = input.versions.length === 1;
  const add = (name: string, bytes: () => AsyncIterable<Uint8Array>): void =>
    zip.addReadStreamLazy(`${name}.npy`, { compress: false }, (give) => give(null, Readable.from(bytes())));
  for (const plan of await plansOf(input)) {
    const prefix = isOne ? '' : `v${plan.version}.`;
    const head = npyHead(plan.dtype, [plan.rows, ...plan.shape]);
    add(prefix + plan.output, () => arrayBytes(input.folder, plan, head, false));
    if (plan.failed.includes(1)) {
      add(`${prefix}${plan.output}.failed`, async function* () {
        yield npyHead('bool', [plan.rows]);
        yield plan.failed;
      });
    }
  }
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(path));
};

/** A line for each row and version. */
const writeJsonl: Write = async ({ folder, model, versions }, path) => {
  async function* lines(): AsyncGenerator<string> {
    const rows = versions.map(({ version }) => rowTexts(folder, version));
    for (;;) {
      let hasEnded = true;
      for (const [index, { version, hash }] of versions.entries()) {
        const next = await rows[index]?.next();
        if (!next || next.done) continue;
        hasEnded = false;
        const { row, outputs, error } = next.value;
        const head = JSON.stringify({ row, model, version, modelHash: hash, error });
        yield `${head.slice(0, -1)},"outputs":${outputs}}\n`;
      }
      if (hasEnded) return;
    }
  }
  await pipeline(Readable.from(lines()), createWriteStream(path));
};

const writers: Readonly<Record<TensorFormat, Write>> = {
  npy: writeSingle(npyHead, false),
  idx: writeSingle(idxHead, true),
  npz: writeNpz,
  jsonl: writeJsonl,
};

interface RowText {
  readonly row: number;
  /** As JSON. */
  readonly outputs: string;
  readonly error: RowError | null;
}

async function* rowTexts(folder: string, version: number): AsyncGenerator<RowText> {
  for await (const part of readers(folder, version)) {
    const { from, rows, error, outputs } = part.head;
    const texts: { name: string; row: (index: number) => string }[] = [];
    for (const { name } of outputs) {
      const tensor = await part.tensor(name);
      if (!tensor) continue;
      const [, ...shape] = tensor.shape;
      const element = elementTexts(
        tensor,
        (value, isSingle) => floatText(value, isSingle, 'null'),
        JSON.stringify,
      );
      const size = elementCount(shape);
      texts.push({ name, row: (index) => nestedText(shape, index * size, element) });
    }
    for (let index = 0; index < rows; index++) {
      const members = texts.map(({ name, row }) => `${JSON.stringify(name)}:${row(index)}`);
      yield { row: from + index, outputs: error ? 'null' : `{${members.join(',')}}`, error };
    }
  }
}

/** What has been answered, as arrays. Throws INVALID_ARGUMENT when rows of an output differ in shape. */
async function plansOf({ folder, versions }: WriteTensorsInput): Promise<readonly ArrayPlan[]> {
  const plans: ArrayPlan[] = [];
  for (const { version } of versions) {
    const found = new Map<string, { readonly dtype: string; readonly shape: readonly number[] }>();
    const answered: PartHead[] = [];
    let rows = 0;
    for await (const { head } of readers(folder, version)) {
      for (const { name, dtype, shape } of head.outputs) {
        const own = { dtype, shape: shape.slice(1) };
        const known = found.get(name) ?? own;
        found.set(name, known);
        if (!isDeepStrictEqual(known, own))
          throw invalid(`Rows of the output "${name}" differ in shape: .jsonl holds such rows`);
      }
      if (!head.error) answered.push(head);
      rows = head.from + head.rows;
    }
    const failed = new Uint8Array(rows).fill(1);
    for (const head of answered) failed.fill(0, head.from, head.from + head.rows);
    for (const [output, array] of found) plans.push({ version, output, ...array, rows, failed });
  }
  return plans;
}

async function* arrayBytes(
  folder: string,
  { version, output, dtype, shape }: ArrayPlan,
  head: Uint8Array,
  isBigEndian: boolean,
): AsyncGenerator<Uint8Array> {
  yield head;
  const width = elementType(dtype).array?.BYTES_PER_ELEMENT ?? 1;
  const missing = missingRow(dtype, elementCount(shape));
  if (isBigEndian && width > 1) swap(missing, width);
  let next = 0;
  for await (const part of readers(folder, version)) {
    for (; next < part.head.from; next++) yield missing; // not asked about yet
    const bytes = await part.bytes(output);
    if (bytes && isBigEndian && width > 1) swap(bytes, width);
    yield bytes ?? missing;
    next += part.head.rows;
  }
}

/** A row that has no answer: not a number where the type has that, else 0. */
function missingRow(dtype: string, count: number): Uint8Array {
  if (dtype === 'float32') return new Uint8Array(new Float32Array(count).fill(Number.NaN).buffer);
  if (dtype === 'float64') return new Uint8Array(new Float64Array(count).fill(Number.NaN).buffer);
  if (dtype === 'float16') return new Uint8Array(new Uint16Array(count).fill(0x7e00).buffer);
  const { array } = elementType(dtype);
  if (!array) throw invalid(`Texts are no numbers: .jsonl holds them`);
  return new Uint8Array(count * array.BYTES_PER_ELEMENT);
}

/** The parts one after the other, each open for as long as it is looked at. */
async function* readers(folder: string, version: number): AsyncGenerator<PartReader> {
  let next = 0;
  for (const path of await partsOf(folder, version)) {
    const part = await PartReader.open(path);
    try {
      if (part.head.from < next) continue; // of a run that was ended, and that another one did again
      next = part.head.from + part.head.rows;
      yield part;
    } finally {
      await part.close();
    }
  }
}

const invalid = (detail: string): AppError => new AppError('INVALID_ARGUMENT', {}, { detail });
