import { describe, expect, test } from 'vitest';
import { AppError } from '../../../app/base/errors';
import { latest } from '../../../main/serving/manager';
import { mainMemory } from '../../../main/serving/resources';
import { servableData } from '../../../main/serving/servable-data';
import { ServingMap } from '../../../main/serving/serving-map';
import { failureOf } from '../../support/app-errors';
import { settle } from '../../support/fake-clock';
import { FakeLoader, isFakeServable } from '../../support/fake-loader';
import { ServingWorld } from '../../support/serving-world';

const at = (version: number, name = 'm') => ({ name, version });

describe('basic manager', () => {
  test('BM6: a version that is forgotten before its load ends, for whoever listens', async () => {
    const { basic, events } = new ServingWorld();
    basic.manageServable(servableData(at(1), new FakeLoader()));
    basic.stopManagingServable(at(1));
    expect(events).toEqual(['m:1 start', 'm:1 end']);
  });

  test('BM5: whoever hears of an unload does not find the version any more', async () => {
    const { basic, bus } = new ServingWorld();
    const found: boolean[] = [];
    bus.subscribe(({ event }) => {
      if (event.managerState === 'unloading') found.push(basic.isAvailable(event.id));
      if (event.managerState === 'available') found.push(basic.isAvailable(event.id));
    });
    basic.manageServable(servableData(at(1), new FakeLoader()));
    await basic.loadServable(at(1));
    await basic.unloadServable(at(1));
    expect(found).toEqual([true, false]);
  });

  test('BM8: no load at a time counts as one', async () => {
    const { basic } = new ServingWorld({ basic: { numLoadThreads: 0 } });
    basic.manageServable(servableData(at(1), new FakeLoader()));
    await basic.loadServable(at(1));
    expect(basic.numLoadThreads).toBe(1);
  });

  test('BM10: an unload that waits for a handle takes no place from others', async () => {
    const { basic } = new ServingWorld({ basic: { numUnloadThreads: 1 } });
    for (const version of [1, 2]) {
      basic.manageServable(servableData(at(version), new FakeLoader()));
      await basic.loadServable(at(version));
    }
    const handle = basic.getServableHandle(latest('m'), isFakeServable);
    const stuck = basic.unloadServable(at(2));
    await basic.unloadServable(at(1));
    handle.dispose();
    await stuck;
  });

  test('BM9: closing cancels loads, refuses new ones, and can stop waiting for handles', async () => {
    const { basic, events } = new ServingWorld();
    const slow = new FakeLoader().hold();
    slow.obeysAbort = true;
    const ready = new FakeLoader();
    basic.manageServable(servableData(at(1), ready));
    basic.manageServable(servableData(at(2), slow));
    await basic.loadServable(at(1));
    const load = failureOf(() => basic.loadServable(at(2)));
    const handle = basic.getServableHandle(latest('m'), isFakeServable);
    const patience = new AbortController();
    const closed = basic.close(patience.signal);
    expect((await load).code).toBe('CANCELLED');
    expect((await failureOf(() => basic.manageServable(servableData(at(3), new FakeLoader())))).status).toBe(
      'FAILED_PRECONDITION',
    );
    await settle();
    expect(ready.unloads).toBe(0);
    patience.abort();
    await closed;
    expect(ready.unloads).toBe(1);
    expect(events.at(-1)).toBe('m:1 end');
    handle.dispose();
  });

  test('BM12: every change is told, handles and waiting included', async () => {
    const { basic } = new ServingWorld();
    const heard: string[] = [];
    basic.onDidChange(({ id, what }) => heard.push(`${id.version} ${what}`));
    basic.manageServable(servableData(at(1), new FakeLoader()));
    await basic.loadServable(at(1));
    basic.getServableHandle(latest('m'), isFakeServable).dispose();
    await basic.unloadServable(at(1));
    basic.stopManagingServable(at(1));
    expect(heard.filter((it, index) => it !== heard[index - 1])).toEqual([
      '1 managed',
      '1 state',
      '1 handles',
      '1 state',
      '1 forgotten',
    ]);
  });
});

