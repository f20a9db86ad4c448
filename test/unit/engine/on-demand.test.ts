import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { routeSchema } from '../../../app/contract/routes';
import type { Engine, EngineOptions } from '../../../main/engine-api';
import { failureOf } from '../../support/app-errors';
import { EngineBench, eventsInTurn, inWords, until, untilWords, versionOf } from './engine-bench';

let bench: EngineBench;
let engine: Engine;
const picture = new Uint8Array([1]);
const onDemand = { loaded: 'onDemand', idleUnloadMs: null } as const;

async function begin(more: Partial<EngineOptions> = {}): Promise<void> {
  engine = await bench.start({
    models: [
      {
        name: 'digits',
        basePath: bench.path('digits'),
        policy: { kind: 'latest', count: 2 },
        ...onDemand,
      },
    ],
    ...more,
  });
  await until(engine, 'digits', ({ versions }) => versions.length === 3);
}

beforeEach(async () => {
  bench = await EngineBench.create();
  for (const version of [1, 2, 3]) await bench.version('digits', version);
});
afterEach(() => bench.close());

const ask = async (version: number | 'latest' = 'latest'): Promise<string | undefined> => {
  const choice = version === 'latest' ? version : { version };
  const { classes } = await engine.inference.classify({ model: 'digits', version: choice, picture, top: 1 });
  return classes[0]?.label;
};
const words = (): string => inWords(engine.models.get('digits') ?? (undefined as never));
const eventsOf = async (version: number): Promise<string[]> => {
  const events = await eventsInTurn(engine, 'digits', version);
  return events.map(({ kind, cause }) => `${kind} ${cause}`);
};

describe('a model that is loaded on demand', () => {
  test('has its versions registered, and loads one with the first request', async () => {
    await begin();
    expect(words()).toBe('3 onDisk, 2 onDisk, 1 onDisk');
    const before = engine.models.get('digits');
    expect(before?.versions.map(({ loadsOnRequest, isAspired }) => [loadsOnRequest, isAspired])).toEqual([
      [true, true],
      [true, true],
      [false, false],
    ]);
    expect(bench.runners.spawned).toBe(0);
    expect((await engine.models.explain('digits', 3)).reason).toBe('onDemand');
    expect(await ask()).toBe('digits-3');
    expect(words()).toBe('3 available, 2 onDisk, 1 onDisk');
    expect(await ask(2)).toBe('digits-2');
    expect((await failureOf(() => ask(1))).code).toBe('SERVABLE_NOT_FOUND');
    expect((await eventsOf(3)).slice(0, 3)).toEqual([
      'waiting request',
      'loading request',
      'available request',
    ]);
  });

  test('loads once for requests that come together, which all wait for it', async () => {
    await begin();
    await bench.version('digits', 3, 'slow');
    const asked = [ask(), ask(3), ask()];
    bench.runners.release();
    expect(await Promise.all(asked)).toEqual(['slow', 'slow', 'slow']);
    expect(bench.runners.spawned).toBe(1);
  });

  test('does not wait beyond the deadline of a request, and goes on loading for the next', async () => {
    await bench.version('digits', 3, 'slow');
    await begin();
    const failure = await failureOf(() =>
      engine.inference.infer({
        model: 'digits',
        version: 'latest',
        codec: 'tfs-json',
        body: new Uint8Array(),
        params: { method: 'predict' },
        deadlineAtMs: Date.now() + 20,
      }),
    );
    expect(failure.code).toBe('DEADLINE_EXCEEDED');
    await untilWords(engine, 'digits', '3 loading, 2 onDisk, 1 onDisk');
    const answered = ask();
    bench.runners.release();
    expect(await answered).toBe('slow');
    expect(bench.runners.spawned).toBe(1);
  });

  test('is unloaded when nobody has used it for its time, and loaded again by the next request', async () => {
    await begin();
    await ask();
    await engine.models.setLoading('digits', { loaded: 'onDemand', idleUnloadMs: 1 });
    await untilWords(engine, 'digits', '3 unloaded, 2 onDisk, 1 onDisk');
    expect((await eventsOf(3)).slice(-2)).toEqual(['unloading idle', 'unloaded idle']);
    expect((await engine.models.explain('digits', 3)).reason).toBe('onDemandIdle');
    expect(bench.runners.alive.size).toBe(0);
    expect(await ask()).toBe('digits-3');
  });

  test('gives way when memory is short, but for what is pinned', async () => {
    await begin({ settings: { stabilityMs: 0, maxLoadRetries: 0, memoryBudgetBytes: 200_000_000 } });
    await engine.models.setPinned('digits', 3, true);
    expect(versionOf(engine.models.get('digits') ?? (undefined as never), 3)?.isPinned).toBe(true);
    await ask(3);
    await ask(2);
    await engine.models.load('digits', 1);
    await untilWords(engine, 'digits', '3 available, 2 unloaded, 1 available');
    expect((await eventsOf(2)).slice(-2)).toEqual(['unloading memory', 'unloaded memory']);
    expect((await engine.models.explain('digits', 2)).reason).toBe('onDemandMemory');
  });

  test('tells of a failed load; the latest is the one before it then', async () => {
    await bench.version('digits', 3, 'bad');
    await begin();
    expect((await failureOf(() => ask(3))).code).toBe('MODEL_FILE_TRUNCATED');
    await untilWords(engine, 'digits', '3 failed, 2 onDisk, 1 onDisk');
    expect(await ask()).toBe('digits-2');
  });

  test('is loaded by a route that leads to it; when it cannot be, another arm steps in', async () => {
    await bench.version('digits', 3, 'bad');
    await begin();
    const route = routeSchema.parse({
      name: 'main',
      arms: [3, 2].map((version) => ({ id: `v${version}`, model: 'digits', version })),
      split: [{ arm: 'v3', weight: 100 }],
      fallback: ['v2'],
    });
    await engine.routes.save(route, null);
    expect(engine.routes.get('main')?.arms.map(({ state }) => state)).toEqual(['available', 'available']);
    expect(bench.runners.spawned).toBe(0);
    const { classes } = await engine.inference.classify({
      model: 'main',
      version: 'latest',
      picture,
      top: 1,
    });
    expect(classes[0]?.label).toBe('digits-2');
    expect(engine.routes.get('main')?.arms.map(({ state }) => state)).toEqual(['unavailable', 'available']);
  });

  test('brings back a version whose process ended, for the request that waits for it', async () => {
    await begin();
    await ask();
    bench.runners.named('digits 3').swallow = true;
    const answered = ask();
    await until(engine, 'digits', (model) => versionOf(model, 3)?.inFlight === 1);
    bench.runners.named('digits 3').exit({ code: 1, signal: null });
    expect(await answered).toBe('digits-3');
    expect(bench.runners.spawned).toBe(2);
  });

  test('loads a new version at once when the one before it is loaded, without a gap', async () => {
    await engineWithLatest();
    await ask();
    await bench.version('digits', 4);
    await engine.models.rescan('digits');
    await untilWords(engine, 'digits', '4 available, 3 unloaded, 2 onDisk, 1 onDisk');
    expect((await eventsOf(4)).slice(1, 3)).toEqual(['waiting policy', 'loading policy']);
  });

  test('points a label at a version that is not loaded, and loads that by the label', async () => {
    await begin();
    await engine.models.setLabel('digits', 'stable', 2);
    expect(engine.models.get('digits')?.labels).toMatchObject([{ appliedVersion: 2, isPending: false }]);
    const { version } = await engine.inference.classify({
      model: 'digits',
      version: { label: 'stable' },
      picture,
      top: 1,
    });
    expect(version).toBe(2);
  });

  test('is run anew when how it is run changes, without a request failing', async () => {
    await begin();
    await ask();
    await engine.models.setRunning('digits', { intraOpThreads: 3 });
    await until(engine, 'digits', (model) => versionOf(model, 3)?.lifecycle !== 'available');
    expect(await ask()).toBe('digits-3');
    expect(bench.runners.named('digits 3').loading?.options.intraOpThreads).toBe(3);
  });
});

