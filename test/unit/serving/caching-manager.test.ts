import { describe, expect, test } from 'vitest';
import { AppError } from '../../../app/base/errors';
import { CachingManager, type CachingManagerOptions } from '../../../main/serving/caching-manager';
import { latest, specific } from '../../../main/serving/manager';
import { ServableCatalogue } from '../../../main/serving/servable-catalogue';
import { servableData } from '../../../main/serving/servable-data';
import { failureOf } from '../../support/app-errors';
import { settle } from '../../support/fake-clock';
import { FakeLoader, isFakeServable } from '../../support/fake-loader';
import { ServingWorld } from '../../support/serving-world';

function setUp({
  budget = 100,
  prepare = () => {},
  idleUnloadMs = null,
  ...options
}: Partial<CachingManagerOptions> & {
  budget?: number;
  prepare?: (loader: FakeLoader) => void;
  idleUnloadMs?: number | null;
} = {}) {
  const world = new ServingWorld({ budget });
  const loaders: FakeLoader[] = [];
  const manager = new CachingManager({
    basicManager: world.basic,
    loaderFactory: {
      createLoader: (id) => {
        const loader = new FakeLoader(id.name, 40);
        prepare(loader);
        loaders.push(loader);
        return servableData(id, loader);
      },
      getServableVersion: () => 1,
    },
    idleUnloadMsOf: () => idleUnloadMs,
    ...options,
  });
  /** Asks for a model and lets go of it. */
  const use = async (name: string): Promise<void> => {
    const handle = await manager.getServableHandle(latest(name), isFakeServable);
    handle.dispose();
    await world.clock.advance(1);
  };
  const loaded = (): string[] => manager.listAvailableServableIds().map(({ name }) => name);
  return { world, manager, loaders, use, loaded };
}

