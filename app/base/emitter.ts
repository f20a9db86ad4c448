import { reportUnexpected } from './errors';
import { type Disposable, toDisposable } from './lifecycle';

/** Subscribing is calling it; unsubscribing is disposing what it returns. */
export type Event<T> = (listener: (value: T) => void) => Disposable;

/** Calls its listeners in the order of subscription, synchronously; one that throws does not starve the others. */
export class Emitter<T> implements Disposable {
  #listeners: readonly ((value: T) => void)[] = []; // replaced, never mutated: `fire` may be re-entered

  readonly event: Event<T> = (listener) => {
    const entry = (value: T): void => listener(value); // own identity, so one listener may subscribe twice
    this.#listeners = [...this.#listeners, entry];
    return toDisposable(() => {
      this.#listeners = this.#listeners.filter((other) => other !== entry);
    });
  };

  fire(value: T): void {
    for (const listener of this.#listeners) {
      try {
        listener(value);
      } catch (error) {
        reportUnexpected(error);
      }
    }
  }

  dispose(): void {
    this.#listeners = [];
  }
}
