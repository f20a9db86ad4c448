import type { Clock } from '../../app/base/clock';
import type { AppError } from '../../app/base/errors';
import { type AspiredState, aspiredState, isChanged } from './aspired-state';
import { isTerminal } from './harness-state';
import type { ManagedServable } from './managed-servable';
import { type RetrySchedule, retryDelayMs } from './retry';

export interface SupervisorOptions {
  /** When a servable that died by itself begins a new life. */
  readonly restart?: RetrySchedule;
  /** Having been ready for so long, a servable that dies counts as never restarted. */
  readonly restartForgivenAfterMs?: number;
  /** When a failed version is loaded again because it was aspired again. Default: when what is aspired has changed. */
  readonly reloadServablesWithError?: 'never' | 'whenChanged' | 'always';
  readonly random?: () => number;
}

/** The manager, as its supervisor sees it. */
export interface SupervisedManager {
  readonly clock: Clock;
  isManaged(managed: ManagedServable): boolean;
  setState(managed: ManagedServable, state: AspiredState): void;
  /** A new harness with a new loader in place of one whose life has ended. */
  beginNewLife(managed: ManagedServable): void;
  /** Main memory that nothing is charged for; null when nothing is tracked. */
  freeBytes(): number | null;
}

export const defaultRestart: RetrySchedule = {
  maxRetries: 8,
  intervalMs: 500,
  factor: 2,
  maxIntervalMs: 60_000,
  jitter: 0.2,
};

/** Decides when an aspired version whose life has ended gets another. Ours: in TensorFlow Serving it stays in error for ever. */
export class ServableSupervisor {
  readonly #options: SupervisorOptions;
  readonly #manager: SupervisedManager;
  /** Versions that were refused for memory, and the bytes they need. */
  readonly #refused = new Map<ManagedServable, number>();

  constructor(options: SupervisorOptions, manager: SupervisedManager) {
    this.#options = options;
    this.#manager = manager;
  }

  get hasRefused(): boolean {
    return this.#refused.size > 0;
  }

  /** Looks at one version after something about it has changed. */
  look(managed: ManagedServable): void {
    const state = aspiredState(managed);
    const { state: harness } = managed.harness;
    if (!state.isAspired || !isTerminal(harness.kind)) return;
    if (state.isRevivalDue || (isChanged(state) && this.#options.reloadServablesWithError !== 'never')) {
      this.#begin(managed);
    } else if (harness.kind !== 'error' || state.revival || state.isGivenUp) return;
    else if (harness.servedMs !== null) this.#planRevival(managed, harness.servedMs);
    else if (harness.error.code === 'MEMORY_EXHAUSTED') this.#rememberRefusal(managed, harness.error);
  }

  /** The source has spoken of it again. */
  aspiredAgain(managed: ManagedServable): void {
    if (this.#options.reloadServablesWithError !== 'always') return;
    if (isTerminal(managed.harness.state.kind)) this.#begin(managed);
  }

  /** Begins new lives for which there is memory now. */
  lookAtRefused(): void {
    const freeBytes = this.#manager.freeBytes();
    if (freeBytes === null) return;
    for (const [managed, needBytes] of [...this.#refused]) {
      if (!this.#manager.isManaged(managed) || !aspiredState(managed).isAspired) {
        this.#refused.delete(managed);
      } else if (needBytes <= freeBytes) this.#begin(managed);
    }
  }

  #begin(managed: ManagedServable): void {
    aspiredState(managed).revival?.timer.dispose();
    this.#refused.delete(managed);
    this.#manager.beginNewLife(managed);
  }

  #planRevival(managed: ManagedServable, servedMs: number): void {
    const { restart = defaultRestart, restartForgivenAfterMs = 60_000, random = Math.random } = this.#options;
    const { clock } = this.#manager;
    const state = aspiredState(managed);
    const restarts = servedMs >= restartForgivenAfterMs ? 0 : state.restarts;
    if (restarts >= restart.maxRetries) return;
    const delayMs = retryDelayMs(restart, restarts + 1, random);
    const timer = clock.schedule(delayMs, () =>
      this.#manager.setState(managed, { ...aspiredState(managed), revival: null, isRevivalDue: true }),
    );
    const revival = { atMs: clock.now() + delayMs, timer };
    this.#manager.setState(managed, { ...state, restarts: restarts + 1, revival, isReload: false });
  }

  /** Only a lack of main memory is cured by waiting: what else was short is not watched. */
  #rememberRefusal(managed: ManagedServable, error: AppError): void {
    if (!aspiredState(managed).data.ok) return;
    const needBytes = Number(error.params['needBytes']);
    if (needBytes > Number(error.params['freeBytes'])) this.#refused.set(managed, needBytes);
  }
}
