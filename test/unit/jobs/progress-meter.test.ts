import { expect, test } from 'vitest';
import { type Pace, ProgressMeter } from '../../../main/jobs/progress-meter';

/** Notes one second after another; `itemsIn` says how many items each finished. */
function paces(itemsIn: readonly number[], total: number | null): Pace[] {
  const meter = new ProgressMeter();
  meter.restart(0, 0);
  let done = 0;
  return itemsIn.map((items, second) => {
    done += items;
    return meter.note((second + 1) * 1_000, done, total);
  });
}

test('the rate is that of the last ten seconds, not of all time', () => {
  const slowThenFast = paces(
    [...Array.from({ length: 20 }, () => 1), ...Array.from({ length: 20 }, () => 9)],
    null,
  );
  expect(slowThenFast[19]?.rate).toBe(1);
  expect(slowThenFast[39]?.rate).toBe(9);
});

test('the time left is told once three estimates agree, and no longer when they do not', () => {
  expect(paces([10, 10, 10, 10], 100).map((it) => it.remainingMs)).toEqual([null, null, 7_000, 6_000]);
  const erratic = paces([1, 30, 1, 1], 1_000);
  expect(erratic.map((it) => it.remainingMs).slice(0, 3)).toEqual([null, null, null]);
});

test('nothing is told without a total, without progress, or within the first second', () => {
  expect(paces([5, 5, 5, 5], null).at(-1)).toEqual({ rate: 5, remainingMs: null });
  expect(paces([0, 0, 0], 100).at(-1)).toEqual({ rate: null, remainingMs: null });
  const meter = new ProgressMeter();
  meter.restart(0, 0);
  expect(meter.note(999, 50, 100)).toEqual({ rate: null, remainingMs: null });
});

test('what an earlier run finished, and a pause, say nothing about the pace', () => {
  const meter = new ProgressMeter();
  meter.restart(0, 900);
  expect(meter.note(1_000, 905, 1_000).rate).toBe(5);
  meter.restart(100_000, 905);
  expect(meter.note(101_000, 915, 1_000).rate).toBe(10);
});
