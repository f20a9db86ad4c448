import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { LoggingConfig } from '../../main/config/logging-config';
import { readModelsConfig } from '../../main/config/read-models-config';
import { EnginePort } from '../../main/endpoints/engine-port';
import type { ServedModelConfig } from '../../main/endpoints/inference-port';
import { createFileCollector } from '../../main/endpoints/request-file';
import { RequestLoggers } from '../../main/endpoints/request-log';
import { createTfsRoutes } from '../../main/endpoints/rest/tfs-routes';
import type { Engine, VersionChoice } from '../../main/engine-api';
import { createNodeSpawn } from '../../main/runner/spawn-node';
import { failureOf } from '../support/app-errors';
import { builtRunner } from '../support/built-runner';
import { codeOfCall, grpcWorld } from '../support/grpc-client';
import { httpWorld } from '../support/http-world';
import { EngineBench, until, untilWords } from '../unit/engine/engine-bench';

let bench: EngineBench;
let engine: Engine;
let port: EnginePort;
beforeEach(async () => {
  bench = await EngineBench.create();
  engine = await bench.start();
  port = new EnginePort(engine);
});
afterEach(async () => {
  port.dispose();
  await bench.close();
});

const served = (name: string, more: Partial<ServedModelConfig> = {}): ServedModelConfig => ({
  name,
  basePath: bench.path(name),
  platform: 'tensorflow',
  policy: { kind: 'latest', count: 1 },
  labels: {},
  ...more,
});
const all = { kind: 'all' } as const;

/** What a version answers in the fake runner: the content of its file. */
async function answerOf(version: VersionChoice, model = 'a'): Promise<string | undefined> {
  const { classes } = await engine.inference.classify({
    model,
    version,
    picture: new Uint8Array([1]),
    top: 1,
  });
  return classes[0]?.label;
}

/** A reload that is under way, and whether it has returned. */
function reload(...models: readonly ServedModelConfig[]): {
  readonly done: Promise<void>;
  hasReturned: boolean;
} {
  const state = { hasReturned: false, done: Promise.resolve() };
  state.done = port.reload(models).then(() => {
    state.hasReturned = true;
  });
  return state;
}

describe('a list of models', () => {
  test('T168: the first one returns once its model is available, and says which model did not become so', async () => {
    await bench.version('a', 1, 'slow');
    const first = reload(served('a'));
    await untilWords(engine, 'a', '1 loading');
    expect(first.hasReturned).toBe(false);
    bench.runners.release();
    await first.done;
    expect(await answerOf('latest')).toBe('slow');
    await bench.version('broken', 1, 'bad');
    const failure = await failureOf(() => port.reload([served('a'), served('broken')]));
    expect(failure).toMatchObject({ status: 'UNKNOWN' });
    expect(failure.message).toContain('1 servable(s) did not become available: {broken: ');
    expect(port.model('broken')?.versions).toMatchObject([
      { version: 1, state: 'END', error: { message: expect.stringContaining('ends early') } },
    ]);
    expect(await answerOf('latest')).toBe('slow');
  });

  test('T168: an engine starts at once, whatever its models do', async () => {
    await bench.version('a', 1);
    await bench.version('broken', 1, 'bad');
    const started = await bench.start({
      stateFolder: null,
      models: ['a', 'broken'].map((name) => ({ name, basePath: bench.path(name) })),
    });
    await untilWords(started, 'a', '1 available');
    await untilWords(started, 'broken', '1 failed');
  });

  test('T169 [CF5]: a reload returns once what it adds is available; an empty list unloads all', async () => {
    await bench.version('a', 1);
    await port.reload([served('a')]);
    await bench.version('b', 1, 'slow');
    const second = reload(served('a'), served('b'));
    await untilWords(engine, 'b', '1 loading');
    expect(second.hasReturned).toBe(false);
    bench.runners.release();
    await second.done;
    expect([await answerOf('latest', 'a'), await answerOf('latest', 'b')]).toEqual(['a-1', 'slow']);
    const held = ['a 1', 'b 1'].map((name) => bench.runners.named(name));
    const ended = held.map((runner) => new Promise((resolve) => runner.onExit(resolve)));
    await port.reload([]);
    expect(port.models()).toEqual([]);
    await Promise.all(ended);
  });

  test('T170: a model that was removed and is added back is waited for and served again', async () => {
    await bench.version('a', 1);
    await port.reload([served('a')]);
    await port.reload([]);
    await bench.version('a', 1, 'slow');
    const back = reload(served('a'));
    await untilWords(engine, 'a', '1 loading');
    expect(back.hasReturned).toBe(false);
    bench.runners.release();
    await back.done;
    expect(await answerOf('latest')).toBe('slow');
  });

  test('T171: a reload that moves a model to another folder returns at once, and the switch happens later', async () => {
    await bench.version('a', 1);
    await port.reload([served('a')]);
    await bench.version('elsewhere', 4, 'slow');
    await port.reload([served('a', { basePath: bench.path('elsewhere') })]);
    await untilWords(engine, 'a', '4 loading, 1 available');
    expect(await answerOf('latest')).toBe('a-1');
    bench.runners.release();
    await untilWords(engine, 'a', '4 available');
    expect(await answerOf('latest')).toBe('slow');
  });

  test('T163: a version of the same number in another folder is not loaded in the place of the one that serves, but told', async () => {
    await bench.version('a', 1);
    await bench.version('elsewhere', 1, 'another');
    await port.reload([served('a')]);
    await port.reload([served('a', { basePath: bench.path('elsewhere') })]);
    await until(engine, 'a', ({ versions }) => versions[0]?.isChangedOnDisk === true);
    expect(await answerOf('latest')).toBe('a-1');
  });

  test('T176 [CF4]: another platform for an existing model is an invalid argument, and the model keeps serving', async () => {
    await bench.version('a', 1);
    await port.reload([served('a')]);
    for (const platform of ['tfjs', 'lookup-table'])
      expect(await failureOf(() => port.reload([served('a', { platform })]))).toMatchObject({
        status: 'INVALID_ARGUMENT',
        message: expect.stringContaining(`cannot change from onnx to ${platform}`),
      });
    expect(await answerOf('latest')).toBe('a-1');
    await port.reload([served('a', { platform: 'onnx' })]);
    expect(await answerOf('latest')).toBe('a-1');
    expect((await failureOf(() => port.reload([served('a', { platform: 'tfjs' })]))).status).toBe(
      'INVALID_ARGUMENT',
    );
    await port.reload([served('a')]);
    expect(await answerOf('latest')).toBe('a-1');
  });

  test('T178: relative base paths are looked for in the root folder of the configuration', async () => {
    await bench.version('models/a', 1, 'from the root');
    const text = 'model_config_list { config { name: "a" base_path: "a" model_platform: "tensorflow" } }';
    await engine.models.applyConfiguration(readModelsConfig(text, bench.path('models')));
    await untilWords(engine, 'a', '1 available');
    expect(await answerOf('latest')).toBe('from the root');
  });
});

