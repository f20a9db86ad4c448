import type { RunnerStats } from './protocol';

/** Measures what this process takes and does. */
export class RunnerMeter {
  readonly #bySize = new Map<number, { runs: number; totalMs: number }>();

  /** To be called for every run, with the examples that it had and the milliseconds that it took. */
  noteRun(size: number, ms: number): void {
    const sum = this.#bySize.get(size) ?? { runs: 0, totalMs: 0 };
    sum.runs++;
    sum.totalMs += ms;
    this.#bySize.set(size, sum);
  }

  /** As it stands at this moment. */
  read(): RunnerStats {
    const batches = [...this.#bySize]
      .map(([size, sum]) => ({ size, ...sum }))
      .sort((a, b) => a.size - b.size);
    return {
      residentBytes: process.memoryUsage.rss(),
      ...(batches.length > 0 ? { batches } : {}),
    };
  }
}