describe('reservation', () => {
  const manage = (world: ServingWorld, name: string, bytes: number): FakeLoader => {
    const loader = new FakeLoader(name, bytes);
    world.basic.manageServable(servableData(at(1, name), loader));
    return loader;
  };

  test('RS10: what exceeds the total is refused at once, whatever is running', async () => {
    const world = new ServingWorld({ budget: 10 });
    const running = manage(world, 'a', 5).hold();
    const load = world.basic.loadServable(at(1, 'a'));
    manage(world, 'b', 11);
    const error = await failureOf(() => world.basic.loadServable(at(1, 'b')));
    expect(error.code).toBe('MEMORY_EXHAUSTED');
    expect(error.message).toBe('{name: b version: 1} needs 1 MB, 1 MB free of 1 MB');
    running.proceed();
    await load;
  });

  test('RS13: an estimate that is slow or fails holds up nobody else', async () => {
    const world = new ServingWorld({
      budget: 10,
      basic: { loadRetry: { maxRetries: 1, intervalMs: 60_000 } },
    });
    manage(world, 'a', 5).estimateFailures = [new AppError('MODEL_FILE_UNREADABLE')];
    manage(world, 'b', 5);
    const waiting = world.basic.loadServable(at(1, 'a'));
    await world.basic.loadServable(at(1, 'b'));
    await world.clock.advance(60_000);
    await waiting;
    expect(world.available().sort()).toEqual(['a:1', 'b:1']);
  });

  test('RS14: decisions are first come, first served: a small load does not pass a big one that waits', async () => {
    const world = new ServingWorld({ budget: 10, basic: { numLoadThreads: 4 } });
    const running = manage(world, 'a', 5).hold();
    manage(world, 'big', 8);
    manage(world, 'small', 2);
    const loads = ['a', 'big', 'small'].map((name) => world.basic.loadServable(at(1, name)));
    await settle();
    const stateOf = (name: string) => world.basic.find(at(1, name))?.harness.state.kind;
    expect([stateOf('big'), stateOf('small')]).toEqual(['loadRequested', 'loadRequested']);
    running.failing(new AppError('RUNNER_CRASHED')).proceed();
    await Promise.allSettled(loads);
    expect([stateOf('big'), stateOf('small')]).toEqual(['ready', 'ready']);
  });

  test('RS15: a bigger budget lets a waiting load go on; a smaller one unloads nothing', async () => {
    const world = new ServingWorld({ budget: 10 });
    const running = manage(world, 'a', 8).hold();
    const first = world.basic.loadServable(at(1, 'a'));
    manage(world, 'b', 5);
    const second = world.basic.loadServable(at(1, 'b'));
    await settle();
    expect(world.basic.find(at(1, 'b'))?.waitingFor).toEqual({ needBytes: 5, freeBytes: 2, totalBytes: 10 });
    world.basic.setTotalResources(mainMemory(13));
    await second;
    running.proceed();
    await first;
    world.basic.setTotalResources(mainMemory(1));
    await settle();
    expect(world.available().sort()).toEqual(['a:1', 'b:1']);
  });

  test('RS9: a waiting load that is no longer wanted gives its turn to the next', async () => {
    const world = new ServingWorld({ budget: 10, basic: { numLoadThreads: 4 } });
    const running = manage(world, 'a', 8).hold();
    const first = world.basic.loadServable(at(1, 'a'));
    manage(world, 'big', 9);
    manage(world, 'small', 2);
    const big = failureOf(() => world.basic.loadServable(at(1, 'big')));
    const small = world.basic.loadServable(at(1, 'small'));
    await settle();
    world.basic.cancelLoad(at(1, 'big'));
    expect((await big).code).toBe('CANCELLED');
    await small;
    running.proceed();
    await first;
  });

  test('RS12: a loader that gives back later is asked again when something does not fit', async () => {
    const world = new ServingWorld({ budget: 10 });
    const shrinking = manage(world, 'a', 8);
    await world.basic.loadServable(at(1, 'a'));
    shrinking.loadedBytes = 3;
    manage(world, 'b', 7);
    await world.basic.loadServable(at(1, 'b'));
    expect(world.available()).toEqual(['a:1', 'b:1']);
  });

  test('RS12: a loader that takes more than it said leaves less for others', async () => {
    const world = new ServingWorld({ budget: 10 });
    manage(world, 'a', 4).loadedBytes = 7;
    await world.basic.loadServable(at(1, 'a'));
    manage(world, 'b', 5);
    expect((await failureOf(() => world.basic.loadServable(at(1, 'b')))).params).toMatchObject({
      needBytes: '5',
      freeBytes: '3',
    });
  });
});

test('HD8: a lookup among ten thousand models takes microseconds', () => {
  const map = new ServingMap();
  const names = Array.from({ length: 10_000 }, (_, index) => `model-${index}`);
  for (const name of names) {
    for (const version of [2, 1, 3]) {
      const servable = { kind: 'fake', label: `${name}:${version}` };
      map.add({ id: at(version, name), servable: () => servable, acquire: () => {}, release: () => {} });
    }
  }
  const batch = 100;
  const times = Array.from({ length: 200 }, (_, round) => {
    const beganMs = performance.now();
    for (let i = 0; i < batch; i++) {
      const name = names[(round * batch + i * 37) % names.length] ?? '';
      const handle = map.handle(latest(name), isFakeServable);
      if (handle.id.version !== 3) throw new Error(`${name} answered ${handle.id.version}`);
      handle.dispose();
    }
    return ((performance.now() - beganMs) * 1_000) / batch;
  }).sort((a, b) => a - b);
  expect(times[100]).toBeLessThan(5);
});