async function engineWithLatest(): Promise<void> {
  await begin({
    models: [{ name: 'digits', basePath: bench.path('digits'), ...onDemand }],
  });
}

describe('the setting', () => {
  test('is kept, is an event, is taken back by undo, and leaves what is loaded alone', async () => {
    await begin({
      models: [{ name: 'digits', basePath: bench.path('digits'), policy: { kind: 'latest', count: 2 } }],
    });
    await untilWords(engine, 'digits', '3 available, 2 available, 1 onDisk');
    const { undo } = await engine.models.setLoading('digits', { loaded: 'onDemand', idleUnloadMs: 90_000 });
    expect(engine.models.get('digits')).toMatchObject({ loaded: 'onDemand', idleUnloadMs: 90_000 });
    expect(words()).toBe('3 available, 2 available, 1 onDisk');
    expect((await eventsInTurn(engine, 'digits')).at(-1)).toMatchObject({
      kind: 'settingChanged',
      cause: 'person',
      params: { loaded: 'onDemand', idleUnloadMs: '90000' },
    });
    await engine.models.undo(undo ?? '');
    expect(engine.models.get('digits')).toMatchObject({ loaded: 'always', idleUnloadMs: 600_000 });
    expect(words()).toBe('3 available, 2 available, 1 onDisk');
    expect(bench.runners.spawned).toBe(2);
    expect(
      (await engine.models.setLoading('digits', { loaded: 'always', idleUnloadMs: 600_000 })).undo,
    ).toBeNull();
  });

  test('and pins outlive a restart', async () => {
    await begin();
    await engine.models.setLoading('digits', { loaded: 'onDemand', idleUnloadMs: 5_000 });
    await engine.models.setPinned('digits', 2, true);
    await engine.close();
    engine = await bench.start();
    const model = await until(engine, 'digits', ({ versions }) => versions.length === 3);
    expect(model).toMatchObject({ loaded: 'onDemand', idleUnloadMs: 5_000 });
    expect(model.versions.map(({ isPinned }) => isPinned)).toEqual([false, true, false]);
    expect(bench.runners.spawned).toBe(0);
    const kinds = (await engine.models.events({ model: 'digits', limit: 100 })).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'settingChanged' || kind === 'pinned')).toEqual([
      'pinned',
      'settingChanged',
    ]);
  });

  test('a pin is an event of its version, and is taken back by undo', async () => {
    await begin();
    const { undo } = await engine.models.setPinned('digits', 3, true);
    expect(await eventsOf(3)).toEqual(['pinned person']);
    const { action } = await engine.models.undo(undo ?? '');
    expect(action).toBe('pinned');
    expect(engine.models.get('digits')?.versions[0]?.isPinned).toBe(false);
    expect((await failureOf(() => engine.models.setPinned('digits', 9, true))).code).toBe(
      'VERSION_NOT_FOUND',
    );
  });

  test('back to always loads what the policy asks for', async () => {
    await begin();
    await ask();
    await engine.models.setLoading('digits', { loaded: 'always', idleUnloadMs: 600_000 });
    await untilWords(engine, 'digits', '3 available, 2 available, 1 onDisk');
    expect(bench.runners.spawned).toBe(2);
  });
});

