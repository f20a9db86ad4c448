import { expect, test } from 'vitest';
import { AppError, type ErrorCode } from '../../../app/base/errors';
import { CrashSuspects, type VersionSuspects } from '../../../main/platforms/crash-suspects';
import { failureOf } from '../../support/app-errors';
import { settle } from '../../support/fake-clock';

const bytes = (value: number) => [Uint8Array.of(value)];
const crash = (signal = 'SIGSEGV') => Promise.reject(new AppError('RUNNER_CRASHED', { signal }));
const code = async (promise: Promise<unknown>): Promise<ErrorCode> => (await failureOf(() => promise)).code;
const fresh = (): VersionSuspects => new CrashSuspects().of('content');

test('an input that ended the process twice is refused for that content, without asking', async () => {
  const all = new CrashSuspects();
  const suspects = all.of('content');
  let asked = 0;
  const ask = () => {
    asked++;
    return crash();
  };
  expect(await code(suspects.guard(bytes(1), ask))).toBe('RUNNER_CRASHED');
  expect(await code(suspects.guard(bytes(1), ask))).toBe('RUNNER_CRASHED');
  expect(await code(suspects.guard(bytes(1), ask))).toBe('INPUT_CRASHED_VERSION');
  expect(asked).toBe(2);
  expect(await suspects.guard(bytes(2), async () => 'fine')).toBe('fine');
  expect(await all.of('content after a change').guard(bytes(1), async () => 'fine')).toBe('fine');
});

test('those that were in flight with it are cleared when they are answered', async () => {
  const suspects = fresh();
  await Promise.all([1, 2].map((value) => code(suspects.guard(bytes(value), () => crash()))));
  expect(await suspects.guard(bytes(2), async () => 'fine')).toBe('fine');
  expect(await code(suspects.guard(bytes(2), () => crash()))).toBe('RUNNER_CRASHED');
  expect(await suspects.guard(bytes(2), async () => 'fine')).toBe('fine');
});

test('the same input several times in flight counts once', async () => {
  const suspects = fresh();
  await Promise.all([1, 1, 1].map((value) => code(suspects.guard(bytes(value), () => crash()))));
  expect(await suspects.guard(bytes(1), async () => 'fine')).toBe('fine');
});

test('suspects are tried one at a time, others meanwhile as always', async () => {
  const suspects = fresh();
  await Promise.all([1, 2].map((value) => code(suspects.guard(bytes(value), () => crash()))));
  const begun: number[] = [];
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const all = [1, 2, 3].map((value) =>
    suspects.guard(bytes(value), async () => {
      begun.push(value);
      await held;
    }),
  );
  await settle();
  expect(begun.sort()).toEqual([1, 3]);
  release();
  await Promise.all(all);
  expect(begun).toHaveLength(3);
});

test.each(['SIGKILL', 'SIGTERM'])(
  'a process that somebody ended by %s makes no input a suspect',
  async (signal) => {
    const suspects = fresh();
    for (let round = 0; round < 3; round++)
      expect(await code(suspects.guard(bytes(1), () => crash(signal)))).toBe('RUNNER_CRASHED');
  },
);

test('using up the memory and not ending count as well', async () => {
  const suspects = fresh();
  const greedy = () => Promise.reject(new AppError('RUNNER_OVER_MEMORY_CAP'));
  const endless = (onDidOverstay: () => void) => {
    onDidOverstay();
    return Promise.reject(new AppError('DEADLINE_EXCEEDED'));
  };
  await code(suspects.guard(bytes(1), greedy));
  await code(suspects.guard(bytes(1), endless));
  expect(await code(suspects.guard(bytes(1), async () => 'fine'))).toBe('INPUT_CRASHED_VERSION');
});
