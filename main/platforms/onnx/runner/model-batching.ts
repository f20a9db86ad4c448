import { systemClock } from '../../../../app/base/clock';
import { AppError } from '../../../../app/base/errors';
import type { Preprocessing } from '../../../../app/contract/inference';
import type { BatchQueue, BatchTask } from '../../../runner/batching/batch-queue';
import { BatchScheduler } from '../../../runner/batching/batch-scheduler';
import {
  type BatchingParameters,
  type BatchingSettings,
  batchingParameters,
  paddedSize,
} from '../../../runner/batching/batching-parameters';
import { BatchingSession, type RunTiming, type Tensors } from '../../../runner/batching/batching-session';
import { type CallSignal, nobodyLeaves } from '../../../runner/call-signal';
import { wholeTurn } from '../../../runner/run-queue';
import type { RunnerHost } from '../../../runner/runner-module';
import { type BatchTrial, tryBatch } from './batch-trial';
import { checkFeeds } from './check-feeds';
import { fixedBatchOfAll, fixedBatchParameters, freeRows, isRowWise } from './fixed-batch';
import type { LoadedModel } from './loaded-model';
import type { PictureRun } from './picture-classifier';

/** What one picture's run gave. */
export interface PictureAnswer {
  readonly scores: Float64Array;
  /** As it came back, with the picture's own row alone. */
  readonly output: PictureRun['output'];
  /** `performance.now()` when its batch began. */
  readonly startedAt: number;
  /** Its share of the batch. */
  readonly preprocessMs: number;
  readonly runMs: number;
}

interface PictureTask extends BatchTask {
  readonly rgb: Uint8Array;
  /** With which `rgb` was made. */
  readonly preprocessing: Preprocessing;
  readonly answer: (answer: PictureAnswer) => void;
}

/** Without settings of anyone, requests may wait in numbers: each has its own deadline. */
const patientQueue = 1_000_000;

