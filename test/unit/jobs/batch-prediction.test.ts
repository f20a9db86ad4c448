import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import type { Job } from '../../../app/contract/jobs';
import type { BatchHost, OpenRows, RowSession } from '../../../main/jobs/batch/batch-host';
import { JobQueue } from '../../../main/jobs/job-queue';
import { MemoryJobStore } from '../../../main/jobs/job-store';
import { BatchPrediction } from '../../../main/jobs/tensors/batch-prediction';
import { PredictionBlocks } from '../../../main/jobs/tensors/prediction-blocks';
import type { TensorBlock } from '../../../main/runner/tensors/tensor-blocks';
import { FakeClock } from '../../support/fake-clock';
import { temporaryFolder } from '../../support/temp-folder';

const folder = temporaryFolder();
const rowsInABlock = 10;

/** Rows whose number ends with 7 have no answer. */
class FakeHost implements BatchHost {
  readonly asked: number[] = [];
  rows = 95;
  hash = 'one';
  isOpen = false;
  onAnswer: () => void = () => {};

  open(): never {
    throw new Error('It is about tensors');
  }

  unpack(): never {
    throw new Error('It is about tensors');
  }

  async writeRows(): Promise<void> {}

  async openRows({ versions }: OpenRows): Promise<RowSession> {
    this.isOpen = true;
    const blocks: TensorBlock[] = [];
    for (let from = 0; from < this.rows; from += rowsInABlock)
      blocks.push({ from, rows: Math.min(rowsInABlock, this.rows - from), bytes: null });
    return {
      versions: versions.map((version) => ({ version, hash: this.hash, settings: 'null' })),
      lanes: 2,
      rows: this.rows,
      blocks,
      predict: async ({ from, rows }) => {
        await new Promise((resolve) => setImmediate(resolve));
        this.asked.push(from);
        this.onAnswer();
        const failed = Array.from({ length: rows }, (_, row) => from + row).filter((row) => row % 10 === 7);
        // two versions without an answer are one row without
        return failed.flatMap((row) =>
          versions.map((version) => ({
            row,
            version,
            error: { code: 'MODEL_RUN_FAILED' as const, detail: '' },
          })),
        );
      },
      close: async () => {
        this.isOpen = false;
      },
    };
  }
}

let host: FakeHost;
let blocks: PredictionBlocks;
let queue: JobQueue;
let store: MemoryJobStore;
const start = async (): Promise<void> => {
  blocks = await PredictionBlocks.open(join(folder.path, 'jobs.db'));
  const kinds = [new BatchPrediction({ host, blocks, partsFolder: join(folder.path, 'parts') })];
  queue = await JobQueue.open({ clock: new FakeClock(), store, kinds, resumesInterrupted: true });
};
const stop = async (): Promise<void> => {
  await queue.close();
  await blocks.close();
};
const add = (): Job =>
  queue.add({
    kind: 'batchPrediction',
    title: 'rows',
    params: {
      model: 'm',
      versions: [1, 3],
      outputs: [],
      input: { format: 'npy', path: '/rows.npy' },
      target: 'npz',
    },
  });
const ended = async (id: string): Promise<Job> => {
  for (;;) {
    const job = queue.get(id);
    if (['done', 'failed', 'cancelled'].includes(job.state)) return job;
    await new Promise((resolve) => setImmediate(resolve));
  }
};
beforeEach(async () => {
  host = new FakeHost();
  store = new MemoryJobStore();
  await start();
  return stop;
});

test('every block is asked about once, and rows are what is counted', async () => {
  const job = await ended(add().id);
  expect(job).toMatchObject({ state: 'done', progress: { done: 95, total: 95, failed: 9 } });
  expect([...host.asked].sort((a, b) => a - b)).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90]);
  expect(host.isOpen).toBe(false);
});

test('a batch that was interrupted asks only about the rest', async () => {
  const { id } = add();
  await new Promise<void>((resolve) => {
    host.onAnswer = () => host.asked.length >= 4 && resolve();
  });
  await stop();
  const { done } = queue.get(id).progress;
  host.asked.length = 0;
  host.onAnswer = () => {};
  await start();
  expect(await ended(id)).toMatchObject({ state: 'done', progress: { done: 95, failed: 9 } });
  expect(host.asked.length).toBeLessThanOrEqual(10 - Math.floor(done / rowsInABlock));
});

test('a file or a version that is another one when it goes on ends the batch', async () => {
  for (const change of [() => (host.rows = 40), () => (host.hash = 'two')]) {
    host.rows = 95;
    host.asked.length = 0;
    const { id } = add();
    await new Promise<void>((resolve) => {
      host.onAnswer = () => host.asked.length >= 2 && resolve();
    });
    await stop();
    change();
    await start();
    expect(await ended(id)).toMatchObject({ state: 'failed', error: { code: 'FAILED_PRECONDITION' } });
  }
});

test('a removed job takes its answers with it', async () => {
  const { id } = add();
  await ended(id);
  const parts = join(folder.path, 'parts', id);
  mkdirSync(parts, { recursive: true });
  await queue.remove(id);
  expect(existsSync(parts)).toBe(false);
  expect(await blocks.counts(id)).toEqual({ total: 0, done: 0, failed: 0 });
});
