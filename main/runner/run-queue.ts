import { AppError } from '../../app/base/errors';
import type { CallSignal } from './call-signal';

interface Job {
  readonly signal: CallSignal;
  readonly run: () => Promise<void>;
  readonly drop: (reason: AppError) => void;
}

/** A turn of the event loop: what arrived meanwhile is read, what is ready to be sent goes out. */
export const wholeTurn = (): Promise<void> =>
  new Promise((resolve) => setImmediate(() => setImmediate(() => resolve())));

/** Why a request that nobody waits for any more was dropped: the signal's own reason when it is one of ours. */
export const abortReason = (signal: CallSignal): AppError =>
  signal.reason instanceof AppError ? signal.reason : new AppError('CANCELLED');

/**
 * Runs jobs one after the other in the order they came. Native runs block the event loop, so a turn passes between two:
 * that is when cancellations are read, and a job whose signal is aborted by then is dropped unrun.
 */
export class RunQueue {
  readonly #jobs: Job[] = [];
  readonly #mayRun: () => Promise<void>;
  #isDraining = false;

  /** `mayRun` is awaited before each job. */
  constructor(mayRun: () => Promise<void> = async () => undefined) {
    this.#mayRun = mayRun;
  }

  /** Rejects with the signal's reason when the job was dropped. */
  run<T>(signal: CallSignal, task: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#jobs.push({ signal, run: () => task().then(resolve, reject), drop: reject });
      if (!this.#isDraining) void this.#drain();
    });
  }

  get length(): number {
    return this.#jobs.length;
  }

  async #drain(): Promise<void> {
    this.#isDraining = true;
    for (let job = this.#jobs.shift(); job; job = this.#jobs.shift()) {
      await this.#mayRun();
      if (job.signal.aborted) {
        job.drop(abortReason(job.signal));
        continue;
      }
      await job.run();
      await wholeTurn();
    }
    this.#isDraining = false;
  }
}
