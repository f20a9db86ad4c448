import { AppError } from '../../app/base/errors';
import { aspiredState, newlyAspired } from './aspired-state';
import type { BasicManager } from './basic-manager';
import { isLeaving, isTerminal } from './harness-state';
import type { LoaderFactory } from './loader';
import type { ManagedServable } from './managed-servable';
import { type ServableData, servableError } from './servable-data';

/**
 * Makes what is loaded of a stream, or loading, that of an aspired-versions manager. What is not in the list is not wanted by it. What is on
 * its way out stays with the manager that it had.
 */
export function takeOver(
  basic: BasicManager,
  name: string,
  versions: readonly ServableData<LoaderFactory>[],
): void {
  for (const { id, harness } of basic.managedOf(name)) {
    const { kind } = harness.state;
    if (isTerminal(kind) || isLeaving(kind) || harness.isLoadCancelled) continue;
    const item = versions.find((it) => it.id.version === id.version);
    const state = newlyAspired(item ?? servableError(id, new AppError('CANCELLED')), 0);
    basic.setAdditionalState(id, item ? state : { ...state, isAspired: false });
  }
}

/** Lets go of what an aspired-versions manager manages: of what is new or has ended nothing is left, all else stays as it is. */
export function letGo(basic: BasicManager, managed: readonly ManagedServable[]): void {
  for (const each of managed) {
    const { kind } = each.harness.state;
    aspiredState(each).revival?.timer.dispose();
    if (kind === 'new' || isTerminal(kind)) basic.stopManagingServable(each.id);
  }
}
