import { type CancelSignal, CancelSource } from '../../app/base/cancel-signal';
import { type Clock, wait } from '../../app/base/clock';
import type { Event } from '../../app/base/emitter';
import { AppError, isCancelled } from '../../app/base/errors';
import { type InferenceServable, isInferenceServable } from '../platforms/inference-servable';
import {
  type Manager,
  type ServableGuard,
  type ServableHandle,
  type ServableRequest,
  specific,
} from '../serving/manager';
import type { ServableId } from '../serving/servable-id';
import type { ServableSnapshot } from '../serving/servable-snapshot';

/** A manager that brings back what died by itself, and tells of it. */
export interface RecoveringManager extends Manager {
  readonly onDidChange: Event<{ readonly id: ServableId }>;
  isAvailable(id: ServableId): boolean;
  /** What a handle for the request would be on; undefined where there would be none. */
  look(request: ServableRequest): { readonly id: ServableId } | undefined;
  /** Are the versions of this model loaded by the requests that ask them? */
  isOnDemand(name: string): boolean;
  /** Of such a model: loads first if need be. Rejects CANCELLED when `signal` aborts. */
  loadedHandle<T>(
    request: ServableRequest,
    guard: ServableGuard<T>,
    signal?: CancelSignal,
  ): Promise<ServableHandle<T>>;
  snapshot(id: ServableId): ServableSnapshot | undefined;
  snapshots(name: string): readonly ServableSnapshot[];
}

export interface CrashRecoveryOptions {
  readonly manager: RecoveringManager;
  readonly clock: Clock;
  /** May another version answer for this model? */
  readonly mayAnswerFromLastGood: (model: string) => boolean;
  /** How long a request waits for its version to come back. */
  readonly patienceMs?: number;
}

export interface Answered<T> {
  readonly answer: T;
  /** The version that was asked and whose process ended, when another one answered. */
  readonly insteadOf?: number;
}

export interface AskOptions {
  readonly signal?: CancelSignal | undefined;
  /** Milliseconds since the epoch after which nobody waits for a load any more. */
  readonly deadlineAtMs?: number | undefined;
  /** No other version can answer this. */
  readonly isExact?: boolean;
  /** Somebody else can answer: rather fail at once than wait for the version to come back. */
  readonly isImpatient?: boolean;
}

/** How a runner's end reaches those who waited for it. */
const ends: ReadonlySet<string> = new Set([
  'RUNNER_CRASHED',
  'RUNNER_UNRESPONSIVE',
  'RUNNER_OUT_OF_MEMORY',
  'RUNNER_OVER_MEMORY_CAP',
]);
export const isRunnerEnd = (thrown: unknown): boolean => thrown instanceof AppError && ends.has(thrown.code);

/** Within this time of a version's end it is decided whether it is brought back. */
const decisionMs = 500;
/** One more than it takes to find out that the input itself is at fault, which is then what the caller is told. */
const mostTries = 3;

/**
 * Asks a version, and asks again when its process ends meanwhile: another available version if the model's setting allows it, else what
 * answers the request next, which is the same version once it is back or, where no version was named, its successor. Questions to a
 * servable change nothing, so asking twice is harmless. A request that comes in such a gap waits as well.
 */
export class CrashRecovery {
  readonly #options: CrashRecoveryOptions;
  readonly #patienceMs: number;
  /** Models that have answered: a gap in which none of their versions does is one to wait through, their first load is not. */
  readonly #haveAnswered = new Set<string>();

  constructor(options: CrashRecoveryOptions) {
    this.#options = options;
    this.#patienceMs = options.patienceMs ?? 10_000;
    const { manager } = options;
    manager.onDidChange(({ id }) => {
      if (manager.isAvailable(id)) this.#haveAnswered.add(id.name);
    });
  }

