import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { AppError } from '../../../app/base/errors';
import type { Job } from '../../../app/contract/jobs';
import type { JobKind, JobRun } from '../../../main/jobs/job-kind';
import { JobQueue } from '../../../main/jobs/job-queue';
import { type JobStore, MemoryJobStore, SqliteJobStore } from '../../../main/jobs/job-store';
import { FakeClock } from '../../support/fake-clock';
import { temporaryFolder } from '../../support/temp-folder';

const paramsSchema = z.strictObject({
  items: z.int(),
  failAt: z.int().optional(),
  breakAt: z.int().optional(),
});
type Params = z.infer<typeof paramsSchema>;

/** Counts to `items`, a tenth of a second each, and keeps what it has counted, as a real kind keeps its results. */
class Counting implements JobKind<Params> {
  readonly name: string;
  readonly isHeavy: boolean;
  readonly params = paramsSchema;
  readonly #clock: FakeClock;
  /** Everything ever counted, by job, in order. */
  readonly counted: Map<string, number[]>;

  constructor(clock: FakeClock, isHeavy = true, counted = new Map<string, number[]>()) {
    this.name = isHeavy ? 'count' : 'glance';
    this.isHeavy = isHeavy;
    this.#clock = clock;
    this.counted = counted;
  }

  async run(run: JobRun<Params>): Promise<void> {
    const done = this.counted.get(run.id) ?? [];
    this.counted.set(run.id, done);
    run.total(run.params.items);
    run.resumed({ done: done.length, failed: 0 });
    for (let item = done.length; item < run.params.items; item++) {
      await run.ready();
      await new Promise<void>((resolve) => this.#clock.schedule(100, resolve));
      if (item === run.params.breakAt) throw new AppError('DISK_FULL');
      done.push(item);
      run.finished(item === run.params.failAt);
    }
  }
}

let clock: FakeClock;
let kind: Counting;
let store: JobStore;
let queue: JobQueue;
beforeEach(async () => {
  clock = new FakeClock();
  kind = new Counting(clock);
  store = new MemoryJobStore();
  queue = await open();
});
afterEach(async () => {
  const closing = queue.close();
  await clock.advance(1_000);
  await closing;
});
const open = (more: { resumesInterrupted?: boolean } = {}): Promise<JobQueue> =>
  JobQueue.open({ clock, store, kinds: [kind, new Counting(clock, false)], ...more });
const add = (
  title: string,
  items = 10,
  more: { priority?: number; kind?: string; params?: object } = {},
): Job =>
  queue.add({
    kind: more.kind ?? 'count',
    title,
    params: { items, ...more.params },
    ...(more.priority === undefined ? {} : { priority: more.priority }),
  });
const states = (): string[] => queue.list().map(({ title, state }) => `${title} ${state}`);

describe('the queue', () => {
  test('tells in its log what a job went through, and keeps how fast it was', async () => {
    const { id } = add('logged', 30, { params: { failAt: 3 } });
    const { id: broken } = add('broken', 10, { params: { breakAt: 1 } });
    await clock.advance(1_500);
    queue.pause(id);
    await clock.advance(5_000);
    queue.resume(id);
    await clock.advance(5_000);
    const { log, rates } = queue.get(id);
    expect(log.map(({ code }) => code)).toEqual([
      'started',
      ...Array.from({ length: 5 }, () => 'progress'),
      'paused',
      'continued',
      ...Array.from({ length: 4 }, () => 'progress'),
      'finished',
    ]);
    expect(log[1]?.params).toEqual({ done: '3', total: '30' });
    expect(log.at(-1)?.params).toEqual({ done: '30', failed: '1' });
    expect(rates.length).toBeGreaterThanOrEqual(2);
    for (const { rate } of rates) expect(Math.abs(rate - 10)).toBeLessThanOrEqual(1); // one was under way when it was paused
    expect(queue.get(broken).log.at(-1)).toMatchObject({
      level: 'warning',
      code: 'failed',
      params: { code: 'DISK_FULL' },
    });
  });

  test('runs heavy jobs one at a time, the highest priority first, then the oldest; light ones beside them', async () => {
    add('first');
    add('second');
    add('urgent', 10, { priority: 5 });
    add('light', 10, { kind: 'glance' });
    await clock.advance(0);
    expect(states()).toEqual(['first running', 'second queued', 'urgent queued', 'light running']);
    await clock.advance(1_000);
    expect(states()).toEqual(['first done', 'second queued', 'urgent running', 'light done']);
    await clock.advance(1_000);
    expect(states()).toEqual(['first done', 'second running', 'urgent done', 'light done']);
  });

  test('a pause lets the item under way finish, gives up the turn, and goes on where it was', async () => {
    const { id } = add('paused', 20);
    await clock.advance(450);
    queue.pause(id);
    add('next', 3);
    await clock.advance(300);
    expect(states()).toEqual(['paused paused', 'next done']);
    expect(queue.get(id)).toMatchObject({ progress: { done: 5 }, elapsedMs: 450, rate: null });
    await clock.advance(60_000);
    queue.resume(id);
    await clock.advance(2_000);
    expect(queue.get(id)).toMatchObject({ state: 'done', progress: { done: 20, total: 20 } });
    expect(queue.get(id).elapsedMs).toBeLessThan(2_500);
    expect(kind.counted.get(id)).toHaveLength(20);
  });

  test('cancel keeps what is finished; one that was not begun is cancelled at once', async () => {
    const running = add('running');
    const waiting = add('waiting');
    await clock.advance(250);
    queue.cancel(waiting.id);
    queue.cancel(running.id);
    expect(states()).toEqual(['running cancelling', 'waiting cancelled']);
    await clock.advance(100);
    expect(states()).toEqual(['running cancelled', 'waiting cancelled']);
    expect(queue.get(running.id)).toMatchObject({ progress: { done: 3 }, error: null });
    await clock.advance(5_000);
    expect(kind.counted.get(running.id)).toHaveLength(3);
  });

  test('a job that breaks down says why; items that fail are counted and do not end it', async () => {
    const broken = add('broken', 10, { params: { breakAt: 2 } });
    const patchy = add('patchy', 10, { params: { failAt: 2 } });
    await clock.advance(3_000);
    expect(queue.get(broken.id)).toMatchObject({
      state: 'failed',
      error: { code: 'DISK_FULL' },
      progress: { done: 2 },
    });
    expect(queue.get(patchy.id)).toMatchObject({ state: 'done', progress: { done: 10, failed: 1 } });
  });

  test('run again is exactly the same job again', async () => {
    const first = add('again', 3, { priority: 2, params: { failAt: 1 } });
    await clock.advance(1_000);
    const again = queue.runAgain(first.id);
    expect(again.id).not.toBe(first.id);
    for (const key of ['kind', 'title', 'model', 'versions', 'priority', 'params'] as const)
      expect(again[key]).toEqual(first[key]);
    await clock.advance(1_000);
    expect(queue.get(again.id)).toMatchObject({ state: 'done', progress: { done: 3, failed: 1 } });
  });

  test('params that the kind refuses, and kinds that do not exist, are refused', () => {
    expect(() => queue.add({ kind: 'count', title: 'x', params: { items: 'many' } })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
    expect(() => queue.add({ kind: 'fly', title: 'x', params: {} })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
    expect(queue.list()).toEqual([]);
  });

  test('tells of progress at most ten times a second', async () => {
    const told: number[] = [];
    queue.onDidChange(() => told.push(clock.now()));
    add('a', 20, { kind: 'glance' });
    add('b', 20);
    await clock.advance(2_000);
    for (const id of queue.list().map((job) => job.id)) queue.setPriority(id, 1);
    expect(told.length).toBeGreaterThan(20);
    expect(told.length).toBeLessThanOrEqual(2 * 21);
  });

  test('only what has ended can be removed', async () => {
    const { id } = add('a', 3);
    await expect(queue.remove(id)).rejects.toMatchObject({ code: 'FAILED_PRECONDITION' });
    await clock.advance(1_000);
    await queue.remove(id);
    expect([queue.list(), await store.all()]).toEqual([[], []]);
  });
});

describe.each(['in memory', 'on disk'] as const)('after the app ended, with jobs %s', (place) => {
  const folder = temporaryFolder();
  const kept = async (): Promise<JobStore> =>
    place === 'on disk' ? SqliteJobStore.open(join(folder.path, 'jobs.db')) : store;

  test('what was running goes on without doing anything twice, and what was paused stays so', async () => {
    store = await kept();
    queue = await open();
    const { id } = add("it's long", 20);
    const paused = add('paused', 5);
    queue.pause(paused.id);
    await clock.advance(450);
    const closing = queue.close();
    await clock.advance(100);
    await closing;
    expect(kind.counted.get(id)).toHaveLength(5);

    store = await kept();
    queue = await open();
    expect(states()).toEqual(["it's long interrupted", 'paused paused']);
    await clock.advance(5_000);
    queue.resume(id);
    await clock.advance(2_000);
    expect(queue.get(id)).toMatchObject({ state: 'done', progress: { done: 20, total: 20 } });
    expect(kind.counted.get(id)).toEqual(Array.from({ length: 20 }, (_, item) => item));
    queue.resume(paused.id);
    await clock.advance(1_000);
    expect(states()).toEqual(["it's long done", 'paused done']);
  });

  test('a crash loses no job, and those that were running go on by themselves where that is wished', async () => {
    store = await kept();
    const crashed = await open();
    const { id } = crashed.add({ kind: 'count', title: 'crashed', params: { items: 20 } });
    await clock.advance(1_250);
    await crashed.settled(); // nobody closes it
    const before = [...(kind.counted.get(id) ?? [])];
    kind = new Counting(clock, true, new Map([[id, before]]));
    store = await kept();
    queue = await open({ resumesInterrupted: true });
    await clock.advance(2_000);
    expect(queue.get(id)).toMatchObject({ state: 'done', progress: { done: 20, total: 20, failed: 0 } });
    expect(kind.counted.get(id)).toHaveLength(20);
    await crashed.close();
  });
});

test('ended jobs beyond a hundred go, the oldest first', async () => {
  for (let job = 0; job < 103; job++) add(`job ${job}`, 0);
  await clock.advance(1_000);
  expect(queue.list()).toHaveLength(100);
  expect(queue.list()[0]?.title).toBe('job 3');
});
