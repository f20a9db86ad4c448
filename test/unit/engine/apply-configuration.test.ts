import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readDocument } from '../../../main/config/read-document';
import { readModelsConfig } from '../../../main/config/read-models-config';
import { EnginePort } from '../../../main/endpoints/engine-port';
import { failureOf } from '../../support/app-errors';
import { EngineBench, inWords, until, untilWords } from './engine-bench';

let bench: EngineBench;
beforeEach(async () => {
  bench = await EngineBench.create();
});
afterEach(() => bench.close());

/** TensorFlow Serving's text: each model with what stands in its braces. */
const config = (...models: readonly (readonly [name: string, more?: string])[]) =>
  readModelsConfig(
    `model_config_list { ${models
      .map(
        ([name, more = '']) =>
          `config { name: "${name}" base_path: "${bench.path(name)}" model_platform: "tensorflow" ${more} }`,
      )
      .join('\n')} }`,
    null,
  );

describe('a configuration', () => {
  test('says how a model is run, and a change of that loads it anew; what it leaves out has its default', async () => {
    await bench.version('a', 1);
    const engine = await bench.start();
    const document = (running: string) =>
      readDocument(
        `{ version: 1, models: [{ name: a, basePath: ${JSON.stringify(bench.path('a'))}, ${running} }] }`,
        '/',
      );
    await engine.models.applyConfiguration(document('running: { instances: 2, memoryCapBytes: 2 GB }'));
    const loaded = await untilWords(engine, 'a', '1 available');
    expect(loaded.running).toEqual({ instances: 2, memoryCapBytes: 2e9 });
    expect([...bench.runners.alive].map(({ name }) => name)).toEqual(['slipway a 1', 'slipway a 1']);
    expect(await engine.models.applyConfiguration(document('keepLastGood: true'))).toEqual([
      { model: 'a', change: 'changed', settings: ['running'] },
    ]);
    await until(engine, 'a', (model) => inWords(model) === '1 available' && bench.runners.alive.size === 1);
    expect(engine.models.get('a')?.running).toEqual({});
  });

  test('adds, changes and removes models, and reports each', async () => {
    for (const [model, version] of [
      ['a', 1],
      ['b', 1],
      ['b', 2],
      ['c', 1],
    ] as const)
      await bench.version(model, version);
    const engine = await bench.start();
    expect(await engine.models.applyConfiguration(config(['a'], ['b'], ['c']))).toEqual(
      ['a', 'b', 'c'].map((model) => ({ model, change: 'added', settings: [] })),
    );
    await untilWords(engine, 'b', '2 available, 1 onDisk');
    const all = 'model_version_policy { all {} } version_labels { key: "stable" value: 1 }';
    expect(await engine.models.applyConfiguration(config(['a'], ['b', all]))).toEqual([
      { model: 'b', change: 'changed', settings: ['policy', 'labels'] },
      { model: 'c', change: 'removed', settings: [] },
      { model: 'a', change: 'unchanged', settings: [] },
    ]);
    await untilWords(engine, 'b', '2 available, 1 available');
    expect(engine.models.get('c')).toBeUndefined();
    expect(engine.models.get('b')?.labels).toEqual([
      expect.objectContaining({ label: 'stable', version: 1 }),
    ]);
    const kinds = (await engine.models.events({ limit: 100 }))
      .filter(({ cause }) => cause === 'configuration')
      .map(({ kind, model }) => `${kind} ${model}`);
    expect(kinds.sort()).toEqual(
      ['modelAdded a', 'modelAdded b', 'modelAdded c', 'modelRemoved c', 'settingChanged b'].sort(),
    );
  });

  test('with one mistake changes nothing', async () => {
    await bench.version('a', 1);
    const engine = await bench.start();
    await engine.models.applyConfiguration(config(['a']));
    const failure = await failureOf(() => engine.models.applyConfiguration(config(['b'], ['b'])));
    expect(failure.code).toBe('CONFIG_INVALID');
    expect(engine.models.snapshot().models.map(({ name }) => name)).toEqual(['a']);
    expect((await failureOf(() => engine.models.applyConfiguration({ kind: 'custom' }))).code).toBe(
      'CONFIG_CHANGE_REFUSED',
    );
  });

  test('a model that moves to another folder is served from there', async () => {
    await bench.version('a', 1);
    await bench.version('elsewhere', 4);
    const engine = await bench.start();
    await engine.models.applyConfiguration(config(['a']));
    await untilWords(engine, 'a', '1 available');
    const moved = readModelsConfig(
      `model_config_list { config { name: "a" base_path: "${bench.path('elsewhere')}" model_platform: "tensorflow" } }`,
      null,
    );
    expect(await engine.models.applyConfiguration(moved)).toEqual([
      { model: 'a', change: 'changed', settings: ['basePath'] },
    ]);
    await untilWords(engine, 'a', '4 available');
  });

  test('what it set is there again after a restart', async () => {
    await bench.version('a', 1);
    const first = await bench.start();
    await first.models.applyConfiguration(config(['a']));
    await first.close();
    const second = await bench.start();
    expect(inWords(await untilWords(second, 'a', '1 available'))).toBe('1 available');
  });
});

describe('a reload by RPC', () => {
  const served = (name: string) => ({
    name,
    basePath: bench.path(name),
    platform: 'tensorflow',
    policy: { kind: 'latest', count: 1 } as const,
    labels: {},
  });

  test('[T169] returns once what it adds answers; an empty list removes all', async () => {
    await bench.version('a', 1);
    const engine = await bench.start();
    const port = new EnginePort(engine);
    await port.reload([served('a')]);
    expect(port.resolve('a', 'latest')).toBe(1);
    await port.reload([]);
    expect(port.models()).toEqual([]);
    port.dispose();
  });

  test('says which model did not become available, and serves the others', async () => {
    await bench.version('a', 1);
    const engine = await bench.start();
    const port = new EnginePort(engine);
    const failure = await failureOf(() => port.reload([served('a'), served('missing')]));
    expect(failure.status).toBe('UNKNOWN');
    expect(failure.message).toContain('1 servable(s) did not become available: {missing: ');
    expect(port.resolve('a', 'latest')).toBe(1);
    port.dispose();
  });
});
