import { expect, test } from 'vitest';
import { AppError } from '../../app/base/errors';
import { BasicManager } from '../../main/serving/basic-manager';
import { servableData, servableError } from '../../main/serving/servable-data';
import { failureOf } from '../support/app-errors';
import { FakeClock, settle } from '../support/fake-clock';
import { FakeLoader } from '../support/fake-loader';
import { ServingWorld } from '../support/serving-world';

const A1 = { name: 'a', version: 1 };
const broken = new AppError('RUNNER_START_FAILED');
const isText = (state: unknown): state is string => typeof state === 'string';

test('T044 [BM1]: an id is managed once; the first loader is kept', async () => {
  const { basic } = new ServingWorld();
  const first = new FakeLoader('first');
  basic.manageServable(servableData(A1, first));
  const error = await failureOf(() => basic.manageServable(servableData(A1, new FakeLoader('second'))));
  expect(error.status).toBe('FAILED_PRECONDITION');
  await basic.loadServable(A1);
  expect(basic.find(A1)?.servable()).toMatchObject({ label: 'first' });
});

test('T045 [BM2]: an errored item ends at once, and loading it answers its error', async () => {
  const { basic, events } = new ServingWorld();
  basic.manageServable(servableError(A1, broken));
  expect(events).toEqual(['a:1 end RUNNER_START_FAILED']);
  expect(await failureOf(() => basic.loadServable(A1))).toBe(broken);
});

test('T046 [BM3]: what is not managed is NOT_FOUND to load and unload, FAILED_PRECONDITION to stop managing', async () => {
  const { basic } = new ServingWorld();
  expect((await failureOf(() => basic.loadServable(A1))).status).toBe('NOT_FOUND');
  expect((await failureOf(() => basic.unloadServable(A1))).status).toBe('NOT_FOUND');
  expect((await failureOf(() => basic.stopManagingServable(A1))).status).toBe('FAILED_PRECONDITION');
});

test('T047 [BM3]: what is not loaded cannot be unloaded', async () => {
  const { basic } = new ServingWorld();
  basic.manageServable(servableData(A1, new FakeLoader()));
  expect((await failureOf(() => basic.unloadServable(A1))).status).toBe('FAILED_PRECONDITION');
  expect(basic.find(A1)?.harness.state.kind).toBe('new');
});

test('T048 [BM4]: only what is new, unloaded or failed can be forgotten; failed ones stay until then', async () => {
  const { basic } = new ServingWorld();
  basic.manageServable(servableData(A1, new FakeLoader()));
  await basic.loadServable(A1);
  expect((await failureOf(() => basic.stopManagingServable(A1))).status).toBe('FAILED_PRECONDITION');
  expect(basic.listAvailableServableIds()).toEqual([A1]);
  await basic.unloadServable(A1);
  basic.stopManagingServable(A1);
  expect(basic.managedServableNames()).toEqual([]);

  basic.manageServable(servableData(A1, new FakeLoader().failing(broken)));
  await failureOf(() => basic.loadServable(A1));
  expect(basic.managedServableStateSnapshots('a', isText).map(({ state }) => state.kind)).toEqual(['error']);
  basic.stopManagingServable(A1);
  expect(basic.managedServableStateSnapshots('a', isText)).toEqual([]);
});

test('T049 [BM3]: of four loads of one id at the same time one succeeds; the same for unloads', async () => {
  const { basic } = new ServingWorld();
  basic.manageServable(servableData(A1, new FakeLoader()));
  const statuses = async (run: () => Promise<void>): Promise<string[]> => {
    const outcomes = await Promise.allSettled([run(), run(), run(), run()]);
    return outcomes.map((it) => (it.status === 'fulfilled' ? 'OK' : (it.reason as AppError).status));
  };
  const onlyFirst = ['OK', 'FAILED_PRECONDITION', 'FAILED_PRECONDITION', 'FAILED_PRECONDITION'];
  expect(await statuses(() => basic.loadServable(A1))).toEqual(onlyFirst);
  expect(await statuses(() => basic.unloadServable(A1))).toEqual(onlyFirst);
});

