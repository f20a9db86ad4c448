import type { Disposable } from '../../app/base/lifecycle';
import type { LoaderFactory } from './loader';
import type { ServableData } from './servable-data';

/** What the aspired-versions manager keeps beside each managed version. Replaced, never mutated. */
export interface AspiredState {
  readonly isAspired: boolean;
  /** What it was last aspired with: the next life starts from it. */
  readonly data: ServableData<LoaderFactory>;
  /** How often it was brought back after dying by itself, without having been ready for long in between. */
  readonly restarts: number;
  /** Set while a new life is due at a time. */
  readonly revival: { readonly atMs: number; readonly timer: Disposable } | null;
  /** A new life begins at the next pass. */
  readonly isRevivalDue: boolean;
}

export const newlyAspired = (data: ServableData<LoaderFactory>, restarts = 0): AspiredState => ({
  isAspired: true,
  data,
  restarts,
  revival: null,
  isRevivalDue: false,
});

/** Is what is aspired now worth another try, where `before` has failed? */
export function isChanged(before: ServableData<LoaderFactory>, now: ServableData<LoaderFactory>): boolean {
  if (before.ok !== now.ok) return true;
  if (before.ok && now.ok) return before.data.contentKey !== now.data.contentKey;
  return !before.ok && !now.ok && before.error.code !== now.error.code;
}
