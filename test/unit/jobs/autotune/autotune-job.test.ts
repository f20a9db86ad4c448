import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import type { Job } from '../../../../app/contract/jobs';
import { AutotuneJob, type AutotuneParams } from '../../../../main/jobs/autotune/autotune-job';
import type { TuningBench, TuningHost } from '../../../../main/jobs/autotune/tuning-host';
import { TuningStore } from '../../../../main/jobs/autotune/tuning-store';
import { JobQueue } from '../../../../main/jobs/job-queue';
import { MemoryJobStore } from '../../../../main/jobs/job-store';
import { type Measurement, type TuningPoint, tuningSpace } from '../../../../main/platforms/autotune/search';
import { FakeClock } from '../../../support/fake-clock';
import { temporaryFolder } from '../../../support/temp-folder';

const folder = temporaryFolder();
const baseline: TuningPoint = { instances: 1, intraOpThreads: 1, maxBatchSize: 1, batchTimeoutMicros: 0 };

/** Two instances answer twice as much; batches only make everybody wait. */
class FakeHost implements TuningHost {
  readonly measured: TuningPoint[] = [];
  readonly applied: TuningPoint[] = [];
  gainOfInstance = 1;
  onMeasure: () => void = () => {};

  async openBench(): Promise<TuningBench> {
    return {
      baseline,
      space: tuningSpace(2, 8),
      measure: async (point): Promise<Measurement | null> => {
        this.measured.push(point);
        this.onMeasure();
        await Promise.resolve();
        if (point.maxBatchSize > 4) return null;
        return {
          requestsPerSecond: 100 * (1 + this.gainOfInstance * (point.instances - 1)) - point.maxBatchSize,
          p95Ms: 10 * point.maxBatchSize,
        };
      },
      apply: async (point) => {
        this.applied.push(point);
        return 'undo-1';
      },
    };
  }
}

let host: FakeHost;
let reports: TuningStore;
let queue: JobQueue;
beforeEach(async () => {
  host = new FakeHost();
  reports = await TuningStore.open(join(folder.path, 'jobs.db'));
  const clock = new FakeClock();
  const kinds = [new AutotuneJob({ host, reports, clock })];
  queue = await JobQueue.open({ clock, store: new MemoryJobStore(), kinds });
  return async () => {
    await queue.close();
    await reports.close();
  };
});
const add = (differences: Partial<AutotuneParams> = {}): Job =>
  queue.add({
    kind: 'autotune',
    title: 'm',
    params: { model: 'm', version: 3, p95BoundMs: 50, applies: true, ...differences },
  });
const ended = async (id: string): Promise<Job> => {
  for (;;) {
    const job = queue.get(id);
    if (['done', 'failed', 'cancelled'].includes(job.state)) return job;
    await new Promise((resolve) => setImmediate(resolve));
  }
};

test('the best is proved against the present way, applied, and kept with everything that was tried', async () => {
  const { id } = add();
  const job = await ended(id);
  const report = await reports.get(id);
  expect(report).toMatchObject({
    baseline: { point: baseline },
    best: { point: { ...baseline, instances: 2 } },
    isApplied: true,
    isComplete: true,
    undo: 'undo-1',
  });
  expect(report?.gain).toBeCloseTo(199 / 99);
  expect(host.applied).toEqual([{ ...baseline, instances: 2 }]);
  expect(job).toMatchObject({ state: 'done', progress: { done: report?.table.length, failed: 0 } });
  expect(host.measured.slice(-4).map(({ instances }) => instances)).toEqual([1, 2, 1, 2]);
  expect(job.log.map(({ code }) => code)).toContain('tuned');
});

test('nothing is changed without a gain, nor when it is only asked for', async () => {
  host.gainOfInstance = 0;
  const same = await ended(add().id);
  expect(await reports.get(same.id)).toMatchObject({ best: { point: baseline }, gain: 1, isApplied: false });
  host.gainOfInstance = 1;
  const asked = await ended(add({ applies: false }).id);
  expect(await reports.get(asked.id)).toMatchObject({
    best: { point: { instances: 2 } },
    isApplied: false,
    undo: null,
  });
  expect(host.applied).toEqual([]);
});

test('a search that is cancelled changes nothing', async () => {
  const { id } = add();
  host.onMeasure = () => host.measured.length === 3 && queue.cancel(id);
  expect(await ended(id)).toMatchObject({ state: 'cancelled' });
  expect(host.applied).toEqual([]);
  expect(await reports.get(id)).toBeNull();
});

test('a removed job takes its report with it', async () => {
  const { id } = add();
  await ended(id);
  await queue.remove(id);
  expect(await reports.get(id)).toBeNull();
});
