import { availableParallelism } from 'node:os';
import { type Clock, wait } from '../../app/base/clock';
import { AppError, isCancelled } from '../../app/base/errors';
import type { Disposable } from '../../app/base/lifecycle';
import type { Description } from '../../app/contract/inference';
import type { RunningSettings } from '../../app/contract/running';
import { measureLoop, measureUnderBound } from '../jobs/autotune/closed-loop';
import type { TuningBench, TuningHost } from '../jobs/autotune/tuning-host';
import { type Measurement, type TuningPoint, tuningSpace } from '../platforms/autotune/search';
import { type InferenceServable, isInferenceServable } from '../platforms/inference-servable';
import type { VersionOptions } from '../platforms/runner-loader';
import { madeInputs } from '../runner/warm-up/made-inputs';
import type { Loader } from '../serving/loader';
import type { ScannedVersion } from '../sources/model-scan';
import type { InteractiveLoad } from './interactive-load';

export interface TuningBenchesOptions {
  readonly clock: Clock;
  /** The version as it is on disk, once its files are at rest. Throws MODEL_NOT_FOUND, VERSION_NOT_FOUND, CANCELLED. */
  readonly versionOf: (model: string, version: number, signal: AbortSignal) => Promise<ScannedVersion>;
  /** Loads a version beside the one that is served, in this way. */
  readonly loaderOf: (model: string, scanned: ScannedVersion, options: VersionOptions) => Loader;
  /** Bytes that a process of its own is expected to take for it. */
  readonly forecast: (scanned: ScannedVersion) => number;
  /** Throws MEMORY_EXHAUSTED. */
  readonly lend: (bytes: number) => Promise<Disposable>;
  readonly load: InteractiveLoad;
  readonly running: (model: string) => RunningSettings;
  readonly setRunning: (model: string, running: RunningSettings) => Promise<{ readonly undo: string | null }>;
  /** An encoded picture of this size. */
  readonly makePicture: (width: number, height: number) => Promise<Uint8Array>;
  /** How long each number of callers is measured. */
  readonly windowMs?: number;
}

const defaultWindowMs = 500;
/** As much as a photo has more than a model looks at. */
const pictureScale = 2;
/** Where a model takes any number of rows. */
const mostRows = 64;
const mostWaitMs = 1_000;
/** Requests must wait rather than be refused: that is what is measured. */
const mostWaitingBatches = 1_000;

/** Loads versions beside what is served, in other ways, and measures them while nobody waits for an answer. */
export class TuningBenches implements TuningHost {
  readonly #options: TuningBenchesOptions;

  constructor(options: TuningBenchesOptions) {
    this.#options = options;
  }

  readonly openBench: TuningHost['openBench'] = async (model, version, signal) => {
    const { versionOf, running, setRunning } = this.#options;
    const scanned = await versionOf(model, version, signal);
    const now = running(model);
    const description = await this.#loaded({ model, scanned, options: optionsOf(now), signal }, (servable) =>
      servable.describe(),
    );
    const ask = await this.#question(description);
    const bench: TuningBench = {
      baseline: pointOf(description),
      space: tuningSpace(availableParallelism(), rowsOf(description)),
      measure: async (point, p95BoundMs, from) => {
        const trial = { model, scanned, options: optionsOf(settingsOf(point)), signal: from };
        try {
          return await this.#loaded(trial, (servable) => this.#measure(servable, ask, p95BoundMs, from));
        } catch (thrown) {
          if (isCancelled(thrown) || from.aborted) throw new AppError('CANCELLED');
          return null; // not enough memory for so many, or a batch that the model does not take after all
        }
      },
      apply: async (point) => (await setRunning(model, { ...now, ...settingsOf(point) })).undo,
    };
    return bench;
  };

  async #loaded<T>(
    { model, scanned, options, signal }: Trial,
    use: (servable: InferenceServable) => Promise<T>,
  ): Promise<T> {
    const { loaderOf, forecast, lend } = this.#options;
    const loan = await lend((options.instances ?? 1) * forecast(scanned));
    const loader = loaderOf(model, scanned, options);
    try {
      await loader.load({ servableId: { name: model, version: scanned.version }, signal });
      try {
        const servable = loader.servable();
        if (!isInferenceServable(servable)) throw new AppError('SERVABLE_WRONG_TYPE');
        return await use(servable);
      } finally {
        await loader.unload();
      }
    } finally {
      loan.dispose();
    }
  }

  /** A picture for what classifies pictures, else made-up tensors. Throws SERVABLE_WRONG_TYPE for what neither can be made for. */
  async #question({ preprocessing, inputs }: Description): Promise<Ask> {
    if (preprocessing) {
      const { width, height } = preprocessing;
      const picture = await this.#options.makePicture(pictureScale * width, pictureScale * height);
      return (servable) => servable.classify(picture, 1);
    }
    const made = madeInputs(inputs);
    if (!made)
      throw new AppError('SERVABLE_WRONG_TYPE', {}, { detail: 'No inputs can be made for this model' });
    return (servable) => servable.predict(made, []);
  }

  async #measure(
    servable: InferenceServable,
    ask: Ask,
    p95BoundMs: number,
    signal: AbortSignal,
  ): Promise<Measurement> {
    const { windowMs = defaultWindowMs } = this.#options;
    const loop = { ask: () => ask(servable), windowMs, quiet: () => this.#quiet(), signal };
    await measureLoop({ ...loop, callers: 2, windowMs: windowMs / 5 }); // the first requests are slower
    return measureUnderBound(p95BoundMs, (callers) => measureLoop({ ...loop, callers }));
  }

  /** Stands back while somebody waits for an answer, though not for ever. */
  async #quiet(): Promise<void> {
    const { load, clock } = this.#options;
    if (!load.isBusy) return;
    const done = new AbortController();
    const subscription = load.onDidChange((isBusy) => {
      if (!isBusy) done.abort();
    });
    await wait(clock, mostWaitMs, done.signal);
    subscription.dispose();
  }
}

type Ask = (servable: InferenceServable) => Promise<unknown>;

interface Trial {
  readonly model: string;
  readonly scanned: ScannedVersion;
  readonly options: VersionOptions;
  readonly signal: AbortSignal;
}

/** As the version runs by what is set, what its folder says, and what was measured when it was loaded. */
function pointOf({ running }: Description): TuningPoint {
  const { instances, intraOpThreads, batching } = running;
  return {
    instances,
    intraOpThreads: intraOpThreads ?? 1,
    maxBatchSize: batching?.maxBatchSize ?? 1,
    batchTimeoutMicros: batching?.batchTimeoutMicros ?? 0,
  };
}

const settingsOf = ({
  instances,
  intraOpThreads,
  maxBatchSize,
  batchTimeoutMicros,
}: TuningPoint): Pick<RunningSettings, 'instances' | 'intraOpThreads' | 'batching'> => ({
  instances,
  intraOpThreads,
  batching:
    maxBatchSize === 1 ? 'off' : { maxBatchSize, batchTimeoutMicros, maxEnqueuedBatches: mostWaitingBatches },
});

const optionsOf = ({
  instances,
  intraOpThreads,
  batching,
  executionProvider,
}: RunningSettings): VersionOptions => ({
  ...(instances ? { instances } : {}),
  ...(intraOpThreads ? { intraOpThreads } : {}),
  ...(batching ? { batching } : {}),
  ...(executionProvider ? { executionProvider } : {}),
});

/** How many rows the model takes at most in one run. */
function rowsOf({ inputs }: Description): number {
  const [rows] = inputs[0]?.shape ?? [];
  return typeof rows === 'number' ? rows : mostRows;
}
