import type { Clock } from '../../app/base/clock';
import { Emitter } from '../../app/base/emitter';
import type { Disposable } from '../../app/base/lifecycle';

export interface EventAndTime<T> {
  readonly event: T;
  /** `Clock.now()` milliseconds at which it was published. */
  readonly timeMs: number;
}

/**
 * Delivers each event to every subscriber, synchronously, in the order of subscription. An event published by a subscriber is
 * delivered after the one being delivered, so that all see the same order. Source: TensorFlow Serving, util/event_bus.h.
 */
export class EventBus<T> {
  readonly #clock: Clock;
  readonly #emitter = new Emitter<EventAndTime<T>>();
  readonly #queue: EventAndTime<T>[] = [];
  #isDelivering = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Events from now on; there is no replay. Disposing the result unsubscribes. */
  subscribe(callback: (event: EventAndTime<T>) => void): Disposable {
    return this.#emitter.event(callback);
  }

  publish(event: T): void {
    this.#queue.push({ event, timeMs: this.#clock.now() });
    if (this.#isDelivering) return;
    this.#isDelivering = true;
    for (let next = this.#queue.shift(); next; next = this.#queue.shift()) this.#emitter.fire(next);
    this.#isDelivering = false;
  }
}
