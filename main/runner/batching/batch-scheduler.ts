import type { Clock } from '../../../app/base/clock';
import { reportUnexpected } from '../../../app/base/errors';
import type { Disposable } from '../../../app/base/lifecycle';
import { BatchQueue, type BatchTask } from './batch-queue';
import type { BatchingParameters } from './batching-parameters';

export interface BatchSchedulerOptions {
  readonly clock: Clock;
  /** Batches under way at once, over all queues. */
  readonly threads: number;
  /** Awaited between a batch and the next: a run that blocks the event loop leaves time here to read what came meanwhile. */
  readonly pause?: () => Promise<void>;
}

/**
 * Serves queues round-robin: a batch runs when it is full, or when its oldest task has waited long enough, as soon as a thread is free.
 * A batch under the timeout keeps filling while everything is busy. Source: TensorFlow, core/kernels/batching_util/shared_batch_scheduler.h.
 */
export class BatchScheduler {
  readonly #clock: Clock;
  readonly #threads: number;
  readonly #pause: () => Promise<void>;
  #queues: readonly BatchQueue<never>[] = [];
  #next = 0;
  #busy = 0;
  #timer: Disposable | undefined;

  constructor({ clock, threads, pause = async () => undefined }: BatchSchedulerOptions) {
    this.#pause = pause;
    this.#clock = clock;
    this.#threads = threads;
  }

  /** Tasks that wait, in all queues. */
  get waiting(): number {
    return this.#queues.reduce((sum, queue) => sum + queue.waiting, 0);
  }

  /** `process` must settle every task that it is given. */
  addQueue<T extends BatchTask>(
    parameters: BatchingParameters,
    process: (tasks: readonly T[]) => Promise<void>,
  ): BatchQueue<T> {
    const queue = new BatchQueue<T>(parameters, process, {
      nowMs: () => this.#clock.now(),
      onDidChange: () => this.#pump(),
    });
    this.#queues = [...this.#queues, queue as unknown as BatchQueue<never>];
    return queue;
  }

  /** Lets a queue's tasks finish, then forgets it; the other queues go on. */
  async removeQueue<T extends BatchTask>(queue: BatchQueue<T>): Promise<void> {
    await queue.close();
    this.#queues = this.#queues.filter((other) => other !== (queue as unknown as BatchQueue<never>));
  }

  #pump(): void {
    this.#timer?.dispose();
    this.#timer = undefined;
    while (this.#busy < this.#threads) {
      const queue = this.#takeDue();
      if (!queue) break;
      this.#busy++;
      queue
        .runNext()
        .catch(reportUnexpected)
        .then(this.#pause)
        .finally(() => {
          this.#busy--;
          this.#pump();
        });
    }
    if (this.#busy < this.#threads) this.#wakeWhenDue();
  }

  #takeDue(): BatchQueue<never> | undefined {
    const nowMs = this.#clock.now();
    const { length } = this.#queues;
    for (let step = 0; step < length; step++) {
      const index = (this.#next + step) % length;
      const queue = this.#queues[index];
      if ((queue?.dueAtMs ?? Number.POSITIVE_INFINITY) > nowMs) continue;
      this.#next = index + 1;
      return queue;
    }
    return undefined;
  }

  #wakeWhenDue(): void {
    const dueAtMs = Math.min(...this.#queues.map((queue) => queue.dueAtMs ?? Number.POSITIVE_INFINITY));
    if (dueAtMs === Number.POSITIVE_INFINITY) return;
    this.#timer = this.#clock.schedule(dueAtMs - this.#clock.now(), () => this.#pump());
  }
}
