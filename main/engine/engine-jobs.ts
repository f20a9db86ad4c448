import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Clock } from '../../app/base/clock';
import { AppError } from '../../app/base/errors';
import type { TensorFormat } from '../../app/base/tensor-files';
import type { Job } from '../../app/contract/jobs';
import type { TuningReport } from '../../app/contract/tuning';
import type { Jobs } from '../engine-api';
import { AutotuneJob, type AutotuneParams, autotuneKind } from '../jobs/autotune/autotune-job';
import type { TuningHost } from '../jobs/autotune/tuning-host';
import { TuningStore } from '../jobs/autotune/tuning-store';
import { BatchClassification } from '../jobs/batch/batch-classification';
import { type BatchFormat, exportBatch } from '../jobs/batch/batch-export';
import type { BatchHost } from '../jobs/batch/batch-host';
import { type BatchParams, batchParamsSchema } from '../jobs/batch/batch-params';
import { type AnsweredItem, BatchResults } from '../jobs/batch/batch-results';
import type { ImportJob, ImportParams } from '../jobs/import/import-job';
import { JobQueue, type JobRequest } from '../jobs/job-queue';
import { type JobStore, MemoryJobStore, SqliteJobStore } from '../jobs/job-store';
import { BatchPrediction } from '../jobs/tensors/batch-prediction';
import { PredictionBlocks } from '../jobs/tensors/prediction-blocks';
import { type PredictionParams, predictionParamsSchema } from '../jobs/tensors/prediction-params';
import type { UnpackInput } from '../runner/protocol';
import type { ImportedVersion } from '../sources/library-source';
import { batchKind, EngineBatches } from './engine-batches';
import { setAside } from './set-aside';

/** Where the engine keeps its long work. */
export interface JobPlaces {
  /** The file of jobs and their results. */
  readonly file: string;
  /** The answers of batches over tensors, a folder for each. */
  readonly partsFolder: string;
  /** Lists of picked pictures; null keeps none. */
  readonly listsFolder: string | null;
}

export interface EngineJobsOptions {
  /** Null keeps nothing. */
  readonly places: JobPlaces | null;
  readonly clock: Clock;
  readonly host: BatchHost;
  readonly tuning: TuningHost;
  readonly imports: ImportJob;
  /** Do jobs that were interrupted go on by themselves? */
  readonly resumesInterrupted: boolean;
  /** Hears the name of a file that made no sense and was set aside. */
  readonly onBroken: (file: string) => void;
}

/** The jobs of the engine, kept with their results in one file. */
export class EngineJobs implements Jobs {
  readonly #parts: Parts;
  readonly batches: EngineBatches;

  private constructor(parts: Parts, batches: EngineBatches) {
    this.#parts = parts;
    this.batches = batches;
  }

  static async open(options: EngineJobsOptions): Promise<EngineJobs> {
    const { clock, places, host, tuning, imports, resumesInterrupted } = options;
    const stores = await openStores(places?.file ?? null, clock, options.onBroken);
    const { store, results, blocks, reports } = stores;
    const partsFolder = places?.partsFolder ?? join(tmpdir(), `slipway-parts-${randomUUID()}`);
    const prediction = new BatchPrediction({ host, blocks, partsFolder });
    const kinds = [
      new BatchClassification({ host, results }),
      prediction,
      new AutotuneJob({ host: tuning, reports, clock }),
      imports,
    ];
    const queue = await JobQueue.open({ clock, store, kinds, resumesInterrupted });
    const batches = await EngineBatches.open({ queue, results, listsFolder: places?.listsFolder ?? null });
    const close = async (): Promise<void> => {
      await queue.close();
      await Promise.all([results.close(), blocks.close(), reports.close()]);
      if (places === null) await rm(partsFolder, { recursive: true, force: true });
    };
    return new EngineJobs({ queue, results, blocks, reports, prediction, host, imports, close }, batches);
  }

  get onDidChange(): Jobs['onDidChange'] {
    return this.#parts.queue.onDidChange;
  }

  get onDidRemove(): Jobs['onDidRemove'] {
    return this.#parts.queue.onDidRemove;
  }

  list(): readonly Job[] {
    return this.#parts.queue.list();
  }

  get(id: string): Job {
    return this.#parts.queue.get(id);
  }

  add(request: JobRequest): Job {
    return this.#parts.queue.add(request);
  }