const logTo = (type: string, filenamePrefix: string): LoggingConfig => ({
  collector: { type, filenamePrefix },
  samplingRate: 1,
});

test('T184: a logging config that no log can be made of is an invalid argument and changes nothing; with one requests are logged', async () => {
  await bench.version('a', 1);
  const withLog = served('a', { logging: logTo('file', 'requests') });
  expect(await failureOf(() => port.reload([withLog]))).toMatchObject({ status: 'INVALID_ARGUMENT' });
  expect(port.models()).toEqual([]);
  const loggers = new RequestLoggers(createFileCollector);
  onTestFinished(() => loggers.close());
  const logging = new EnginePort(engine, loggers.prepare);
  onTestFinished(() => logging.dispose());
  const nonsense = served('a', { logging: logTo('nonsense', 'requests') });
  expect(await failureOf(() => logging.reload([nonsense]))).toMatchObject({ status: 'INVALID_ARGUMENT' });
  expect(port.models()).toEqual([]);
  await logging.reload([served('a', { logging: logTo('file', bench.path('requests')) })]);
  expect(port.models()).toMatchObject([{ name: 'a', versions: [{ version: 1, state: 'AVAILABLE' }] }]);
});

test('T185: the status of all versions has the newest first, however they came', async () => {
  for (const version of [2, 3, 1]) await bench.version('a', version);
  await port.reload([served('a', { policy: all })]);
  await untilWords(engine, 'a', '3 available, 2 available, 1 available');
  const world = await httpWorld({ first: [createTfsRoutes({ port, nonFinite: 'null' })] });
  const versions = async (path: string): Promise<string[]> => {
    const { json } = await world.ask(path);
    const { model_version_status: statuses } = json() as { model_version_status: { version: string }[] };
    return statuses.map(({ version }) => version);
  };
  expect(await versions('/v1/models/a')).toEqual(['3', '2', '1']);
  expect(await versions('/v1/models/a/versions/2')).toEqual(['2']);
  expect((await world.ask('/v1/models/a/versions/4')).status).toBe(404);
});

