import type { RunnerStats } from './protocol';

interface Runs {
  runs: number;
  totalMs: number;
  /** Runs by the number of examples that they were filled up with. */
  readonly filled: Map<number, number>;
}

/** Measures what this process takes and does. */
export class RunnerMeter {
  readonly #bySize = new Map<number, Runs>();
  readonly #queues: (() => number)[] = [];

  /** To be called for every run, with the examples that it had, `missing` of them filled up, and the milliseconds that it took. */
  noteRun(size: number, ms: number, missing = 0): void {
    const sum = this.#bySize.get(size) ?? { runs: 0, totalMs: 0, filled: new Map() };
    sum.runs++;
    sum.totalMs += ms;
    if (missing > 0) sum.filled.set(missing, (sum.filled.get(missing) ?? 0) + 1);
    this.#bySize.set(size, sum);
  }

  /** Something in which requests wait for their run; `length` tells how many do. */
  addQueue(length: () => number): void {
    this.#queues.push(length);
  }

  /** As it stands at this moment. */
  read(): RunnerStats {
    const batches = [...this.#bySize]
      .map(([size, { runs, totalMs, filled }]) => ({
        size,
        runs,
        totalMs,
        ...(filled.size > 0
          ? { filled: [...filled].map(([missing, count]) => ({ missing, runs: count })) }
          : {}),
      }))
      .sort((a, b) => a.size - b.size);
    return {
      residentBytes: process.memoryUsage.rss(),
      queued: this.#queues.reduce((sum, length) => sum + length(), 0),
      ...(batches.length > 0 ? { batches } : {}),
    };
  }
}
