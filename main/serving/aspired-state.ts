import { AppError } from '../../app/base/errors';
import type { Disposable } from '../../app/base/lifecycle';
import { isTerminal } from './harness-state';
import type { Loader, LoaderFactory } from './loader';
import type { ManagedServable } from './managed-servable';
import { type ServableData, servableData, servableError } from './servable-data';

/** What the aspired-versions manager keeps beside each managed version. Replaced, never mutated. */
export interface AspiredState {
  readonly isAspired: boolean;
  /** What this life was made from. */
  readonly data: ServableData<LoaderFactory>;
  /** What it was last aspired with: the next life is made from it. */
  readonly latest: ServableData<LoaderFactory>;
  /** How often it was brought back after dying by itself, without having been ready for long in between. */
  readonly restarts: number;
  /** Set while a new life is due at a time. */
  readonly revival: { readonly atMs: number; readonly timer: Disposable } | null;
  /** A new life begins at the next pass. */
  readonly isRevivalDue: boolean;
  /** Somebody asked for a new life of a version that was well: those who want it may wait for it. */
  readonly isReload: boolean;
  /** No new life by itself: somebody has called it off. */
  readonly isGivenUp: boolean;
}

export const newlyAspired = (
  data: ServableData<LoaderFactory>,
  restarts: number,
  isReload = false,
): AspiredState => ({
  isAspired: true,
  data,
  latest: data,
  restarts,
  revival: null,
  isRevivalDue: false,
  isReload,
  isGivenUp: false,
});

/** Is it an aspired-versions manager that decides about this version? Others may share its basic manager. */
export const isAspiredHere = ({ additionalState }: ManagedServable): boolean =>
  typeof additionalState === 'object' && additionalState !== null && 'isAspired' in additionalState;

/** The state of a version that an aspired-versions manager manages. */
export const aspiredState = (managed: ManagedServable): AspiredState =>
  managed.additionalState as AspiredState;

/** Is what is aspired now something else than what this life was made from? */
export function isChanged({ data, latest }: AspiredState): boolean {
  if (data.ok && latest.ok) return data.data.contentKey !== latest.data.contentKey;
  if (!data.ok && !latest.ok) return data.error.code !== latest.error.code;
  return true;
}

/** Not wanted, and nothing of it is loaded. */
export function isFlushable(managed: ManagedServable): boolean {
  const { kind } = managed.harness.state;
  return !aspiredState(managed).isAspired && (kind === 'new' || isTerminal(kind));
}

/** Wanted again while it is on its way out, or another manager is not done with it? One that is ready is simply wanted again. */
export function isToBeAwaited(managed: ManagedServable | undefined): boolean {
  if (!managed) return false;
  if (!isAspiredHere(managed)) return true;
  return managed.harness.state.kind !== 'ready' && !aspiredState(managed).isAspired;
}

/** A fresh loader for what is aspired; a factory that throws makes an errored item. */
export function withLoader(item: ServableData<LoaderFactory>): ServableData<Loader> {
  if (!item.ok) return item;
  try {
    return servableData(item.id, item.data.createLoader());
  } catch (thrown) {
    return servableError(item.id, AppError.from(thrown));
  }
}
