import { AppError } from '../../../app/base/errors';
import type { CallSignal } from '../call-signal';
import type { Tensor } from '../tensor';
import type { BatchQueue, BatchTask } from './batch-queue';
import type { BatchScheduler } from './batch-scheduler';
import { type BatchingParameters, paddedSize } from './batching-parameters';
import { concatRows, hasRows, hasSameRows, padToCommonRows, repeatFirstRow, sliceRows } from './tensor-rows';

export type Tensors = Readonly<Record<string, Tensor>>;

/** One run over a whole batch; `outputs` are named. */
export type RunTensors = (feeds: Tensors, outputs: readonly string[]) => Promise<Tensors>;

/** Names that a call gives and asks for. */
export interface Signature {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

export interface BatchingSessionOptions {
  readonly scheduler: BatchScheduler;
  readonly parameters: BatchingParameters;
  readonly run: RunTensors;
  /** Calls of these get a queue of their own; null gives one to every combination that is asked for. */
  readonly signatures: readonly Signature[] | null;
  /**
   * Puts together only calls whose rows have one shape, so that none fails because of another that it happened to meet.
   * TensorFlow Serving does not: there both fail.
   */
  readonly isKeyedByShape?: boolean;
  /** Told of every run over a batch: its size, how much of that was filled up, and the milliseconds that it took. */
  readonly onDidRunBatch?: (size: number, missing: number, ms: number) => void;
}

/** How long a call's run took, in milliseconds of `performance.now()`. */
export interface RunTiming {
  readonly startedAt: number;
  /** This call's share of the run, by rows. */
  readonly shareMs: number;
}

interface TensorTask extends BatchTask {
  readonly feeds: Tensors;
  readonly outputs: readonly string[];
  readonly answer: (outputs: Tensors) => void;
  readonly onDidRun: ((timing: RunTiming) => void) | undefined;
}

/**
 * Puts calls of the same inputs and outputs together into runs, and gives each caller its rows in the order it asked for.
 * Source: TensorFlow Serving, batching/batching_session.h.
 */
export class BatchingSession {
  readonly #options: BatchingSessionOptions;
  readonly #queues = new Map<string, BatchQueue<TensorTask>>();
  readonly #known: ReadonlySet<string> | null;

  constructor(options: BatchingSessionOptions) {
    this.#options = options;
    this.#known = options.signatures && new Set(options.signatures.map(signatureKey));
  }

