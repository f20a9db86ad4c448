import { describe, expect, test } from 'vitest';
import { AppError } from '../../../app/base/errors';
import { mainMemory } from '../../../main/serving/resources';
import { failureOf } from '../../support/app-errors';
import { settle } from '../../support/fake-clock';
import type { FakeLoader } from '../../support/fake-loader';
import { ServingWorld, type WorldOptions } from '../../support/serving-world';

const id = { name: 'm', version: 1 };
const broken = new AppError('RUNNER_START_FAILED');

function running(options: WorldOptions = {}): ServingWorld {
  const world = new ServingWorld({
    ...options,
    aspired: {
      manageStateIntervalMs: 1_000_000,
      maxActionsPerTick: Number.POSITIVE_INFINITY,
      restart: { maxRetries: 3, intervalMs: 1_000, factor: 2 },
      ...options.aspired,
    },
  });
  world.manager.run();
  return world;
}

const sized =
  (bytes: number) =>
  (loader: FakeLoader): void => {
    loader.bytes = bytes;
  };

describe('a servable that dies by itself', () => {
  test('SV1: it begins a new life under back-off, with a fresh harness and a fresh loader', async () => {
    const world = running();
    world.aspire('m', 1);
    await settle();
    const first = world.loader('m', 1);
    const diedAtMs = world.clock.now();
    first.die();
    await settle();
    expect(world.snapshot('m', 1)).toMatchObject({
      state: 'error',
      error: { code: 'RUNNER_CRASHED' },
      nextAttemptAtMs: diedAtMs + 1_000,
      restarts: 1,
    });
    await world.clock.advance(999);
    expect(world.loaders).toHaveLength(1);
    await world.clock.advance(1);
    expect(world.snapshot('m', 1)).toMatchObject({ state: 'ready', restarts: 1, nextAttemptAtMs: null });
    expect(world.loader('m', 1)).not.toBe(first);
    expect(first.calls).toEqual(['load', 'loaded', 'unload']);
    expect(world.events.slice(-4)).toEqual([
      'm:1 end RUNNER_CRASHED',
      'm:1 start',
      'm:1 loading',
      'm:1 available',
    ]);
  });

  test('SV1: the new life does not wait for handles on the dead one', async () => {
    const world = running();
    world.aspire('m', 1);
    await settle();
    const stale = world.handle('m');
    world.loader('m', 1).die();
    await world.clock.advance(1_000);
    expect(world.handle('m').servable).not.toBe(stale.servable);
    expect(world.loaders[0]?.loader.unloads).toBe(0);
    stale.dispose();
    await settle();
    expect(world.loaders[0]?.loader.unloads).toBe(1);
    expect(world.available()).toEqual(['m:1']);
  });

  test('SV2: dying again and again waits longer each time, and ends; having served long forgives', async () => {
    const world = running({ aspired: { restartForgivenAfterMs: 60_000 } });
    world.aspire('m', 1);
    await settle();
    for (const waitMs of [1_000, 2_000, 4_000]) {
      world.loader('m', 1).die();
      await world.clock.advance(waitMs - 1);
      expect(world.states()).toEqual({ 1: 'error' });
      await world.clock.advance(1);
      expect(world.states()).toEqual({ 1: 'ready' });
    }
    await world.clock.advance(60_000);
    world.loader('m', 1).die();
    await world.clock.advance(1_000);
    expect(world.snapshot('m', 1)).toMatchObject({ state: 'ready', restarts: 1 });
    for (const waitMs of [2_000, 4_000]) {
      world.loader('m', 1).die();
      await world.clock.advance(waitMs);
    }
    world.loader('m', 1).die();
    await world.clock.advance(1_000_000);
    expect(world.snapshot('m', 1)).toMatchObject({ state: 'error', nextAttemptAtMs: null });
  });

  test('SV1: one that is no longer wanted is not brought back', async () => {
    const world = running();
    world.aspire('m', 1);
    await settle();
    world.loader('m', 1).die();
    await settle();
    world.aspire('m');
    await world.clock.advance(10_000);
    expect(world.manager.snapshots()).toEqual([]);
    expect(world.loaders).toHaveLength(1);
  });
});