describe('loading on demand', () => {
  test('CM6 (T087 differs): a failed load is answered for a while, then tried again', async () => {
    let failures = 1;
    const { world, use, loaders, loaded } = setUp({
      retryAfterMs: 10_000,
      prepare: (loader) => {
        if (failures-- > 0) loader.failing(new AppError('RUNNER_START_FAILED'));
      },
    });
    expect((await failureOf(() => use('a'))).code).toBe('RUNNER_START_FAILED');
    await world.clock.advance(9_999);
    expect((await failureOf(() => use('a'))).code).toBe('RUNNER_START_FAILED');
    expect(loaders).toHaveLength(1);
    await world.clock.advance(1);
    await use('a');
    expect(loaded()).toEqual(['a']);
  });

  test('CM7: what nobody has used for a while is unloaded; the next request loads it again', async () => {
    const { world, use, loaders, loaded } = setUp({ idleUnloadMs: 60_000 });
    await use('a');
    await world.clock.advance(50_000);
    await use('a');
    await world.clock.advance(50_000);
    expect(loaded()).toEqual(['a']);
    await world.clock.advance(10_000);
    expect(loaded()).toEqual([]);
    expect(world.basic.managedServableNames()).toEqual([]);
    await use('a');
    expect(loaders.map(({ calls }) => calls.filter((it) => it !== 'estimate'))).toEqual([
      ['load', 'loaded', 'unload'],
      ['load', 'loaded'],
    ]);
  });

  test('CM7: what is in use is not idle', async () => {
    const { world, manager, loaded } = setUp({ idleUnloadMs: 60_000 });
    const handle = await manager.getServableHandle(latest('a'), isFakeServable);
    await world.clock.advance(300_000);
    expect(loaded()).toEqual(['a']);
    handle.dispose();
    await world.clock.advance(60_000);
    expect(loaded()).toEqual([]);
  });

  test('CM8: when memory is short the least recently used is unloaded, and no more than needed', async () => {
    const { use, loaded } = setUp({ budget: 100 });
    await use('a');
    await use('b');
    await use('a');
    await use('c');
    expect(loaded()).toEqual(['a', 'c']);
  });

  test('CM8: what is in use stays; when nothing can go, the load is refused and nothing is unloaded', async () => {
    const { manager, use, loaded } = setUp({ budget: 100 });
    const handles = [
      await manager.getServableHandle(latest('a'), isFakeServable),
      await manager.getServableHandle(latest('b'), isFakeServable),
    ];
    expect((await failureOf(() => use('c'))).code).toBe('MEMORY_EXHAUSTED');
    expect(loaded()).toEqual(['a', 'b']);
    for (const handle of handles) handle.dispose();
  });

  test('CM8 (livelock): of first requests at once for more than fits, one is served and the others are refused', async () => {
    const { world, manager, loaders, use } = setUp({ budget: 40 });
    const asked = ['a', 'b', 'c'].map((name) => manager.getServableHandle(latest(name), isFakeServable));
    const outcomes = Promise.allSettled(asked);
    await world.clock.advance(100);
    expect(loaders.reduce((sum, { attempts }) => sum + attempts, 0)).toBe(1);
    const [first, ...others] = await outcomes;
    expect(others).toMatchObject(Array(2).fill({ status: 'rejected', reason: { code: 'MEMORY_EXHAUSTED' } }));
    if (first?.status !== 'fulfilled') throw new Error('a was not served');
    first.value.dispose();
    await use('b'); // a refusal cost nothing, so there is no cool-down
  });

  test('CM7 (livelock): with no idle time at all a version is still served before it goes, and only then', async () => {
    const { world, manager, loaders, loaded } = setUp({ idleUnloadMs: 0 });
    const [one, other] = await Promise.all([
      manager.getServableHandle(latest('a'), isFakeServable),
      manager.getServableHandle(latest('a'), isFakeServable),
    ]);
    await world.clock.advance(1_000);
    one.dispose();
    await world.clock.advance(1_000);
    expect(loaded()).toEqual(['a']);
    expect(world.clock.pending).toBe(0);
    other.dispose();
    await world.clock.advance(0);
    expect(loaded()).toEqual([]);
    expect(loaders).toHaveLength(1);
  });

  test('CM7: a version whose only caller left before it was loaded is idle from then on', async () => {
    const { world, manager, loaders, loaded } = setUp({
      idleUnloadMs: 60_000,
      prepare: (loader) => loader.hold(),
    });
    const leaver = new AbortController();
    const left = failureOf(() => manager.getServableHandle(latest('a'), isFakeServable, leaver.signal));
    await settle();
    leaver.abort();
    await left;
    loaders[0]?.proceed();
    await settle();
    expect(loaded()).toEqual(['a']);
    await world.clock.advance(60_000);
    expect(loaded()).toEqual([]);
  });

  test('CM8 [RS16]: a load of the aspired-versions manager makes room among what is loaded on demand', async () => {
    const { world, use, loaded } = setUp({ budget: 100 });
    await use('a');
    await use('b');
    world.aspire(
      'm',
      world.item('m', 1, (it) => {
        it.bytes = 60;
      }),
    );
    await world.rest();
    expect(world.available().sort()).toEqual(['b:1', 'm:1']);
    expect(loaded()).toEqual(['b']);
  });

  test('CM8: nothing is unloaded when what is leaving already makes enough room', async () => {
    const { world, manager, use, loaded } = setUp({ budget: 100 });
    await use('a');
    await use('b');
    const handle = await manager.getServableHandle(latest('a'), isFakeServable);
    const leaving = manager.unload({ name: 'a', version: 1 });
    const wanted = use('c');
    await settle();
    expect(loaded()).toEqual(['b']);
    handle.dispose();
    await leaving;
    await world.clock.advance(1);
    await wanted;
    expect(loaded()).toEqual(['b', 'c']);
  });

  test('CM9: what is pinned is unloaded for neither reason', async () => {
    const { world, use, loaded } = setUp({
      budget: 100,
      idleUnloadMs: 60_000,
      isPinned: ({ name }) => name === 'a',
    });
    await use('a');
    await use('b');
    await use('c');
    expect(loaded()).toEqual(['a', 'c']);
    await world.clock.advance(600_000);
    expect(loaded()).toEqual(['a']);
  });

  test('CM10: a caller that leaves does not end the load that others wait for', async () => {
    const { manager, loaders } = setUp({ prepare: (loader) => loader.hold() });
    const leaver = new AbortController();
    const left = failureOf(() => manager.getServableHandle(latest('a'), isFakeServable, leaver.signal));
    const stayed = manager.getServableHandle(latest('a'), isFakeServable);
    await settle();
    leaver.abort();
    expect((await left).code).toBe('CANCELLED');
    loaders[0]?.proceed();
    expect((await stayed).servable.label).toBe('a');
    expect(loaders).toHaveLength(1);
  });

  test('CM11: a request that comes while the version is on its way out waits and loads it anew', async () => {
    const { manager, loaders, use } = setUp();
    await use('a');
    const handle = await manager.getServableHandle(specific('a', 1), isFakeServable);
    const unloaded = manager.unload({ name: 'a', version: 1 });
    const again = manager.getServableHandle(specific('a', 1), isFakeServable);
    await settle();
    expect(loaders).toHaveLength(1);
    handle.dispose();
    await unloaded;
    expect((await again).servable).not.toBe(handle.servable);
    expect(loaders).toHaveLength(2);
  });

  test('CM12: a version that does not exist is what the factory says it is, and closing stops timers', async () => {
    const { world, manager, use } = setUp({
      idleUnloadMs: 60_000,
      loaderFactory: {
        createLoader: (id) => servableData(id, new FakeLoader()),
        getServableVersion: (name) => {
          if (name === 'x') throw new AppError('MODEL_NOT_FOUND');
          return 1;
        },
      },
    });
    expect((await failureOf(() => use('x'))).code).toBe('MODEL_NOT_FOUND');
    await use('a');
    manager.close();
    expect(world.clock.pending).toBe(0);
    expect((await failureOf(() => use('b'))).code).toBe('CANCELLED');
  });
});

