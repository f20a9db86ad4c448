import type { Measurement, TuningPoint, TuningSpace } from '../../platforms/autotune/search';

/** A version that can be loaded and measured in other ways than it is served. */
export interface TuningBench {
  /** As it is run now. */
  readonly baseline: TuningPoint;
  readonly space: TuningSpace;
  /** Runs it so under load, as hard as the bound on its latency allows; null when it cannot be run so. Throws CANCELLED. */
  measure(point: TuningPoint, p95BoundMs: number, signal: AbortSignal): Promise<Measurement | null>;
  /** Makes this the way in which the model is run; resolves to what takes it back. */
  apply(point: TuningPoint): Promise<string | null>;
}

/** Where a search has its version from. */
export interface TuningHost {
  /** Throws MODEL_NOT_FOUND, VERSION_NOT_FOUND, MEMORY_EXHAUSTED, CANCELLED, and what loading throws. */
  openBench(model: string, version: number, signal: AbortSignal): Promise<TuningBench>;
}
