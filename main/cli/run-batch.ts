import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename } from 'node:path';
import type { TensorFormat } from '../../app/base/tensor-files';
import type { Job } from '../../app/contract/jobs';
import { describeError } from '../../app/contract/messages/error-text';
import { createEngine } from '../engine';
import type { Jobs } from '../engine-api';
import type { BatchFormat } from '../jobs/batch/batch-export';
import type { BatchInput, BatchParams } from '../jobs/batch/batch-params';
import type { PredictionParams } from '../jobs/tensors/prediction-params';
import { createNodeSpawn } from '../runner/spawn-node';
import { BatchProgress } from './batch-progress';
import { exitCodes } from './exit-codes';
import { latestOf } from './latest-version';
import type { Lifetime } from './lifetime';
import { modelNameOf } from './model-name';
import { UsageError } from './usage-error';

/** What is asked about, and what becomes of the answers. */
export type BatchWork =
  | {
      readonly kind: 'pictures';
      readonly input: BatchInput;
      readonly top: number;
      readonly format: BatchFormat;
    }
  | {
      readonly kind: 'tensors';
      readonly input: PredictionParams['input'];
      readonly outputs: readonly string[];
      readonly target: TensorFormat;
    };

export interface BatchRequest {
  readonly basePath: string;
  /** Null asks the latest. */
  readonly versions: readonly number[] | null;
  readonly work: BatchWork;
  readonly output: string;
  readonly isResumed: boolean;
  readonly runnerPath: string;
}

/** Runs a batch to its end and writes the output. Resolves to the exit code. */
export async function runBatch(request: BatchRequest, lifetime: Lifetime): Promise<number> {
  const { basePath, output, isResumed, work } = request;
  const kept = `${output}.batch`;
  const partsFolder = `${output}.batch-parts`;
  if (existsSync(kept) && !isResumed) {
    throw new UsageError(
      `${basename(kept)} holds what an earlier run answered: add --resume to go on with it, or delete it to begin anew.`,
    );
  }
  const model = modelNameOf(basePath);
  const engine = await lifetime.own(
    await createEngine({
      spawnRunner: createNodeSpawn(request.runnerPath),
      stateFolder: null,
      samplesFolder: null,
      settings: { stabilityMs: 0 },
      models: [{ name: model, basePath, policy: { kind: 'specific', versions: [] } }], // the batch loads its own
      jobs: { file: kept, partsFolder, isBackground: false },
    }),
  );
  await engine.models.rescan(model);
  const versions = request.versions ?? [latestOf(engine, model)];

  const forget = async (): Promise<void> => {
    await engine.close();
    for (const suffix of ['', '-wal', '-shm']) await rm(`${kept}${suffix}`, { force: true });
    await rm(partsFolder, { recursive: true, force: true });
  };
  const job = begin(engine.jobs, model, [...versions], work);
  const ended = await follow(engine.jobs, job.id, work.kind, lifetime.signal);
  const { done, failed } = ended.progress;
  if (ended.state !== 'done') {
    if (ended.error) process.stderr.write(`${describeError(ended.error)}\n`);
    if (done === 0) await forget();
    else process.stderr.write(`What was answered is kept in ${basename(kept)}: --resume goes on with it.\n`);
    return exitCodes.unanswered;
  }
  if (work.kind === 'pictures') await engine.jobs.exportBatch(job.id, output, work.format);
  else await engine.jobs.exportPredictions(job.id, output, work.target);
  await forget();
  if (done === 0) process.stderr.write(`Nothing was found to ask about in ${basename(work.input.path)}.\n`);
  process.stderr.write(`${done} ${nounOf[work.kind]}, ${failed} failed, in ${basename(output)}\n`);
  return failed > 0 ? exitCodes.unanswered : exitCodes.done;
}

/** Goes on with the job that is there, when it was asked for with the same; throws `UsageError` when it was not. */
function begin(jobs: Jobs, model: string, versions: number[], work: BatchWork): Job {
  const params = paramsOf(model, versions, work);
  const [job] = jobs.list();
  if (!job) return 'top' in params ? jobs.classifyBatch(params, model) : jobs.predictBatch(params, model);
  if (JSON.stringify(job.params) !== JSON.stringify(params)) {
    throw new UsageError(
      'The earlier run was asked for with another input, other versions, outputs or another --top.',
    );
  }
  if (job.state === 'interrupted' || job.state === 'paused') jobs.resume(job.id);
  return job.state === 'failed' || job.state === 'cancelled' ? jobs.retry(job.id) : jobs.get(job.id);
}

function paramsOf(model: string, versions: number[], work: BatchWork): BatchParams | PredictionParams {
  if (work.kind === 'pictures') return { model, versions, top: work.top, input: work.input };
  return { model, versions, outputs: [...work.outputs], input: work.input, target: work.target };
}

const nounOf = { pictures: 'pictures', tensors: 'rows' } as const;

/** Shows how far the job is; settles when it has ended, or when the command has to. */
async function follow(jobs: Jobs, id: string, kind: BatchWork['kind'], signal: AbortSignal): Promise<Job> {
  const progress = new BatchProgress(process.stderr, nounOf[kind]);
  try {
    return await new Promise<Job>((resolve) => {
      const look = (): void => {
        const job = jobs.get(id);
        progress.show(job);
        if (['done', 'failed', 'cancelled'].includes(job.state) || signal.aborted) resolve(job);
      };
      jobs.onDidChange(look);
      signal.addEventListener('abort', look, { once: true });
      look();
    });
  } finally {
    progress.end();
  }
}