describe('labels of a configuration', () => {
  beforeEach(async () => {
    await bench.version('a', 1);
    await bench.version('a', 2);
  });

  test('T179: a request names a version by its label, by its number or not at all; an unknown label is an invalid argument', async () => {
    await port.reload([served('a', { policy: all })]);
    await untilWords(engine, 'a', '2 available, 1 available');
    await port.reload([served('a', { policy: all, labels: { stable: 1, canary: 2 } })]);
    expect(await answerOf({ label: 'stable' })).toBe('a-1');
    expect(await answerOf({ label: 'canary' })).toBe('a-2');
    expect(await answerOf({ version: 1 })).toBe('a-1');
    expect(await answerOf('latest')).toBe('a-2');
    expect(await failureOf(() => answerOf({ label: 'beta' }))).toMatchObject({
      status: 'INVALID_ARGUMENT',
      message: 'Unrecognized servable version label: beta',
    });
  });

  test('T180: a label for a version that is not available is taken at once, and applies when it is', async () => {
    const labels = { next: 3 };
    await port.reload([served('a', { policy: all, labels })]);
    expect(engine.models.get('a')?.labels).toEqual([
      { label: 'next', version: 3, appliedVersion: null, isPending: true },
    ]);
    expect((await failureOf(() => answerOf({ label: 'next' }))).status).toBe('NOT_FOUND');
    await port.reload([served('a', { policy: all, labels: { ...labels, after: 4 } })]);
    await bench.version('a', 3);
    await untilWords(engine, 'a', '3 available, 2 available, 1 available');
    expect(await answerOf({ label: 'next' })).toBe('a-3');
    expect((await failureOf(() => answerOf({ label: 'after' }))).status).toBe('NOT_FOUND');
  });

  test('T181: a label that moves to a version that is not available points where it did until it is', async () => {
    await port.reload([served('a', { policy: all, labels: { stable: 2 } })]);
    await untilWords(engine, 'a', '2 available, 1 available');
    await port.reload([served('a', { policy: all, labels: { stable: 3 } })]);
    expect(engine.models.get('a')?.labels).toEqual([
      { label: 'stable', version: 3, appliedVersion: 2, isPending: true },
    ]);
    expect(await answerOf({ label: 'stable' })).toBe('a-2');
    expect(port.resolve('a', { label: 'stable' })).toBe(2);
    expect(port.model('a')?.labels).toEqual([{ label: 'stable', version: 2, pendingVersion: 3 }]);
    await bench.version('a', 3);
    await untilWords(engine, 'a', '3 available, 2 available, 1 available');
    expect(await answerOf({ label: 'stable' })).toBe('a-3');
  });
});

describe('real runners', () => {
  const samples = resolve(import.meta.dirname, '../../app/resources/samples');
  let entry = '';
  beforeAll(async () => {
    entry = await builtRunner();
  }, 120_000);

  test('T177: a model of another platform is added by a reload, and each is loaded by its own platform', async () => {
    await cp(`${samples}/models/fashion-mnist/3`, bench.path('clothes', '1'), { recursive: true });
    await mkdir(bench.path('prices', '1'), { recursive: true });
    await writeFile(bench.path('prices', '1', 'prices.csv'), 'tea,3\n');
    engine = await bench.start({ stateFolder: null, spawnRunner: createNodeSpawn(entry) });
    port.dispose();
    port = new EnginePort(engine);
    await port.reload([served('clothes')]);
    await port.reload([served('clothes'), served('prices')]);
    expect(port.models()).toMatchObject([
      { name: 'clothes', platform: 'onnx', versions: [{ version: 1, state: 'AVAILABLE' }] },
      { name: 'prices', platform: 'lookup-table', versions: [{ version: 1, state: 'AVAILABLE' }] },
    ]);
    const picture = await readFile(`${samples}/pictures/bag.png`);
    const latest = { version: 'latest' } as const;
    expect(await engine.inference.classify({ model: 'clothes', ...latest, picture, top: 1 })).toMatchObject({
      version: 1,
      classCount: 10,
    });
    expect(await engine.inference.lookup({ model: 'prices', ...latest, keys: ['tea'] })).toMatchObject({
      found: ['tea'],
    });
  });
});

test('T183: a request without the name of a model is an invalid argument, and never reaches the engine', async () => {
  const { call, port: asked } = await grpcWorld();
  const codeFor = (method: string, message: string, name: string): Promise<string> =>
    codeOfCall(
      call(
        `/tensorflow.serving.${method}`,
        [`tensorflow.serving.${message}Request`, `tensorflow.serving.${message}Response`],
        { model_spec: { name } },
      ),
    );
  for (const [method, message] of [
    ['ModelService/GetModelStatus', 'GetModelStatus'],
    ['PredictionService/Predict', 'Predict'],
  ] as const) {
    expect(await codeFor(method, message, '')).toBe('INVALID_ARGUMENT');
    expect(await codeFor(method, message, 'unknown')).toBe('NOT_FOUND');
  }
  expect(asked.requests.map(({ model }) => model)).toEqual(['unknown']);
});
