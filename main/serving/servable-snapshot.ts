import type { AppError } from '../../app/base/errors';
import { type AspiredState, isChanged } from './aspired-state';
import { type HarnessStateKind, isTerminal } from './harness-state';
import type { ManagedServable } from './managed-servable';
import type { MemoryShortage, ResourceTracker } from './resource-tracker';
import type { RetrySchedule } from './retry';
import type { ServableId } from './servable-id';

/** Everything that a person or a program may want to know of one managed version, at one moment. Times are `Clock.now()` ms. */
export interface ServableSnapshot {
  readonly id: ServableId;
  readonly state: HarnessStateKind;
  readonly isAspired: boolean;
  /** The load attempt under way or last made, 1-based; null before the first. */
  readonly attempt: number | null;
  readonly maxAttempts: number;
  /** When it is tried again by itself: between two attempts, or before a new life after it died. */
  readonly nextAttemptAtMs: number | null;
  /** How often it was brought back after dying by itself. */
  readonly restarts: number;
  /** Is it on its way out, or back, only because somebody asked for it to be loaded anew? */
  readonly isReloading: boolean;
  /** Set while its load waits for memory. */
  readonly waitingFor: MemoryShortage | null;
  /** Requests in flight. */
  readonly handles: number;
  readonly lastUsedAtMs: number | null;
  /** Why it failed, or why the last attempt did while the next is due. */
  readonly error: AppError | null;
  readonly loadMs: number | null;
  /** Main memory charged to it; null when it holds none or nothing is tracked. */
  readonly reservedBytes: number | null;
  /** Has the source since aspired it with other content than it was made from? */
  readonly isContentChanged: boolean;
  /** Since when it is in this state. */
  readonly sinceMs: number;
}

/** What a manager knows of a version beside its harness. */
export type Wish = Pick<ServableSnapshot, 'isAspired' | 'restarts' | 'isReloading' | 'isContentChanged'> & {
  /** When a new life of it begins by itself; null when none does. */
  readonly revivalAtMs: number | null;
};

/** The wish of an aspired-versions manager. */
export const aspiredWish = ({ harness }: ManagedServable, aspired: AspiredState): Wish => ({
  isAspired: aspired.isAspired,
  restarts: aspired.restarts,
  isReloading:
    aspired.isReload &&
    (isTerminal(harness.state.kind) ? aspired.isRevivalDue : harness.state.kind !== 'ready'),
  isContentChanged: isChanged(aspired),
  revivalAtMs: aspired.revival?.atMs ?? null,
});

export function servableSnapshot(
  managed: ManagedServable,
  { revivalAtMs, ...wish }: Wish,
  { retry, tracker }: { readonly retry: RetrySchedule; readonly tracker: ResourceTracker | undefined },
): ServableSnapshot {
  const { id, harness, waitingFor, handles, lastUsedAtMs } = managed;
  const { state } = harness;
  return {
    id,
    state: state.kind,
    attempt: harness.attempts || null,
    maxAttempts: retry.maxRetries + 1,
    nextAttemptAtMs: state.kind === 'loading' ? state.nextAttemptAtMs : revivalAtMs,
    waitingFor,
    handles,
    lastUsedAtMs,
    error: state.kind === 'loading' ? state.error : harness.status,
    loadMs: state.kind === 'ready' ? state.loadMs : null,
    reservedBytes: tracker?.chargedBytes(harness.loader) ?? null,
    sinceMs: harness.sinceMs,
    ...wish,
  };
}
