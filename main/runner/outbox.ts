import type { Batch } from './protocol';

/** Collects what is said within one turn of the event loop and sends it as one array at the turn's end. */
export class Outbox<T> {
  readonly #send: (batch: Batch<T>) => void;
  #waiting: T[] = [];

  constructor(send: (batch: Batch<T>) => void) {
    this.#send = send;
  }

  post(message: T): void {
    this.#waiting.push(message);
    if (this.#waiting.length === 1) setImmediate(() => this.flush());
  }

  /** Sends now what would have gone at the end of the turn. */
  flush(): void {
    if (this.#waiting.length === 0) return;
    const batch = this.#waiting;
    this.#waiting = [];
    this.#send(batch);
  }
}
