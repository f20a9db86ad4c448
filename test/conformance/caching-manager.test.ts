import { expect, test } from 'vitest';
import { AppError } from '../../app/base/errors';
import { type CachingLoaderFactory, CachingManager } from '../../main/serving/caching-manager';
import { earliest, latest, specific } from '../../main/serving/manager';
import { pathPrefixLoaderFactory } from '../../main/serving/path-prefix-loader-factory';
import { servableData, servableError } from '../../main/serving/servable-data';
import { failureOf } from '../support/app-errors';
import { settle } from '../support/fake-clock';
import { FakeLoader, isFakeServable } from '../support/fake-loader';
import { ServingWorld } from '../support/serving-world';

function setUp(factory: Partial<CachingLoaderFactory> = {}) {
  const { basic, events } = new ServingWorld({ basic: { numLoadThreads: 4 } });
  const loaders: FakeLoader[] = [];
  const manager = new CachingManager({
    basicManager: basic,
    loaderFactory: {
      createLoader: (id) => {
        const loader = new FakeLoader(`${id.name}:${id.version}`).hold();
        loaders.push(loader);
        return servableData(id, loader);
      },
      getServableVersion: (_, policy) => (policy === 'latest' ? 42 : 1),
      ...factory,
    },
  });
  const proceed = async (): Promise<void> => {
    await settle();
    for (const loader of loaders) loader.proceed();
  };
  return { manager, events, loaders, proceed };
}

test('T083 [CM1]: the first request loads, the second is served from memory', async () => {
  const { manager, loaders, proceed } = setUp();
  expect(manager.listAvailableServableIds()).toEqual([]);
  const first = manager.getServableHandle(specific('m', 30), isFakeServable);
  await proceed();
  expect((await first).id).toEqual({ name: 'm', version: 30 });
  const second = await manager.getServableHandle(specific('m', 30), isFakeServable);
  expect(second.servable).toBe((await first).servable);
  expect(loaders.map(({ attempts }) => attempts)).toEqual([1]);
});

test('T084 [CM2]: the factory says which version latest and earliest mean', async () => {
  const { manager, proceed } = setUp();
  const newest = manager.getServableHandle(latest('m'), isFakeServable);
  const oldest = manager.getServableHandle(earliest('m'), isFakeServable);
  await proceed();
  expect((await newest).servable.label).toBe('m:42');
  expect((await oldest).servable.label).toBe('m:1');
});

test("T085 [CM3]: the factory's error is answered, published, and nothing is listed", async () => {
  const error = new AppError('MODEL_FILE_MISSING');
  const { manager, events } = setUp({ createLoader: (id) => servableError(id, error) });
  expect(await failureOf(() => manager.getServableHandle(specific('m', 30), isFakeServable))).toBe(error);
  expect(events).toEqual(['m:30 end MODEL_FILE_MISSING']);
  expect(manager.listAvailableServableIds()).toEqual([]);
});

test('T086 [CM4]: requests for one id at the same time cause one load; different ids load side by side', async () => {
  const { manager, loaders, proceed } = setUp();
  const same = [1, 2, 3, 4].map(() => manager.getServableHandle(specific('m', 1), isFakeServable));
  const others = [2, 3].map((version) => manager.getServableHandle(specific('m', version), isFakeServable));
  await settle();
  expect(loaders.map(({ label, attempts }) => [label, attempts])).toEqual([
    ['m:1', 1],
    ['m:2', 1],
    ['m:3', 1],
  ]);
  await proceed();
  expect((await Promise.all(same)).map(({ id }) => id.version)).toEqual([1, 1, 1, 1]);
  await Promise.all(others);
  expect(manager.loadsInProgress).toBe(0);
});

test('T088 [CM5]: the path-prefix factory knows version 0 only, under prefix and name', async () => {
  const paths: string[] = [];
  const factory = pathPrefixLoaderFactory('/models', (path) => {
    paths.push(path);
    return new FakeLoader(path);
  });
  expect(await factory.getServableVersion('m', 'latest')).toBe(0);
  expect((await factory.createLoader({ name: 'm', version: 0 })).ok).toBe(true);
  expect(paths).toEqual(['/models/m']);
  expect(await factory.createLoader({ name: 'm', version: 1 })).toMatchObject({
    ok: false,
    error: { status: 'FAILED_PRECONDITION' },
  });
});
