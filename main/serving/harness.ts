import { type Clock, wait } from '../../app/base/clock';
import { AppError, isCancelled, reportUnexpected } from '../../app/base/errors';
import type { Disposable } from '../../app/base/lifecycle';
import { advance, type HarnessState } from './harness-state';
import type { Loader } from './loader';
import { type RetrySchedule, retry } from './retry';
import { servableCancelled, servablePrecondition } from './servable-errors';
import type { ServableId } from './servable-id';

export interface LoaderHarnessOptions {
  readonly clock: Clock;
  readonly retry: RetrySchedule;
  readonly random?: () => number;
  /** Refuses further attempts after such an error. */
  readonly shouldRetry?: (error: AppError) => boolean;
  /** Called after each change of state. */
  readonly onDidChange?: (state: HarnessState) => void;
  /** Called when it ends with an error, or a cancelled load ends: after the state has changed. */
  readonly onError?: (id: ServableId, error: AppError) => void;
}

/** Lets go of whatever an attempt occupies while `nap` runs. */
export type PauseBetweenAttempts = (nap: () => Promise<void>) => Promise<void>;

/**
 * Pairs one loader with its state. It never restarts: another life is another harness with another loader.
 * Two soft failures (asking for a load or an unload in the wrong state) reject FAILED_PRECONDITION and change nothing; any other
 * step out of turn is a bug: the harness goes to `error` and INTERNAL is thrown. Source: TensorFlow Serving, core/loader_harness.h.
 */
export class LoaderHarness {
  readonly id: ServableId;
  readonly loader: Loader;
  readonly #options: LoaderHarnessOptions;
  readonly #cancel = new AbortController();
  #nap: AbortController | undefined;
  #state: HarnessState = { kind: 'new' };
  #sinceMs: number;
  #watch: Disposable | undefined;
  #failure: AppError | undefined;
  #attempts = 0;

  constructor(id: ServableId, loader: Loader, options: LoaderHarnessOptions) {
    this.id = id;
    this.loader = loader;
    this.#options = options;
    this.#sinceMs = options.clock.now();
  }

  get state(): HarnessState {
    return this.#state;
  }

  /** When the present kind of state began. */
  get sinceMs(): number {
    return this.#sinceMs;
  }

  /** Null is OK. */
  get status(): AppError | null {
    return this.#state.kind === 'error' || this.#state.kind === 'disabled' ? this.#state.error : null;
  }

  /** Attempts to load that were begun. */
  get attempts(): number {
    return this.#attempts;
  }

  get isLoadCancelled(): boolean {
    return this.#cancel.signal.aborted;
  }

  get signal(): AbortSignal {
    return this.#cancel.signal;
  }

  loadRequested(): void {
    this.#requireSoftly('new', 'loadRequested');
    this.#step({ kind: 'loadRequested' });
  }

  loadApproved(): void {
    this.#step({ kind: 'loadApproved' });
  }