  /** Throws INVALID_ARGUMENT, QUEUE_FULL, FAILED_PRECONDITION, what the run throws, and why a call that nobody waits for was dropped. */
  async run(
    feeds: Tensors,
    outputs: readonly string[],
    signal: CallSignal,
    onDidRun?: (timing: RunTiming) => void,
  ): Promise<Tensors> {
    const key = signatureKey({ inputs: Object.keys(feeds), outputs });
    const { run } = this.#options;
    if (this.#known && !this.#known.has(key)) return run(feeds, outputs);
    const rows = rowCountOf(feeds);
    if (rows === 0 || !Object.values(feeds).every(hasRows)) return run(feeds, outputs);
    const queue = this.#queueOf(this.#options.isKeyedByShape ? `${key}\n${rowShapes(feeds)}` : key);
    const sizes = queue.plan(rows);
    let from = 0;
    const parts = sizes.map((size) => {
      const start = from;
      from += size;
      const part = sizes.length === 1 ? feeds : mapTensors(feeds, (tensor) => sliceRows(tensor, start, from));
      return new Promise<Tensors>((answer, fail) => {
        queue.put({ size, signal, feeds: part, outputs, answer, fail, onDidRun });
      });
    });
    const [first = {}, ...more] = await Promise.all(parts);
    if (more.length === 0) return first;
    return mapTensors(first, (tensor, name) =>
      concatRows([tensor, ...more.map((part) => part[name] ?? tensor)]),
    );
  }

  /** Resolves when all that was asked is answered. */
  async close(): Promise<void> {
    await Promise.all([...this.#queues.values()].map((queue) => this.#options.scheduler.removeQueue(queue)));
    this.#queues.clear();
  }

  #queueOf(key: string): BatchQueue<TensorTask> {
    const existing = this.#queues.get(key);
    if (existing) return existing;
    for (const [other, queue] of this.#queues) {
      // Combinations of outputs and shapes are without number: those that nobody asks for at the moment are forgotten.
      if (this.#queues.size < maxQueues || !queue.isIdle) continue;
      this.#queues.delete(other);
      void this.#options.scheduler.removeQueue(queue);
    }
    const queue = this.#options.scheduler.addQueue<TensorTask>(this.#options.parameters, (tasks) =>
      this.#process(tasks),
    );
    this.#queues.set(key, queue);
    return queue;
  }

  async #process(tasks: readonly TensorTask[]): Promise<void> {
    const { parameters, run } = this.#options;
    try {
      const [first] = tasks;
      if (!first) return;
      const rows = tasks.reduce((sum, { size }) => sum + size, 0);
      const size = paddedSize(rows, parameters.allowedBatchSizes);
      const feeds = merge(tasks, size - rows, parameters.padVariableLengthInputs);
      const startedAt = performance.now();
      const outputs = await run(feeds, first.outputs);
      const runMs = performance.now() - startedAt;
      this.#options.onDidRunBatch?.(size, size - rows, runMs);
      for (const [name, tensor] of Object.entries(outputs)) checkOutput(name, tensor, size);
      let at = 0;
      for (const task of tasks) {
        const start = at;
        at += task.size;
        const ordered = task.outputs.map((name) => {
          const tensor = outputs[name];
          if (!tensor)
            throw new AppError('FAILED_PRECONDITION', {}, { detail: `The run gave no output "${name}"` });
          return [name, size === task.size ? tensor : sliceRows(tensor, start, at)] as const;
        });
        task.onDidRun?.({ startedAt, shareMs: (runMs * task.size) / rows });
        task.answer(Object.fromEntries(ordered));
      }
    } catch (thrown) {
      const error = AppError.from(thrown);
      for (const task of tasks) task.fail(error);
    }
  }
}

const maxQueues = 64;

const signatureKey = ({ inputs, outputs }: Signature): string =>
  JSON.stringify([[...inputs].sort(), [...outputs].sort()]);

const rowShapes = (feeds: Tensors): string =>
  JSON.stringify(
    Object.entries(feeds)
      .map(([name, { dtype, shape }]) => [name, dtype, ...shape.slice(1)])
      .sort(),
  );

const mapTensors = (tensors: Tensors, change: (tensor: Tensor, name: string) => Tensor): Tensors =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, change(tensor, name)]));

/** Throws INVALID_ARGUMENT when the inputs of a call are not rows of one number. */
function rowCountOf(feeds: Tensors): number {
  const [first, ...others] = Object.values(feeds);
  if (!first) throw invalid('A batched call needs at least one input');
  const rows = first.shape[0];
  if (rows === undefined || others.some(({ shape }) => shape.length === 0))
    throw invalid('Batching needs inputs of at least one dimension');
  if (others.some(({ shape }) => shape[0] !== rows))
    throw invalid('Batching needs all inputs of a call to have the same 0th dimension');
  return rows;
}

/** The inputs of all tasks, one below the other, with the first row of the last task `missing` times at the end. */
function merge(tasks: readonly TensorTask[], missing: number, isPadded: boolean): Tensors {
  const [first] = tasks;
  const last = tasks.at(-1);
  if (!first || !last) return {};
  return mapTensors(first.feeds, (_, name) => {
    const parts = tasks.map(({ feeds }) => feeds[name]).filter((tensor) => tensor !== undefined);
    if (!isPadded && !hasSameRows(parts)) {
      const detail = `Tensors with name "${name}" from different tasks have different shapes and padding is turned off`;
      throw new AppError('FAILED_PRECONDITION', {}, { detail });
    }
    const even = isPadded ? padToCommonRows(parts) : parts;
    const filler = even.at(-1);
    return concatRows(missing > 0 && filler ? [...even, repeatFirstRow(filler, missing)] : even);
  });
}

function checkOutput(name: string, { shape }: Tensor, size: number): void {
  const [rows] = shape;
  if (rows === size) return;
  const detail =
    rows === undefined
      ? `Batched output "${name}" has no 0th dimension`
      : `Batched output "${name}" has ${rows} rows for a batch of ${size}`;
  throw new AppError('FAILED_PRECONDITION', {}, { detail });
}

const invalid = (detail: string): AppError => new AppError('INVALID_ARGUMENT', {}, { detail });