/** Puts the requests for one model together into runs, as someone has set it or as measuring found it of use. */
export class ModelBatching {
  readonly #model: LoadedModel;
  readonly #host: RunnerHost;
  readonly #scheduler = new BatchScheduler({ clock: systemClock, threads: 1, pause: wholeTurn });
  readonly #pictures: {
    readonly queue: BatchQueue<PictureTask>;
    readonly parameters: BatchingParameters;
  } | null;
  readonly #tensors: BatchingSession | null;
  /** As pictures are put together, or tensors where it takes none. */
  readonly effective: Pick<BatchingParameters, 'maxBatchSize' | 'batchTimeoutMicros'>;
  /** The only output that was seen to be made row by row; null when all are taken to be. */
  readonly #rowWiseOutput: string | null;

  /** What the model takes exactly of tensors; null when that is free, or its inputs and outputs do not agree on it. */
  readonly #fixed: { readonly batch: number; readonly parameters: BatchingParameters } | null;
  readonly #fixedSession: BatchingSession | null;
  /** Does the first dimension of its inputs count examples? */
  readonly #hasRows: boolean;
  #isFixedRowWise: Promise<boolean> | undefined;

  private constructor(
    model: LoadedModel,
    host: RunnerHost,
    trial: BatchTrial | null,
    asked: BatchingSettings | 'off' | undefined,
  ) {
    const settings = asked === 'off' ? undefined : asked;
    this.#model = model;
    this.#host = host;
    const forPictures = trial && pictureParameters(trial, settings);
    this.#pictures = forPictures && {
      parameters: forPictures,
      queue: this.#scheduler.addQueue<PictureTask>(forPictures, (tasks) => this.#runPictures(tasks)),
    };
    const isBatchFree = model.inputs.every(({ shape }) => shape.length > 0 && typeof shape[0] !== 'number');
    const batch = fixedBatchOfAll(model.inputs, model.outputs);
    this.#fixed =
      batch === null
        ? null
        : { batch, parameters: fixedBatchParameters(batch, batchingParameters(settings ?? automatic(1))) };
    this.#hasRows = isBatchFree || this.#fixed !== null;
    const isOfUse =
      settings !== undefined || (trial !== null && trial.worthwhile > 1 && model.inputs.length === 1);
    this.#rowWiseOutput = settings ? null : (model.classifier?.outputName ?? null);
    const forTensors =
      isBatchFree && isOfUse ? batchingParameters(settings ?? automatic(trial?.worthwhile ?? 1)) : null;
    this.effective = forPictures ?? forTensors ?? oneByOne;
    this.#tensors = forTensors
      ? new BatchingSession({
          scheduler: this.#scheduler,
          parameters: forTensors,
          run: (feeds, outputs) => this.#runTensors(feeds, outputs),
          signatures: null,
          isKeyedByShape: settings === undefined,
          onDidRunBatch: (size, missing, ms) => host.meter.noteRun(size, ms, missing),
        })
      : null;
    this.#fixedSession =
      this.#fixed && asked !== 'off' ? this.#createFixedSession(this.#fixed.parameters) : null;
  }

  /** Rows are run with the model's other rows, so they need not be of one caller; `off` gives each caller runs of his own. */
  #createFixedSession(parameters: BatchingParameters): BatchingSession {
    return new BatchingSession({
      scheduler: this.#scheduler,
      parameters,
      run: (feeds, outputs) => this.#runTensors(feeds, outputs),
      signatures: null,
      isKeyedByShape: true,
      onDidRunBatch: (size, missing, ms) => this.#host.meter.noteRun(size, ms, missing),
    });
  }

  /** Requests that wait to be run together with others. */
  get waiting(): number {
    return this.#scheduler.waiting;
  }

  /** `settings` undefined finds out what is of use; `off` runs every request by itself. Throws BATCHING_INVALID. */
  static async create(
    model: LoadedModel,
    settings: BatchingSettings | 'off' | undefined,
    host: RunnerHost,
  ): Promise<ModelBatching> {
    if (settings !== 'off') batchingParameters(settings); // before a trial, which may be slow
    const { classifier } = model;
    const trial = classifier && (settings === 'off' ? alone : await model.guard(() => tryBatch(classifier)));
    return new ModelBatching(model, host, trial, settings);
  }

  /** Throws MODEL_NOT_A_CLASSIFIER, FAILED_PRECONDITION when the settings changed since the picture was prepared, what a run throws. */
  async classify(rgb: Uint8Array, preprocessing: Preprocessing, signal: CallSignal): Promise<PictureAnswer> {
    if (!this.#pictures) throw new AppError('MODEL_NOT_A_CLASSIFIER');
    const { queue } = this.#pictures;
    queue.plan(1);
    return new Promise((answer, fail) => queue.put({ size: 1, signal, rgb, preprocessing, answer, fail }));
  }

  /** Throws TENSOR_MISMATCH, QUEUE_FULL, what a run throws. */
  async predict(
    feeds: Tensors,
    outputs: readonly string[],
    signal: CallSignal,
    onDidRun: (timing: RunTiming) => void,
  ): Promise<Tensors> {
    const wanted = outputs.length > 0 ? outputs : this.#model.tensorOutputs;
    const isRowWise = this.#rowWiseOutput === null || wanted.every((name) => name === this.#rowWiseOutput);
    if (this.#tensors && isRowWise) {
      this.#model.check(feeds);
      return this.#tensors.run(feeds, wanted, signal, onDidRun);
    }
    if (this.#fixed && (await this.#needsFilling(feeds, this.#fixed.batch))) {
      checkFeeds(feeds, freeRows(this.#model.inputs));
      if (this.#fixedSession) return this.#fixedSession.run(feeds, wanted, signal, onDidRun);
      const own = this.#createFixedSession(this.#fixed.parameters);
      return own.run(feeds, wanted, signal, onDidRun).finally(() => own.close());
    }
    return this.#host.queue.run(signal, async () => {
      const startedAt = performance.now();
      const answer = await this.#model.predict(feeds, wanted);
      const shareMs = performance.now() - startedAt;
      this.#host.meter.noteRun(this.#rowsOf(feeds), shareMs);
      onDidRun({ startedAt, shareMs });
      return answer;
    });
  }

  /** Are these rows of another number than the model takes, which may be cut and filled up? */
  async #needsFilling(feeds: Tensors, batch: number): Promise<boolean> {
    const rows = Object.values(feeds)[0]?.shape[0] ?? 0;
    if (rows === batch || rows < 1) return false;
    this.#isFixedRowWise ??= isRowWise(batch, this.#model.inputs, (made) =>
      this.#host.queue.run(nobodyLeaves, () => this.#model.run(made, [])),
    );
    return this.#isFixedRowWise;
  }

  /** Resolves when what was asked is answered. */
  async close(): Promise<void> {
    await this.#tensors?.close();
    await this.#fixedSession?.close();
    await this.#pictures?.queue.close();
  }

  async #runTensors(feeds: Tensors, outputs: readonly string[]): Promise<Tensors> {
    return this.#host.queue.run(nobodyLeaves, () => this.#model.run(feeds, outputs));
  }

  /** How many examples these are: one where the model's first dimension is no number of them. */
  #rowsOf(feeds: Tensors): number {
    return this.#hasRows ? Object.values(feeds)[0]?.shape[0] || 1 : 1;
  }

  async #runPictures(tasks: readonly PictureTask[]): Promise<void> {
    try {
      await this.#host.queue.run(nobodyLeaves, () => this.#runCurrent(tasks));
    } catch (thrown) {
      const error = AppError.from(thrown);
      for (const task of tasks) task.fail(error);
    }
  }

  async #runCurrent(tasks: readonly PictureTask[]): Promise<void> {
    const { classifier } = this.#model.pictures;
    const current = tasks.filter((task) => {
      const isCurrent = task.preprocessing === classifier.preprocessing;
      if (!isCurrent) task.fail(changedMeanwhile());
      return isCurrent;
    });
    const last = current.at(-1);
    if (!last) return;
    const size = paddedSize(current.length, this.#pictures?.parameters.allowedBatchSizes ?? []);
    const pictures = [...current, ...Array.from({ length: size - current.length }, () => last)];
    const startedAt = performance.now();
    const run = await this.#model.guard(() => classifier.run(pictures.map(({ rgb }) => rgb)));
    this.#host.meter.noteRun(size, performance.now() - startedAt, size - current.length);
    const [, ...perPicture] = run.output.shape;
    const output =
      size > 1 && classifier.fixedBatch === null ? { ...run.output, shape: [1, ...perPicture] } : run.output;
    for (const [index, task] of current.entries()) {
      task.answer({
        scores: run.scores[index] ?? new Float64Array(),
        output,
        startedAt,
        preprocessMs: run.preprocessMs / current.length,
        runMs: run.runMs / current.length,
      });
    }
  }
}

