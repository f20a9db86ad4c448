import { LogHistogram } from '../traffic/log-histogram';

const seconds = 300;
const rateSeconds = 10;

interface Second {
  readonly second: number;
  requests: number;
  failed: number;
  /** Of those that were answered. */
  readonly latency: LogHistogram;
}

/** What was asked in one second; `p95Ms` is null where nothing was answered. */
export interface SecondFigures {
  readonly requests: number;
  readonly failed: number;
  readonly p95Ms: number | null;
}

/** Requests by the second in which they ended, for the last five minutes. Times are milliseconds of the clock. */
export class RequestSeconds {
  /** A ring: what ended in second n stands at n % seconds, and may be of an earlier round. */
  readonly #ring: (Second | undefined)[] = [];

  note(nowMs: number, durationMs: number, isFailed: boolean): void {
    const second = secondOf(nowMs);
    let found = this.#find(second);
    if (!found) {
      found = { second, requests: 0, failed: 0, latency: new LogHistogram() };
      this.#ring[second % seconds] = found;
    }
    found.requests++;
    if (isFailed) found.failed++;
    else found.latency.record(durationMs);
  }

  /** Over the five minutes. */
  total(nowMs: number): { readonly requests: number; readonly failed: number } {
    let [requests, failed] = [0, 0];
    const first = secondOf(nowMs) - seconds + 1;
    for (const each of this.#ring) {
      if (!each || each.second < first) continue;
      requests += each.requests;
      failed += each.failed;
    }
    return { requests, failed };
  }

  /** The last seconds, the oldest first; the last one is not over. */
  series(count: number, nowMs: number): SecondFigures[] {
    return this.#last(count, nowMs).map((each) => ({
      requests: each?.requests ?? 0,
      failed: each?.failed ?? 0,
      p95Ms: each?.latency.quantile(0.95) ?? null,
    }));
  }

  /** Of the last seconds together. */
  latency(count: number, nowMs: number): LogHistogram {
    const all = new LogHistogram();
    for (const each of this.#last(count, nowMs)) if (each) all.add(each.latency);
    return all;
  }

  /** Requests a second: the mean of the last ten that are over. */
  perSecond(nowMs: number): number {
    const whole = this.#last(rateSeconds + 1, nowMs).slice(0, -1);
    return whole.reduce((sum, each) => sum + (each?.requests ?? 0), 0) / rateSeconds;
  }

  #last(count: number, nowMs: number): (Second | undefined)[] {
    const first = secondOf(nowMs) - count + 1;
    return Array.from({ length: count }, (_, at) => this.#find(first + at));
  }

  #find(second: number): Second | undefined {
    const found = this.#ring[second % seconds];
    return found?.second === second ? found : undefined;
  }
}

const secondOf = (ms: number): number => Math.floor(ms / 1_000);
