import { describe, expect, test } from 'vitest';
import { AppError } from '../../app/base/errors';
import {
  AspiredVersionsManager,
  type AspiredVersionsManagerOptions,
} from '../../main/serving/aspired-versions-manager';
import { connectSourcesWithFastInitialLoad } from '../../main/serving/fast-initial-load';
import type { LoaderFactory } from '../../main/serving/loader';
import { servableData, servableError } from '../../main/serving/servable-data';
import type { AspiredVersionsCallback, Source } from '../../main/serving/source';
import { UnarySourceAdapter } from '../../main/serving/source-adapter';
import { AspiredVersionsManagerBuilder, SourceChain } from '../../main/serving/source-chain';
import { failureOf } from '../support/app-errors';
import { settle } from '../support/fake-clock';
import { ServingWorld } from '../support/serving-world';
import { takeUnexpected } from '../support/setup';

const broken = new AppError('RUNNER_START_FAILED');

async function withReady(...versions: number[]): Promise<ServingWorld> {
  const world = new ServingWorld();
  world.aspire('a', ...versions);
  await world.rest();
  expect(world.available()).toEqual(versions.map((version) => `a:${version}`));
  return world;
}

describe('aspired-versions manager', () => {
  test('T089 [AVM1]: a policy is required', async () => {
    const { basic } = new ServingWorld();
    const options = { basicManager: basic } as AspiredVersionsManagerOptions;
    expect((await failureOf(() => new AspiredVersionsManager(options))).status).toBe('INVALID_ARGUMENT');
  });

  test('T090 [AVM2]: what is aspired is managed and its load issued in the same tick', async () => {
    const world = new ServingWorld();
    world.aspire('a', 1);
    expect(await world.tick()).toEqual(['load a:1']);
    expect(world.available()).toEqual(['a:1']);
  });

  test('T091 [AVM3]: an empty list unloads everything, one a tick', async () => {
    const world = await withReady(0, 1);
    world.aspire('a');
    expect(await world.tick()).toEqual(['unload a:0']);
    expect(await world.tick()).toEqual(['unload a:1']);
    await world.rest();
    expect(world.manager.snapshots()).toEqual([]);
  });

  test('T092 [AVM3]: what stays on the list is not touched', async () => {
    const world = await withReady(0, 1);
    const before = world.handle('a', 1);
    world.aspire('a', 1);
    expect(await world.rest()).toEqual(['unload a:0']);
    expect(world.handle('a', 1).servable).toBe(before.servable);
  });

  test('T093 [AVM3]: the latest version may be taken away', async () => {
    const world = await withReady(0, 1);
    world.aspire('a', 0);
    expect(await world.rest()).toEqual(['unload a:1']);
    expect(world.handle('a').id.version).toBe(0);
  });

  test('T094 [AVM3]: going down is legal', async () => {
    const world = await withReady(5);
    world.aspire('a', 3);
    expect(await world.rest()).toEqual(['load a:3', 'unload a:5']);
    expect(world.handle('a').id.version).toBe(3);
  });

  test('T095 [AVM4]: of two lists before a tick only the second counts', async () => {
    const world = new ServingWorld();
    world.aspire('a', 1);
    world.aspire('a', 2);
    await world.rest();
    expect(world.available()).toEqual(['a:2']);
    expect(world.loaders.map(({ id }) => id.version)).toEqual([2]);
  });

  test('T096 [AVM5]: the same list again changes nothing', async () => {
    const world = await withReady(0, 1);
    const made = world.loaders.length;
    world.aspire('a', 0, 1);
    expect(await world.rest()).toEqual([]);
    expect(world.loaders).toHaveLength(made);
  });

  test('T097 [AVM6]: a list that names another stream is refused whole', async () => {
    const world = await withReady(0);
    world.aspire('a', world.item('a', 1), world.item('b', 1));
    expect(takeUnexpected()).toHaveLength(1);
    expect(await world.rest()).toEqual([]);
    expect(world.available()).toEqual(['a:0']);
  });

  test('T098 [AVM7]: an unload goes before a load', async () => {
    const world = new ServingWorld();
    world.aspire('b', 1);
    await world.rest();
    world.aspire('a', 1);
    world.aspire('b');
    expect(await world.tick()).toEqual(['unload b:1']);
  });

  test("T099 [AVM7]: one's own order replaces that rule", async () => {
    const world = new ServingWorld({
      aspired: { customSortActions: (a, b) => Number(a.kind === 'unload') - Number(b.kind === 'unload') },
    });
    world.aspire('b', 1);
    await world.rest();
    world.aspire('b');
    world.aspire('a', 1);
    expect(await world.tick()).toEqual(['load a:1']);
  });

  test('T100 [AVM8]: three streams to load, one tick: one load', async () => {
    const world = new ServingWorld();
    for (const name of ['a', 'b', 'c']) world.aspire(name, 1);
    expect(await world.tick()).toHaveLength(1);
    expect(await world.tick(2)).toHaveLength(2);
    expect(world.available()).toEqual(['a:1', 'b:1', 'c:1']);
  });

  test('T101 [AVM9]: an errored item ends with its error; the others load', async () => {
    const world = new ServingWorld();
    world.aspire('a', servableError<LoaderFactory>({ name: 'a', version: 1 }, broken), 2);
    await world.rest();
    expect(world.events).toContain('a:1 end RUNNER_START_FAILED');
    expect(world.available()).toEqual(['a:2']);
  });

  test('T102 [PO1]: one old version goes on serving while the new one fails, until one succeeds', async () => {
    const world = await withReady(0, 1);
    world.aspire(
      'a',
      world.item('a', 7, (loader) => loader.failing(broken)),
    );
    expect(await world.rest()).toEqual(['unload a:0', 'load a:7']);
    expect(world.available()).toEqual(['a:1']);
    expect(world.snapshot('a', 7)).toMatchObject({ state: 'error', error: broken });
    world.aspire('a', 8);
    expect(await world.rest()).toEqual(['load a:8', 'unload a:1']);
    expect(world.available()).toEqual(['a:8']);
  });

  test.each([
    ['whenChanged', 'error'],
    ['always', 'ready'],
  ] as const)('T103 [AVM10]: a failed version aspired again, reloading %s: %s', async (when, state) => {
    const world = new ServingWorld({ aspired: { reloadServablesWithError: when } });
    world.aspire(
      'a',
      world.item('a', 1, (loader) => loader.failing(broken)),
    );
    await world.rest();
    expect(world.states('a')).toEqual({ 1: 'error' });
    world.aspire('a', 1);
    await world.rest();
    expect(world.states('a')).toEqual({ 1: state });
  });

  test('T104 [AVM11]: a version on its way out is wanted back: it waits for the handle, the unload and the flush', async () => {
    const world = await withReady(1);
    const first = world.loader('a', 1);
    const handle = world.handle('a');
    world.aspire('a');
    await world.tick();
    world.aspire('a', 1);
    expect(await world.rest()).toEqual([]);
    expect(world.states('a')).toEqual({ 1: 'quiescing' });
    handle.dispose();
    await settle();
    expect(await world.rest()).toEqual(['load a:1']);
    expect(first.calls).toEqual(['load', 'loaded', 'unload']);
    expect(world.loader('a', 1)).not.toBe(first);
    expect(world.available()).toEqual(['a:1']);
  });

  test('T105 [AVM12]: a version that was no longer wanted before its load is never loaded', async () => {
    const world = new ServingWorld();
    world.aspire('b', 1);
    world.aspire('a', 1);
    expect(await world.tick()).toEqual(['load b:1']);
    const first = world.loader('a', 1);
    world.aspire('a');
    world.manager.handlePendingAspiredVersionsRequests();
    world.aspire('a', 1);
    await world.rest();
    expect(first.calls).toEqual([]);
    expect(world.loader('a', 1)).not.toBe(first);
    expect(world.available()).toEqual(['b:1', 'a:1']);
  });

  test('T106 [AVM13]: a load with attempts left that is no longer wanted makes none, ends and is forgotten', async () => {
    const world = new ServingWorld({ basic: { loadRetry: { maxRetries: 10, intervalMs: 60_000 } } });
    world.aspire(
      'a',
      world.item('a', 1, (loader) => loader.failing(broken, broken)),
    );
    await world.tick();
    expect(world.snapshot('a', 1)).toMatchObject({ state: 'loading', attempt: 1, error: broken });
    world.aspire('a');
    await world.rest();
    await world.clock.advance(600_000);
    expect(world.loader('a', 1).attempts).toBe(1);
    expect(world.manager.snapshots()).toEqual([]);
    expect(world.events.at(-1)).toBe('a:1 end CANCELLED');
  });

  test('T107 [AVM11]: a stream that waits holds up no other', async () => {
    const world = await withReady(1);
    const handle = world.handle('a');
    world.aspire('a');
    await world.tick();
    world.aspire('a', 1);
    world.aspire('b', 1);
    expect(await world.rest()).toEqual(['load b:1']);
    expect(world.available()).toEqual(['b:1']);
    handle.dispose();
  });

  test('T108 [AVM14]: letting go starts at the source and ends at the manager', async () => {
    const world = new ServingWorld();
    const order: string[] = [];
    let push: AspiredVersionsCallback<number> = () => {};
    const source = {
      setAspiredVersionsCallback: (callback: AspiredVersionsCallback<number>) => {
        push = callback;
      },
      dispose: () => void order.push('source'),
    };
    class Adapter extends UnarySourceAdapter<number, LoaderFactory> {
      override detach(): void {
        order.push('adapter');
        super.detach();
      }
    }
    const chain = SourceChain.from(source).through(
      new Adapter((version) => {
        const item = world.item('a', version);
        if (!item.ok) throw item.error;
        return item.data;
      }),
    );
    const built = new AspiredVersionsManagerBuilder(world.manager).addSourceChain(chain).build();
    push('a', [servableData({ name: 'a', version: 1 }, 1)]);
    await world.rest();
    world.bus.subscribe(({ event }) => order.push(`manager ${event.managerState}`));
    await built.close();
    push('a', [servableData({ name: 'a', version: 2 }, 2)]);
    await world.rest();
    expect(order).toEqual(['source', 'adapter', 'manager unloading', 'manager end']);
  });

  test('T109 [AVM15]: a fast initial load waits until all are settled, with more loads at a time for so long', async () => {
    const start = async (failing: boolean) => {
      const world = new ServingWorld({
        basic: { numLoadThreads: 1 },
        aspired: { manageStateIntervalMs: 100, maxActionsPerTick: 9 },
      });
      world.manager.run();
      const source: Source<LoaderFactory> = {
        setAspiredVersionsCallback: (aspire) => {
          for (const name of ['a', 'b']) {
            aspire(name, [
              world.item(name, 1, (loader) => {
                loader.hold();
                if (failing && name === 'b') loader.failing(broken);
              }),
            ]);
          }
        },
      };
      const loaded = connectSourcesWithFastInitialLoad({
        basicManager: world.basic,
        manager: world.manager,
        monitor: world.monitor,
        sources: [source],
        initialNames: ['a', 'b'],
        numThreads: 4,
      });
      const outcome = failing ? failureOf(() => loaded) : loaded;
      await settle();
      expect(world.basic.numLoadThreads).toBe(4);
      expect(world.loaders.map(({ loader }) => loader.attempts)).toEqual([1, 1]);
      for (const { loader } of world.loaders) loader.proceed();
      const result = await outcome;
      expect(world.basic.numLoadThreads).toBe(1);
      await world.manager.close();
      return result;
    };
    await start(false);
    const error = await start(true);
    expect(error?.status).toBe('UNKNOWN');
    expect(error?.message).toBe(
      '1 servable(s) did not become available: {{name: b version: 1} due to error: RUNNER_START_FAILED}',
    );
  });
});
