import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ModelEvent } from '../../../app/contract/models';
import { type ModelConfig, modelConfigSchema } from '../../../main/config/config-schema';
import { readDocument } from '../../../main/config/read-document';
import { readModelsConfig } from '../../../main/config/read-models-config';
import { EnginePort } from '../../../main/endpoints/engine-port';
import type { Engine } from '../../../main/engine-api';
import { failureOf } from '../../support/app-errors';
import { EngineBench, eventsInTurn, inWords, until, untilWords } from './engine-bench';

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

/** What was done by hand with the versions of `a`. */
const overridesIn = (engine: Engine): Record<number, string> =>
  Object.fromEntries(
    (engine.models.get('a')?.versions ?? []).flatMap(({ version, override }) =>
      override === null ? [] : [[version, override]],
    ),
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
    const { models } = await engine.models.applyConfiguration(document('keepLastGood: true'));
    expect(models).toEqual([{ model: 'a', change: 'changed', settings: ['running'] }]);
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
    expect(await engine.models.applyConfiguration(config(['a'], ['b'], ['c']))).toEqual({
      models: ['a', 'b', 'c'].map((model) => ({ model, change: 'added', settings: [] })),
      routes: [],
      memoryBytes: null,
    });
    await untilWords(engine, 'b', '2 available, 1 onDisk');
    const all = 'model_version_policy { all {} } version_labels { key: "stable" value: 1 }';
    const { models } = await engine.models.applyConfiguration(config(['a'], ['b', all]));
    expect(models).toEqual([
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

  test('CF3: with one mistake changes nothing', async () => {
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

  test('CF9: what models may take together is a part of it: reported, the default when it is left out, as it was when it is refused', async () => {
    await bench.version('a', 1);
    const engine = await bench.start();
    const ownDocument = (resources: string) =>
      readDocument(`version: 1\n${resources}models:\n- { name: a, basePath: a }\n`, bench.folder);
    const apply = async (resources: string) =>
      (await engine.models.applyConfiguration(ownDocument(resources))).memoryBytes;
    const byDefault = engine.models.snapshot().memory.budgetBytes;
    expect(await apply('resources: { memory: 3 GB }\n')).toEqual({ from: null, to: 3e9 });
    expect(await apply('resources: { memory: 3 GB }\n')).toBeNull();
    expect(engine.models.snapshot().memory.budgetBytes).toBe(3e9);
    expect((await engine.models.applyConfiguration(config(['a']))).memoryBytes).toBeNull();
    const wrong = readDocument(
      'version: 1\nresources: { memory: 4 GB }\nmodels:\n- { name: a, basePath: a, platform: x }\n',
      bench.folder,
    );
    expect((await failureOf(() => engine.models.applyConfiguration(wrong))).code).toBe('CONFIG_INVALID');
    expect(engine.models.snapshot().memory.budgetBytes).toBe(3e9);
    expect(await apply('')).toEqual({ from: 3e9, to: null });
    expect(engine.models.snapshot().memory.budgetBytes).toBe(byDefault);
  });

  test('CF8: a single model is added, changed and removed, and the others are left alone', async () => {
    for (const model of ['a', 'b']) await bench.version(model, 1);
    const engine = await bench.start();
    await engine.models.applyConfiguration(config(['a']));
    const given = (more: Partial<ModelConfig> = {}) => ({
      ...modelConfigSchema.parse({ name: 'b', basePath: bench.path('b') }),
      ...more,
    });
    expect(await engine.models.configure('b', given())).toEqual({
      model: 'b',
      change: 'added',
      settings: [],
    });
    await untilWords(engine, 'b', '1 available');
    expect(await engine.models.configure('b', given())).toMatchObject({ change: 'unchanged' });
    expect(await engine.models.configure('b', given({ labels: { stable: 1 }, keepLastGood: false }))).toEqual(
      {
        model: 'b',
        change: 'changed',
        settings: ['keepLastGood', 'labels'],
      },
    );
    for (const wrong of [given({ basePath: 'b' }), given({ platform: 'x' }), given({ labels: { 'a/b': 1 } })])
      expect((await failureOf(() => engine.models.configure('b', wrong))).code).toBe('CONFIG_INVALID');
    expect(engine.models.get('b')?.labels).toMatchObject([{ label: 'stable', version: 1 }]);
    expect(await engine.models.configure('b', null)).toMatchObject({ change: 'removed' });
    expect((await failureOf(() => engine.models.configure('b', null))).code).toBe('MODEL_NOT_FOUND');
    expect(engine.models.snapshot().models.map(({ name }) => name)).toEqual(['a']);
  });

  test('a single model that a program added, changed or removed is put back from its event', async () => {
    for (const version of [1, 2]) await bench.version('b', version);
    const engine = await bench.start();
    const given = (more: Partial<ModelConfig> = {}) =>
      modelConfigSchema.parse({ name: 'b', basePath: bench.path('b'), ...more });
    const undoOf = async (kind: ModelEvent['kind']): Promise<string> => {
      const events = await engine.models.events({ limit: 100 });
      return events.find((it) => it.kind === kind && it.cause === 'configuration')?.params['undo'] ?? '';
    };
    await engine.models.configure('b', given());
    await engine.models.configure('b', given({ keepLastGood: false, labels: { stable: 1 } }));
    await engine.models.setLabel('b', 'canary', 2);
    const changed = await undoOf('settingChanged');
    expect(engine.models.undoable().byProgram).toEqual([await undoOf('modelAdded'), changed]);
    expect(await engine.models.undo(changed)).toEqual({ action: 'settingChanged', models: ['b'] });
    expect(engine.models.get('b')).toMatchObject({ keepLastGood: true, labels: [{ label: 'canary' }] }); // the person's stays
    await engine.models.configure('b', given({ keepLastGood: false }));
    await engine.models.configure('b', null);
    await engine.models.undo(await undoOf('modelRemoved'));
    expect(engine.models.get('b')).toMatchObject({ keepLastGood: false });
    await engine.models.undo(await undoOf('modelAdded'));
    expect(engine.models.get('b')).toBeUndefined();
    expect((await eventsInTurn(engine, 'b')).at(-1)).toMatchObject({ kind: 'undone', cause: 'person' });
  });

  test('CF6: a policy that is new takes back what was loaded and unloaded by hand; any other setting leaves it', async () => {
    for (const version of [1, 2]) await bench.version('a', version);
    const engine = await bench.start();
    await engine.models.applyConfiguration(config(['a']));
    await untilWords(engine, 'a', '2 available, 1 onDisk');
    await engine.models.load('a', 1);
    await untilWords(engine, 'a', '2 available, 1 available');
    const label = 'version_labels { key: "stable" value: 2 }';
    await engine.models.applyConfiguration(config(['a', label]));
    expect(overridesIn(engine)).toEqual({ 1: 'load' });
    await engine.models.applyConfiguration(
      config(['a', 'model_version_policy { specific { versions: 2 } }']),
    );
    expect(overridesIn(engine)).toEqual({});
    await until(engine, 'a', ({ versions }) => versions[1]?.isAspired === false);
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
    expect((await engine.models.applyConfiguration(moved)).models).toEqual([
      { model: 'a', change: 'changed', settings: ['basePath'] },
    ]);
    await untilWords(engine, 'a', '4 available');
  });

  /** Our own document, with two versions of `a` and routes over them. */
  const document = (routes: string) =>
    readDocument(
      `version: 1\nmodels:\n- { name: a, basePath: a, policy: { kind: all }, labels: { stable: 1 } }\nroutes:\n${routes}`,
      bench.folder,
    );
  const arms = 'arms: [{ id: one, model: a, label: stable }, { id: two, model: a, version: 2 }]';
  const shop = (one: number): string =>
    `- { name: shop, ${arms}, split: [{ arm: one, weight: ${one} }, { arm: two, weight: ${100 - one} }] }\n`;

  test('adds, changes and removes routes with the models, and reports each', async () => {
    await bench.version('a', 1);
    await bench.version('a', 2);
    const engine = await bench.start();
    const reportOf = async (routes: string) =>
      (await engine.models.applyConfiguration(document(routes))).routes;
    const other = shop(50).replace('shop', 'other');
    expect(await reportOf(shop(90) + other)).toEqual([
      { route: 'shop', change: 'added' },
      { route: 'other', change: 'added' },
    ]);
    expect(engine.routes.get('shop')?.route.split).toEqual([
      { arm: 'one', weight: 90 },
      { arm: 'two', weight: 10 },
    ]);
    expect(await reportOf(shop(80) + other)).toEqual([
      { route: 'shop', change: 'changed' },
      { route: 'other', change: 'unchanged' },
    ]);
    expect(await reportOf(shop(80))).toEqual([
      { route: 'shop', change: 'unchanged' },
      { route: 'other', change: 'removed' },
    ]);
    await untilWords(engine, 'a', '2 available, 1 available');
    const answers = Array.from({ length: 40 }, () =>
      engine.inference.classify({ model: 'shop', version: 'latest', picture: new Uint8Array(1), top: 1 }),
    );
    const versions = new Set((await Promise.all(answers)).map(({ version }) => version));
    expect([...versions].sort()).toEqual([1, 2]);
  });

  test('whose route is not right changes no model either, and says where', async () => {
    await bench.version('a', 1);
    const engine = await bench.start();
    const refusal = async (routes: string) => {
      const { params } = await failureOf(() => engine.models.applyConfiguration(document(routes)));
      expect(engine.models.snapshot().models).toEqual([]);
      expect(engine.routes.snapshot().routes).toEqual([]);
      return `${params['where']}: ${params['reason']}`;
    };
    expect(await refusal(shop(90).replace('weight: 10', 'weight: 11'))).toBe(
      'routes[0].split: The shares sum to 101 %, not to 100 %.',
    );
    expect(await refusal(shop(90) + shop(90))).toBe('routes[1]: the name shop is used twice');
    expect(await refusal(shop(90).replace('name: shop', 'name: a'))).toBe(
      'routes[0].name: A model or another route is already called a.',
    );
    expect(await refusal(shop(90).replace('label: stable', 'label: canary'))).toBe(
      'routes[0].arms[0].label: a has no label canary.',
    );
    const circle = (name: string, to: string): string =>
      `- { name: ${name}, arms: [{ id: x, model: ${to} }], split: [{ arm: x, weight: 100 }] }\n`;
    expect(await refusal(circle('b', 'c') + circle('c', 'b'))).toBe(
      'routes[0].arms[0].model: The route would lead back to itself: b → c → b.',
    );
  });

  test('in a format without a word for routes leaves them, and their names are taken', async () => {
    await bench.version('a', 1);
    await bench.version('a', 2);
    const engine = await bench.start();
    await engine.models.applyConfiguration(document(shop(90)));
    await engine.models.applyConfiguration(config(['a', 'model_version_policy { all {} }']));
    expect(engine.routes.snapshot().routes).toHaveLength(1);
    const refused = await failureOf(() => engine.models.applyConfiguration(config(['a'], ['shop'])));
    expect(refused.params['reason']).toBe('a route is already called so');
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
