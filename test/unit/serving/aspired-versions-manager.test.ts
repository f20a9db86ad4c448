import { describe, expect, test } from 'vitest';
import { AppError } from '../../../app/base/errors';
import type { LoaderFactory } from '../../../main/serving/loader';
import { servableData, servableError } from '../../../main/serving/servable-data';
import { failureOf } from '../../support/app-errors';
import { FakeClock, settle } from '../../support/fake-clock';
import { ServingWorld } from '../../support/serving-world';

const id = { name: 'm', version: 1 };
const broken = new AppError('RUNNER_START_FAILED');
const everyAction = { maxActionsPerTick: Number.POSITIVE_INFINITY };

describe('a pass', () => {
  test('AVM8: several actions, of one stream or of many, may be decided in one pass', async () => {
    const world = new ServingWorld({ aspired: everyAction });
    world.aspire('a', 1, 2);
    world.aspire('b', 1);
    expect(await world.tick()).toEqual(['load a:2', 'load b:1', 'load a:1']);
    world.aspire('a', 3);
    world.aspire('b');
    expect(await world.tick()).toEqual(['unload a:1', 'unload b:1', 'load a:3']);
  });

  test('AVM17: a running manager follows at once, without time passing', async () => {
    const world = new ServingWorld({ aspired: { manageStateIntervalMs: 10_000, maxActionsPerTick: 1 } });
    const startMs = world.clock.now();
    world.manager.run();
    world.aspire('a', 1, 2, 3);
    for (let turn = 0; turn < 5; turn++) await world.clock.advance(0);
    expect(world.available()).toEqual(['a:1', 'a:2', 'a:3']);
    world.aspire('a', 4);
    for (let turn = 0; turn < 10; turn++) await world.clock.advance(0);
    expect(world.available()).toEqual(['a:4']);
    expect(world.clock.now()).toBe(startMs);
    await world.manager.close();
    expect(world.clock.pending, 'closing leaves no timer').toBe(0);
  });

  test('AVM17: every interval everything is looked at again, whatever has changed', async () => {
    let isAllowed = false;
    const world = new ServingWorld({
      aspired: {
        manageStateIntervalMs: 10_000,
        aspiredVersionPolicy: ([version]) =>
          isAllowed && version?.state === 'new' ? { kind: 'load', id: version.id, rule: 'mine' } : null,
      },
    });
    world.manager.run();
    world.aspire('a', 1);
    await settle();
    isAllowed = true;
    await world.clock.advance(9_999);
    expect(world.available()).toEqual([]);
    await world.clock.advance(1);
    expect(world.available()).toEqual(['a:1']);
    await world.manager.close();
  });

  test('AVM17: a pass that takes long is continued in the next turn', async () => {
    const clock = new FakeClock();
    let spentMs = 0;
    const world = new ServingWorld({
      basic: { clock: { now: () => clock.now() + spentMs, schedule: (ms, run) => clock.schedule(ms, run) } },
      aspired: { ...everyAction, manageStateIntervalMs: 10_000 },
    });
    const slowly = () => {
      spentMs += 0.1;
    };
    world.manager.run();
    for (let index = 0; index < 300; index++) world.aspire(`m${index}`, world.item(`m${index}`, 1, slowly));
    await settle();
    const afterOneTurn = world.available().length;
    expect(afterOneTurn).toBeGreaterThan(0);
    expect(afterOneTurn).toBeLessThan(100);
    for (let turn = 0; turn < 10; turn++) await clock.advance(0);
    expect(world.available()).toHaveLength(300);
    await world.manager.close();
  });

  test('AVM21: each decision is told before it is carried out, with the rule that made it', async () => {
    const world = new ServingWorld();
    const heard: string[] = [];
    world.manager.onDidDecide(({ kind, id: { version }, rule }) =>
      heard.push(`${kind} ${version} by ${rule}, ${world.snapshot('m', version).state}`),
    );
    world.aspire('m', 1);
    await world.rest();
    world.aspire('m', 2);
    await world.rest();
    world.manager.setPolicy('m', 'resourcePreserving');
    world.aspire('m', 3);
    await world.rest();
    expect(heard).toEqual([
      'load 1 by PO2, new',
      'load 2 by PO2, new',
      'unload 1 by PO1, ready',
      'unload 2 by PO3, ready',
      'load 3 by PO5, new',
    ]);
  });
});

