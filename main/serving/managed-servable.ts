import { AppError } from '../../app/base/errors';
import type { LoaderHarness } from './harness';
import type { Loader } from './loader';
import type { MemoryShortage } from './resource-tracker';
import type { ServableId } from './servable-id';
import type { ReadyServable } from './serving-map';

/** What a manager knows of one version: its harness, who holds it, what it waits for. */
export class ManagedServable implements ReadyServable {
  readonly id: ServableId;
  readonly harness: LoaderHarness;
  /** What a wrapping manager keeps beside it. */
  additionalState: unknown;
  /** Set while its load waits for memory. */
  waitingFor: MemoryShortage | null = null;
  readonly #onDidChangeHandles: () => void;
  #handles = 0;
  #lastUsedAtMs: number | null = null;
  readonly #now: () => number;
  #onDrained: (() => void)[] = [];

  constructor(
    harness: LoaderHarness,
    options: { additionalState?: unknown; now: () => number; onDidChangeHandles: () => void },
  ) {
    this.id = harness.id;
    this.harness = harness;
    this.additionalState = options.additionalState;
    this.#now = options.now;
    this.#onDidChangeHandles = options.onDidChangeHandles;
  }

  get handles(): number {
    return this.#handles;
  }

  /** When it was last asked for or let go of; null before the first request. */
  get lastUsedAtMs(): number | null {
    return this.#lastUsedAtMs;
  }

  servable(): unknown {
    return this.harness.loader.servable();
  }

  acquire(): void {
    this.#handles++;
    this.#lastUsedAtMs = this.#now();
    this.#onDidChangeHandles();
  }

  release(): void {
    this.#handles--;
    this.#lastUsedAtMs = this.#now();
    if (this.#handles === 0) for (const resolve of this.#onDrained.splice(0)) resolve();
    this.#onDidChangeHandles();
  }

  /** Resolves when nobody holds it, or at once when `signal` is aborted. */
  drained(signal?: AbortSignal): Promise<void> {
    if (this.#handles === 0 || signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const finish = (): void => {
        signal?.removeEventListener('abort', finish);
        resolve();
      };
      this.#onDrained.push(finish);
      signal?.addEventListener('abort', finish, { once: true });
    });
  }
}

/** Stands in the harness of a version that came as an error: there is nothing to load. */
export function erroredLoader(error: AppError): Loader {
  return {
    estimateResources: () => Promise.reject(error),
    load: () => Promise.reject(error),
    unload: () => Promise.reject(new AppError('INTERNAL', {}, { detail: 'Nothing was loaded' })),
    servable: () => undefined,
  };
}
