import type { RecordedRequest } from './dry-run';
import { type RequestAttributes, recordable } from './request-attributes';

const maxKept = 10_000;
const maxAgeMs = 3_600_000;

/**
 * The last requests of a route, for dry runs: what could decide about each and where it went, no bodies and no secrets. In memory only, at
 * most ten thousand and none older than an hour.
 */
export class RecordedRequests {
  /** A ring: the request of number n stands at n % maxKept. */
  readonly #ring: RecordedRequest[] = [];
  #total = 0;

  add(atMs: number, attributes: RequestAttributes, arm: string | null): void {
    this.#ring[this.#total++ % maxKept] = { atMs, attributes: recordable(attributes), arm };
  }

  /** The oldest first. */
  *since(nowMs: number, sinceMs = 0): Iterable<RecordedRequest> {
    const from = Math.max(sinceMs, nowMs - maxAgeMs);
    for (let at = Math.max(0, this.#total - maxKept); at < this.#total; at++) {
      const request = this.#ring[at % maxKept];
      if (request && request.atMs >= from) yield request;
    }
  }
}
