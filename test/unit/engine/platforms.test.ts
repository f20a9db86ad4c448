import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readDocument } from '../../../main/config/read-document';
import type { Engine } from '../../../main/engine-api';
import { createNodeSpawn } from '../../../main/runner/spawn-node';
import { failureOf } from '../../support/app-errors';
import { builtRunner } from '../../support/built-runner';
import { EngineBench, until, untilWords, versionOf } from './engine-bench';

let bench: EngineBench;
beforeEach(async () => {
  bench = await EngineBench.create();
});
afterEach(() => bench.close());

async function put(folder: string, file: string, content: string): Promise<void> {
  await mkdir(bench.path(folder), { recursive: true });
  await writeFile(bench.path(folder, file), content);
}
const all = { kind: 'all' } as const;
const served = (name: string) => ({ name, basePath: bench.path(name), policy: all });

describe('models of several platforms', () => {
  test('a platform that is set is what versions have to be; the others are refused by name', async () => {
    await bench.version('digits', 1);
    const engine = await bench.start();
    const config = (platform: string) =>
      readDocument(
        JSON.stringify({ version: 1, models: [{ name: 'digits', basePath: 'digits', platform }] }),
        bench.folder,
      );
    await engine.models.applyConfiguration(config('lookup-table'));
    const { platform, versions } = await untilWords(engine, 'digits', '1 failed');
    expect([platform, versions[0]?.error]).toMatchObject([
      'lookup-table',
      { code: 'MODEL_PLATFORM_MIXED', params: { platform: 'onnx', expected: 'lookup-table' } },
    ]);
    expect((await failureOf(() => engine.models.applyConfiguration(config('tfjs')))).code).toBe(
      'CONFIG_INVALID',
    );
    expect((await engine.models.applyConfiguration(config('auto'))).models).toEqual([
      { model: 'digits', change: 'changed', settings: ['platform'] },
    ]);
    await untilWords(engine, 'digits', '1 available');
  });

  test('a version of another kind than the first one is refused, with both kinds, and harms no other', async () => {
    await bench.version('digits', 1);
    await put('digits/2', 'table.csv', 'a,1\n');
    await bench.version('digits', 3);
    const engine = await bench.start({ models: [served('digits')] });
    const model = await untilWords(engine, 'digits', '3 available, 2 failed, 1 available');
    const lookup = engine.inference.lookup({ model: 'digits', version: 'latest', keys: ['a'] });
    await expect(lookup).rejects.toMatchObject({ code: 'SERVABLE_WRONG_TYPE' });
    expect(model.platform).toBe('onnx');
    expect(versionOf(model, 2)?.error).toMatchObject({
      code: 'MODEL_PLATFORM_MIXED',
      params: { model: 'digits', version: '2', platform: 'lookup-table', expected: 'onnx' },
    });
  });

  test('a SavedModel fails with the command that converts it, and is tried again once it is another file', async () => {
    await put('cats/1', 'saved_model.pb', 'x');
    const engine = await bench.start({ models: [served('cats')] });
    const model = await untilWords(engine, 'cats', '1 failed');
    expect(versionOf(model, 1)?.error).toMatchObject({
      code: 'MODEL_IS_SAVED_MODEL',
      params: { model: 'cats', folder: 'cats/1' },
    });
    await bench.version('cats', 1);
    await untilWords(engine, 'cats', '1 available');
  });

  test.each([
    ['exported', 'saved_model.pb', 'MODEL_IS_SAVED_MODEL'],
    ['exported', 'cats.h5', 'MODEL_IS_KERAS'],
    ['cats/1', 'cats.tflite', 'MODEL_IS_TFLITE'],
  ])('a drop of %s with %s is refused with its command', async (folder, file, code) => {
    await put(folder, file, 'x');
    const engine = await bench.start();
    const { items } = await engine.models.offer([bench.path(folder.split('/')[0] ?? '')]);
    expect(items).toMatchObject([{ kind: 'refused', error: { code } }]);
    const alone = await engine.models.offer([bench.path(folder, file)]);
    expect(alone.items).toMatchObject([{ kind: 'refused', error: { code } }]);
  });

  test('a lone table is taken with its keys, and nothing else that lies beside it', async () => {
    await put('downloads', 'animals.npy', 'x');
    await put('downloads', 'animals.vocab.txt', 'cat\n');
    await put('downloads', 'labels.txt', 'cat\n');
    const engine = await bench.start();
    const { ticket, items } = await engine.models.offer([bench.path('downloads', 'animals.npy')]);
    await engine.models.add(ticket, [{ id: items[0]?.id ?? '', as: 'model', name: 'animals' }]);
    const model = await until(engine, 'animals', (it) => it.versions.length === 1);
    expect(model.platform).toBe('lookup-table');
    expect(await readdir(bench.path('state', 'library', 'animals', '1'))).toEqual([
      'animals.npy',
      'animals.vocab.txt',
    ]);
  });
});

describe('a table among real runners', () => {
  let entry = '';
  let engine: Engine;
  beforeAll(async () => {
    entry = await builtRunner();
  }, 120_000);
  afterAll(() => engine?.close());

  test('has versions and policies as any model', async () => {
    await put('prices/1', 'prices.csv', 'tea,3\n');
    await put('prices/2', 'prices.csv', 'tea,4\n');
    engine = await bench.start({
      spawnRunner: createNodeSpawn(entry),
      models: [{ name: 'prices', basePath: bench.path('prices') }],
    });
    const model = await until(engine, 'prices', (it) => versionOf(it, 2)?.lifecycle === 'available');
    expect([model.platform, versionOf(model, 1)?.lifecycle]).toEqual(['lookup-table', 'onDisk']);
    expect(versionOf(model, 2)?.residentBytes).toBeGreaterThan(20_000_000);
    const { outputs } = await engine.inference.predict({
      model: 'prices',
      version: 'latest',
      inputs: { keys: { dtype: 'string', shape: [1], data: ['tea'] } },
      outputs: [],
    });
    const latest = { model: 'prices', version: 'latest' } as const;
    expect(await engine.inference.lookup({ ...latest, keys: ['tea', 'milk'] })).toMatchObject({
      found: ['tea'],
      missing: ['milk'],
    });
    expect(await engine.inference.nearest({ ...latest, to: [1], count: 3 })).toEqual([
      { key: 'tea', similarity: 1 },
    ]);
    expect(outputs).toMatchObject({
      values: { data: Float64Array.of(4) },
      found: { data: Uint8Array.of(1) },
    });
  });
});