const oneByOne = { maxBatchSize: 1, batchTimeoutMicros: 0 } as const;
const alone: BatchTrial = { worthwhile: 1, possible: 1, isRowWise: false };

/** Nobody has set a limit, so none is met: a request of more rows than are worth a run is cut. */
const automatic = (worthwhile: number): BatchingSettings => ({
  maxBatchSize: Number.MAX_SAFE_INTEGER,
  enableLargeBatchSplitting: true,
  maxExecutionBatchSize: worthwhile,
  maxEnqueuedBatches: patientQueue,
});

/** No larger than the model takes; a fixed batch is filled up by the classifier itself, so no other size is of use. */
function pictureParameters(
  { worthwhile, possible }: BatchTrial,
  settings: BatchingSettings | undefined,
): BatchingParameters {
  const wanted = batchingParameters(
    settings ?? { maxBatchSize: worthwhile, maxEnqueuedBatches: patientQueue },
  );
  if (wanted.maxBatchSize <= possible) return { ...wanted, enableLargeBatchSplitting: false };
  return { ...wanted, enableLargeBatchSplitting: false, maxBatchSize: possible, allowedBatchSizes: [] };
}

const changedMeanwhile = (): AppError =>
  new AppError('FAILED_PRECONDITION', {}, { detail: 'The settings were changed meanwhile; ask again' });
