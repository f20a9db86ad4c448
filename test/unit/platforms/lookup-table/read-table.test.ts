import { dump } from 'npyjs';
import { describe, expect, test } from 'vitest';
import { readTable } from '../../../../main/platforms/lookup-table/runner/read-table';
import { failureOf } from '../../../support/app-errors';
import { callContext } from '../../../support/call-context';
import { lfsPointerText } from '../../../support/lfs-pointer';
import { temporaryFolder } from '../../../support/temp-folder';

const folder = temporaryFolder();

async function read(name: string, content: string | Uint8Array) {
  folder.write(name, content);
  return (await readTable(folder.path, callContext().enter)).table;
}
async function refused(name: string, content: string | Uint8Array) {
  folder.write(name, content);
  return failureOf(() => readTable(folder.path, callContext().enter));
}
const npy = (data: Float32Array | Float64Array, shape: number[]): Uint8Array =>
  new Uint8Array(dump(data, shape));

describe('the same embedding in every format', () => {
  test.each([
    ['table.csv', 'word,x,y\ncat,1,0.5\n"dog, wet",-2,3e1\n'],
    ['animals.csv', '\uFEFFcat,1,0.5\r\n"dog, wet",-2,30\r\n'],
    ['table.tsv', 'cat\t1\t0.5\ndog, wet\t-2\t30\n'],
    ['table.json', '{"cat":[1,0.5],"dog, wet":[-2,30]}'],
    ['table.json', '[{"key":"cat","values":[1,0.5]},["dog, wet",-2,30]]'],
    ['table.jsonl', '{"word":"cat","vector":[1,0.5]}\n["dog, wet",-2,30]\n'],
    ['animals.vec', '2 2\ncat 1 0.5\ndog, wet -2 30 \n'],
  ])('%s', async (name, content) => {
    const table = await read(name, content);
    expect([table.rowCount, table.dimension, table.dtype]).toEqual([2, 2, 'float32']);
    expect(table.lookup(['dog, wet', 'cow', 'cat', 'cat'])).toEqual({
      found: ['dog, wet', 'cat', 'cat'],
      values: { dtype: 'float32', shape: [3, 2], data: Float32Array.of(-2, 30, 1, 0.5, 1, 0.5) },
      missing: ['cow'],
    });
  });

  test.each([
    ['embeddings.vocab.txt', 'cat\ndog, wet\n'],
    ['vocab.json', '["cat","dog, wet"]'],
  ])('embeddings.npy with %s', async (vocabulary, keys) => {
    folder.write(vocabulary, keys);
    const table = await read('embeddings.npy', npy(Float32Array.of(1, 0.5, -2, 30), [2, 2]));
    expect(table.lookup(['dog, wet']).values).toEqual({
      dtype: 'float32',
      shape: [1, 2],
      data: Float32Array.of(-2, 30),
    });
  });

  test('GloVe has no line with the sizes', async () => {
    expect((await read('glove.6B.txt', 'the 1 2 3\nof 4 5 6\n')).dimension).toBe(3);
  });
});

describe('one value for each key', () => {
  test('numbers are exact', async () => {
    const table = await read('values.csv', 'id,price\n007,16777217\n8,0.1\n');
    expect(table.lookup(['007', '8']).values).toEqual({
      dtype: 'float64',
      shape: [2, 1],
      data: Float64Array.of(16777217, 0.1),
    });
  });

  test('texts stay texts, and have no direction', async () => {
    const table = await read('table.csv', 'key,colour\na,red\nb,7\n');
    expect(table.lookup(['b', 'a']).values).toEqual({ dtype: 'string', shape: [2, 1], data: ['7', 'red'] });
    expect((await failureOf(() => table.nearest('a', 1))).code).toBe('TABLE_HAS_NO_VECTORS');
  });

  test('headings are left out only where they are headings', async () => {
    expect((await read('table.csv', 'a,red\nb,blue\n')).rowCount).toBe(2);
  });
});

describe('what is wrong is said with its line', () => {
  test.each([
    ['table.csv', 'a,1,2\n\nb,1\n', 'line 3', 'the first row has 2'],
    ['table.csv', 'a,1,2\nb,1,x\n', 'line 2', '“x” is no number'],
    ['table.csv', 'a,1\nb,2\na,3\n', 'line 3', 'stands at line 1'],
    ['table.csv', 'a,1\n"b,2\n', 'line 2', 'Quote'],
    ['table.csv', 'a\n', 'line 1', 'without a value'],
    ['table.jsonl', '["a",1]\n{"a":1}\n', 'line 2', 'a key and values'],
    ['table.jsonl', '["a",1]\n["b",\n', 'line 2', 'not JSON'],
    ['table.json', '{"a":[1],"b":null}', 'entry 2', '“b”'],
    ['animals.vec', '2 3\na 1 2 3\nb 1 2\n', 'line 3', '“b” is no number'],
  ])('%s: %j', async (name, content, place, reason) => {
    const { code, params } = await refused(name, content);
    if (params['reason']?.includes('no number') || code === 'TABLE_ROW_INVALID')
      expect([code, params['file'], params['place']]).toEqual(['TABLE_ROW_INVALID', name, place]);
    expect(params['reason']).toContain(name.endsWith('.vec') ? 'numbers where' : reason);
  });

  test.each([
    ['table.csv', '', 'TABLE_EMPTY'],
    ['table.json', '{', 'TABLE_FILE_INVALID'],
    ['table.json', '3', 'TABLE_FILE_INVALID'],
    ['animals.vec', '3 1\na 1\n', 'TABLE_FILE_INVALID'],
    ['table.csv', 'a\0b', 'TABLE_FILE_INVALID'],
    ['table.npy', 'no', 'TABLE_VOCABULARY_MISSING'],
    ['notes.md', '', 'MODEL_FILE_MISSING'],
    ['table.csv', lfsPointerText(), 'MODEL_FILE_IS_LFS_POINTER'],
  ])('%s holding %j is %s', async (name, content, code) => {
    expect((await refused(name, content)).code).toBe(code);
  });

  test.each([
    ['a\nb\nc\n', npy(Float32Array.of(1, 2), [2]), 'TABLE_VOCABULARY_MISMATCH'],
    ['a\na\n', npy(Float32Array.of(1, 2), [2]), 'TABLE_ROW_INVALID'],
    ['a\nb\n', npy(Float32Array.of(1, 2, 3, 4), [2, 2]).subarray(0, -8), 'TABLE_FILE_INVALID'],
    ['a\nb\n', Uint8Array.of(1, 2, 3), 'TABLE_FILE_INVALID'],
    ['a\nb\n', Buffer.from(lfsPointerText()), 'MODEL_FILE_IS_LFS_POINTER'],
    [lfsPointerText(), npy(Float32Array.of(1, 2), [2]), 'MODEL_FILE_IS_LFS_POINTER'],
  ])('a matrix with the keys %j', async (keys, bytes, code) => {
    folder.write('vocab.txt', keys);
    expect((await refused('table.npy', bytes)).code).toBe(code);
  });
});

