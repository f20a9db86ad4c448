import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../app/base/clock';
import { AppError } from '../../app/base/errors';
import type { ExplanationReason } from '../../app/contract/explanation';
import type { Job } from '../../app/contract/jobs';
import type { Inference, Jobs, Models } from '../engine-api';
import { BatchClassification, type BatchEngine } from '../jobs/batch/batch-classification';
import { type BatchFormat, exportBatch } from '../jobs/batch/batch-export';
import { type BatchParams, batchParamsSchema } from '../jobs/batch/batch-params';
import { type AnsweredItem, BatchResults } from '../jobs/batch/batch-results';
import { JobQueue, type JobRequest } from '../jobs/job-queue';
import { type JobStore, MemoryJobStore, SqliteJobStore } from '../jobs/job-store';
import { hashVersion } from '../sources/content-hash';
import { batchKind, EngineBatches } from './engine-batches';
import { readPicture } from './picture-file';
import { whenAnswering } from './when-answering';

interface Asked {
  readonly models: Pick<Models, 'get' | 'onDidChange' | 'folderOf'>;
  readonly inference: Pick<Inference, 'describe' | 'classify'>;
}

export interface EngineJobsOptions extends Asked {
  readonly models: Asked['models'] & Pick<Models, 'rescan' | 'explain'>;
  /** Null keeps nothing. */
  readonly stateFolder: string | null;
  readonly clock: Clock;
  /** Hears the name of a file that made no sense and was set aside. */
  readonly onBroken: (file: string) => void;
}

const fileName = 'jobs.db';
const listsFolderName = 'batch-lists';

/** What a batch asks: the engine as everybody else asks it, with what the versions are at that moment. */
export const batchEngine = ({ models, inference }: Asked): BatchEngine => ({
  ready: async (model, version, signal) => {
    await whenAnswering({ models }, model, version, signal);
    const { preprocessing } = await inference.describe(model, version);
    const hash = await hashVersion(models.folderOf(model, version), signal);
    return { version, hash, settings: JSON.stringify(preprocessing) };
  },
  read: readPicture,
  classify: ({ version, ...request }, signal) =>
    inference.classify({ ...request, version: { version } }, signal),
});

/** The jobs of the engine, kept with their results in `jobs.db`. */
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
    const { clock, stateFolder } = options;
    const { store, results } = await openStores(stateFolder, clock, options.onBroken);
    const engine = wantedOnly(batchEngine(options), options.models);
    const kinds = [new BatchClassification({ engine, results })];
    const queue = await JobQueue.open({ clock, store, kinds, resumesInterrupted: true });
    const listsFolder = stateFolder === null ? null : join(stateFolder, listsFolderName);
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

/** What was set, or done by hand, so that no waiting helps. */
const unwanted: ReadonlySet<string> = new Set<ExplanationReason>([
  'unloadedByPerson',
  'newerWanted',
  'notListed',
  'noneWanted',
  'cancelled',
]);

/** A batch waits for versions that load, also at the start of the app, but not for those that nobody asks for. */
function wantedOnly(engine: BatchEngine, models: EngineJobsOptions['models']): BatchEngine {
  return {
    ...engine,
    ready: async (model, version, signal) => {
      await models.rescan(model); // a job that goes on at the start may come before the first look
      const { reason } = await models.explain(model, version);
      if (unwanted.has(reason)) {
        throw new AppError(
          'SERVABLE_NOT_FOUND',
          { model, version: String(version) },
          { detail: `Version ${version} of ${model} is not loaded` },
        );
      }
      return engine.ready(model, version, signal);
    },
  };
}

async function openStores(
  stateFolder: string | null,
  clock: Clock,
  onBroken: (file: string) => void,
): Promise<{ store: JobStore; results: BatchResults }> {
  if (stateFolder === null)
    return { store: new MemoryJobStore(), results: await BatchResults.open(':memory:') };
  const path = join(stateFolder, fileName);
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
    onBroken(fileName);
    return open();
  }
}
