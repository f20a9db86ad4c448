import { afterEach, beforeAll, expect, test } from 'vitest';
import { lookupTablePlatform } from '../../../../main/platforms/lookup-table/platform';
import { RunnerLoader } from '../../../../main/platforms/runner-loader';
import { createNodeSpawn } from '../../../../main/runner/spawn-node';
import { builtRunner } from '../../../support/built-runner';
import { temporaryFolder } from '../../../support/temp-folder';

const folder = temporaryFolder();
const servableId = { name: 'animals', version: 1 };
let entry = '';
let loader: RunnerLoader | undefined;

beforeAll(async () => {
  entry = await builtRunner();
}, 120_000);
afterEach(() => loader?.unload());

async function load() {
  loader = new RunnerLoader(
    { spawnRunner: createNodeSpawn(entry) },
    lookupTablePlatform,
    folder.path,
    async () => 1000,
  );
  await loader.load({ servableId, signal: new AbortController().signal });
  const servable = loader.servable();
  if (!servable) throw new Error('Nothing was loaded');
  return servable;
}

test('a table answers keys, neighbours, tensors and network clients from a runner', async () => {
  folder.write('table.csv', 'cat,1,0\ndog,0.5,0.5\n');
  const servable = await load();
  expect(await servable.lookup?.(['dog', 'cow'])).toEqual({
    found: ['dog'],
    values: { dtype: 'float32', shape: [1, 2], data: Float32Array.of(0.5, 0.5) },
    missing: ['cow'],
  });
  expect(await servable.nearest?.({ to: 'cat', count: 1 })).toEqual([
    { key: 'dog', similarity: expect.closeTo(Math.SQRT1_2, 6) },
  ]);
  const keys = { dtype: 'string', shape: [1, 2], data: ['cow', 'cat'] };
  const { outputs } = await servable.predict({ keys }, []);
  expect(outputs).toEqual({
    values: { dtype: 'float32', shape: [1, 2, 2], data: Float32Array.of(0, 0, 1, 0) },
    found: { dtype: 'bool', shape: [1, 2], data: Uint8Array.of(0, 1) },
  });
  const body = new TextEncoder().encode('{"instances":["dog"]}');
  const answer = await servable.infer({ codec: 'tfs-json', body, params: { method: 'predict' } });
  expect(JSON.parse(new TextDecoder().decode(answer.bytes))).toEqual({
    predictions: [{ values: [0.5, 0.5], found: true }],
  });
  const lookup = new TextEncoder().encode('{"keys":["dog","cow"]}');
  const looked = await servable.infer({ codec: 'table-json', body: lookup, params: { method: 'lookup' } });
  expect(JSON.parse(new TextDecoder().decode(looked.bytes))).toEqual({
    model: 'animals',
    version: 1,
    found: ['dog'],
    values: [[0.5, 0.5]],
    missing: ['cow'],
  });
  expect(await servable.describe()).toMatchObject({
    model: 'animals',
    version: 1,
    metadata: { file: 'table.csv', format: 'csv', rows: '2', dimension: '2', dtype: 'float32' },
    notClassifier: { reason: 'notTable' },
  });
});

test('inputs and outputs that a table has not are refused', async () => {
  folder.write('table.csv', 'cat,1,0\n');
  const servable = await load();
  const keys = { dtype: 'string', shape: [1], data: ['cat'] };
  const image = { dtype: 'float32', shape: [1], data: Float32Array.of(1) };
  const mismatch = { code: 'TENSOR_MISMATCH' };
  await expect(servable.predict({ keys: image }, [])).rejects.toMatchObject(mismatch);
  await expect(servable.predict({ keys, image }, [])).rejects.toMatchObject(mismatch);
  await expect(servable.predict({}, [])).rejects.toMatchObject(mismatch);
  await expect(servable.predict({ keys }, ['rows'])).rejects.toMatchObject(mismatch);
  await expect(servable.classify(new Uint8Array(3), 1)).rejects.toMatchObject({ code: 'MODEL_IS_TABLE' });
});

test('a table that cannot be read fails its load with the line', async () => {
  folder.write('table.csv', 'cat,1,0\ndog,1\n');
  await expect(load()).rejects.toMatchObject({
    code: 'TABLE_ROW_INVALID',
    params: { file: 'table.csv', place: 'line 2' },
  });
});