describe('policies', () => {
  test('AVM8: a policy that insists on what cannot be done does not keep the manager busy', async () => {
    const world = new ServingWorld({
      aspired: {
        ...everyAction,
        aspiredVersionPolicy: () => ({ kind: 'unload', id, rule: 'mine' }),
      },
    });
    world.aspire('m', 1);
    expect(await world.tick()).toEqual(['unload m:1']);
    expect(world.states()).toEqual({ 1: 'new' });
  });

  test('AVM16: each stream has its own, and it can be switched while running', async () => {
    const world = new ServingWorld();
    world.manager.setPolicy('b', 'resourcePreserving');
    for (const version of [1, 2]) {
      await world.rest();
      for (const name of ['a', 'b']) world.aspire(name, version);
    }
    expect(await world.rest()).toEqual(['unload b:1', 'load a:2', 'unload a:1', 'load b:2']);

    const handle = world.handle('a');
    world.manager.setPolicy('a', 'resourcePreserving');
    world.aspire('a', 3);
    expect(await world.rest()).toEqual(['unload a:2']);
    world.manager.setPolicy('a', null);
    expect(await world.rest(), 'the common policy does not wait').toEqual(['load a:3']);
    handle.dispose();
    expect(world.manager.policyOf('a')).toBe('availabilityPreserving');
  });
});

describe('failed versions', () => {
  const failingOnce = (world: ServingWorld, key: string) =>
    world.item(
      'm',
      1,
      (it) => {
        if (world.loaders.length === 0) it.failing(broken);
      },
      key,
    );

  test('AVM10: one that is aspired again with other content is tried again; with the same it is not', async () => {
    const world = new ServingWorld();
    world.aspire('m', failingOnce(world, 'x'));
    await world.rest();
    world.aspire('m', failingOnce(world, 'x'));
    expect(await world.rest()).toEqual([]);
    world.aspire('m', failingOnce(world, 'y'));
    expect(await world.rest()).toEqual(['load m:1']);
    expect(world.states()).toEqual({ 1: 'ready' });
  });

  test('AVM10: content that changed while it was being loaded counts too', async () => {
    const world = new ServingWorld();
    world.aspire(
      'm',
      world.item('m', 1, (it) => it.failing(broken).hold(), 'x'),
    );
    await world.tick();
    world.aspire(
      'm',
      world.item('m', 1, () => {}, 'y'),
    );
    await world.tick();
    world.loaders[0]?.loader.proceed();
    await settle();
    await world.rest();
    expect(world.states()).toEqual({ 1: 'ready' });
  });

  test('AVM10: an errored item that comes again as a good one is loaded', async () => {
    const world = new ServingWorld();
    world.aspire('m', servableError<LoaderFactory>(id, new AppError('MODEL_FILE_MISSING')));
    await world.rest();
    world.aspire('m', 1);
    await world.rest();
    expect(world.states()).toEqual({ 1: 'ready' });
  });

  test('AVM9: a factory that throws makes an errored version, not a broken manager', async () => {
    const world = new ServingWorld();
    const item = servableData<LoaderFactory>(id, {
      createLoader: () => {
        throw new AppError('MODEL_FILE_NOT_ONNX');
      },
    });
    world.aspire('m', item, 2);
    await world.rest();
    expect(world.snapshot('m', 1)).toMatchObject({ state: 'error', error: { code: 'MODEL_FILE_NOT_ONNX' } });
    expect(world.available()).toEqual(['m:2']);
  });
});

describe('a version that is wanted again', () => {
  test('AVM22: while it is ready yet, it stays as it is, and its failed successor goes', async () => {
    const world = new ServingWorld();
    world.aspire('m', 1);
    await world.rest();
    world.aspire(
      'm',
      world.item('m', 2, (it) => it.failing(broken)),
    );
    await world.rest();
    expect(world.states()).toEqual({ 1: 'ready', 2: 'error' });
    world.aspire('m', 1);
    expect(await world.rest()).toEqual([]);
    expect(world.snapshot('m', 1)).toMatchObject({ state: 'ready', isAspired: true });
    expect(world.states()).toEqual({ 1: 'ready' });
    expect(world.loaders).toHaveLength(2);
  });
});

