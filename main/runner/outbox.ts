import type { Batch } from './protocol';

/** Two are sent at once: the other process has a core of its own, which would idle while more are collected. */
const enough = 2;

/** Collects what is said within one turn of the event loop, sends it as soon as that is enough, and the rest at the turn's end. */
export class Outbox<T> {
  readonly #send: (batch: Batch<T>) => void;
  #waiting: T[] = [];
  #isEndAwaited = false;

  constructor(send: (batch: Batch<T>) => void) {
    this.#send = send;
  }

  post(message: T): void {
    this.#waiting.push(message);
    if (this.#waiting.length >= enough) this.#flush();
    else if (!this.#isEndAwaited) {
      this.#isEndAwaited = true;
      setImmediate(this.#endTurn);
    }
  }

  readonly #endTurn = (): void => {
    this.#isEndAwaited = false;
    if (this.#waiting.length > 0) this.#flush();
  };

  #flush(): void {
    const batch = this.#waiting;
    this.#waiting = [];
    this.#send(batch);
  }
}
