import type { ResourceAllocation } from './resources';
import type { ServableId } from './servable-id';

export interface LoadContext {
  readonly servableId: ServableId;
  /** Aborted when the version is no longer wanted. A loader that succeeds all the same is unloaded at once. */
  readonly signal: AbortSignal;
}

/**
 * The life of exactly one servable version: estimate, load, expose, unload.
 * The caller never runs `load` and `unload` at the same time, and unloads only after a successful load, once.
 * A failed `load` leaves the loader loadable again: the same object is used for every try.
 * Source: TensorFlow Serving, core/loader.h.
 */
export interface Loader {
  /** An upper bound of what the servable needs. Once loaded it may only shrink. May be called at any time, repeatedly. */
  estimateResources(): Promise<ResourceAllocation>;
  load(context: LoadContext): Promise<void>;
  unload(): Promise<void>;
  /** The loaded object; undefined before a successful load and after unload. Stable in between. */
  servable(): unknown;
}
