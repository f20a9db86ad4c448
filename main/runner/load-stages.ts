import type { Clock } from '../../app/base/clock';
import { AppError } from '../../app/base/errors';
import type { Disposable } from '../../app/base/lifecycle';

/** What a load is at: looking through files, making the model ready to run, running it the first times, replaying requests. */
export type LoadStage = 'reading' | 'building' | 'trying' | 'warmingUp';

/** What every stage may take, however small the model: a busy computer needs most of it for nothing. */
const patienceMs = 60_000;
/** A slow disk or network share gives about so much. */
const slowBytesPerMs = 10_000;
/** No stage takes longer, whatever a runner says of it. */
const mostMs = 60 * 60_000;

/** How long a stage over so many bytes may take, in milliseconds. */
export const stageLimitMs = (bytes: number): number => patienceMs + bytes / slowBytesPerMs;

const words: Readonly<Record<LoadStage, string>> = {
  reading: 'reading its files',
  building: 'making the model ready to run',
  trying: 'running it for the first time',
  warmingUp: 'running it to warm up',
};

/** Sees to it that a load comes to its end: whoever is told of an overrun ends the process, since native code cannot be stopped. */
export class LoadWatch implements Disposable {
  readonly #clock: Clock;
  readonly #onOverrun: (error: AppError) => void;
  #timer: Disposable | undefined;

  constructor(clock: Clock, onOverrun: (error: AppError) => void) {
    this.#clock = clock;
    this.#onOverrun = onOverrun;
    this.enter('reading', patienceMs);
  }

  /** The load has come to `stage`, which may take `limitMs`; entering a stage again begins its time again. */
  enter(stage: LoadStage, limitMs: number): void {
    this.#timer?.dispose();
    const allowedMs = Math.min(limitMs, mostMs);
    this.#timer = this.#clock.schedule(allowedMs, () => {
      const seconds = String(Math.round(allowedMs / 1000));
      const detail = `The load was still ${words[stage]} after ${seconds} s`;
      this.#onOverrun(new AppError('RUNNER_LOAD_OVERRAN', { seconds }, { detail }));
    });
  }

  dispose(): void {
    this.#timer?.dispose();
  }
}
