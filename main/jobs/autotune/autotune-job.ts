import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { Clock } from '../../../app/base/clock';
import { AppError } from '../../../app/base/errors';
import { modelNameSchema, versionNumberSchema } from '../../../app/contract/models';
import type { TuningReport, TuningRowView } from '../../../app/contract/tuning';
import {
  autotune,
  type Measurement,
  type TuningPoint,
  type TuningRow,
} from '../../platforms/autotune/search';
import type { JobKind, JobRun } from '../job-kind';
import type { TuningBench, TuningHost } from './tuning-host';
import type { TuningStore } from './tuning-store';

export const autotuneKind = 'autotune';

export const autotuneParamsSchema = z.strictObject({
  model: modelNameSchema,
  version: versionNumberSchema,
  /** 95 of 100 requests are to be answered within this time. */
  p95BoundMs: z.number().positive(),
  /** Is the best to be made the model's setting? */
  applies: z.boolean(),
});
export type AutotuneParams = z.infer<typeof autotuneParamsSchema>;

export interface AutotuneOptions {
  readonly host: TuningHost;
  readonly reports: TuningStore;
  readonly clock: Clock;
}

/** No measurement is begun later: the last one and the proof still end within two minutes. */
const budgetMs = 85_000;
/** The best and the baseline are measured again, in turns, so that what else the machine did meanwhile concerns both. */
const proofs = 2;
/** A gain below this is noise, and not worth a change. */
const worthwhile = 1.03;

/** Searches instances, threads, batch size and delay of a version for what answers most requests under a bound on their latency. */
export class AutotuneJob implements JobKind<AutotuneParams> {
  readonly name = autotuneKind;
  readonly isHeavy = true;
  readonly params = autotuneParamsSchema;
  readonly #options: AutotuneOptions;

  constructor(options: AutotuneOptions) {
    this.#options = options;
  }

  async run(run: JobRun<AutotuneParams>): Promise<void> {
    const { host, reports, clock } = this.#options;
    const { model, version, p95BoundMs, applies } = run.params;
    await run.ready();
    const bench = await host.openBench(model, version, run.signal);
    const { baseline, space } = bench;
    const found = await autotune({
      baseline,
      space,
      p95BoundMs,
      budgetMs,
      clock,
      signal: run.signal,
      measure: async (point) => {
        await run.ready();
        return bench.measure(point, p95BoundMs, run.signal);
      },
      onDidMeasure: (row) => {
        run.log('info', 'measured', wordsOf(row));
        run.finished(false);
      },
    });
    if (run.signal.aborted) throw new AppError('CANCELLED');
    run.total(found.table.length);
    const gain = await this.#prove(run, bench, found.baseline.point, found.best.point);
    const isBetter = found.best.isWithinBound && gain >= worthwhile;
    const best = isBetter ? found.best : found.baseline;
    const isApplied = applies && isBetter;
    const report: TuningReport = {
      p95BoundMs,
      baseline: viewOf(found.baseline),
      best: viewOf(best),
      gain: isBetter ? gain : 1,
      table: found.table.map(viewOf),
      isComplete: found.isComplete,
      isApplied,
      undo: isApplied ? await bench.apply(best.point) : null,
    };
    await reports.put(run.id, report);
    run.log('info', isApplied ? 'tuned' : 'tunedNothing', { ...wordsOf(best), gain: report.gain.toFixed(2) });
  }

  forget(id: string): Promise<void> {
    return this.#options.reports.forget(id);
  }

  /** Requests a second of the one as a multiple of the other's; 1 when they are the same or cannot be compared. */
  async #prove(
    { params, signal }: JobRun<AutotuneParams>,
    bench: TuningBench,
    baseline: TuningPoint,
    best: TuningPoint,
  ): Promise<number> {
    if (isDeepStrictEqual(baseline, best)) return 1;
    const rates = { baseline: 0, best: 0 };
    const measure = (point: TuningPoint): Promise<Measurement | null> =>
      bench.measure(point, params.p95BoundMs, signal);
    for (let proof = 0; proof < proofs; proof++) {
      rates.baseline += (await measure(baseline))?.requestsPerSecond ?? 0;
      rates.best += (await measure(best))?.requestsPerSecond ?? 0;
    }
    return rates.baseline > 0 ? rates.best / rates.baseline : 1;
  }
}

const viewOf = ({ point, requestsPerSecond, p95Ms, isWithinBound }: TuningRow): TuningRowView => ({
  point,
  requestsPerSecond,
  p95Ms: Number.isFinite(p95Ms) ? p95Ms : null,
  isWithinBound,
});

const wordsOf = ({ point, requestsPerSecond, p95Ms }: TuningRow): Record<string, string> => ({
  instances: String(point.instances),
  threads: String(point.intraOpThreads),
  batch: String(point.maxBatchSize),
  delay: String(point.batchTimeoutMicros / 1_000),
  rate: requestsPerSecond.toFixed(requestsPerSecond < 10 ? 1 : 0),
  p95: p95Ms.toFixed(1),
});