  /** Tries until it is `ready`; otherwise rejects and ends in `error`, or in `disabled` when it loaded although cancelled. */
  async load(pause: PauseBetweenAttempts = (nap) => nap()): Promise<void> {
    const { clock, shouldRetry, random } = this.#options;
    const startedAtMs = clock.now();
    this.#attempts = 1; // whoever hears of the step sees it begun
    this.#step({ kind: 'loading', attempt: 1, startedAtMs, nextAttemptAtMs: null, error: null });
    this.#watch = this.loader.onDidFail?.((error) => this.#died(error));
    try {
      await retry((attempt) => this.#attempt(attempt, startedAtMs), {
        schedule: this.#options.retry,
        clock,
        signal: this.#cancel.signal,
        ...(shouldRetry ? { shouldRetry } : {}),
        ...(random ? { random } : {}),
        pause: (delayMs) => pause(() => this.nap(delayMs)),
        onWillRetry: ({ attempt, error, nextAttemptAtMs }) =>
          this.#step({ kind: 'loading', attempt, startedAtMs, nextAttemptAtMs, error }),
      });
    } catch (thrown) {
      const error =
        isCancelled(thrown) && this.isLoadCancelled
          ? servableCancelled(this.id, thrown)
          : AppError.from(thrown);
      this.error(error);
      throw error;
    }
    if (this.isLoadCancelled) await this.#discard();
    this.#step({ kind: 'ready', loadMs: clock.now() - startedAtMs });
  }

  /** Nobody wants it any more: a load that has not begun fails, one that runs is aborted, further attempts are not made. */
  cancelLoad(): void {
    switch (this.#state.kind) {
      case 'new':
      case 'loadRequested':
      case 'loadApproved':
        this.error(servableCancelled(this.id));
        this.#cancel.abort();
        this.#nap?.abort();
        return;
      case 'loading':
        this.#cancel.abort();
        this.#nap?.abort();
        return;
      default:
        return;
    }
  }

  /** Waits between two attempts, of a load or of its estimate: until the time is up, `retryNow`, or `cancelLoad`. */
  async nap(delayMs: number): Promise<void> {
    if (this.isLoadCancelled) return;
    const nap = new AbortController();
    this.#nap = nap;
    await wait(this.#options.clock, delayMs, nap.signal);
    if (this.#nap === nap) this.#nap = undefined;
  }

  /** Ends a wait between two attempts. False when there was none. */
  retryNow(): boolean {
    if (!this.#nap) return false;
    this.#nap.abort();
    return true;
  }

  unloadRequested(): void {
    this.#requireSoftly('ready', 'unloadRequested');
    this.#step({ kind: 'unloadRequested' });
  }

  /** No new handles; those given out stay valid. */
  startQuiescing(): void {
    this.#step({ kind: 'quiescing' });
  }

  /** The last handle is gone. */
  doneQuiescing(): void {
    this.#step({ kind: 'quiesced' });
  }

  async unload(): Promise<void> {
    this.#step({ kind: 'unloading' });
    await this.#unloadLoader();
    this.#step({ kind: 'disabled', error: null });
  }

  /** Ends the life of the harness; what it holds is charged no longer. */
  error(error: AppError): void {
    if (this.#state.kind === 'error') return; // the first reason is the one to show
    this.#watch?.dispose();
    const servedMs = this.#state.kind === 'ready' ? this.#options.clock.now() - this.#sinceMs : null;
    this.#change({ kind: 'error', error, servedMs });
    this.#options.onError?.(this.id, error);
  }

  /** Lets a servable that died by itself clean up. Only after `error`, when the last handle is gone. */
  async cleanUpAfterFailure(): Promise<void> {
    await this.#unloadLoader();
  }

  async #attempt(attempt: number, startedAtMs: number): Promise<void> {
    this.#attempts = attempt;
    if (attempt > 1) {
      this.#step({ kind: 'loading', attempt, startedAtMs, nextAttemptAtMs: null, error: this.#lastError() });
    }
    this.#failure = undefined;
    await this.loader.load({ servableId: this.id, signal: this.#cancel.signal });
    if (this.#failure) throw this.#failure;
  }

  #lastError(): AppError | null {
    return this.#state.kind === 'loading' ? this.#state.error : null;
  }

  /** The loader succeeded although nobody wants it any more. */
  async #discard(): Promise<never> {
    this.#step({ kind: 'unloading' });
    await this.#unloadLoader();
    const error = servableCancelled(this.id);
    this.#step({ kind: 'disabled', error });
    this.#options.onError?.(this.id, error);
    throw error;
  }

  async #unloadLoader(): Promise<void> {
    this.#watch?.dispose();
    try {
      await this.loader.unload();
    } catch (thrown) {
      reportUnexpected(thrown); // a loader must free everything, whatever happens: there is nobody to try again
    }
  }

  #died(error: AppError): void {
    if (this.#state.kind === 'loading') this.#failure = error;
    else if (this.#state.kind === 'ready') this.error(error);
  }

  #requireSoftly(expected: HarnessState['kind'], wanted: HarnessState['kind']): void {
    if (this.#state.kind === expected) return;
    throw servablePrecondition(this.id, `it is ${this.#state.kind}, ${wanted} needs ${expected}`);
  }

  #step(to: HarnessState): void {
    let next: HarnessState;
    try {
      next = advance(this.#state, to);
    } catch (thrown) {
      const error = AppError.from(thrown);
      this.error(error);
      throw error;
    }
    this.#change(next);
  }

  #change(to: HarnessState): void {
    if (to.kind !== this.#state.kind) this.#sinceMs = this.#options.clock.now();
    this.#state = to;
    this.#options.onDidChange?.(to);
  }
}
