import { expect, test } from 'vitest';
import { AppError } from '../../../app/base/errors';
import { toDisposable } from '../../../app/base/lifecycle';
import type { Description } from '../../../app/contract/inference';
import type { RunningSettings } from '../../../app/contract/running';
import { InteractiveLoad } from '../../../main/engine/interactive-load';
import { TuningBenches } from '../../../main/engine/tuning-benches';
import type { VersionOptions } from '../../../main/platforms/runner-loader';
import type { Loader } from '../../../main/serving/loader';
import type { ScannedVersion } from '../../../main/sources/model-scan';
import { FakeClock, settle } from '../../support/fake-clock';

const never = new AbortController().signal;
const scanned = { version: 3, path: '/m/3' } as ScannedVersion;

/** Loads nothing; tells what it was asked for, and how many are loaded. */
class World {
  readonly clock = new FakeClock();
  readonly load = new InteractiveLoad(this.clock);
  readonly loads: VersionOptions[] = [];
  readonly asked: string[] = [];
  loaded = 0;
  lentBytes = 0;
  freeBytes = 1_000;
  set: RunningSettings | null = null;
  preprocessing: unknown = { width: 14, height: 14 };
  inputs: Description['inputs'] = [{ name: 'x', dtype: 'float32', shape: ['n', 2] }];

  readonly benches = new TuningBenches({
    clock: this.clock,
    load: this.load,
    windowMs: 1,
    versionOf: async () => scanned,
    forecast: () => 100,
    lend: async (bytes) => {
      if (this.lentBytes + bytes > this.freeBytes) throw new AppError('MEMORY_EXHAUSTED');
      this.lentBytes += bytes;
      return toDisposable(() => {
        this.lentBytes -= bytes;
      });
    },
    running: () => ({ answerFromLastGood: true }),
    setRunning: async (_model, running) => {
      this.set = running;
      return { undo: 'undo' };
    },
    makePicture: async (width, height) => new Uint8Array(width * height),
    loaderOf: (_model, _scanned, options) => this.#loader(options),
  });

  #loader(options: VersionOptions): Loader {
    return {
      estimateResources: async () => [],
      load: async () => {
        this.loads.push(options);
        this.loaded++;
      },
      unload: async () => void this.loaded--,
      servable: () => ({
        kind: 'inference',
        describe: async () => ({
          preprocessing: this.preprocessing,
          inputs: this.inputs,
          running: {
            instances: 1,
            intraOpThreads: 2,
            batching: { source: 'measured', maxBatchSize: 8, batchTimeoutMicros: 500 },
            memoryCapBytes: null,
          },
        }),
        classify: async (picture: Uint8Array) => void this.asked.push(`picture of ${picture.length} bytes`),
        predict: async () => void this.asked.push('tensors'),
      }),
    };
  }
}

test('it begins with how the version runs now, and measures each way in processes of its own', async () => {
  const world = new World();
  const bench = await world.benches.openBench('m', 3, never);
  expect(bench.baseline).toEqual({
    instances: 1,
    intraOpThreads: 2,
    maxBatchSize: 8,
    batchTimeoutMicros: 500,
  });
  const measured = await bench.measure({ ...bench.baseline, instances: 2, maxBatchSize: 1 }, 1_000, never);
  expect(measured?.requestsPerSecond).toBeGreaterThan(0);
  expect(world.asked[0]).toBe(`picture of ${28 * 28} bytes`);
  expect(world.loads).toEqual([{}, { instances: 2, intraOpThreads: 2, batching: 'off' }]);
  expect([world.loaded, world.lentBytes]).toEqual([0, 0]);
});

test('what does not fit into memory is no way to run it', async () => {
  const world = new World();
  const bench = await world.benches.openBench('m', 3, never);
  world.freeBytes = 150;
  expect(await bench.measure({ ...bench.baseline, instances: 2 }, 1_000, never)).toBeNull();
  expect([world.loaded, world.lentBytes]).toEqual([0, 0]);
});

test('a model that takes no pictures is asked with tensors, and one that takes so many rows with no other number', async () => {
  const world = new World();
  world.preprocessing = null;
  world.inputs = [{ name: 'x', dtype: 'float32', shape: [4, 2] }];
  const bench = await world.benches.openBench('m', 3, never);
  expect(Math.max(...bench.space.maxBatchSize)).toBe(4);
  await bench.measure(bench.baseline, 1_000, never);
  expect(world.asked[0]).toBe('tensors');
  world.inputs = [{ name: 'x', dtype: 'complex64', shape: [1] }];
  await expect(world.benches.openBench('m', 3, never)).rejects.toMatchObject({ code: 'SERVABLE_WRONG_TYPE' });
});

test('nothing is asked while somebody waits for an answer, though not for ever', async () => {
  const world = new World();
  const bench = await world.benches.openBench('m', 3, never);
  let answer = (): void => undefined;
  const waiting = world.load.during(() => new Promise<void>((resolve) => (answer = resolve)));
  const measuring = bench.measure(bench.baseline, 1_000, never);
  await settle();
  expect(world.asked).toEqual([]);
  await world.clock.advance(1_000);
  expect(world.asked.length).toBeGreaterThan(0);
  answer();
  await waiting;
  await world.clock.advance(2_000);
  await measuring;
});

test('what is applied keeps the other settings of the model, and can be taken back', async () => {
  const world = new World();
  const bench = await world.benches.openBench('m', 3, never);
  expect(await bench.apply({ ...bench.baseline, maxBatchSize: 16 })).toBe('undo');
  expect(world.set).toEqual({
    answerFromLastGood: true,
    instances: 1,
    intraOpThreads: 2,
    batching: { maxBatchSize: 16, batchTimeoutMicros: 500, maxEnqueuedBatches: 1_000 },
  });
});
