import { describe, expect, test } from 'vitest';
import { AppError } from '../../../app/base/errors';
import { isTransient, retry, retryDelayMs, tensorFlowRetrySchedule } from '../../../main/serving/retry';
import { failureOf } from '../../support/app-errors';
import { FakeClock } from '../../support/fake-clock';
import { ServingWorld } from '../../support/serving-world';

const broken = new AppError('RUNNER_START_FAILED');
const middle = (): number => 0.5;

describe('retry schedule', () => {
  const delays = (schedule: Parameters<typeof retryDelayMs>[0], random = middle): number[] =>
    [1, 2, 3, 4, 5].map((number) => retryDelayMs(schedule, number, random));

  test('RT2: waits grow by the factor up to the most', () => {
    const schedule = { maxRetries: 5, intervalMs: 1_000, factor: 2, maxIntervalMs: 6_000 };
    expect(delays(schedule)).toEqual([1_000, 2_000, 4_000, 6_000, 6_000]);
  });

  test("RT2: a factor of 1 without jitter is TensorFlow Serving's fixed interval; none at all is no wait", () => {
    expect(delays(tensorFlowRetrySchedule)).toEqual([60_000, 60_000, 60_000, 60_000, 60_000]);
    expect(delays({ maxRetries: 5, intervalMs: -1, factor: 2, jitter: 0.5 })).toEqual([0, 0, 0, 0, 0]);
  });

  test('RT2: jitter strays either way, never beyond the most', () => {
    const schedule = { maxRetries: 5, intervalMs: 1_000, jitter: 0.2, maxIntervalMs: 1_100 };
    expect(retryDelayMs(schedule, 1, () => 0)).toBe(800);
    expect(retryDelayMs(schedule, 1, () => 0.999_999)).toBe(1_100);
  });
});

test('RT4: an abort during a wait ends it at once, without a further attempt', async () => {
  const clock = new FakeClock();
  const abort = new AbortController();
  const attempts: number[] = [];
  const outcome = failureOf(() =>
    retry(
      async (attempt) => {
        attempts.push(attempt);
        throw broken;
      },
      {
        schedule: { maxRetries: 5, intervalMs: 1_000 },
        clock,
        signal: abort.signal,
        pause: async () => abort.abort(),
      },
    ),
  );
  const error = await outcome;
  expect(error.code).toBe('CANCELLED');
  expect(error.cause).toBe(broken);
  expect(attempts).toEqual([1]);
});

test('RT3: errors about the files themselves are told from those that may pass', () => {
  expect(isTransient(new AppError('RUNNER_CRASHED'))).toBe(true);
  expect(isTransient(new AppError('MEMORY_EXHAUSTED'))).toBe(true);
  expect(isTransient(new AppError('MODEL_FILE_TRUNCATED'))).toBe(false);
  expect(isTransient(new AppError('MODEL_FILE_MISSING'))).toBe(false);
  expect(isTransient(new AppError('CANCELLED'))).toBe(false);
});

describe('retries of a load', () => {
  const loadRetry = { maxRetries: 3, intervalMs: 1_000, factor: 2 };

  test('RT2 [SN1]: each attempt is made when it is due, and the snapshot says when and why', async () => {
    const world = new ServingWorld({ basic: { loadRetry } });
    const startMs = world.clock.now();
    world.aspire(
      'm',
      world.item('m', 1, (it) => it.failing(broken, broken)),
    );
    await world.tick();
    expect(world.snapshot('m', 1)).toMatchObject({
      state: 'loading',
      attempt: 1,
      maxAttempts: 4,
      nextAttemptAtMs: startMs + 1_000,
      error: broken,
    });
    await world.clock.advance(999);
    expect(world.loader('m', 1).attempts).toBe(1);
    await world.clock.advance(1);
    expect(world.snapshot('m', 1)).toMatchObject({ attempt: 2, nextAttemptAtMs: startMs + 3_000 });
    await world.clock.advance(2_000);
    expect(world.snapshot('m', 1)).toMatchObject({
      state: 'ready',
      attempt: 3,
      nextAttemptAtMs: null,
      error: null,
    });
  });

  test('RT5: "retry now" ends the wait', async () => {
    const world = new ServingWorld({ basic: { loadRetry } });
    world.aspire(
      'm',
      world.item('m', 1, (it) => it.failing(broken)),
    );
    await world.tick();
    world.manager.retryNow({ name: 'm', version: 1 });
    await world.tick();
    expect(world.available()).toEqual(['m:1']);
  });

  test('RT6: a load that waits for its next attempt holds up no other, even when one may run at a time', async () => {
    const world = new ServingWorld({ basic: { loadRetry, numLoadThreads: 1 } });
    world.aspire(
      'm',
      world.item('m', 1, (it) => it.failing(broken)),
    );
    await world.tick();
    world.aspire('n', 1);
    await world.tick();
    expect(world.available()).toEqual(['n:1']);
    await world.clock.advance(1_000);
    expect(world.available().sort()).toEqual(['m:1', 'n:1']);
  });
});
