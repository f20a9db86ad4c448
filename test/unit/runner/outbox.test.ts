import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Outbox } from '../../../main/runner/outbox';

test('what one turn says goes out in order, two at once, and the last by itself when the turn ends', async () => {
  const sent: (readonly number[])[] = [];
  const outbox = new Outbox<number>((batch) => sent.push([...batch]));
  for (const message of [1, 2, 3, 4, 5]) outbox.post(message);
  expect(sent).toEqual([
    [1, 2],
    [3, 4],
  ]);
  await nextTurn();
  expect(sent.at(-1)).toEqual([5]);
  outbox.post(6);
  expect(sent).toHaveLength(3);
  await nextTurn();
  expect(sent.at(-1)).toEqual([6]);
});

test('nothing is sent at the end of a turn whose messages have all gone', async () => {
  const sent: (readonly number[])[] = [];
  const outbox = new Outbox<number>((batch) => sent.push([...batch]));
  outbox.post(1);
  outbox.post(2);
  await nextTurn();
  expect(sent).toEqual([[1, 2]]);
});
