import { AppError } from '../../app/base/errors';
import type { CallSignal } from './call-signal';
import type { LoadStage } from './load-stages';
import type { CallContext } from './runner-module';

/** A request on its way through a runner. It is its own signal: aborted once it is cancelled, or its deadline has passed. */
export class AdmittedCall implements CallContext, CallSignal {
  readonly arrivedAt = performance.now();
  readonly enter: CallContext['enter'];
  readonly #deadlineAtMs: number;
  #reason: AppError | undefined;

  /** `deadlineAtMs` is in milliseconds since the epoch. */
  constructor(deadlineAtMs: number | undefined, enter: (stage: LoadStage, bytes?: number) => Promise<void>) {
    this.#deadlineAtMs = deadlineAtMs ?? Number.POSITIVE_INFINITY;
    this.enter = enter;
  }

  get signal(): CallSignal {
    return this;
  }

  get aborted(): boolean {
    return this.reason !== undefined;
  }

  /** Why nobody waits any more; undefined while somebody does. */
  get reason(): AppError | undefined {
    if (!this.#reason && Date.now() >= this.#deadlineAtMs) this.#reason = new AppError('DEADLINE_EXCEEDED');
    return this.#reason;
  }

  cancel(): void {
    this.#reason ??= new AppError('CANCELLED');
  }
}
