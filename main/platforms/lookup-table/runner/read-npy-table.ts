import { load } from 'npyjs';
import { AppError } from '../../../../app/base/errors';
import { LookupTable, type TableValues } from './table';
import { badFile, badRow, messageOf } from './table-errors';

const dtypes: readonly (readonly [new (...args: never[]) => TableValues, string])[] = [
  [Float32Array, 'float32'],
  [Float64Array, 'float64'],
  [Int8Array, 'int8'],
  [Uint8Array, 'uint8'],
  [Int16Array, 'int16'],
  [Uint16Array, 'uint16'],
  [Int32Array, 'int32'],
  [Uint32Array, 'uint32'],
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
  const { data } = array;
  const dtype = dtypes.find(([type]) => data instanceof type)?.[1];
  if (!dtype || !ArrayBuffer.isView(data))
    throw badFile(file, `numbers of its type (${array.dtype}) are not supported`);
  if (array.shape.length < 1 || array.shape.length > 2)
    throw badFile(file, `it has ${array.shape.length} dimensions where rows and columns are expected`);
  if (array.fortranOrder && array.shape.length === 2)
    throw badFile(file, 'it is stored column by column: save it with numpy.ascontiguousarray');
  const values = data as Exclude<TableValues, readonly string[]>;
  if (values.length !== rows * dimension) throw badFile(file, 'it is cut short');
  if (rows === 0) throw new AppError('TABLE_EMPTY', { file }, { detail: `${file} has no rows` });
  if (keys.length !== rows) {
    throw new AppError(
      'TABLE_VOCABULARY_MISMATCH',
      { file, vocabulary, keys: String(keys.length), rows: String(rows) },
      { detail: `${vocabulary} names ${keys.length} rows, and ${file} has ${rows}` },
    );
  }
  assertDistinct(vocabulary, keys);
  return new LookupTable(keys, values, dimension, dtype);
}

async function parseArray(file: string, bytes: Uint8Array) {
  try {
    return await load(bytes);
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
