import type { Clock } from '../../app/base/clock';
import { IdTable } from '../../app/base/id-table';
import type { Disposable } from '../../app/base/lifecycle';

/** By when things have to be done, by their ids; one timer for all of them, since nearly all are done long before. */
export class Deadlines implements Disposable {
  readonly #clock: Clock;
  readonly #onDidPass: (id: number) => void;
  /** Milliseconds since the epoch. */
  readonly #atMs = new IdTable<number>();
  #timer: Disposable | null = null;
  #timerAtMs = Number.POSITIVE_INFINITY;

  /** `onDidPass` is told once, and of none that was deleted before. */
  constructor(clock: Clock, onDidPass: (id: number) => void) {
    this.#clock = clock;
    this.#onDidPass = onDidPass;
  }

  set(id: number, atMs: number): void {
    this.#atMs.set(id, atMs);
    if (atMs < this.#timerAtMs) this.#lookAt(atMs);
  }

  delete(id: number): void {
    this.#atMs.delete(id);
  }

  dispose(): void {
    this.#timer?.dispose();
    this.#atMs.clear();
  }

  #lookAt(atMs: number): void {
    this.#timer?.dispose();
    this.#timerAtMs = atMs;
    this.#timer = this.#clock.schedule(Math.max(0, atMs - this.#clock.now()), this.#look);
  }

  readonly #look = (): void => {
    this.#timer = null;
    this.#timerAtMs = Number.POSITIVE_INFINITY;
    const now = this.#clock.now();
    const passed: number[] = [];
    let next = Number.POSITIVE_INFINITY;
    for (const [id, atMs] of this.#atMs) {
      if (atMs <= now) passed.push(id);
      else next = Math.min(next, atMs);
    }
    for (const id of passed) this.#atMs.delete(id);
    if (Number.isFinite(next)) this.#lookAt(next);
    for (const id of passed) this.#onDidPass(id);
  };
}
