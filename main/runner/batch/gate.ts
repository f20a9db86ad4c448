import type { Clock } from '../../../app/base/clock';
import type { Disposable } from '../../../app/base/lifecycle';

/** A gate that is held for good still lets one step through each half second, so that the work ends some day. */
const leakMs = 500;

/** Lets steps of work through at once, or holds them back for as long as something else needs the machine. */
export class Gate {
  readonly #clock: Clock;
  readonly #waiting: (() => void)[] = [];
  #isHeld = false;
  #leak: Disposable | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves when the next step may begin, in the order in which it was asked. */
  pass(): Promise<void> {
    if (!this.#isHeld) return Promise.resolve();
    this.#leakLater();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  set isHeld(isHeld: boolean) {
    this.#isHeld = isHeld;
    if (isHeld) return;
    this.#leak?.dispose();
    this.#leak = undefined;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #leakLater(): void {
    this.#leak ??= this.#clock.schedule(leakMs, () => {
      this.#leak = undefined;
      this.#waiting.shift()?.();
      if (this.#waiting.length > 0) this.#leakLater();
    });
  }
}
