import { beforeEach, expect, test } from 'vitest';
import {
  autotune,
  type Measurement,
  type TuningOptions,
  type TuningPoint,
  tuningSpace,
} from '../../../main/platforms/autotune/search';
import { FakeClock } from '../../support/fake-clock';

const baseline: TuningPoint = { instances: 1, intraOpThreads: 1, maxBatchSize: 1, batchTimeoutMicros: 0 };
let clock: FakeClock;

beforeEach(() => {
  clock = new FakeClock();
});

/** A machine of `cores` on which batches gain up to a size, and every row makes the others wait. */
const machine =
  (cores: number, bestBatch: number) =>
  ({ instances, intraOpThreads, maxBatchSize, batchTimeoutMicros }: TuningPoint): Measurement => {
    const speed = Math.min(cores, instances * intraOpThreads ** 0.7);
    const batch = Math.min(maxBatchSize, bestBatch) ** 0.5;
    return {
      requestsPerSecond: 100 * speed * batch,
      p95Ms: 5 * maxBatchSize + batchTimeoutMicros / 1000,
    };
  };

function tune(
  measure: (point: TuningPoint) => Measurement | null,
  extra: Partial<TuningOptions> & { readonly cores?: number; readonly measureMs?: number } = {},
) {
  const { cores = 4, measureMs = 1_000, ...options } = extra;
  return autotune({
    baseline,
    space: tuningSpace(cores, 64),
    p95BoundMs: 1_000,
    budgetMs: 120_000,
    clock,
    measure: async (point) => {
      await clock.advance(measureMs);
      return measure(point);
    },
    ...options,
  });
}

test('the best of all combinations is found with a fraction of the measurements', async () => {
  const measure = machine(4, 16);
  const { best, gain, table, isComplete } = await tune(measure);
  expect(best.point).toMatchObject({ instances: 4, intraOpThreads: 1, maxBatchSize: 16 });
  expect(gain).toBeCloseTo(16);
  expect(table.length).toBeLessThan(30);
  expect(isComplete).toBe(true);
});

test('what is beyond the bound on latency is measured and not taken', async () => {
  const { best, table } = await tune(machine(4, 64), { p95BoundMs: 45 });
  expect(best.point.maxBatchSize).toBe(8);
  expect(best.isWithinBound).toBe(true);
  expect(table.some(({ isWithinBound }) => !isWithinBound)).toBe(true);
});

test('a baseline beyond the bound is left for what keeps to it, even when that is slower', async () => {
  const { best, gain } = await tune(machine(1, 64), {
    cores: 1,
    baseline: { ...baseline, maxBatchSize: 64 },
    p95BoundMs: 100,
  });
  expect(best.isWithinBound).toBe(true);
  expect(best.point.maxBatchSize).toBeLessThanOrEqual(16);
  expect(gain).toBeLessThan(1);
});

test('gains within the noise change nothing', async () => {
  let count = 0;
  const { best } = await tune(() => ({ requestsPerSecond: 100 + (count++ % 3), p95Ms: 5 }));
  expect(best.point).toEqual(baseline);
});

test('never more threads in all than cores, and no point twice', async () => {
  const points: string[] = [];
  await tune((point) => {
    expect(point.instances * point.intraOpThreads).toBeLessThanOrEqual(4);
    points.push(JSON.stringify(point));
    return machine(4, 8)(point);
  });
  expect(new Set(points).size).toBe(points.length);
});

test('when time runs out the best so far is answered', async () => {
  const { best, table, isComplete } = await tune(machine(4, 64), { measureMs: 10_000, budgetMs: 30_000 });
  expect(table).toHaveLength(3);
  expect(best.point.maxBatchSize).toBe(4);
  expect(isComplete).toBe(false);
});

test('an abort ends it after the measurement under way', async () => {
  const leaving = new AbortController();
  const { table, isComplete } = await tune(machine(4, 64), {
    signal: leaving.signal,
    onDidMeasure: ({ point }) => {
      if (point.maxBatchSize === 2) leaving.abort();
    },
  });
  expect(table).toHaveLength(2);
  expect(isComplete).toBe(false);
});

test('a point that cannot be run is avoided', async () => {
  const { best } = await tune((point) => (point.maxBatchSize > 4 ? null : machine(4, 64)(point)));
  expect(best.point.maxBatchSize).toBe(4);
});

test('the space ends with the cores and the largest batch, whatever they are', () => {
  expect(tuningSpace(6, 10)).toEqual({
    instances: [1, 2, 4, 6],
    intraOpThreads: [1, 2, 4, 6],
    maxBatchSize: [1, 2, 4, 8, 10],
    batchTimeoutMicros: [0, 1_000, 4_000],
  });
  expect(tuningSpace(1, 1).maxBatchSize).toEqual([1]);
});
