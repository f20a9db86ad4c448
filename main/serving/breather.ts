import { setImmediate as nextTurn } from 'node:timers/promises';

/** Long work in turns: lets the event loop go on whenever the work has held it for some milliseconds. */
export class Breather {
  readonly #maxMs: number;
  #heldSinceMs = performance.now();

  constructor(maxMs = 4) {
    this.#maxMs = maxMs;
  }

  /** To be awaited, when `isDue`, between two small pieces of the work. */
  async breathe(): Promise<void> {
    await nextTurn();
    this.#heldSinceMs = performance.now();
  }

  /** Has the work held the event loop for too long? Asking costs less than a turn. */
  get isDue(): boolean {
    return performance.now() - this.#heldSinceMs >= this.#maxMs;
  }
}
