import { expect, test } from 'vitest';
import { AppError } from '../../app/base/errors';
import type { LoadContext } from '../../main/serving/loader';
import { mainMemory } from '../../main/serving/resources';
import { dataOrDie, servableData } from '../../main/serving/servable-data';
import { SimpleLoader, simpleLoaderSourceAdapter } from '../../main/serving/simple-loader';
import { failureOf } from '../support/app-errors';

const context: LoadContext = {
  servableId: { name: 'm', version: 7 },
  signal: new AbortController().signal,
};

test('T016 [LO1]: the servable is there between load and unload only, and is destroyed by unload', async () => {
  const destroyed: string[] = [];
  const loader = new SimpleLoader({
    create: () => 'servable',
    destroy: (servable) => {
      destroyed.push(servable);
    },
  });
  expect(loader.servable()).toBeUndefined();
  await loader.load(context);
  expect(loader.servable()).toBe('servable');
  expect(destroyed).toEqual([]);
  await loader.unload();
  expect(loader.servable()).toBeUndefined();
  expect(destroyed).toEqual(['servable']);
});

test('T017 [LO2]: when the creator fails, so does the load, and there is no servable', async () => {
  const error = new AppError('MODEL_FILE_MISSING');
  const loader = new SimpleLoader({
    create: () => {
      throw error;
    },
  });
  expect(await failureOf(() => loader.load(context))).toBe(error);
  expect(loader.servable()).toBeUndefined();
});

test('T018 [LO3]: the estimate is asked once and remembered; an error is not', async () => {
  let asked = 0;
  let isFailing = false;
  const create = () =>
    new SimpleLoader({
      create: () => 'servable',
      estimate: () => {
        asked++;
        if (isFailing) throw new AppError('MODEL_FILE_UNREADABLE');
        return mainMemory(42);
      },
    });
  const steady = create();
  expect(await steady.estimateResources()).toEqual(mainMemory(42));
  expect(await steady.estimateResources()).toEqual(mainMemory(42));
  expect(asked).toBe(1);

  const flaky = create();
  isFailing = true;
  expect((await failureOf(() => flaky.estimateResources())).code).toBe('MODEL_FILE_UNREADABLE');
  isFailing = false;
  expect(await flaky.estimateResources()).toEqual(mainMemory(42));
});

test('T019 [LO4]: an estimate made after loading replaces the one made before', async () => {
  const loader = new SimpleLoader({
    create: () => 'servable',
    estimate: () => mainMemory(100),
    estimateAfterLoad: () => mainMemory(60),
  });
  expect(await loader.estimateResources()).toEqual(mainMemory(100));
  await loader.load(context);
  expect(await loader.estimateResources()).toEqual(mainMemory(60));
});

test('T020 [LO5]: the creator is told the id (there is no load without one: the types refuse it)', async () => {
  const ids: LoadContext['servableId'][] = [];
  const loader = new SimpleLoader({ create: ({ servableId }) => ids.push(servableId) });
  await loader.load(context);
  expect(ids).toEqual([{ name: 'm', version: 7 }]);
});

test('T021 [LO6]: a loader outlives the adapter that made it', async () => {
  const adapter = simpleLoaderSourceAdapter((path: string) => ({ create: () => `loaded ${path}` }));
  const factory = dataOrDie(adapter.adaptOneVersion(servableData({ name: 'm', version: 1 }, '/m/1')));
  adapter.detach();
  const loader = factory.createLoader();
  await loader.load(context);
  expect(loader.servable()).toBe('loaded /m/1');
});