test('T053 [BM6]: events of a life, and of a load that fails', async () => {
  const { basic, events } = new ServingWorld();
  basic.manageServable(servableData(A1, new FakeLoader()));
  await basic.loadServable(A1);
  await basic.unloadServable(A1);
  expect(events).toEqual(['a:1 start', 'a:1 loading', 'a:1 available', 'a:1 unloading', 'a:1 end']);
  events.length = 0;
  const A2 = { name: 'a', version: 2 };
  basic.manageServable(servableData(A2, new FakeLoader().failing(broken)));
  await failureOf(() => basic.loadServable(A2));
  expect(events).toEqual(['a:2 start', 'a:2 loading', 'a:2 end RUNNER_START_FAILED']);
});

test('T054 [BM6]: no event bus is needed', async () => {
  const basic = new BasicManager({ clock: new FakeClock() });
  const loader = new FakeLoader();
  basic.manageServable(servableData(A1, loader));
  await basic.loadServable(A1);
  await basic.unloadServable(A1);
  expect(loader.calls).toEqual(['load', 'loaded', 'unload']);
});

test('T055 [BM7]: the hook runs once, with the id, after the Loading event and before the load', async () => {
  const order: string[] = [];
  const loader = new FakeLoader();
  loader.onLoad = () => order.push('load');
  const { basic, events } = new ServingWorld({
    basic: { preLoadHook: (id) => void order.push(`hook ${id.name}:${id.version} after ${events.at(-1)}`) },
  });
  basic.manageServable(servableData(A1, loader));
  await basic.loadServable(A1);
  expect(order).toEqual(['hook a:1 after a:1 loading', 'load']);
});

test('T056 [RT4]: cancelled while the first of two attempts runs and fails: that error, then and later', async () => {
  const { basic } = new ServingWorld({ basic: { loadRetry: { maxRetries: 1, intervalMs: 0 } } });
  const loader = new FakeLoader().failing(broken).hold();
  basic.manageServable(servableData(A1, loader));
  const load = failureOf(() => basic.loadServable(A1));
  await settle();
  basic.cancelLoad(A1);
  loader.proceed();
  expect(await load).toBe(broken);
  expect(await failureOf(() => basic.loadServable(A1))).toBe(broken);
  expect(loader.attempts).toBe(1);
});

test('T057 [BM8]: another number of loads at a time holds at once and loses none that runs; none counts as one', async () => {
  const { basic } = new ServingWorld({ basic: { numLoadThreads: 2 } });
  const loaders = [1, 2, 3, 4, 5].map((version) => {
    const loader = new FakeLoader().hold();
    basic.manageServable(servableData({ name: 'a', version }, loader));
    return loader;
  });
  const loads = loaders.map((_, index) => basic.loadServable({ name: 'a', version: index + 1 }));
  const running = (): number => loaders.filter(({ attempts }) => attempts === 1).length;
  await settle();
  expect(running()).toBe(2);
  basic.setNumLoadThreads(3);
  await settle();
  expect(running()).toBe(3);
  basic.setNumLoadThreads(0);
  expect(basic.numLoadThreads).toBe(1);
  loaders[0]?.proceed();
  loaders[1]?.proceed();
  await settle();
  expect(running(), 'one is running still, and one is as many as may').toBe(3);
  for (const loader of loaders) loader.proceed();
  await Promise.all(loads);
  expect(basic.listAvailableServableIds()).toHaveLength(5);
});

test('T059 [BM11]: what is kept beside a servable comes with each snapshot', () => {
  const { basic } = new ServingWorld();
  basic.manageServable(servableData(A1, new FakeLoader()), 'mine');
  basic.manageServable(servableData({ name: 'a', version: 2 }, new FakeLoader()), 'yours');
  expect(basic.managedServableStateSnapshots('a', isText)).toEqual([
    { id: A1, state: { kind: 'new' }, additionalState: 'mine' },
    { id: { name: 'a', version: 2 }, state: { kind: 'new' }, additionalState: 'yours' },
  ]);
});

test('T060 [BM9]: closing unloads each ready servable exactly once', async () => {
  const { basic } = new ServingWorld();
  const loaders = [1, 2, 3].map((version) => {
    const loader = new FakeLoader();
    basic.manageServable(servableData({ name: 'a', version }, loader));
    return loader;
  });
  await basic.loadServable(A1);
  await basic.loadServable({ name: 'a', version: 2 });
  const unloading = basic.unloadServable({ name: 'a', version: 2 });
  await basic.close();
  await unloading;
  expect(loaders.map(({ unloads }) => unloads)).toEqual([1, 1, 0]);
  expect(basic.listAvailableServableIds()).toEqual([]);
});
