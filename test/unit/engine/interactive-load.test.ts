import { describe, expect, test } from 'vitest';
import { wait } from '../../../app/base/clock';
import { InteractiveLoad } from '../../../main/engine/interactive-load';
import { FakeClock, settle } from '../../support/fake-clock';

test('it is busy while anybody waits, and for a moment after', async () => {
  const clock = new FakeClock();
  const load = new InteractiveLoad(clock);
  const said: boolean[] = [];
  load.onDidChange((isBusy) => said.push(isBusy));
  let answer = (): void => undefined;
  const waiting = load.during(() => new Promise<void>((resolve) => (answer = resolve)));
  expect(load.isBusy).toBe(true);
  await clock.advance(100);
  expect(load.isBusy).toBe(true);
  answer();
  await waiting;
  await clock.advance(19);
  expect(load.isBusy).toBe(true);
  await clock.advance(1);
  expect(said).toEqual([true, false]);
});

test('requests that follow each other closely leave no gap, and one that fails counts as well', async () => {
  const clock = new FakeClock();
  const load = new InteractiveLoad(clock);
  const said: boolean[] = [];
  load.onDidChange((isBusy) => said.push(isBusy));
  for (let request = 0; request < 20; request++) {
    await load.during(() => Promise.reject(new Error('no'))).catch(() => undefined);
    await clock.advance(15);
  }
  expect(said).toEqual([true]);
  await clock.advance(5);
  expect(said).toEqual([true, false]);
});

describe('a rest', () => {
  /** Says whether it is over, as far as the turns of the event loop have come. */
  function resting(load: InteractiveLoad, lengthMs: () => number, patienceMs: number): () => boolean {
    let isOver = false;
    void load.rest(lengthMs, patienceMs).then(() => (isOver = true));
    return () => isOver;
  }

  test('is there at once when nobody has asked lately', async () => {
    const clock = new FakeClock();
    const isOver = resting(new InteractiveLoad(clock), () => 2, 250);
    await settle();
    expect(isOver()).toBe(true);
    expect(clock.pending).toBe(0);
  });

  test('comes so long after the last answer, however many came before', async () => {
    const clock = new FakeClock();
    const load = new InteractiveLoad(clock);
    await load.during(async () => undefined);
    const isOver = resting(load, () => 2, 250);
    await clock.advance(1);
    void load.during(() => wait(clock, 0));
    await clock.advance(1);
    expect(isOver()).toBe(false);
    await clock.advance(1);
    expect(isOver()).toBe(true);
  });

  test('that is pressing takes the next moment at which nobody waits', async () => {
    const clock = new FakeClock();
    const load = new InteractiveLoad(clock);
    let lengthMs = 2;
    let answer = (): void => undefined;
    const waiting = load.during(() => new Promise<void>((resolve) => (answer = resolve)));
    const isOver = resting(load, () => lengthMs, 250);
    await clock.advance(100);
    lengthMs = 0;
    await settle();
    expect(isOver()).toBe(false);
    answer();
    await waiting;
    await settle();
    expect(isOver()).toBe(true);
  });

  test('is not waited for longer than patience lasts', async () => {
    const clock = new FakeClock();
    const load = new InteractiveLoad(clock);
    void load.during(() => new Promise<void>(() => undefined));
    const isOver = resting(load, () => 2, 250);
    await clock.advance(249);
    expect(isOver()).toBe(false);
    await clock.advance(1);
    expect(isOver()).toBe(true);
    expect(clock.pending).toBe(0);
  });
});