describe('reload', () => {
  test('AVM19: a version whose content changed says so, and is unloaded and loaded again when asked', async () => {
    const world = new ServingWorld();
    const keyed = (key: string) => world.item('m', 1, () => {}, key);
    world.aspire('m', keyed('x'));
    await world.rest();
    expect(world.snapshot('m', 1).isContentChanged).toBe(false);
    world.aspire('m', keyed('y'));
    expect(await world.rest()).toEqual([]);
    expect(world.snapshot('m', 1)).toMatchObject({ state: 'ready', isContentChanged: true });
    world.manager.reload(id);
    expect(world.snapshot('m', 1)).toMatchObject({ state: 'quiescing', isReloading: true });
    await settle();
    expect(await world.rest()).toEqual(['load m:1']);
    expect(world.snapshot('m', 1)).toMatchObject({
      state: 'ready',
      isContentChanged: false,
      isReloading: false,
    });
    expect(world.loaders).toHaveLength(2);
  });

  test('AVM19: the other versions of the stream stay as they are', async () => {
    const world = new ServingWorld();
    world.aspire('m', 1, 2);
    await world.rest();
    world.manager.reload(id);
    await settle();
    expect(await world.rest()).toEqual(['load m:1']);
    expect(world.states()).toEqual({ 1: 'ready', 2: 'ready' });
    expect((await failureOf(() => world.manager.reload({ name: 'm', version: 9 }))).status).toBe('NOT_FOUND');
  });

  test('AVM19: a version that is being loaded is loaded anew', async () => {
    const world = new ServingWorld();
    world.aspire(
      'm',
      world.item('m', 1, (it) => {
        it.obeysAbort = true;
        if (world.loaders.length === 0) it.hold();
      }),
    );
    await world.tick();
    world.manager.reload(id);
    await settle();
    await world.rest();
    expect(world.loaders.map(({ loader }) => loader.calls)).toEqual([['load'], ['load', 'loaded']]);
    expect(world.states()).toEqual({ 1: 'ready' });
  });

  test('AVM19: a reload does not wait for a version that will never be ready', async () => {
    const world = new ServingWorld();
    world.aspire(
      'm',
      1,
      world.item('m', 2, (it) => it.failing(broken)),
    );
    await world.rest();
    world.manager.reload(id);
    await settle();
    await world.rest();
    expect(world.states()).toEqual({ 2: 'error', 1: 'ready' });
    expect(world.loader('m', 1)).not.toBe(world.loaders[0]?.loader);
  });

  test('AVM12: a version that waits for its load takes up changed content at once', async () => {
    const world = new ServingWorld();
    world.aspire('a', 1);
    world.aspire(
      'm',
      world.item('m', 1, () => {}, 'x'),
    );
    await world.tick();
    world.aspire(
      'm',
      world.item('m', 1, () => {}, 'y'),
    );
    await world.rest();
    const calls = world.loaders.filter(({ id: { name } }) => name === 'm').map(({ loader }) => loader.calls);
    expect(calls).toEqual([[], ['load', 'loaded']]);
  });
});

describe('for the page', () => {
  test('SN1: a snapshot tells state, wish, attempts, handles, times and memory', async () => {
    const world = new ServingWorld({ budget: 100 });
    world.aspire(
      'm',
      world.item('m', 1, (it) => {
        it.bytes = 40;
        it.loadedBytes = 30;
        it.hold();
      }),
    );
    await world.tick();
    expect(world.snapshot('m', 1)).toMatchObject({ state: 'loading', attempt: 1, reservedBytes: 40 });
    await world.clock.advance(250);
    world.loader('m', 1).proceed();
    await settle();
    const readyAtMs = world.clock.now();
    const handle = world.handle('m');
    await world.clock.advance(1_000);
    expect(world.snapshot('m', 1)).toEqual({
      id,
      state: 'ready',
      isReloading: false,
      isAspired: true,
      attempt: 1,
      maxAttempts: 1,
      nextAttemptAtMs: null,
      restarts: 0,
      waitingFor: null,
      handles: 1,
      lastUsedAtMs: readyAtMs,
      error: null,
      loadMs: 250,
      reservedBytes: 30,
      isContentChanged: false,
      sinceMs: readyAtMs,
    });
    handle.dispose();
    expect(world.snapshot('m', 1)).toMatchObject({ handles: 0, lastUsedAtMs: world.clock.now() });
  });

  test('SN2: a load that waits for memory says how much it needs and how much there is', async () => {
    const world = new ServingWorld({ budget: 100, aspired: everyAction });
    const sized = (name: string, bytes: number) =>
      world.item(name, 1, (it) => {
        it.bytes = bytes;
        it.hold();
      });
    world.aspire('a', sized('a', 80));
    world.aspire('b', sized('b', 50));
    await world.tick();
    const waiting = world.snapshot('b', 1);
    expect(waiting).toMatchObject({ state: 'loadRequested' });
    expect(waiting.waitingFor).toEqual({ needBytes: 50, freeBytes: 20, totalBytes: 100 });
  });

  test('AVM20: after it was detached, lists are ignored', async () => {
    const world = new ServingWorld();
    const callback = world.manager.aspiredVersionsCallback();
    world.manager.detach();
    callback('m', [world.item('m', 1)]);
    expect(await world.rest()).toEqual([]);
    expect(world.manager.snapshots()).toEqual([]);
  });

  test('AVM18: the same factory serves every life of a version', async () => {
    const world = new ServingWorld();
    const item = world.item('m', 1);
    world.aspire('m', item);
    await world.rest();
    world.aspire('m');
    await world.rest();
    world.aspire('m', item);
    await world.rest();
    expect(world.loaders.map(({ loader }) => loader.calls)).toEqual([
      ['load', 'loaded', 'unload'],
      ['load', 'loaded'],
    ]);
  });

  test('AVM4: an id that is listed twice is loaded once', async () => {
    const world = new ServingWorld();
    world.aspire('m', 1, 1);
    expect(await world.rest()).toEqual(['load m:1']);
    expect(world.loaders).toHaveLength(1);
  });
});