  runAgain(id: string): Job {
    return this.#parts.queue.runAgain(id);
  }

  retry(id: string): Job {
    return this.#parts.queue.retry(id);
  }

  pause(id: string): void {
    this.#parts.queue.pause(id);
  }

  resume(id: string): void {
    this.#parts.queue.resume(id);
  }

  cancel(id: string): void {
    this.#parts.queue.cancel(id);
  }

  setPriority(id: string, priority: number): void {
    this.#parts.queue.setPriority(id, priority);
  }

  remove(id: string): Promise<void> {
    return this.#parts.queue.remove(id);
  }

  classifyBatch(params: BatchParams, title: string): Job {
    const { model, versions } = params;
    return this.#parts.queue.add({ kind: batchKind, title, model, versions, params });
  }

  async exportBatch(id: string, path: string, format: BatchFormat): Promise<void> {
    const { model, top } = this.#paramsOf(id);
    await exportBatch({ results: this.#parts.results, job: id, model, top, format, path });
  }

  answersOf(id: string, afterItem?: number): AsyncIterable<AnsweredItem> {
    this.#paramsOf(id);
    return this.#parts.results.answered(id, afterItem);
  }

  unpackUpload(input: UnpackInput): Promise<number> {
    return this.#parts.host.unpack(input);
  }

  predictBatch(params: PredictionParams, title: string): Job {
    const { model, versions } = params;
    return this.#parts.queue.add({ kind: this.#parts.prediction.name, title, model, versions, params });
  }

  async exportPredictions(id: string, path: string, format: TensorFormat): Promise<void> {
    const { host, prediction, blocks, queue } = this.#parts;
    const { kind, params } = queue.get(id);
    if (kind !== prediction.name) throw notOfKind(id);
    const { model } = predictionParamsSchema.parse(params);
    const versions = (await blocks.versions(id)) ?? [];
    await host.writeRows({ folder: prediction.folderOf(id), model, versions, format, path });
  }

  autotune(params: AutotuneParams, title: string): Job {
    const { model, version } = params;
    return this.#parts.queue.add({ kind: autotuneKind, title, model, versions: [version], params });
  }

  tuningOf(id: string): Promise<TuningReport | null> {
    if (this.#parts.queue.get(id).kind !== autotuneKind) throw notOfKind(id);
    return this.#parts.reports.get(id);
  }

  /** Copies a version into a model's folder. Throws CANCELLED, and why it failed. */
  importVersion(params: ImportParams): Promise<ImportedVersion> {
    const { imports, queue } = this.#parts;
    return imports.through(queue, params);
  }

  /** Ends what runs, to go on at the next start. */
  close(): Promise<void> {
    return this.#parts.close();
  }

  #paramsOf(id: string): BatchParams {
    const { kind, params } = this.#parts.queue.get(id);
    if (kind !== batchKind) throw notOfKind(id);
    return batchParamsSchema.parse(params);
  }
}

interface Parts {
  readonly queue: JobQueue;
  readonly results: BatchResults;
  readonly blocks: PredictionBlocks;
  readonly reports: TuningStore;
  readonly prediction: BatchPrediction;
  readonly host: BatchHost;
  readonly imports: ImportJob;
  readonly close: () => Promise<void>;
}

const notOfKind = (id: string): AppError =>
  new AppError('FAILED_PRECONDITION', { id }, { detail: 'This job is no such batch' });

interface Stores {
  readonly store: JobStore;
  readonly results: BatchResults;
  readonly blocks: PredictionBlocks;
  readonly reports: TuningStore;
}

async function openStores(
  path: string | null,
  clock: Clock,
  onBroken: (file: string) => void,
): Promise<Stores> {
  if (path === null) {
    return {
      store: new MemoryJobStore(),
      results: await BatchResults.open(':memory:'),
      blocks: await PredictionBlocks.open(':memory:'),
      reports: await TuningStore.open(':memory:'),
    };
  }
  const open = async (): Promise<Stores> => ({
    store: await SqliteJobStore.open(path),
    results: await BatchResults.open(path),
    blocks: await PredictionBlocks.open(path),
    reports: await TuningStore.open(path),
  });
  try {
    return await open();
  } catch {
    // Models must start whatever is wrong with it: it is kept for a look, and new jobs begin in a new file.
    await setAside(path, clock.now());
    onBroken(basename(path));
    return open();
  }
}
