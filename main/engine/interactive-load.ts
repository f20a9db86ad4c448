import { type Clock, wait } from '../../app/base/clock';
import { Emitter, type Event } from '../../app/base/emitter';
import type { Disposable } from '../../app/base/lifecycle';

/** Between two requests that follow each other closely there is no quiet worth beginning something in. */
const quietMs = 20;

/** Knows whether anybody waits for an answer at the moment: work that nobody waits for stands back meanwhile. */
export class InteractiveLoad implements Disposable {
  readonly #clock: Clock;
  readonly #changed = new Emitter<boolean>();
  readonly #paused = new Emitter<void>();
  #waiting = 0;
  #lastEndAtMs = 0;
  #isBusy = false;
  #quiet: Disposable | undefined;
  /** Fires with `isBusy` when that changes. */
  readonly onDidChange: Event<boolean> = this.#changed.event;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isBusy(): boolean {
    return this.#isBusy;
  }

  /** Counts somebody as waiting until `answer` settles; it rejects when it fails, and never throws. */
  during<T>(answer: () => Promise<T>): Promise<T> {
    this.#begin();
    const answering = answer();
    answering.then(this.#end, this.#end);
    return answering;
  }

  /**
   * Settles when nobody has waited for `lengthMs()`, which is asked again at every pause and may be 0, or when `patienceMs` are over.
   */
  async rest(lengthMs: () => number, patienceMs: number): Promise<void> {
    const over = new AbortController();
    const patience = this.#clock.schedule(patienceMs, () => over.abort());
    while (!over.signal.aborted) {
      if (this.#waiting > 0) await this.#untilPaused(over.signal);
      else {
        const leftMs = this.#lastEndAtMs + lengthMs() - this.#clock.now();
        if (leftMs <= 0) break;
        await wait(this.#clock, leftMs, over.signal);
      }
    }
    patience.dispose();
  }

  dispose(): void {
    this.#paused.dispose();
    this.#quiet?.dispose();
    this.#changed.dispose();
  }

  /** Settles at the next moment at which nobody waits, or when `over` is aborted. */
  #untilPaused(over: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const leave = (): void => {
        subscription.dispose();
        over.removeEventListener('abort', leave);
        resolve();
      };
      const subscription = this.#paused.event(leave);
      over.addEventListener('abort', leave);
    });
  }

  #begin(): void {
    this.#waiting++;
    if (this.#isBusy) return;
    this.#isBusy = true;
    this.#changed.fire(true);
  }

  readonly #end = (): void => {
    this.#waiting--;
    this.#lastEndAtMs = this.#clock.now();
    if (this.#waiting > 0) return;
    this.#paused.fire(undefined);
    this.#quiet ??= this.#clock.schedule(quietMs, () => this.#look());
  };

  /** One timer at a time, however many requests come: what came meanwhile makes it wait once more. */
  #look(): void {
    this.#quiet = undefined;
    if (this.#waiting > 0) return; // the end of that one looks again
    const leftMs = this.#lastEndAtMs + quietMs - this.#clock.now();
    if (leftMs > 0) {
      this.#quiet = this.#clock.schedule(leftMs, () => this.#look());
      return;
    }
    this.#isBusy = false;
    this.#changed.fire(false);
  }
}
