import type { Clock } from '../../app/base/clock';
import type { AppError } from '../../app/base/errors';
import { type Disposable, toDisposable } from '../../app/base/lifecycle';
import type { ServableAction } from './aspired-version-policy';
import type { Loader } from './loader';
import type { MemoryShortage } from './resource-tracker';
import { mainMemory } from './resources';
import type { ServableId } from './servable-id';

// What the rehearsals of both ways to manage a stream share.

export interface SimulationStep extends ServableAction {
  readonly bytes: number;
  /** The latest step before it that went the other way in the same stream: what it had to wait for. */
  readonly after: ServableId | null;
  /** Set when it did not fit: what it needed and what there was at that moment. */
  readonly refusal: MemoryShortage | null;
}

/** Time does not pass in a rehearsal; what is due at once is done when asked. */
export class StoppedClock implements Clock {
  #due: (() => void)[] = [];
  #nowMs = 0;

  now(): number {
    return this.#nowMs;
  }

  /** Nothing becomes due by it. */
  moveTo(nowMs: number): void {
    this.#nowMs = nowMs;
  }

  schedule(delayMs: number, callback: () => void): Disposable {
    if (delayMs <= 0) this.#due.push(callback);
    return toDisposable(() => {
      this.#due = this.#due.filter((other) => other !== callback);
    });
  }

  runDue(): void {
    for (const callback of this.#due.splice(0)) callback();
  }
}

/** What `action` had to wait for, when it comes next: see `SimulationStep.after`. */
export function stepBefore(
  steps: readonly SimulationStep[],
  { kind, id }: Pick<ServableAction, 'kind' | 'id'>,
): ServableId | null {
  return steps.findLast((step) => step.id.name === id.name && step.kind !== kind)?.id ?? null;
}

/** What there was, and what was needed, as MEMORY_EXHAUSTED says. */
export const shortageIn = (params: AppError['params']): MemoryShortage => ({
  needBytes: Number(params['needBytes']),
  freeBytes: Number(params['freeBytes']),
  totalBytes: Number(params['totalBytes']),
});

/** Loads and unloads at once, and takes so much. */
export function loaderOf(bytes: number): Loader {
  let servable: object | undefined;
  return {
    estimateResources: () => Promise.resolve(mainMemory(bytes)),
    load: () => {
      servable = {};
      return Promise.resolve();
    },
    unload: () => {
      servable = undefined;
      return Promise.resolve();
    },
    servable: () => servable,
  };
}
