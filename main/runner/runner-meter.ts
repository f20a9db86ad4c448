import type { RunnerStats } from './protocol';

/** Measures what this process takes and does. */
export class RunnerMeter {
  readonly #runsBySize = new Map<number, number>();

  /** To be called for every run, with the examples that it had. */
  noteBatch(size: number): void {
    this.#runsBySize.set(size, (this.#runsBySize.get(size) ?? 0) + 1);
  }

  /** As it stands at this moment. */
  read(): RunnerStats {
    const batches = [...this.#runsBySize]
      .map(([size, runs]) => ({ size, runs }))
      .sort((a, b) => a.size - b.size);
    return {
      residentBytes: process.memoryUsage.rss(),
      ...(batches.length > 0 ? { batches } : {}),
    };
  }
}
