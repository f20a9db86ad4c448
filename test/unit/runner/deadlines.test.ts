import { beforeEach, expect, test } from 'vitest';
import { Deadlines } from '../../../main/runner/deadlines';
import { FakeClock } from '../../support/fake-clock';

let clock: FakeClock;
let passed: (readonly [id: number, afterMs: number])[];
let deadlines: Deadlines;

beforeEach(() => {
  clock = new FakeClock(0);
  passed = [];
  deadlines = new Deadlines(clock, (id) => passed.push([id, clock.now()]));
});

test('each is told of when it passes, in whatever order they were set', async () => {
  deadlines.set(1, 300);
  deadlines.set(2, 100);
  deadlines.set(3, 200);
  deadlines.set(4, 100);
  await clock.advance(1_000);
  expect(passed).toEqual([
    [2, 100],
    [4, 100],
    [3, 200],
    [1, 300],
  ]);
  expect(clock.pending).toBe(0);
});

test('none that was deleted is told of, and the others are on time', async () => {
  deadlines.set(1, 100);
  deadlines.set(2, 200);
  deadlines.delete(1);
  await clock.advance(500);
  expect(passed).toEqual([[2, 200]]);
});

test('one that has passed already is told of at once, not in the same turn', async () => {
  await clock.advance(50);
  deadlines.set(1, 10);
  expect(passed).toEqual([]);
  await clock.advance(0);
  expect(passed).toEqual([[1, 50]]);
});

test('however many there are, one timer runs, and none when they are no longer wanted', () => {
  for (let id = 0; id < 100; id++) deadlines.set(id, 1_000 - id);
  expect(clock.pending).toBe(1);
  deadlines.dispose();
  expect(clock.pending).toBe(0);
});
