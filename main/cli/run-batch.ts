import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { systemClock } from '../../app/base/clock';
import { AppError } from '../../app/base/errors';
import type { Job } from '../../app/contract/jobs';
import type { VersionPolicy } from '../../app/contract/models';
import { createEngine } from '../engine';
import { batchEngine } from '../engine/engine-jobs';
import type { Engine } from '../engine-api';
import { BatchClassification } from '../jobs/batch/batch-classification';
import { type BatchFormat, exportBatch } from '../jobs/batch/batch-export';
import type { BatchInput, BatchParams } from '../jobs/batch/batch-params';
import { BatchResults } from '../jobs/batch/batch-results';
import { JobQueue } from '../jobs/job-queue';
import { SqliteJobStore } from '../jobs/job-store';
import { createNodeSpawn } from '../runner/spawn-node';
import { BatchProgress } from './batch-progress';
import { describeError } from './error-text';
import { exitCodes } from './exit-codes';
import type { Lifetime } from './lifetime';
import { modelNameOf } from './model-name';
import { UsageError } from './usage-error';

export interface BatchRequest {
  readonly basePath: string;
  /** Null asks the latest. */
  readonly versions: readonly number[] | null;
  readonly input: BatchInput;
  readonly top: number;
  readonly output: string;
  readonly format: BatchFormat;
  readonly isResumed: boolean;
  readonly runnerPath: string;
}

/** Runs a batch to its end and writes the output. Resolves to the exit code. */
export async function runBatch(request: BatchRequest, lifetime: Lifetime): Promise<number> {
  const { basePath, output, isResumed } = request;
  const kept = `${output}.batch`;
  if (existsSync(kept) && !isResumed) {
    throw new UsageError(
      `${basename(kept)} holds what an earlier run answered: add --resume to go on with it, or delete it to begin anew.`,
    );
  }
  const model = modelNameOf(basePath);
  const policy: VersionPolicy = request.versions
    ? { kind: 'specific', versions: [...request.versions] }
    : { kind: 'latest', count: 1 };
  const engine = await lifetime.own(
    await createEngine({
      spawnRunner: createNodeSpawn(request.runnerPath),
      stateFolder: null,
      samplesFolder: null,
      settings: { stabilityMs: 0, maxLoadRetries: 1 },
      models: [{ name: model, basePath, policy }],
    }),
  );
  await engine.models.rescan(model);
  const versions = request.versions ?? latestOf(engine, model);
  const params: BatchParams = { model, versions: [...versions], top: request.top, input: request.input };

  const results = await BatchResults.open(kept);
  const queue = await JobQueue.open({
    clock: systemClock,
    store: await SqliteJobStore.open(kept),
    kinds: [new BatchClassification({ engine: batchEngine(engine), results })],
  });
  const close = async (): Promise<void> => {
    await queue.close(); // what runs is interrupted, and what is answered is kept
    await results.close();
  };
  await lifetime.own({ close });
  const forget = async (): Promise<void> => {
    await close();
    for (const suffix of ['', '-wal', '-shm']) await rm(`${kept}${suffix}`, { force: true });
  };
  const job = begin(queue, params);
  const ended = await follow(queue, job.id, lifetime.signal);
  const { done, failed } = ended.progress;
  if (ended.state !== 'done') {
    if (ended.error) process.stderr.write(`${describeError(ended.error)}\n`);
    if (done === 0) await forget();
    else process.stderr.write(`What was answered is kept in ${basename(kept)}: --resume goes on with it.\n`);
    return exitCodes.unanswered;
  }
  const { format, top } = request;
  await exportBatch({ results, job: job.id, model, top, format, path: output });
  await forget();
  process.stderr.write(`${done} pictures, ${failed} failed, in ${basename(output)}\n`);
  return failed > 0 ? exitCodes.unanswered : exitCodes.done;
}

/** Goes on with the job that is there, when it was asked for with the same; throws `UsageError` when it was not. */
function begin(queue: JobQueue, params: BatchParams): Job {
  const [job] = queue.list();
  if (!job) {
    return queue.add({ kind: 'batchClassification', title: params.model, versions: params.versions, params });
  }
  if (JSON.stringify(job.params) !== JSON.stringify(params)) {
    throw new UsageError(
      'The earlier run was asked for with another input, other versions or another --top.',
    );
  }
  if (job.state === 'interrupted' || job.state === 'paused') queue.resume(job.id);
  return job.state === 'failed' || job.state === 'cancelled' ? queue.retry(job.id) : queue.get(job.id);
}

/** Shows how far the job is; settles when it has ended, or when the command has to. */
async function follow(queue: JobQueue, id: string, signal: AbortSignal): Promise<Job> {
  const progress = new BatchProgress(process.stderr);
  try {
    return await new Promise<Job>((resolve) => {
      const look = (): void => {
        const job = queue.get(id);
        progress.show(job);
        if (['done', 'failed', 'cancelled'].includes(job.state) || signal.aborted) resolve(job);
      };
      queue.onDidChange(look);
      signal.addEventListener('abort', look, { once: true });
      look();
    });
  } finally {
    progress.end();
  }
}

function latestOf(engine: Engine, model: string): readonly number[] {
  const found = engine.models.get(model);
  const latest = found?.versions.find((it) => it.error === null) ?? found?.versions[0];
  if (latest) return [latest.version];
  if (found?.problem) throw AppError.fromWire(found.problem);
  throw new UsageError(`${model} holds no version folders. A model is laid out as ${model}/1/model.onnx.`);
}
