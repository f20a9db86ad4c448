import { expect, test } from 'vitest';
import { measureLoop, measureUnderBound } from '../../../../main/jobs/autotune/closed-loop';

const never = new AbortController().signal;

/** Time that passes only while somebody is asked or waits. */
function timed(answerMs: number, quietMs = 0) {
  let nowMs = 0;
  const after = async (ms: number): Promise<void> => {
    await Promise.resolve();
    nowMs += ms;
  };
  return { now: () => nowMs, ask: () => after(answerMs), quiet: () => after(quietMs), signal: never };
}

test('answers a second and their 95th percentile are measured, at least as long as the window', async () => {
  const measured = await measureLoop({ ...timed(10), callers: 1, windowMs: 500 });
  expect(measured.requestsPerSecond).toBeCloseTo(100);
  expect(measured.p95Ms).toBe(10);
});

test('few answers are waited for longer, though not for ever', async () => {
  const slow = timed(100);
  await measureLoop({ ...slow, callers: 1, windowMs: 500 });
  expect(slow.now()).toBe(2_000); // 20 answers
  const slower = timed(1_000);
  await measureLoop({ ...slower, callers: 1, windowMs: 500 });
  expect(slower.now()).toBe(2_000); // four windows
});

test('time in which others had the machine does not count', async () => {
  const measured = await measureLoop({ ...timed(10, 90), callers: 1, windowMs: 500 });
  expect(measured.requestsPerSecond).toBeCloseTo(100);
  expect(measured.p95Ms).toBe(10);
});

test('what cannot be asked, and whoever gives it up, end it', async () => {
  const failing = { ...timed(1), ask: () => Promise.reject(new Error('no')) };
  await expect(measureLoop({ ...failing, callers: 2, windowMs: 10 })).rejects.toThrow('no');
  const gone = AbortSignal.abort();
  await expect(measureLoop({ ...timed(1), signal: gone, callers: 1, windowMs: 10 })).rejects.toMatchObject({
    code: 'CANCELLED',
  });
});

test('under a bound as many callers ask as it allows, and no more than are of use', async () => {
  const asked: number[] = [];
  const measure =
    (ratesAndLatencies: Readonly<Record<number, readonly [number, number]>>) => async (n: number) => {
      asked.push(n);
      const [requestsPerSecond = 0, p95Ms = 0] = ratesAndLatencies[n] ?? [];
      return { requestsPerSecond, p95Ms };
    };
  expect(
    await measureUnderBound(50, measure({ 1: [100, 10], 2: [180, 12], 4: [300, 15], 8: [400, 60] })),
  ).toEqual({ requestsPerSecond: 300, p95Ms: 15 });
  expect(asked.splice(0)).toEqual([1, 2, 4, 8]);
  expect(
    await measureUnderBound(50, measure({ 1: [100, 10], 2: [101, 20], 4: [102, 40], 8: [500, 45] })),
  ).toEqual({ requestsPerSecond: 102, p95Ms: 40 });
  expect(asked.splice(0)).toEqual([1, 2, 4]);
  expect(await measureUnderBound(5, measure({ 1: [100, 10] }))).toEqual({
    requestsPerSecond: 100,
    p95Ms: 10,
  });
});
