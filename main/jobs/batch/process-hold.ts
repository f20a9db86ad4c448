import type { Clock } from '../../../app/base/clock';
import type { Disposable } from '../../../app/base/lifecycle';
import type { Freezer } from '../../runner/freezer';
import type { RunnerClient } from '../../runner/runner-client';

/** Longer than most answers take; whoever waits longer finds that the steps under way have ended soon after. */
const mostFrozenMs = 300;

/**
 * Holds up the process of a batch: it begins no step, and those that are under way stand still for a moment, in which most answers
 * are given (docs/decisions/0015-beside-those-who-wait.md).
 */
export class ProcessHold implements Disposable {
  readonly #client: RunnerClient;
  readonly #clock: Clock;
  #freezer: Freezer | undefined;
  #thaw: Disposable | undefined;
  #isDisposed = false;

  constructor(client: RunnerClient, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  set isHeld(isHeld: boolean) {
    if (this.#isDisposed) return;
    this.#client.request('hold', { isHeld }).catch(() => undefined); // one that has ended holds nothing up
    this.#thaw?.dispose();
    if (!isHeld) {
      this.#freezer?.thaw();
      return;
    }
    this.#freezer ??= this.#client.freezer();
    this.#freezer?.freeze();
    this.#thaw = this.#clock.schedule(mostFrozenMs, () => this.#freezer?.thaw());
  }

  /** Lets go of the process for good. */
  dispose(): void {
    this.#isDisposed = true;
    this.#thaw?.dispose();
    this.#freezer?.dispose();
  }
}
