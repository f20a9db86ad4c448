import { setImmediate } from 'node:timers/promises';
import { reportUnexpected } from '../../app/base/errors';

/** More than so many copies, or bytes of copies, never wait: further ones are dropped. */
const maxWaiting = 32;
const maxWaitingBytes = 32 * 2 ** 20;
/** With this share of them waiting, choosing the moment with care would soon mean to drop. */
const pressingShare = 0.5;

/** Makes copies of requests one after the other, beside everything else: whoever asks waits for none of it. */
export class ShadowQueue {
  readonly #waiting: { readonly bytes: number; readonly run: () => Promise<void> }[] = [];
  #waitingBytes = 0;
  readonly #untilQuiet: (isPressing: () => boolean) => Promise<void>;
  #isRunning = false;
  #isClosed = false;
  #work: Promise<void> = Promise.resolve();

  /** `untilQuiet` settles when it is a good moment for a copy, or, while so many wait that it is pressing, when it is any moment that will do. */
  constructor(untilQuiet: (isPressing: () => boolean) => Promise<void>) {
    this.#untilQuiet = untilQuiet;
  }

  /** Takes a copy to make, or drops it: then false. It never begins before the next turn of the event loop. */
  offer(bytes: number, run: () => Promise<void>): boolean {
    if (this.#isClosed || this.#waiting.length >= maxWaiting) return false;
    if (this.#waitingBytes + bytes > maxWaitingBytes) return false;
    this.#waiting.push({ bytes, run });
    this.#waitingBytes += bytes;
    if (!this.#isRunning) this.#work = this.#run();
    return true;
  }

  /** Drops what waits; settles when the copy that is being made has ended. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#waiting.length = 0;
    await this.#work;
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#waiting.length > 0) {
      await setImmediate(); // the answer that it is a copy of goes out first
      await this.#untilQuiet(this.#isPressing);
      const next = this.#waiting.shift();
      if (!next) break; // closed meanwhile
      this.#waitingBytes -= next.bytes;
      await next.run().catch(reportUnexpected);
    }
    this.#isRunning = false;
  }

  readonly #isPressing = (): boolean =>
    this.#waiting.length > maxWaiting * pressingShare || this.#waitingBytes > maxWaitingBytes * pressingShare;
}
