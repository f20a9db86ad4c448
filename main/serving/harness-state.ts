import type { AppError } from '../../app/base/errors';

/**
 * Where one servable version stands, as its loader harness sees it. Times are `Clock.now()` milliseconds.
 * Source: TensorFlow Serving, core/loader_harness.h (`LoaderHarness::State`).
 */
export type HarnessState =
  | {
      readonly kind:
        | 'new'
        | 'loadRequested'
        | 'loadApproved'
        | 'unloadRequested'
        | 'quiescing'
        | 'quiesced'
        | 'unloading';
    }
  | {
      readonly kind: 'loading';
      /** 1-based: the attempt under way, or the one that failed last while waiting for the next. */
      readonly attempt: number;
      readonly startedAtMs: number;
      /** Set while waiting between two attempts. */
      readonly nextAttemptAtMs: number | null;
      /** Why the last attempt failed. */
      readonly error: AppError | null;
    }
  | { readonly kind: 'ready'; readonly loadMs: number }
  | { readonly kind: 'disabled' /** CANCELLED when a load was cancelled. */; readonly error: AppError | null }
  | {
      readonly kind: 'error';
      readonly error: AppError;
      /** How long it was ready before it died by itself; null when it never was. */
      readonly servedMs: number | null;
    };

export type HarnessStateKind = HarnessState['kind'];

const successors: Readonly<Record<HarnessStateKind, readonly HarnessStateKind[]>> = {
  new: ['loadRequested'],
  loadRequested: ['loadApproved'],
  loadApproved: ['loading'],
  loading: ['loading', 'ready', 'unloading'], // itself: the next attempt; unloading: loaded although cancelled
  ready: ['unloadRequested'],
  unloadRequested: ['quiescing'],
  quiescing: ['quiesced'],
  quiesced: ['unloading'],
  unloading: ['disabled'],
  disabled: [],
  error: [],
};

/** The only way to change state. A step the table lacks is our bug, so it throws. From everywhere an error may follow. */
export function advance(from: HarnessState, to: HarnessState): HarnessState {
  if (to.kind !== 'error' && !successors[from.kind].includes(to.kind)) {
    throw new Error(`Illegal request to transition from state ${from.kind} to ${to.kind}`);
  }
  return to;
}

/** Nothing happens any more in these; a harness may be forgotten in them, and in `new`. */
export const isTerminal = (kind: HarnessStateKind): boolean => kind === 'disabled' || kind === 'error';

/** On its way out, and not gone yet. */
export const isLeaving = (kind: HarnessStateKind): boolean =>
  kind === 'unloadRequested' || kind === 'quiescing' || kind === 'quiesced' || kind === 'unloading';

const charged: ReadonlySet<HarnessStateKind> = new Set([
  'loadApproved',
  'loading',
  'ready',
  'unloadRequested',
  'quiescing',
  'quiesced',
  'unloading',
]);
/** Does a harness in this state hold resources? */
export const holdsResources = (kind: HarnessStateKind): boolean => charged.has(kind);

/** Is it loaded, or about to be? */
export const isOrWillBeReady = (state: HarnessStateKind): boolean =>
  state === 'ready' || state === 'loading' || state === 'loadApproved' || state === 'loadRequested';
