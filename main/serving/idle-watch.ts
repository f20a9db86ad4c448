import type { Clock } from '../../app/base/clock';
import type { Disposable } from '../../app/base/lifecycle';
import type { ManagedServable } from './managed-servable';
import type { ServableId } from './servable-id';

export interface IdleWatchOptions {
  readonly clock: Clock;
  /** How long something may lie unused; null for ever. Asked whenever it matters, so it may change. */
  readonly idleMsOf: (id: ServableId) => number | null;
  /** Is it loaded, and does nobody hold it or wait for it? */
  readonly isUnused: (managed: ManagedServable) => boolean;
  readonly onIdle: (managed: ManagedServable) => void;
}

/** Tells when a servable has lain unused for its time. A use costs nothing: the timer looks when the last one was. */
export class IdleWatch implements Disposable {
  readonly #options: IdleWatchOptions;
  readonly #timers = new Map<ManagedServable, Disposable>();

  constructor(options: IdleWatchOptions) {
    this.#options = options;
  }

  /** To be called when it may have become unused. */
  watch(managed: ManagedServable): void {
    if (!this.#timers.has(managed)) this.#look(managed);
  }

  /** Its time is another one now. */
  watchAnew(managed: ManagedServable): void {
    this.forget(managed);
    this.#look(managed);
  }

  forget(managed: ManagedServable): void {
    this.#timers.get(managed)?.dispose();
    this.#timers.delete(managed);
  }

  dispose(): void {
    for (const timer of this.#timers.values()) timer.dispose();
    this.#timers.clear();
  }

  #look(managed: ManagedServable): void {
    const { clock, idleMsOf, isUnused, onIdle } = this.#options;
    const idleMs = idleMsOf(managed.id);
    if (idleMs === null || !isUnused(managed)) return; // whoever lets go of it has it watched again
    const leftMs = (managed.lastUsedAtMs ?? managed.harness.sinceMs) + idleMs - clock.now();
    const timer = clock.schedule(Math.max(0, leftMs), () => {
      this.#timers.delete(managed);
      if (this.#isDue(managed)) onIdle(managed);
      else this.#look(managed);
    });
    this.#timers.set(managed, timer);
  }

  #isDue(managed: ManagedServable): boolean {
    const { clock, idleMsOf, isUnused } = this.#options;
    const idleMs = idleMsOf(managed.id);
    const usedAtMs = managed.lastUsedAtMs ?? managed.harness.sinceMs;
    return idleMs !== null && isUnused(managed) && clock.now() >= usedAtMs + idleMs;
  }
}