describe('catalogue', () => {
  function setUpCatalogue() {
    const world = new ServingWorld();
    const catalogue = new ServableCatalogue();
    const manager = new CachingManager({ basicManager: world.basic, loaderFactory: catalogue });
    catalogue.onDidWithdraw((id) => void manager.unload(id));
    const register = catalogue.aspiredVersionsCallback();
    const answer = async (name: string): Promise<number> => {
      const handle = await manager.getServableHandle(latest(name), isFakeServable);
      handle.dispose();
      return handle.id.version;
    };
    return { world, catalogue, manager, register, answer };
  }

  test('CM13: what sources aspire to is registered, and loaded on the first request only', async () => {
    const { world, catalogue, register, answer } = setUpCatalogue();
    register('m', [world.item('m', 2), world.item('m', 1)]);
    register('n', [world.item('n', 1)]);
    expect(catalogue.registeredIds().map(({ name, version }) => `${name}:${version}`)).toEqual([
      'm:1',
      'm:2',
      'n:1',
    ]);
    expect(world.loaders).toEqual([]);
    expect(await answer('m')).toBe(2);
    expect(world.loaders.map(({ id }) => id.version)).toEqual([2]);
    expect((await failureOf(() => answer('x'))).message).toBe('Servable not found for request: Latest(x)');
  });

  test('CM13: what is no longer registered, or has other content, is unloaded', async () => {
    const { world, manager, register, answer } = setUpCatalogue();
    const keyed = (version: number, key: string) => world.item('m', version, () => {}, key);
    register('m', [keyed(1, 'x'), keyed(2, 'x')]);
    await answer('m');
    register('m', [keyed(1, 'x'), keyed(2, 'x')]);
    await settle();
    expect(manager.listAvailableServableIds()).toHaveLength(1);
    register('m', [keyed(1, 'x'), keyed(2, 'y')]);
    await settle();
    expect(manager.listAvailableServableIds()).toEqual([]);
    expect(await answer('m')).toBe(2);
    register('m', [keyed(1, 'x')]);
    await settle();
    expect(manager.listAvailableServableIds()).toEqual([]);
    expect(await answer('m')).toBe(1);
  });
});
