import type { Clock } from '../../app/base/clock';
import { reportUnexpected } from '../../app/base/errors';
import type { Disposable } from '../../app/base/lifecycle';

export interface ManageStateLoopOptions {
  readonly clock: Clock;
  /** 0 or less: the loop never runs by itself. */
  readonly intervalMs: number;
  /** One pass, to end by `endsAtMs`. True when it left something for the next turn of the event loop. */
  readonly pass: (endsAtMs: number) => boolean;
  /** Called once per interval in which nothing else happened, before a pass: everything is to be looked at again. */
  readonly onInterval: () => void;
}

/** One pass may hold the event loop for so long before it continues in the next turn. */
const passMs = 4;

/** Runs passes whenever it is woken, and every interval as a safety net. Ours: TensorFlow Serving's thread wakes by interval only. */
export class ManageStateLoop implements Disposable {
  readonly #options: ManageStateLoopOptions;
  #timer: Disposable | undefined;
  #isRunning = false;
  #isWoken = false;

  constructor(options: ManageStateLoopOptions) {
    this.#options = options;
  }

  get isWoken(): boolean {
    return this.#isWoken;
  }

  run(): void {
    this.#isRunning = this.#options.intervalMs > 0;
    this.wake();
  }

  /** A pass follows when the present turn has come to its end, however often it is called until then. */
  wake(): void {
    if (!this.#isRunning || this.#isWoken) return;
    this.#isWoken = true;
    void Promise.resolve().then(() => this.#pass());
  }

  dispose(): void {
    this.#isRunning = false;
    this.#timer?.dispose();
  }

  #pass(): void {
    if (!this.#isRunning) return;
    const { clock, intervalMs, pass, onInterval } = this.#options;
    this.#timer?.dispose();
    let isUnfinished = false;
    try {
      isUnfinished = pass(clock.now() + passMs);
    } catch (thrown) {
      reportUnexpected(thrown); // the next wish, or the interval, has it looked at again
    }
    // What the pass itself changed, it has looked at or left over; for what it left over the next turn comes anyway.
    this.#isWoken = isUnfinished;
    this.#timer = clock.schedule(isUnfinished ? 0 : intervalMs, () => {
      if (!isUnfinished) onInterval();
      this.#isWoken = false;
      this.wake();
    });
  }
}
