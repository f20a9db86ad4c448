import { expect, test } from 'vitest';
import { createRunQueue, type QueueProgress } from '../../../../renderer/features/playground/run-queue';

/** Tasks that end when they are told to. */
function handTasks(queue: ReturnType<typeof createRunQueue>) {
  const begun: string[] = [];
  const finish = new Map<string, () => void>();
  const signals = new Map<string, AbortSignal>();
  const add = (name: string): void =>
    queue.add((signal) => {
      begun.push(name);
      signals.set(name, signal);
      return new Promise((resolve) => finish.set(name, resolve));
    });
  return { add, begun, signals, end: (name: string) => finish.get(name)?.() };
}
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
};

test('no more than so many run at once, and they begin in order', async () => {
  const queue = createRunQueue(2, () => {});
  const tasks = handTasks(queue);
  for (const name of ['a', 'b', 'c']) tasks.add(name);
  await settle();
  expect(tasks.begun).toEqual(['a', 'b']);
  tasks.end('b');
  await settle();
  expect(tasks.begun).toEqual(['a', 'b', 'c']);
});

test('progress counts what was added since the queue was empty, and ends with null', async () => {
  const seen: (QueueProgress | null)[] = [];
  const queue = createRunQueue(1, (progress) => seen.push(progress));
  const tasks = handTasks(queue);
  tasks.add('a');
  tasks.add('b');
  await settle();
  tasks.end('a');
  await settle();
  tasks.end('b');
  await settle();
  expect(seen).toEqual([{ done: 0, total: 1 }, { done: 0, total: 2 }, { done: 1, total: 2 }, null]);
});

test('cancelling keeps waiting tasks from beginning, tells those that run, and reports no more of them', async () => {
  const seen: (QueueProgress | null)[] = [];
  const queue = createRunQueue(1, (progress) => seen.push(progress));
  const tasks = handTasks(queue);
  tasks.add('a');
  tasks.add('b');
  await settle();
  queue.cancel();
  expect(tasks.signals.get('a')?.aborted).toBe(true);
  expect(seen.at(-1)).toBeNull();
  const reports = seen.length;
  tasks.end('a');
  await settle();
  expect(tasks.begun).toEqual(['a']);
  expect(seen).toHaveLength(reports);
});

test('after a cancel new tasks run as if nothing had been', async () => {
  const seen: (QueueProgress | null)[] = [];
  const queue = createRunQueue(1, (progress) => seen.push(progress));
  const tasks = handTasks(queue);
  tasks.add('a');
  await settle();
  queue.cancel();
  tasks.add('c');
  tasks.end('a');
  await settle();
  expect(tasks.begun).toEqual(['a', 'c']);
  expect(seen.at(-1)).toEqual({ done: 0, total: 1 });
});
