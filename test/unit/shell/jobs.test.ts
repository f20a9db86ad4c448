import { describe, expect, test } from 'vitest';
import type { Job } from '../../../app/contract/jobs';
import { type CloseAnswer, CloseGuard } from '../../../app/shell/close-guard';
import { JobNotices, type Notice } from '../../../app/shell/job-notices';
import { windowProgress } from '../../../app/shell/job-progress';

const aJob = (id: string, differences: Partial<Job> = {}): Job => ({
  id,
  kind: 'batchClassification',
  title: `Batch ${id}`,
  model: 'digits',
  versions: [1],
  state: 'running',
  priority: 0,
  progress: { done: 0, total: null, failed: 0 },
  rate: null,
  remainingMs: null,
  createdAtMs: 0,
  startedAtMs: 0,
  endedAtMs: null,
  elapsedMs: 0,
  log: [],
  rates: [],
  params: {},
  error: null,
  ...differences,
});

describe("the window's progress", () => {
  const at = (done: number, total: number | null, state: Job['state'] = 'running') =>
    aJob('a', { state, progress: { done, total, failed: 0 } });
  test.each([
    ['is none without running jobs', [at(1, 2, 'done'), at(1, 2, 'paused'), at(0, 2, 'queued')], -1],
    ['only moves until the items are counted', [at(1, 2), at(0, null)], 2],
    ['is that of all running ones together', [at(10, 20), at(20, 80, 'cancelling')], 0.3],
    ['only moves while there is nothing to do', [at(0, 0)], 2],
  ])('%s', (_title, jobs, expected) => expect(windowProgress(jobs)).toBe(expected));
});

describe('a notice', () => {
  const watch = (more: { isInSight?: boolean; isWanted?: boolean } = {}) => {
    const shown: Notice[] = [];
    const notices = new JobNotices({
      isInSight: () => more.isInSight ?? false,
      isWanted: () => more.isWanted ?? true,
      show: (notice) => void shown.push(notice),
    });
    const run = (id: string, differences: Partial<Job> = {}): void => {
      notices.note(aJob(id));
      notices.note(
        aJob(id, {
          state: 'done',
          elapsedMs: 10_001,
          progress: { done: 1_240, total: 1_240, failed: 2 },
          ...differences,
        }),
      );
    };
    return { shown, notices, run };
  };

  test('tells of a long job that ended out of sight, once', () => {
    const { shown, notices, run } = watch();
    run('a');
    notices.note(aJob('a', { state: 'done', elapsedMs: 10_001 }));
    expect(shown).toEqual([{ title: 'Batch a is done', body: '1,240 finished, 2 of them failed', job: 'a' }]);
  });

  test('of several becomes one, until the person has looked', () => {
    const { shown, notices, run } = watch();
    run('a');
    run('b', { state: 'failed' });
    expect(shown.at(-1)).toEqual({ title: '2 jobs have ended', body: 'Batch a\nBatch b', job: null });
    notices.seen();
    run('c', { state: 'failed' });
    expect(shown.at(-1)).toMatchObject({ title: 'Batch c failed', job: 'c' });
  });

  test('is not given for what is short, seen, unwanted, cancelled, or ended before', () => {
    for (const [options, differences] of [
      [{}, { elapsedMs: 10_000 }],
      [{ isInSight: true }, {}],
      [{ isWanted: false }, {}],
      [{}, { state: 'cancelled' as const }],
    ] as const) {
      const { shown, run } = watch(options);
      run('a', differences);
      expect(shown).toEqual([]);
    }
    const { shown, notices } = watch();
    notices.note(aJob('old', { state: 'done', elapsedMs: 60_000 }));
    expect(shown).toEqual([]);
  });
});

describe('closing with jobs under way', () => {
  const setup = (answer: CloseAnswer, jobs = 2) => {
    const done: string[] = [];
    const state = { jobs };
    const guard = new CloseGuard({
      jobsUnderWay: () => state.jobs,
      ask: async (count) => {
        done.push(`ask ${count}`);
        return answer;
      },
      hide: () => void done.push('hide'),
      quit: () => void done.push('quit'),
    });
    return { done, state, guard };
  };
  const settled = () => new Promise((resolve) => setImmediate(resolve));

  test('needs no question without any', () => {
    const { guard, done } = setup('cancel', 0);
    expect(guard.mayClose()).toBe(true);
    expect(done).toEqual([]);
  });

  test('asks once, and Cancel leaves all as it was', async () => {
    const { guard, done } = setup('cancel');
    expect([guard.mayClose(), guard.mayClose()]).toEqual([false, false]);
    await settled();
    expect(done).toEqual(['ask 2']);
    expect(guard.mayClose()).toBe(false);
  });

  test('stops and quits', async () => {
    const { guard, done } = setup('stop');
    guard.mayClose();
    await settled();
    expect(done).toEqual(['ask 2', 'quit']);
    expect(guard.mayClose()).toBe(true);
  });

  test('goes on in the background and ends with the last job', async () => {
    const { guard, done, state } = setup('background');
    guard.mayClose();
    await settled();
    expect(done).toEqual(['ask 2', 'hide']);
    guard.noteJobs();
    state.jobs = 0;
    guard.noteJobs();
    guard.noteJobs();
    expect(done).toEqual(['ask 2', 'hide', 'quit']);
  });

  test('stays when the window was shown again meanwhile', async () => {
    const { guard, done, state } = setup('background');
    guard.mayClose();
    await settled();
    guard.noteShown();
    state.jobs = 0;
    guard.noteJobs();
    expect(done).toEqual(['ask 2', 'hide']);
  });

  test('is not held up when the system ends', () => {
    const { guard, done } = setup('cancel');
    guard.letGo();
    expect(guard.mayClose()).toBe(true);
    expect(done).toEqual([]);
  });
});
