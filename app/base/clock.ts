import { type Disposable, toDisposable } from './lifecycle';

/** Time as the engine sees it, so that tests can turn it by hand. `now()` is milliseconds since the epoch. */
export interface Clock {
  now(): number;
  /** Runs `callback` once after `delayMs`; disposing before that cancels it. */
  schedule(delayMs: number, callback: () => void): Disposable;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  schedule: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return toDisposable(() => clearTimeout(timer));
  },
};

/** Resolves after `delayMs` on `clock`, or at once when `signal` is aborted (it never rejects: the caller asks the signal). */
export function wait(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const finish = (): void => {
      timer.dispose();
      signal?.removeEventListener('abort', finish);
      resolve();
    };
    const timer = clock.schedule(delayMs, finish);
    signal?.addEventListener('abort', finish, { once: true });
  });
}
