import type { Event } from '../../app/base/emitter';
import type { AppError } from '../../app/base/errors';
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
  /**
   * Fires once when a loaded servable died by itself. New requests are routed away at once; `unload` is still called, once,
   * when the last handle is gone, so that the loader can let go of whatever it holds besides the dead servable.
   */
  readonly onDidFail?: Event<AppError>;
}

/**
 * Makes a fresh loader for every life of one version: a harness never restarts, so reloading is a new harness with a new loader.
 * This is what aspired-version lists carry. Ours: TensorFlow Serving's lists carry the loader itself.
 */
export interface LoaderFactory {
  /** Names the content it would load. A failed version that is aspired again with another key is tried again at once. */
  readonly contentKey?: string;
  createLoader(): Loader;
}

/** A factory around a function, for loaders whose content has no name. */
export const loaderFactory = (createLoader: () => Loader, contentKey?: string): LoaderFactory =>
  contentKey === undefined ? { createLoader } : { createLoader, contentKey };
