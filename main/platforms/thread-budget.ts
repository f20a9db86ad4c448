import { availableParallelism } from 'node:os';

/**
 * How many threads a run may use when nobody has said it. Half of the cores are for runs, the other half decodes pictures and serves; the
 * runs' half is divided among the runners there are. Threads are fixed when a model is loaded, so what was loaded before keeps its own.
 */
export class ThreadBudget {
  readonly #cores: number;
  #runners = 0;

  constructor(cores = availableParallelism()) {
    this.#cores = cores;
  }

  /** For each of `instances` runners that are about to be started. */
  suggest(instances: number): number {
    return Math.max(1, Math.floor(this.#cores / 2 / (this.#runners + instances)));
  }

  /** Runners that were started and have not ended. */
  get runners(): number {
    return this.#runners;
  }

  started(): void {
    this.#runners++;
  }

  ended(): void {
    this.#runners--;
  }
}
