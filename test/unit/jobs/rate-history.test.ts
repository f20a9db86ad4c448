import { expect, test } from 'vitest';
import { RateHistory } from '../../../main/jobs/rate-history';

test('a point a second says how many were finished in it', () => {
  const history = new RateHistory([], 0);
  for (const ms of [100, 500, 900]) expect(history.note(ms, ms / 100)).toEqual([]);
  expect(history.note(1_000, 10)).toEqual([{ elapsedMs: 1_000, rate: 10 }]);
  expect(history.note(3_000, 20)).toEqual([
    { elapsedMs: 1_000, rate: 10 },
    { elapsedMs: 3_000, rate: 5 },
  ]);
});

test('a long job has few points that together say as much', () => {
  const history = new RateHistory([], 0);
  let done = 0;
  let points: readonly { elapsedMs: number; rate: number }[] = [];
  for (let second = 1; second <= 3_600; second++) {
    done += second % 7;
    points = history.note(second * 1_000, done);
  }
  expect(points.length).toBeGreaterThan(50);
  expect(points.length).toBeLessThanOrEqual(120);
  let fromMs = 0;
  let items = 0;
  for (const { elapsedMs, rate } of points) {
    items += (rate * (elapsedMs - fromMs)) / 1_000;
    fromMs = elapsedMs;
  }
  const lastMs = points.at(-1)?.elapsedMs ?? 0;
  const expected = Array.from({ length: lastMs / 1_000 }, (_, at) => (at + 1) % 7).reduce((a, b) => a + b, 0);
  expect(items).toBeCloseTo(expected, 5);
});

test('going on keeps the points, and what was finished before is no pace', () => {
  const kept = [{ elapsedMs: 1_000, rate: 10 }];
  const history = new RateHistory(kept, 1_500);
  history.restart(1_500, 5_000);
  expect(history.note(2_500, 5_020)).toEqual([...kept, { elapsedMs: 2_500, rate: 20 }]);
});
