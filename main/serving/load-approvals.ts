import type { Clock } from '../../app/base/clock';
import { AppError } from '../../app/base/errors';
import type { ManagedServable } from './managed-servable';
import type { MemoryShortage, ResourceTracker } from './resource-tracker';
import type { ResourceAllocation } from './resources';
import { type RetrySchedule, retry } from './retry';
import { servableCancelled } from './servable-errors';
import { formatServableId } from './servable-id';
import { TaskExecutor } from './task-executor';

/** Begins to free memory for a load that does not fit. True when something is on its way out. */
export type Evictor = (shortage: MemoryShortage) => boolean;

export interface LoadApprovalOptions {
  readonly clock: Clock;
  readonly tracker: ResourceTracker | undefined;
  readonly retry: () => RetrySchedule;
  readonly random?: () => number;
  readonly shouldRetry?: (error: AppError) => boolean;
  readonly onDidChangeWaiting: (managed: ManagedServable) => void;
}

/**
 * Decides whether a load may begin: one decision at a time, first come, first served, so that small loads never starve a big one.
 * A load that does not fit waits while any load or unload is under way, and is refused once none is.
 * Source: TensorFlow Serving, `BasicManager::ReserveResources`.
 */
export class LoadApprovals {
  readonly #options: LoadApprovalOptions;
  readonly #turns = new TaskExecutor(1);
  #executions = 0;
  #waiting = new Set<() => void>();
  #evictor: Evictor | undefined;

  constructor(options: LoadApprovalOptions) {
    this.#options = options;
  }

  set evictor(evictor: Evictor | undefined) {
    this.#evictor = evictor;
  }

  /** Counts a load or unload as under way until the returned function is called. */
  beginExecution(): () => void {
    this.#executions++;
    let isRunning = true;
    return () => {
      if (!isRunning) return;
      isRunning = false;
      this.#executions--;
      this.reconsider();
    };
  }

  /** Something that a waiting load may profit from has changed. */
  reconsider(): void {
    const waiting = this.#waiting;
    this.#waiting = new Set();
    for (const wake of waiting) wake();
  }

  /**
   * Moves a harness from `loadRequested` to `loadApproved` and counts its load as under way. Rejects with the estimate's error,
   * MEMORY_EXHAUSTED, or the harness's own error when it was cancelled meanwhile.
   */
  async approve(managed: ManagedServable): Promise<() => void> {
    const { tracker } = this.#options;
    const { harness } = managed;
    if (!tracker) {
      harness.loadApproved();
      return this.beginExecution();
    }
    const estimate = await this.#estimate(managed, tracker);
    const turn = await this.#turns.acquire(harness.signal);
    try {
      while (harness.state.kind === 'loadRequested') {
        if (this.#reserve(managed, tracker, estimate)) return this.beginExecution();
        await tracker.refreshAll();
        if (harness.state.kind !== 'loadRequested') break;
        if (this.#reserve(managed, tracker, estimate)) return this.beginExecution();
        const shortage = tracker.shortage(estimate);
        const mayFit = tracker.fitsTotal(estimate);
        if (!mayFit || !(this.#evictor?.(shortage) || this.#executions > 0)) throw refusal(managed, shortage);
        await this.#wait(managed, shortage);
      }
      throw harness.status ?? servableCancelled(managed.id);
    } finally {
      turn?.dispose();
    }
  }

  #reserve(managed: ManagedServable, tracker: ResourceTracker, estimate: ResourceAllocation): boolean {
    if (!tracker.reserve(managed.harness.loader, estimate)) return false;
    managed.harness.loadApproved();
    return true;
  }

  /** Before its turn, so that a slow disk holds up nobody else's decision. */
  async #estimate({ id, harness }: ManagedServable, tracker: ResourceTracker): Promise<ResourceAllocation> {
    const { clock, random, shouldRetry } = this.#options;
    try {
      return await retry(() => tracker.estimate(harness.loader), {
        schedule: this.#options.retry(),
        clock,
        signal: harness.signal,
        ...(random ? { random } : {}),
        ...(shouldRetry ? { shouldRetry } : {}),
        pause: (delayMs) => harness.nap(delayMs),
      });
    } catch (thrown) {
      const error = AppError.from(thrown);
      throw new AppError(error.code, error.params, {
        status: error.status,
        detail: `Resources of ${formatServableId(id)}: ${error.message}`,
        cause: error,
      });
    }
  }

  async #wait(managed: ManagedServable, shortage: MemoryShortage): Promise<void> {
    managed.waitingFor = shortage;
    this.#options.onDidChangeWaiting(managed);
    await new Promise<void>((resolve) => this.#waiting.add(resolve)); // a load that is cancelled wakes all, itself too
    managed.waitingFor = null;
    this.#options.onDidChangeWaiting(managed);
  }
}

function refusal({ id }: ManagedServable, { needBytes, freeBytes, totalBytes }: MemoryShortage): AppError {
  return new AppError(
    'MEMORY_EXHAUSTED',
    {
      name: id.name,
      version: String(id.version),
      needBytes: String(needBytes),
      freeBytes: String(freeBytes),
      totalBytes: String(totalBytes),
    },
    {
      detail: `${formatServableId(id)} needs ${megabytes(needBytes)}, ${megabytes(freeBytes)} free of ${megabytes(totalBytes)}`,
    },
  );
}

const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1_000_000)} MB`;
