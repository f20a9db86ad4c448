import { rename } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Clock } from '../../app/base/clock';
import { AppError } from '../../app/base/errors';
import type { Job } from '../../app/contract/jobs';
import type { Jobs } from '../engine-api';
import { BatchClassification } from '../jobs/batch/batch-classification';
import { type BatchFormat, exportBatch } from '../jobs/batch/batch-export';
import type { BatchHost } from '../jobs/batch/batch-host';
import { type BatchParams, batchParamsSchema } from '../jobs/batch/batch-params';
import { type AnsweredItem, BatchResults } from '../jobs/batch/batch-results';
import { JobQueue, type JobRequest } from '../jobs/job-queue';
import { type JobStore, MemoryJobStore, SqliteJobStore } from '../jobs/job-store';
import { batchKind, EngineBatches } from './engine-batches';

export interface EngineJobsOptions {
  /** Where jobs and their results are kept; null keeps nothing. */
  readonly path: string | null;
  readonly clock: Clock;
  readonly host: BatchHost;
  /** Do jobs that were interrupted go on by themselves? */
  readonly resumesInterrupted: boolean;
  /** Hears the name of a file that made no sense and was set aside. */
  readonly onBroken: (file: string) => void;
}

const listsFolderName = 'batch-lists';

/** The jobs of the engine, kept with their results in one file. */
export class EngineJobs implements Jobs {
  readonly #queue: JobQueue;
  readonly #results: BatchResults;
  readonly batches: EngineBatches;

  private constructor(queue: JobQueue, results: BatchResults, batches: EngineBatches) {
    this.#queue = queue;
    this.#results = results;
    this.batches = batches;
  }

  static async open(options: EngineJobsOptions): Promise<EngineJobs> {
    const { clock, path, host, resumesInterrupted } = options;
    const { store, results } = await openStores(path, clock, options.onBroken);
    const kinds = [new BatchClassification({ host, results })];
    const queue = await JobQueue.open({ clock, store, kinds, resumesInterrupted });
    const listsFolder = path === null ? null : join(dirname(path), listsFolderName);
    return new EngineJobs(queue, results, await EngineBatches.open({ queue, results, listsFolder }));
  }

  get onDidChange(): Jobs['onDidChange'] {
    return this.#queue.onDidChange;
  }

  get onDidRemove(): Jobs['onDidRemove'] {
    return this.#queue.onDidRemove;
  }

  list(): readonly Job[] {
    return this.#queue.list();
  }

  get(id: string): Job {
    return this.#queue.get(id);
  }

  add(request: JobRequest): Job {
    return this.#queue.add(request);
  }

  runAgain(id: string): Job {
    return this.#queue.runAgain(id);
  }

  retry(id: string): Job {
    return this.#queue.retry(id);
  }

  pause(id: string): void {
    this.#queue.pause(id);
  }

  resume(id: string): void {
    this.#queue.resume(id);
  }

  cancel(id: string): void {
    this.#queue.cancel(id);
  }

  setPriority(id: string, priority: number): void {
    this.#queue.setPriority(id, priority);
  }

  remove(id: string): Promise<void> {
    return this.#queue.remove(id);
  }

  classifyBatch(params: BatchParams, title: string): Job {
    const { model, versions } = params;
    return this.#queue.add({ kind: batchKind, title, model, versions, params });
  }

  async exportBatch(id: string, path: string, format: BatchFormat): Promise<void> {
    const { model, top } = this.#paramsOf(id);
    await exportBatch({ results: this.#results, job: id, model, top, format, path });
  }

  answersOf(id: string): AsyncIterable<AnsweredItem> {
    this.#paramsOf(id);
    return this.#results.answered(id);
  }

  /** Ends what runs, to go on at the next start. */
  async close(): Promise<void> {
    await this.#queue.close();
    await this.#results.close();
  }

  #paramsOf(id: string): BatchParams {
    const { kind, params } = this.#queue.get(id);
    if (kind !== batchKind) {
      throw new AppError('FAILED_PRECONDITION', { id }, { detail: 'This job is no batch' });
    }
    return batchParamsSchema.parse(params);
  }
}

async function openStores(
  path: string | null,
  clock: Clock,
  onBroken: (file: string) => void,
): Promise<{ store: JobStore; results: BatchResults }> {
  if (path === null) return { store: new MemoryJobStore(), results: await BatchResults.open(':memory:') };
  const open = async () => ({
    store: await SqliteJobStore.open(path),
    results: await BatchResults.open(path),
  });
  try {
    return await open();
  } catch {
    // Models must start whatever is wrong with it: it is kept for a look, and new jobs begin in a new file.
    for (const suffix of ['', '-wal', '-shm'])
      await rename(path + suffix, `${path}.broken-${clock.now()}${suffix}`).catch(() => undefined);
    onBroken(basename(path));
    return open();
  }
}
