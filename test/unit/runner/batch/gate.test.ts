import { expect, test } from 'vitest';
import { Gate } from '../../../../main/runner/batch/gate';
import { FakeClock, settle } from '../../../support/fake-clock';

test('an open gate lets everything through; a held one waits, in order, until it is let go', async () => {
  const gate = new Gate(new FakeClock());
  await gate.pass();
  gate.isHeld = true;
  const passed: string[] = [];
  void gate.pass().then(() => passed.push('a'));
  void gate.pass().then(() => passed.push('b'));
  await settle();
  expect(passed).toEqual([]);
  gate.isHeld = false;
  await settle();
  expect(passed).toEqual(['a', 'b']);
});

test('a gate that is held for good lets one step through each half second', async () => {
  const clock = new FakeClock();
  const gate = new Gate(clock);
  gate.isHeld = true;
  const passed: number[] = [];
  for (const step of [1, 2, 3]) void gate.pass().then(() => passed.push(step));
  await clock.advance(499);
  expect(passed).toEqual([]);
  await clock.advance(1);
  expect(passed).toEqual([1]);
  await clock.advance(500);
  expect(passed).toEqual([1, 2]);
  gate.isHeld = false;
  await settle();
  expect(passed).toEqual([1, 2, 3]);
});
