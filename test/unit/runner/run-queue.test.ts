import { expect, test } from 'vitest';
import { AppError } from '../../../app/base/errors';
import { RunQueue } from '../../../main/runner/run-queue';

const never = new AbortController().signal;

test('jobs run one after the other in the order they came', async () => {
  const queue = new RunQueue();
  const log: string[] = [];
  const job = (name: string) => async () => {
    log.push(`${name} begins`);
    await Promise.resolve();
    log.push(`${name} ends`);
    return name;
  };
  expect(await Promise.all([queue.run(never, job('a')), queue.run(never, job('b'))])).toEqual(['a', 'b']);
  expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
});

test('a job whose caller left while another ran is dropped unrun, with the signal’s reason', async () => {
  const queue = new RunQueue();
  const caller = new AbortController();
  let hasRun = false;
  const first = queue.run(never, async () => {
    setImmediate(() => caller.abort(new AppError('DEADLINE_EXCEEDED'))); // arrives while the loop is blocked
  });
  const second = queue.run(caller.signal, async () => {
    hasRun = true;
  });
  await first;
  await expect(second).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  expect(hasRun).toBe(false);
});

test('a job that fails harms none after it', async () => {
  const queue = new RunQueue();
  const failing = queue.run(never, () => Promise.reject(new Error('native')));
  const fine = queue.run(never, async () => 'fine');
  await expect(failing).rejects.toThrow('native');
  expect(await fine).toBe('fine');
  expect(queue.length).toBe(0);
});
