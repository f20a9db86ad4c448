import { load, type NpyArray } from 'npyjs';
import { AppError } from '../../../../app/base/errors';
import type { NumberArray } from '../../../runner/codecs/element-types';
import { lowestByteFirst } from './npy-bytes';
import { LookupTable } from './table';
import { badFile, badRow, messageOf } from './table-errors';

const dtypes: readonly (readonly [new (...args: never[]) => NumberArray, string])[] = [
  [Float32Array, 'float32'],
  [Float64Array, 'float64'],
  [Int8Array, 'int8'],
  [Uint8Array, 'uint8'],
  [Int16Array, 'int16'],
  [Uint16Array, 'uint16'],
  [Int32Array, 'int32'],
  [Uint32Array, 'uint32'],
  [BigInt64Array, 'int64'],
  [BigUint64Array, 'uint64'],
];

/** What names the rows. */
export interface Vocabulary {
  readonly file: string;
  readonly keys: readonly string[];
}

/**
 * A matrix of NumPy, `[rows]` or `[rows, dimension]`, with a key for each row.
 * Throws TABLE_FILE_INVALID, TABLE_EMPTY, TABLE_VOCABULARY_MISMATCH, TABLE_ROW_INVALID for a key that stands twice.
 */
export async function readNpy(
  file: string,
  bytes: Uint8Array,
  { file: vocabulary, keys }: Vocabulary,
): Promise<LookupTable> {
  const array = await parseArray(file, bytes);
  const [rows = 0, dimension = 1] = array.shape;
  const data = valuesOf(array);
  const dtype = array.dtype === 'b1' ? 'bool' : dtypes.find(([type]) => data instanceof type)?.[1];
  if (!dtype || !data) throw badFile(file, `numbers of its type (${array.dtype}) are not supported`);
  if (array.shape.length < 1 || array.shape.length > 2)
    throw badFile(file, `it has ${array.shape.length} dimensions where rows and columns are expected`);
  if (data.length !== rows * dimension) throw badFile(file, 'it is cut short');
  if (rows === 0) throw new AppError('TABLE_EMPTY', { file }, { detail: `${file} has no rows` });
  if (keys.length !== rows) {
    throw new AppError(
      'TABLE_VOCABULARY_MISMATCH',
      { file, vocabulary, keys: String(keys.length), rows: String(rows) },
      { detail: `${vocabulary} names ${keys.length} rows, and ${file} has ${rows}` },
    );
  }
  assertDistinct(vocabulary, keys);
  const values = array.fortranOrder ? byRows(data, rows, dimension) : data;
  return new LookupTable(keys, values, dimension, dtype);
}

/** Undefined for what are no plain numbers: texts, complex ones. Truths are bytes. */
function valuesOf({ data, dtype }: NpyArray): NumberArray | undefined {
  if (dtype === 'b1') return Uint8Array.from(data as unknown as ArrayLike<boolean>, Number);
  return ArrayBuffer.isView(data) && !dtype.startsWith('c') ? (data as NumberArray) : undefined;
}

/** What is stored column by column, row by row. */
function byRows(data: NumberArray, rows: number, dimension: number): NumberArray {
  const turned = data.slice();
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < dimension; column++) {
      const value = data[column * rows + row];
      if (value !== undefined) turned[row * dimension + column] = value;
    }
  return turned;
}

async function parseArray(file: string, bytes: Uint8Array) {
  try {
    return await load(lowestByteFirst(bytes));
  } catch (thrown) {
    throw badFile(file, `it is no NumPy array that can be read (${messageOf(thrown)})`, thrown);
  }
}

/** One key a line, or a list in JSON. Throws TABLE_FILE_INVALID. */
export function readVocabulary(file: string, text: string): Vocabulary {
  if (!file.toLowerCase().endsWith('.json')) {
    const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
    if (lines.at(-1) === '') lines.pop();
    return { file, keys: lines };
  }
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch (thrown) {
    throw badFile(file, `it is not JSON (${messageOf(thrown)})`, thrown);
  }
  if (!Array.isArray(list)) throw badFile(file, 'it is not a list of keys');
  return { file, keys: list.map(String) };
}

function assertDistinct(file: string, keys: readonly string[]): void {
  const lines = new Map<string, number>();
  for (const [index, key] of keys.entries()) {
    const before = lines.get(key);
    if (before !== undefined)
      throw badRow(file, `line ${index + 1}`, `the key “${key}” stands at line ${before} already`);
    lines.set(key, index + 1);
  }
}
