import { expect, test } from 'vitest';
import { InteractiveLoad } from '../../../main/engine/interactive-load';
import { FakeClock } from '../../support/fake-clock';

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
