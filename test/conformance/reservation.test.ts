import { expect, test } from 'vitest';
import { AppError } from '../../app/base/errors';
import { servableData } from '../../main/serving/servable-data';
import { failureOf } from '../support/app-errors';
import { settle } from '../support/fake-clock';
import { FakeLoader } from '../support/fake-loader';
import { ServingWorld, type WorldOptions } from '../support/serving-world';

const id = (name: string) => ({ name, version: 1 });

function world(options: WorldOptions = {}) {
  const it = new ServingWorld({ budget: 10, ...options });
  const manage = (name: string, bytes: number): FakeLoader => {
    const loader = new FakeLoader(name, bytes);
    it.basic.manageServable(servableData(id(name), loader));
    return loader;
  };
  const load = (name: string): Promise<void> => it.basic.loadServable(id(name));
  const stateOf = (name: string): string | undefined => it.basic.find(id(name))?.harness.state.kind;
  return { basic: it.basic, events: it.events, manage, load, stateOf };
}

test('T075 [RS9]: two loads that fit together run at the same time', async () => {
  const { manage, load, stateOf } = world();
  const loaders = [manage('a', 5).hold(), manage('b', 5).hold()];
  const loads = [load('a'), load('b')];
  await settle();
  expect(loaders.map(({ attempts }) => attempts)).toEqual([1, 1]);
  for (const loader of loaders) loader.proceed();
  await Promise.all(loads);
  expect([stateOf('a'), stateOf('b')]).toEqual(['ready', 'ready']);
});

test('T076 [RS10]: with nothing running, what does not fit is refused with numbers', async () => {
  const { manage, load, stateOf, events } = world();
  const loader = manage('a', 11);
  const error = await failureOf(() => load('a'));
  expect(error.status).toBe('RESOURCE_EXHAUSTED');
  expect(error.params).toMatchObject({ needBytes: '11', freeBytes: '10', totalBytes: '10' });
  expect(stateOf('a')).toBe('error');
  expect(events).toEqual(['a:1 start', 'a:1 end MEMORY_EXHAUSTED']);
  expect(loader.attempts).toBe(0);
});

test('T077 [RS11]: a load that fails gives its reservation back', async () => {
  const { manage, load, stateOf } = world();
  manage('a', 10).failing(new AppError('RUNNER_CRASHED'));
  await failureOf(() => load('a'));
  manage('b', 10);
  await load('b');
  expect(stateOf('b')).toBe('ready');
});

test('T078 [RS12]: an estimate that drops after loading makes room', async () => {
  const { manage, load, stateOf } = world();
  manage('a', 10).loadedBytes = 5;
  await load('a');
  manage('b', 5);
  await load('b');
  expect(stateOf('b')).toBe('ready');
});

test('T079 [RS9]: a load that does not fit waits for what is being unloaded', async () => {
  const { manage, load, stateOf, basic } = world();
  const old = manage('a', 10);
  await load('a');
  const held = basic.getServableHandle({ kind: 'latest', name: 'a' }, (it): it is unknown => it !== null);
  const unloaded = basic.unloadServable(id('a'));
  manage('b', 10);
  const loaded = load('b');
  await settle();
  expect(stateOf('b')).toBe('loadRequested');
  expect(basic.find(id('b'))?.waitingFor).toEqual({ needBytes: 10, freeBytes: 0, totalBytes: 10 });
  held.dispose();
  await unloaded;
  await loaded;
  expect(old.unloads).toBe(1);
  expect(stateOf('b')).toBe('ready');
  expect(basic.find(id('b'))?.waitingFor).toBeNull();
});

test('T080 [RS10]: a refusal does not hold up the next', async () => {
  const { manage, load, stateOf } = world();
  manage('a', 11);
  manage('b', 10);
  const refused = failureOf(() => load('a'));
  const approved = load('b');
  expect((await refused).status).toBe('RESOURCE_EXHAUSTED');
  await approved;
  expect(stateOf('b')).toBe('ready');
});

test('T081 [RS13]: an estimate that fails once is asked again', async () => {
  const { manage, load, stateOf } = world({ basic: { loadRetry: { maxRetries: 1, intervalMs: 0 } } });
  manage('a', 5).estimateFailures = [new AppError('MODEL_FILE_UNREADABLE')];
  await load('a');
  expect(stateOf('a')).toBe('ready');
});

test('T082 [RS13]: an estimate that keeps failing ends the load with its code; a hopeless one is not asked again', async () => {
  const failures = (count: number) =>
    Array.from({ length: count }, () => new AppError('MODEL_FILE_UNREADABLE'));
  const stubborn = world({ basic: { loadRetry: { maxRetries: 2, intervalMs: 0 } } });
  const loader = stubborn.manage('a', 5);
  loader.estimateFailures = failures(3);
  const error = await failureOf(() => stubborn.load('a'));
  expect(error.code).toBe('MODEL_FILE_UNREADABLE');
  expect(error.message).toContain('{name: a version: 1}');
  expect(loader.estimateFailures).toHaveLength(0);
  expect(stubborn.events.at(-1)).toBe('a:1 end MODEL_FILE_UNREADABLE');

  const hopeless = world({
    basic: { loadRetry: { maxRetries: 2, intervalMs: 0 }, shouldRetryModelLoad: () => false },
  });
  const once = hopeless.manage('a', 5);
  once.estimateFailures = failures(3);
  await failureOf(() => hopeless.load('a'));
  expect(once.estimateFailures).toHaveLength(2);
});
