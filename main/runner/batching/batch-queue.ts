import { AppError } from '../../../app/base/errors';
import type { CallSignal } from '../call-signal';
import { type BatchingParameters, executionSize } from './batching-parameters';

/** Something that wants to be run together with its like. */
export interface BatchTask {
  /** Rows that it takes of a batch. */
  readonly size: number;
  /** Aborted when nobody waits for it any more. */
  readonly signal: CallSignal;
  /** Called instead of being processed. */
  readonly fail: (error: AppError) => void;
}

/** Tasks that will be run together. */
export interface Batch<T extends BatchTask> {
  readonly tasks: T[];
  rows: number;
  /** When its first task came. */
  readonly openedAtMs: number;
}

/** What a queue tells the scheduler that serves it. */
export interface QueueHost {
  readonly nowMs: () => number;
  /** A batch was opened, filled or closed: look again at what may run. */
  readonly onDidChange: () => void;
}

/**
 * The tasks of one version with one set of inputs and outputs, gathered into batches in the order they came. Only the youngest batch is
 * open; a task never joins a batch that it would overflow. Source: TensorFlow, core/kernels/batching_util/shared_batch_scheduler.h.
 */
export class BatchQueue<T extends BatchTask> {
  readonly #parameters: BatchingParameters;
  readonly #host: QueueHost;
  readonly process: (tasks: readonly T[]) => Promise<void>;
  /** Oldest first; the last may be open. */
  readonly #batches: Batch<T>[] = [];
  #underWay = 0;
  #whenEmpty: (() => void)[] = [];
  #isClosed = false;

  constructor(
    parameters: BatchingParameters,
    process: (tasks: readonly T[]) => Promise<void>,
    host: QueueHost,
  ) {
    this.#parameters = parameters;
    this.process = process;
    this.#host = host;
  }

  /** Tasks that are not being run yet. */
  get waiting(): number {
    return this.#batches.reduce((sum, { tasks }) => sum + tasks.length, 0);
  }

  get isIdle(): boolean {
    return this.#batches.length === 0 && this.#underWay === 0;
  }

  /**
   * The sizes that a task of `rows` must be put in with: one, or several where it is cut. Nothing is put in yet.
   * Throws INVALID_ARGUMENT when it is too large, QUEUE_FULL when there is no room.
   */
  plan(rows: number): readonly number[] {
    const { maxBatchSize, maxEnqueuedBatches, enableLargeBatchSplitting } = this.#parameters;
    if (this.#isClosed) throw new AppError('CANCELLED', {}, { detail: 'The queue is closed' });
    if (rows > maxBatchSize) {
      const detail = `Task size ${rows} is larger than maximum input batch size ${maxBatchSize}`;
      throw new AppError('INVALID_ARGUMENT', {}, { detail });
    }
    const most = executionSize(this.#parameters);
    const open = this.#batches.at(-1);
    const room = open ? Math.max(0, most - open.rows) : 0;
    const sizes: number[] = [];
    let left = rows;
    if (enableLargeBatchSplitting) {
      for (let fits = room || most; left > 0; fits = most) {
        sizes.push(Math.min(left, fits));
        left -= Math.min(left, fits);
      }
    } else sizes.push(rows);
    const joinsOpen = room > 0 && (sizes[0] ?? 0) <= room;
    const opened = sizes.length - (joinsOpen ? 1 : 0);
    if (this.#batches.length + opened > Math.max(1, maxEnqueuedBatches)) {
      throw new AppError('QUEUE_FULL', {}, { detail: 'The batch scheduling queue is full' });
    }
    return sizes;
  }

  /** Puts in a task of a size that `plan` gave just now. */
  put(task: T): void {
    let open = this.#batches.at(-1);
    if (!open || open.rows + task.size > executionSize(this.#parameters)) {
      open = { tasks: [], rows: 0, openedAtMs: this.#host.nowMs() };
      this.#batches.push(open);
    }
    open.tasks.push(task);
    open.rows += task.size;
    this.#host.onDidChange();
  }

  /** When its oldest batch may run; undefined when there is none. */
  get dueAtMs(): number | undefined {
    const [oldest] = this.#batches;
    if (!oldest) return undefined;
    const isFull = oldest.rows >= executionSize(this.#parameters);
    if (isFull || this.#batches.length > 1 || this.#isClosed) return Number.NEGATIVE_INFINITY;
    return oldest.openedAtMs + this.#parameters.batchTimeoutMicros / 1000;
  }

  /**
   * Takes out the oldest batch and runs it. A task that nobody waits for any more is left out: one that has expired fails with the status
   * RESOURCE_EXHAUSTED. A batch with no task left is not run.
   */
  async runNext(): Promise<void> {
    const batch = this.#batches.shift();
    if (!batch) return;
    const alive = batch.tasks.filter((task) => {
      if (task.signal.aborted) task.fail(expired(task.signal));
      return !task.signal.aborted;
    });
    this.#underWay++;
    try {
      if (alive.length > 0) await this.process(alive);
    } finally {
      this.#underWay--;
      if (this.isIdle) for (const resolve of this.#whenEmpty.splice(0)) resolve();
    }
  }

  /** Refuses new tasks, runs what it has without waiting for more, and resolves when that is done. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.isIdle) return;
    const emptied = new Promise<void>((resolve) => this.#whenEmpty.push(resolve));
    this.#host.onDidChange();
    await emptied;
  }
}

function expired({ reason }: CallSignal): AppError {
  const error = reason instanceof AppError ? reason : new AppError('CANCELLED');
  if (error.code !== 'DEADLINE_EXCEEDED') return error;
  return new AppError(
    'DEADLINE_EXCEEDED',
    {},
    { detail: 'It expired while it was queued', status: 'RESOURCE_EXHAUSTED' },
  );
}