  /**
   * Throws SERVABLE_NOT_FOUND, what `ask` throws, and the runner's end when the version does not come back in time; of a model that is
   * loaded on demand also what its load throws, DEADLINE_EXCEEDED, and CANCELLED.
   */
  async ask<T>(
    request: ServableRequest,
    ask: (servable: InferenceServable) => Promise<T>,
    options: AskOptions = {},
  ): Promise<Answered<T>> {
    const { signal, isExact = false, isImpatient = false } = options;
    const { manager } = this.#options;
    const isOnDemand = manager.isOnDemand(request.name);
    if (!isImpatient && !isOnDemand && this.#isGap(request)) await this.#isBack(request, signal);
    for (let attempt = 1; ; attempt++) {
      const handle = isOnDemand
        ? await this.#loaded(request, options)
        : manager.getServableHandle(request, isInferenceServable);
      try {
        return { answer: await ask(handle.servable) };
      } catch (thrown) {
        if (isImpatient || !isRunnerEnd(thrown) || attempt >= mostTries || signal?.aborted) throw thrown;
        handle.dispose(); // a dead version cannot come back while it is held
        const instead = isExact ? undefined : this.#otherThan(handle.id);
        if (instead) return { answer: await this.#askOther(instead, ask), insteadOf: handle.id.version };
        if (!isOnDemand && !(await this.#isBack(request, signal))) throw thrown;
      } finally {
        handle.dispose();
      }
    }
  }

  /** Waits for the load within the request's deadline; the load goes on for others. */
  async #loaded(
    request: ServableRequest,
    { signal, deadlineAtMs }: AskOptions,
  ): Promise<ServableHandle<InferenceServable>> {
    const { manager, clock } = this.#options;
    if (deadlineAtMs === undefined) return manager.loadedHandle(request, isInferenceServable, signal);
    const either = new CancelSource();
    let isLate = false;
    const timer = clock.schedule(Math.max(0, deadlineAtMs - clock.now()), () => {
      isLate = true;
      either.abort();
    });
    const leave = (): void => either.abort();
    signal?.addEventListener('abort', leave, { once: true });
    if (signal?.aborted) either.abort();
    try {
      return await manager.loadedHandle(request, isInferenceServable, either);
    } catch (thrown) {
      if (!isLate || !isCancelled(thrown)) throw thrown;
      throw new AppError('DEADLINE_EXCEEDED', {}, { detail: `${request.name} is still being loaded` });
    } finally {
      timer.dispose();
      signal?.removeEventListener('abort', leave);
    }
  }

  async #askOther<T>(id: ServableId, ask: (servable: InferenceServable) => Promise<T>): Promise<T> {
    const handle = this.#options.manager.getServableHandle(
      specific(id.name, id.version),
      isInferenceServable,
    );
    try {
      return await ask(handle.servable);
    } finally {
      handle.dispose();
    }
  }

  /** The newest other version that is available, where the model's setting allows it. */
  #otherThan({ name, version }: ServableId): ServableId | undefined {
    if (!this.#options.mayAnswerFromLastGood(name)) return undefined;
    return this.#options.manager
      .snapshots(name)
      .map(({ id }) => id)
      .filter((id) => id.version !== version && this.#options.manager.isAvailable(id))
      .sort((a, b) => b.version - a.version)[0];
  }

  /** Is what is asked for not there only because it is being brought back, loaded anew, or replaced? */
  #isGap(request: ServableRequest): boolean {
    if (this.#options.manager.look(request)) return false;
    const mayReturn =
      request.kind === 'specific'
        ? this.#candidates(request).some(({ restarts, isReloading }) => restarts > 0 || isReloading)
        : this.#haveAnswered.has(request.name);
    return mayReturn && this.#outlook(request) === 'onItsWay';
  }

  /** Resolves to whether something answers the request, once it does, nothing is on its way, or patience ends. */
  async #isBack(request: ServableRequest, signal: CancelSignal | undefined): Promise<boolean> {
    const { manager, clock } = this.#options;
    const done = new AbortController();
    const look = (): void => {
      if (this.#outlook(request) !== 'onItsWay') done.abort();
    };
    const leave = (): void => done.abort();
    const subscription = manager.onDidChange(({ id }) => {
      if (id.name === request.name) queueMicrotask(look); // a new life begins by forgetting the old one
    });
    signal?.addEventListener('abort', leave, { once: true });
    const lookAgain = clock.schedule(decisionMs, look);
    look();
    await wait(clock, this.#patienceMs, done.signal);
    lookAgain.dispose();
    subscription.dispose();
    signal?.removeEventListener('abort', leave);
    return this.#outlook(request) === 'available';
  }

  /** What may answer it, now or later. */
  #candidates(request: ServableRequest): readonly ServableSnapshot[] {
    const { manager } = this.#options;
    if (request.kind !== 'specific') return manager.snapshots(request.name);
    return [manager.snapshot({ name: request.name, version: request.version })].filter(
      (it) => it !== undefined,
    );
  }

  #outlook(request: ServableRequest): 'available' | 'onItsWay' | 'none' {
    const candidates = this.#candidates(request);
    if (candidates.some(({ id }) => this.#options.manager.isAvailable(id))) return 'available';
    return candidates.some((it) => this.#isOnItsWay(it)) ? 'onItsWay' : 'none';
  }

  /** Is it wanted, neither failed for good nor on its way out for good, and not beyond anybody's patience? */
  #isOnItsWay({ isAspired, state, nextAttemptAtMs, sinceMs }: ServableSnapshot): boolean {
    if (!isAspired) return false;
    const nowMs = this.#options.clock.now();
    if (nextAttemptAtMs !== null) return nextAttemptAtMs - nowMs <= this.#patienceMs;
    return (state !== 'error' && state !== 'disabled') || nowMs - sinceMs < decisionMs;
  }
}
