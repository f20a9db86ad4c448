import type { Clock } from '../../app/base/clock';
import { Emitter } from '../../app/base/emitter';
import type { Disposable } from '../../app/base/lifecycle';
import type { RequestFigures, ServedRequest, ServedRequests } from '../../app/contract/endpoints';
import type { RequestRecord } from './request-record';

const kept = 200;
const seconds = 60;
const tellEveryMs = 400;

/** The last requests and how many there are, for people to watch: told in groups, however many come. */
export class RecentRequests implements Disposable {
  readonly #clock: Clock;
  readonly #didCome = new Emitter<ServedRequests>();
  readonly onDidCome = this.#didCome.event;
  /** A ring: the request of number n stands at n % kept. */
  readonly #ring: ServedRequest[] = [];
  /** Requests by the second in which they were answered, at second % seconds. */
  readonly #counts = new Array<number>(seconds).fill(0);
  #second = 0;
  #total = 0;
  #failed = 0;
  #toldUpTo = 0;
  #telling: Disposable | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  readonly observe = (record: RequestRecord): void => {
    const { requestId, startedAtMs, entrypoint, api, model, version, status, durationMs, caller } = record;
    const { routed } = record;
    const number = ++this.#total;
    if (status !== 'OK') this.#failed++;
    this.#turnTo(this.#now());
    this.#counts[this.#second % seconds] = (this.#counts[this.#second % seconds] ?? 0) + 1;
    this.#ring[number % kept] = {
      number,
      requestId,
      atMs: startedAtMs,
      entrypoint,
      api,
      model,
      version,
      decision: routed && { arm: routed.arm, rule: routed.rule, reason: routed.reason },
      status,
      durationMs,
      caller,
    };
    this.#telling ??= this.#clock.schedule(tellEveryMs, () => this.#tell());
  };

  /** All that are kept, the newest last. */
  all(): ServedRequests {
    return { requests: this.#since(0), figures: this.#figures() };
  }

  dispose(): void {
    this.#telling?.dispose();
    this.#didCome.dispose();
  }

  #tell(): void {
    this.#telling = null;
    const requests = this.#since(this.#toldUpTo);
    this.#toldUpTo = this.#total;
    this.#didCome.fire({ requests, figures: this.#figures() });
  }

  #since(number: number): ServedRequest[] {
    const first = Math.max(number, this.#total - kept) + 1;
    const found: ServedRequest[] = [];
    for (let at = first; at <= this.#total; at++) {
      const request = this.#ring[at % kept];
      if (request) found.push(request);
    }
    return found;
  }

  #figures(): RequestFigures {
    this.#turnTo(this.#now());
    const answered = this.#ring.filter((it) => it?.status === 'OK').map((it) => it.durationMs);
    answered.sort((a, b) => a - b);
    const at = (share: number): number | null => answered[Math.floor(share * answered.length)] ?? null;
    return {
      total: this.#total,
      failed: this.#failed,
      perSecond: Array.from(
        { length: seconds },
        (_, ago) => this.#counts[(this.#second + 1 + ago) % seconds] ?? 0,
      ),
      p50Ms: at(0.5),
      p95Ms: at(0.95),
    };
  }

  #now(): number {
    return Math.floor(this.#clock.now() / 1_000);
  }

  /** Clears the seconds that have passed without a request. */
  #turnTo(second: number): void {
    const passed = Math.min(second - this.#second, seconds);
    for (let ago = 0; ago < passed; ago++) this.#counts[(second - ago) % seconds] = 0;
    this.#second = Math.max(second, this.#second);
  }
}