describe('a version that was refused for memory', () => {
  test('SV3: it is loaded when another makes room, and not before', async () => {
    const world = running({ budget: 10 });
    world.aspire('m', world.item('m', 1, sized(8)));
    await settle();
    world.aspire('n', world.item('n', 1, sized(6)), world.item('n', 2, sized(1)));
    await settle();
    expect(world.states('n')).toEqual({ 2: 'ready', 1: 'error' });
    world.aspire('n', world.item('n', 1, sized(6)));
    await settle();
    expect(world.states('n')).toEqual({ 1: 'error', 2: 'ready' });
    world.aspire('m');
    await settle();
    expect(world.states('n')).toEqual({ 1: 'ready' });
  });

  test('SV3: it is loaded when the budget grows', async () => {
    const world = running({ budget: 10 });
    world.aspire('m', world.item('m', 1, sized(12)));
    await settle();
    expect(world.states()).toEqual({ 1: 'error' });
    world.basic.setTotalResources(mainMemory(11));
    await settle();
    expect(world.loaders).toHaveLength(1);
    world.basic.setTotalResources(mainMemory(12));
    await settle();
    expect(world.states()).toEqual({ 1: 'ready' });
  });
});

describe('what a person may ask', () => {
  test('SV4: "retry now" begins a new life of a failed version; a ready one and an unknown one are refused', async () => {
    const world = running();
    let isBroken = true;
    world.aspire(
      'm',
      world.item('m', 1, (it) => {
        if (isBroken) it.failing(broken);
      }),
    );
    await settle();
    expect(world.states()).toEqual({ 1: 'error' });
    isBroken = false;
    world.manager.retryNow(id);
    await settle();
    expect(world.states()).toEqual({ 1: 'ready' });
    expect((await failureOf(() => world.manager.retryNow(id))).status).toBe('FAILED_PRECONDITION');
    const unknown = { name: 'm', version: 9 };
    expect((await failureOf(() => world.manager.retryNow(unknown))).status).toBe('NOT_FOUND');
  });

  test('SV4: "retry now" does not wait for the back-off after a crash', async () => {
    const world = running();
    world.aspire('m', 1);
    await settle();
    world.loader('m', 1).die();
    await settle();
    const timers = world.clock.pending;
    world.manager.retryNow(id);
    await settle();
    expect(world.states()).toEqual({ 1: 'ready' });
    expect(world.clock.pending, 'the timer of the back-off is gone').toBe(timers - 1);
    await world.clock.advance(10_000);
    expect(world.loaders).toHaveLength(2);
  });

  test('SV5: a cancelled load stays away until it is asked for again', async () => {
    const world = running();
    world.aspire(
      'm',
      world.item('m', 1, (it) => {
        if (world.loaders.length === 0) it.hold();
        it.obeysAbort = true;
      }),
    );
    await settle();
    world.manager.cancelLoad(id);
    await world.clock.advance(100_000);
    expect(world.snapshot('m', 1)).toMatchObject({ state: 'error', error: { code: 'CANCELLED' } });
    world.manager.retryNow(id);
    await settle();
    expect(world.states()).toEqual({ 1: 'ready' });
    expect((await failureOf(() => world.manager.cancelLoad(id))).status).toBe('FAILED_PRECONDITION');
  });

  test('SV5: cancelling a new life that is due after a crash calls it off', async () => {
    const world = running();
    world.aspire('m', 1);
    await settle();
    world.loader('m', 1).die();
    await settle();
    world.manager.cancelLoad(id);
    await world.clock.advance(100_000);
    expect(world.snapshot('m', 1)).toMatchObject({ state: 'error', nextAttemptAtMs: null });
    expect(world.loaders).toHaveLength(1);
  });
});