describe('a matrix of NumPy', () => {
  /** A file as NumPy writes it: `descr` names the numbers, which are stored column by column when `isFortran`. */
  const npyFile = (descr: string, data: ArrayBufferView, shape: readonly number[], isFortran = false) => {
    const order = isFortran ? 'True' : 'False';
    const header = `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': (${shape.join(', ')},), }`;
    const padded = `${header.padEnd(117)}\n`;
    const magic = Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, padded.length, 0);
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    return Buffer.concat([magic, Buffer.from(padded, 'latin1'), bytes]);
  };
  const highestFirst = <T extends ArrayBufferView>(data: T, each: number): T => {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    for (let at = 0; at < bytes.length; at += each) bytes.subarray(at, at + each).reverse();
    return data;
  };

  test.each([
    ['int64, NumPy’s default', '<i8', BigInt64Array.of(1n, -2n, 3n, 9_007_199_254_740_993n), 'int64'],
    ['uint64', '<u8', BigUint64Array.of(1n, 2n, 3n, 18_446_744_073_709_551_615n), 'uint64'],
    ['bool', '|b1', Uint8Array.of(1, 0, 0, 1), 'bool'],
    ['float64', '<f8', Float64Array.of(1, 2, 3, 0.1), 'float64'],
    ['int16', '<i2', Int16Array.of(1, 2, 3, -4), 'int16'],
  ])('of %s', async (_what, descr, data, dtype) => {
    folder.write('vocab.txt', 'a\nb\n');
    const table = await read('table.npy', npyFile(descr, data, [2, 2]));
    expect(table.lookup(['b']).values).toEqual({ dtype, shape: [1, 2], data: data.slice(2) });
    expect(table.nearest('a', 1)[0]?.key).toBe('b');
  });

  test.each([
    ['>f4', highestFirst(Float32Array.of(1, 0.5, -2, 30), 4), Float32Array.of(-2, 30)],
    ['>i8', highestFirst(BigInt64Array.of(1n, 2n, 3n, -4n), 8), BigInt64Array.of(3n, -4n)],
  ])('with the highest byte first: %s', async (descr, data, row) => {
    folder.write('vocab.txt', 'a\nb\n');
    const table = await read('table.npy', npyFile(descr, data, [2, 2]));
    expect(table.lookup(['b']).values.data).toEqual(row);
  });

  test('stored column by column', async () => {
    folder.write('vocab.txt', 'a\nb\nc\n');
    const columns = Float32Array.of(1, 3, 5, 2, 4, 6);
    const table = await read('table.npy', npyFile('<f4', columns, [3, 2], true));
    expect(table.lookup(['c', 'a']).values.data).toEqual(Float32Array.of(5, 6, 1, 2));
  });

  test.each([
    ['complex numbers', '<c8', new Float32Array(8)],
    ['texts', '<U1', new Uint32Array(4).fill(97)],
  ])('of %s is refused by its type', async (_what, descr, data) => {
    folder.write('vocab.txt', 'a\nb\n');
    const { params } = await refused('table.npy', npyFile(descr, data, [2, 2]));
    expect(params['reason']).toContain('are not supported');
  });
});

describe('the nearest by cosine', () => {
  const points = 'east,1,0\nnorth,0,1\nnortheast,5,5\nwest,-1,0\nnowhere,0,0\n';

  test('best first, never the row itself, and rows of zeros are near nothing', async () => {
    const near = (await read('table.csv', points)).nearest('east', 10);
    expect(near.map(({ key }) => key)).toEqual(['northeast', 'north', 'west']);
    expect(near.map(({ similarity }) => similarity.toFixed(3))).toEqual(['0.707', '0.000', '-1.000']);
  });

  test('of a vector, as many as were asked for', async () => {
    const near = (await read('table.csv', points)).nearest([3, 0], 2);
    expect(near).toEqual([
      { key: 'east', similarity: 1 },
      { key: 'northeast', similarity: expect.closeTo(Math.SQRT1_2, 6) },
    ]);
  });

  test('a key or a length that is not the table’s is refused', async () => {
    const table = await read('table.csv', points);
    expect((await failureOf(() => table.nearest('up', 1))).code).toBe('TABLE_KEY_UNKNOWN');
    expect((await failureOf(() => table.nearest([1, 2, 3], 1))).code).toBe('TENSOR_MISMATCH');
  });
});
