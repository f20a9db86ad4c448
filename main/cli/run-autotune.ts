import Table from 'cli-table3';
import type { Job } from '../../app/contract/jobs';
import { describeError } from '../../app/contract/messages/error-text';
import type { TuningReport, TuningRowView } from '../../app/contract/tuning';
import { createEngine } from '../engine';
import type { Jobs } from '../engine-api';
import { createNodeSpawn } from '../runner/spawn-node';

import { exitCodes } from './exit-codes';
import { latestOf } from './latest-version';
import type { Lifetime } from './lifetime';
import { modelNameOf } from './model-name';

export interface AutotuneRequest {
  readonly basePath: string;
  /** Null takes the latest. */
  readonly version: number | null;
  readonly p95BoundMs: number;
  readonly isJson: boolean;
  readonly runnerPath: string;
}

/** Searches, and prints what was found. Resolves to the exit code. */
export async function runAutotune(request: AutotuneRequest, lifetime: Lifetime): Promise<number> {
  const model = modelNameOf(request.basePath);
  const engine = await lifetime.own(
    await createEngine({
      spawnRunner: createNodeSpawn(request.runnerPath),
      stateFolder: null,
      samplesFolder: null,
      settings: { stabilityMs: 0 },
      models: [
        { name: model, basePath: request.basePath, policy: { kind: 'specific', versions: [] } }, // the search loads its own
      ],
    }),
  );
  await engine.models.rescan(model);
  const version = request.version ?? latestOf(engine, model);
  const { p95BoundMs } = request;
  const { id } = engine.jobs.autotune({ model, version, p95BoundMs, applies: false }, model);
  const ended = await follow(engine.jobs, id, lifetime.signal);
  const report = await engine.jobs.tuningOf(id);
  if (!report) {
    if (ended.error) process.stderr.write(`${describeError(ended.error)}\n`);
    return exitCodes.unanswered;
  }
  process.stdout.write(request.isJson ? `${JSON.stringify(report, null, 2)}\n` : inWords(report, version));
  return exitCodes.done;
}

/** Says how many ways were tried; settles when the job has ended, or when the command has to. */
function follow(jobs: Jobs, id: string, signal: AbortSignal): Promise<Job> {
  let tried = 0;
  return new Promise((resolve) => {
    const look = (): void => {
      const job = jobs.get(id);
      if (job.progress.done > tried) {
        tried = job.progress.done;
        process.stderr.write(`${tried} ways tried\n`);
      }
      if (['done', 'failed', 'cancelled'].includes(job.state) || signal.aborted) resolve(job);
    };
    jobs.onDidChange(look);
    signal.addEventListener('abort', look, { once: true });
    look();
  });
}

function inWords(
  { table, baseline, best, gain, p95BoundMs, isComplete }: TuningReport,
  version: number,
): string {
  const rows = new Table({
    head: ['instances', 'threads', 'batch', 'delay ms', 'requests/s', 'p95 ms', ''],
    style: { head: [], border: [] },
    colAligns: ['right', 'right', 'right', 'right', 'right', 'right', 'left'],
  });
  for (const row of table) rows.push([...cells(row), noteOf(row, baseline, best)]);
  const found =
    best === baseline || gain === 1
      ? `Version ${version} is best run as it is.`
      : `Best for version ${version}: ${gain.toFixed(2)} times as many requests a second as now, measured again in turns.`;
  const unfinished = isComplete ? '' : ' Time ran out before everything was tried.';
  return `${rows}\n${found} 95 of 100 are answered within ${p95BoundMs} ms.${unfinished}\n`;
}

const cells = ({ point, requestsPerSecond, p95Ms }: TuningRowView): string[] => [
  String(point.instances),
  String(point.intraOpThreads),
  String(point.maxBatchSize),
  String(point.batchTimeoutMicros / 1_000),
  requestsPerSecond.toFixed(1),
  p95Ms === null ? '-' : p95Ms.toFixed(1),
];

function noteOf(row: TuningRowView, baseline: TuningRowView, best: TuningRowView): string {
  const isSame = (other: TuningRowView): boolean => JSON.stringify(row.point) === JSON.stringify(other.point);
  if (isSame(best)) return 'best';
  if (isSame(baseline)) return 'now';
  return row.isWithinBound ? '' : 'too slow';
}