describe('the preview of a policy', () => {
  const specific = (...versions: number[]) => ({ kind: 'specific', versions }) as const;
  const stepsOf = async (...versions: number[]): Promise<string[]> => {
    const plan = await engine.models.previewPolicy('digits', specific(...versions), 'availabilityPreserving');
    return plan.steps.map(
      ({ version, action, afterVersion }) =>
        `${action} ${version}${afterVersion === null ? '' : ` after ${afterVersion}`}`,
    );
  };

  test('loads nothing while nothing is loaded', async () => {
    await begin();
    expect(await stepsOf(1, 2)).toEqual([]);
  });

  test('is what applying it does: what is loaded is followed without a gap, or goes', async () => {
    await begin();
    await ask(3);
    await ask(2);
    expect(await stepsOf(1, 3)).toEqual(['keep 3', 'unload 2']);
    expect(await stepsOf(1)).toEqual(['load 1', 'unload 3 after 1', 'unload 2 after 1']);
    const gone = await engine.models.previewPolicy('digits', specific(), 'availabilityPreserving');
    expect(gone.hasGap).toBe(true);
    await engine.models.applyPolicy('digits', specific(1), 'availabilityPreserving');
    await untilWords(engine, 'digits', '3 unloaded, 2 unloaded, 1 available');
    expect(bench.runners.spawned).toBe(3);
    const decided = (await engine.models.events({ model: 'digits', limit: 100 }))
      .filter(({ kind }) => kind === 'available' || kind === 'unloading')
      .map(({ kind, version }) => `${kind} ${version}`)
      .reverse();
    expect(decided.slice(2)).toEqual(['available 1', 'unloading 3', 'unloading 2']);
  });
});

describe('by hand', () => {
  test('a version is loaded ahead of requests and taken out of memory; both can be taken back', async () => {
    await begin();
    const load = await engine.models.load('digits', 3);
    await untilWords(engine, 'digits', '3 available, 2 onDisk, 1 onDisk');
    expect((await engine.models.load('digits', 3)).undo).toBeNull();
    await engine.models.undo(load.undo ?? '');
    await untilWords(engine, 'digits', '3 unloaded, 2 onDisk, 1 onDisk');
    expect((await engine.models.explain('digits', 3)).reason).toBe('onDemandByPerson');
    expect((await engine.models.unload('digits', 3)).undo).toBeNull();
    await ask();
    const unload = await engine.models.unload('digits', 3);
    await untilWords(engine, 'digits', '3 unloaded, 2 onDisk, 1 onDisk');
    expect(versionOf(engine.models.get('digits') ?? (undefined as never), 3)).toMatchObject({
      override: null,
      loadsOnRequest: true,
    });
    await engine.models.undo(unload.undo ?? '');
    await untilWords(engine, 'digits', '3 available, 2 onDisk, 1 onDisk');
  });

  test('a version that the policy does not ask for is loaded, and goes when that is taken back', async () => {
    await begin();
    const { undo } = await engine.models.load('digits', 1);
    await untilWords(engine, 'digits', '3 onDisk, 2 onDisk, 1 available');
    expect(await ask(1)).toBe('digits-1');
    await engine.models.undo(undo ?? '');
    await untilWords(engine, 'digits', '3 onDisk, 2 onDisk, 1 unloaded');
    expect((await failureOf(() => ask(1))).code).toBe('SERVABLE_NOT_FOUND');
  });

  test('a removed model leaves nothing loaded', async () => {
    await begin();
    await ask();
    await engine.models.remove('digits');
    await engine.close();
    expect(bench.runners.alive.size).toBe(0);
  });
});
