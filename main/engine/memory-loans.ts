import type { Event } from '../../app/base/emitter';
import { AppError } from '../../app/base/errors';
import { type Disposable, toDisposable } from '../../app/base/lifecycle';
import type { Loader } from '../serving/loader';
import type { MemoryShortage, ResourceTracker } from '../serving/resource-tracker';
import { mainMemory } from '../serving/resources';

export interface MemoryLender {
  readonly tracker: ResourceTracker;
  /** Begins to free what is loaded and unused. True when the shortage will be covered. */
  readonly makeRoom: (shortage: MemoryShortage) => boolean;
  /** There may be more room than before. */
  readonly onDidFree: Event<void>;
  readonly onDidReturn: () => void;
}

/** Memory that work beside the served versions takes of the same budget, such as that of a batch. */
export class MemoryLoans {
  readonly #lender: MemoryLender;
  readonly #tracker: ResourceTracker;
  readonly #bytes = new Map<Loader, number>();

  constructor(lender: MemoryLender) {
    this.#lender = lender;
    this.#tracker = lender.tracker;
  }

  get totalBytes(): number {
    return [...this.#bytes.values()].reduce((sum, bytes) => sum + bytes, 0);
  }

  /** Charges so much until it is disposed. Throws MEMORY_EXHAUSTED when it does not fit beside what is loaded. */
  async lend(bytes: number): Promise<Disposable> {
    const borrower = borrowerOf(bytes);
    const allocation = mainMemory(bytes);
    if (!this.#tracker.reserve(borrower, allocation)) {
      await this.#tracker.refreshAll(); // what is loaded may take less than was expected
      while (!this.#tracker.reserve(borrower, allocation)) {
        if (!this.#lender.makeRoom(this.#tracker.shortage(allocation))) throw this.#refusal(bytes);
        await this.#freed();
      }
    }
    this.#bytes.set(borrower, bytes);
    return toDisposable(() => {
      this.#bytes.delete(borrower);
      this.#tracker.release(borrower);
      this.#lender.onDidReturn();
    });
  }

  #freed(): Promise<void> {
    return new Promise((resolve) => {
      const subscription = this.#lender.onDidFree(() => {
        subscription.dispose();
        resolve();
      });
    });
  }

  #refusal(bytes: number): AppError {
    const { needBytes, freeBytes, totalBytes } = this.#tracker.shortage(mainMemory(bytes));
    return new AppError(
      'MEMORY_EXHAUSTED',
      { needBytes: String(needBytes), freeBytes: String(freeBytes), totalBytes: String(totalBytes) },
      { detail: `The job needs ${needBytes} bytes of memory, ${freeBytes} of ${totalBytes} are free` },
    );
  }
}

/** What the tracker knows a charge by. Nobody loads it. */
const borrowerOf = (bytes: number): Loader => ({
  estimateResources: async () => mainMemory(bytes),
  load: async () => undefined,
  unload: async () => undefined,
  servable: () => undefined,
});
