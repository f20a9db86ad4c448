import { type Disposable, toDisposable } from '../../app/base/lifecycle';

interface Waiter {
  readonly grant: (slot: Disposable | null) => void;
}

/**
 * Lets at most `limit` tasks run at a time, first come, first served. It stands in for a thread pool: tasks are asynchronous,
 * so the limit is on how many overlap.
 */
export class TaskExecutor {
  #limit: number;
  #running = 0;
  #waiters: Waiter[] = [];

  constructor(limit: number) {
    this.#limit = Math.max(1, limit);
  }

  get limit(): number {
    return this.#limit;
  }

  get running(): number {
    return this.#running;
  }

  /** Running tasks are never interrupted: a lower limit takes effect as they end. */
  setLimit(limit: number): void {
    this.#limit = Math.max(1, limit);
    this.#grantFreeSlots();
  }

  /** Waits for a slot, given back by disposing it. Null when `signal` was aborted before one came free. */
  acquire(signal?: AbortSignal): Promise<Disposable | null> {
    if (signal?.aborted) return Promise.resolve(null);
    return new Promise((resolve) => {
      const leave = (): void => {
        this.#waiters = this.#waiters.filter((other) => other !== waiter);
        resolve(null);
      };
      const waiter: Waiter = {
        grant: (slot) => {
          signal?.removeEventListener('abort', leave);
          resolve(slot);
        },
      };
      signal?.addEventListener('abort', leave, { once: true });
      this.#waiters.push(waiter);
      this.#grantFreeSlots();
    });
  }

  #grantFreeSlots(): void {
    while (this.#running < this.#limit) {
      const waiter = this.#waiters.shift();
      if (!waiter) return;
      this.#running++;
      waiter.grant(this.#slot());
    }
  }

  #slot(): Disposable {
    return toDisposable(() => {
      this.#running--;
      this.#grantFreeSlots();
    });
  }
}
