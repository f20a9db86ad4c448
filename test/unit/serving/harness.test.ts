import { expect, test } from 'vitest';
import { AppError } from '../../../app/base/errors';
import { advance } from '../../../main/serving/harness-state';
import { servableData } from '../../../main/serving/servable-data';
import { failureOf } from '../../support/app-errors';
import { settle } from '../../support/fake-clock';
import { FakeLoader, isFakeServable } from '../../support/fake-loader';
import { ServingWorld } from '../../support/serving-world';
import { takeUnexpected } from '../../support/setup';

const id = { name: 'm', version: 1 };

test('H3: a step that the table lacks throws', () => {
  expect(() => advance({ kind: 'new' }, { kind: 'ready', loadMs: 0 })).toThrow('from state new to ready');
  expect(
    advance(
      { kind: 'disabled', error: null },
      { kind: 'error', error: new AppError('INTERNAL'), servedMs: null },
    ).kind,
  ).toBe('error');
});

test('H4: the first error is the one that is kept', async () => {
  const { basic, events } = new ServingWorld();
  basic.manageServable(servableData(id, new FakeLoader()));
  const harness = basic.find(id)?.harness;
  harness?.error(new AppError('MODEL_FILE_MISSING'));
  harness?.error(new AppError('INTERNAL'));
  expect(harness?.status?.code).toBe('MODEL_FILE_MISSING');
  expect(events).toEqual(['m:1 start', 'm:1 end MODEL_FILE_MISSING']);
});

test('an attempt is counted before anyone hears of it', async () => {
  const { basic } = new ServingWorld({ basic: { loadRetry: { maxRetries: 1, intervalMs: 0 } } });
  const loader = new FakeLoader();
  loader.failures.push(new AppError('RUNNER_CRASHED'));
  basic.manageServable(servableData(id, loader));
  const seen: (readonly [number, number])[] = [];
  basic.onDidChange(() => {
    const harness = basic.find(id)?.harness;
    if (harness?.state.kind === 'loading') seen.push([harness.state.attempt, harness.attempts]);
  });
  await basic.loadServable(id);
  expect(seen.length).toBeGreaterThan(2);
  expect(seen.filter(([attempt, attempts]) => attempt !== attempts)).toEqual([]);
});

test('H6: a load that has not begun is cancelled at once', async () => {
  const world = new ServingWorld({ basic: { numLoadThreads: 1 } });
  const { basic, events } = world;
  const first = new FakeLoader().hold();
  basic.manageServable(servableData({ name: 'busy', version: 1 }, first));
  const busy = basic.loadServable({ name: 'busy', version: 1 });
  const loader = new FakeLoader();
  basic.manageServable(servableData(id, loader));
  const load = failureOf(() => basic.loadServable(id));
  await settle();
  basic.cancelLoad(id);
  expect((await load).code).toBe('CANCELLED');
  expect(loader.calls).toEqual([]);
  expect(events.at(-1)).toBe('m:1 end CANCELLED');
  first.proceed();
  await busy;
});

test('H6: a loader that gives up when it is told so ends as CANCELLED', async () => {
  const { basic, events } = new ServingWorld({ basic: { loadRetry: { maxRetries: 5, intervalMs: 0 } } });
  const loader = new FakeLoader().hold();
  loader.obeysAbort = true;
  basic.manageServable(servableData(id, loader));
  const load = failureOf(() => basic.loadServable(id));
  await settle();
  basic.cancelLoad(id);
  expect((await load).code).toBe('CANCELLED');
  expect(loader.attempts).toBe(1);
  expect(loader.unloads).toBe(0);
  expect(events.at(-1)).toBe('m:1 end CANCELLED');
});

test('H7: a servable that dies is routed away from at once, and unloaded when its last handle is gone', async () => {
  const world = new ServingWorld({ budget: 10 });
  const { basic, events } = world;
  const loader = new FakeLoader('m', 4);
  basic.manageServable(servableData(id, loader));
  await basic.loadServable(id);
  const handle = basic.getServableHandle({ kind: 'latest', name: 'm' }, isFakeServable);
  const error = new AppError('RUNNER_CRASHED');
  loader.die(error);
  expect(basic.isAvailable(id)).toBe(false);
  expect(events.at(-1)).toBe('m:1 end RUNNER_CRASHED');
  expect(basic.find(id)?.harness.status).toBe(error);
  expect(world.tracker?.used).toEqual([]);
  await settle();
  expect(loader.unloads).toBe(0);
  expect(handle.servable.label).toBe('m');
  handle.dispose();
  await settle();
  expect(loader.unloads).toBe(1);
});

test('H7: dying while loading fails the attempt; dying on the way out changes nothing', async () => {
  const { basic, events } = new ServingWorld();
  const loading = new FakeLoader().hold();
  basic.manageServable(servableData(id, loading));
  const load = failureOf(() => basic.loadServable(id));
  await settle();
  loading.die(new AppError('RUNNER_CRASHED'));
  loading.proceed();
  expect((await load).code).toBe('RUNNER_CRASHED');

  const other = { name: 'm', version: 2 };
  const leaving = new FakeLoader();
  basic.manageServable(servableData(other, leaving));
  await basic.loadServable(other);
  const handle = basic.getServableHandle({ kind: 'latest', name: 'm' }, isFakeServable);
  const unloaded = basic.unloadServable(other);
  leaving.die();
  handle.dispose();
  await unloaded;
  expect(events.at(-1)).toBe('m:2 end');
  expect(leaving.unloads).toBe(1);
});

test('H8: an unload that throws is a bug that is reported, and the servable is gone all the same', async () => {
  const { basic, events } = new ServingWorld();
  const loader = new FakeLoader();
  loader.onUnload = () => {
    throw new Error('stuck');
  };
  basic.manageServable(servableData(id, loader));
  await basic.loadServable(id);
  await basic.unloadServable(id);
  expect(takeUnexpected()).toHaveLength(1);
  expect(events.at(-1)).toBe('m:1 end');
});
