import type { Clock } from '../../app/base/clock';
import { Emitter, type Event } from '../../app/base/emitter';
import { AppError } from '../../app/base/errors';
import type { EventBus } from './event-bus';
import { LoaderHarness } from './harness';
import { type HarnessState, isTerminal } from './harness-state';
import { type Evictor, LoadApprovals } from './load-approvals';
import type { Loader } from './loader';
import { erroredLoader, ManagedServable } from './managed-servable';
import { type ManagedServableSnapshot, ManagedServables, snapshotOf } from './managed-servables';
import {
  type Manager,
  type ServableGuard,
  type ServableHandle,
  type ServableRequest,
  specific,
} from './manager';
import type { ResourceTracker } from './resource-tracker';
import type { ResourceAllocation } from './resources';
import { defaultRetrySchedule, type RetrySchedule } from './retry';
import type { ServableData } from './servable-data';
import { servableCancelled, servableNotFound, servablePrecondition } from './servable-errors';
import type { ServableId } from './servable-id';
import type { ManagerState, ServableState } from './servable-state';
import { ServingMap } from './serving-map';
import { TaskExecutor } from './task-executor';

export interface BasicManagerOptions {
  readonly clock: Clock;
  /** How many loads may run at a time. 0 counts as 1: nothing here can block a caller. */
  readonly numLoadThreads?: number;
  readonly numUnloadThreads?: number;
  readonly loadRetry?: RetrySchedule;
  readonly random?: () => number;
  /** Refuses further attempts after such an error. Default: every error is tried again. */
  readonly shouldRetryModelLoad?: (error: AppError) => boolean;
  /** Runs after the Loading event and before the loader's load. */
  readonly preLoadHook?: (id: ServableId) => void | Promise<void>;
  readonly resourceTracker?: ResourceTracker;
  readonly servableEventBus?: EventBus<ServableState>;
}

/** What would answer now, seen without a handle: it may be gone in the next turn of the event loop. */
export interface ServableLook {
  readonly id: ServableId;
  readonly servable: unknown;
}

/** What changed about a managed servable. */
export interface ServableChange {
  readonly id: ServableId;
  readonly what: 'managed' | 'state' | 'waiting' | 'handles' | 'aspired' | 'forgotten';
}

/**
 * Loads and unloads what its caller tells it to, and hands out handles on what is ready. Every decision is taken and carried out
 * in one turn of the event loop; only the work of loaders takes time. Source: TensorFlow Serving, core/basic_manager.h.
 */
export class BasicManager implements Manager {
  readonly #options: BasicManagerOptions;
  readonly #managed = new ManagedServables();
  readonly #serving = new ServingMap();
  readonly #approvals: LoadApprovals;
  readonly #loads: TaskExecutor;
  readonly #unloads: TaskExecutor;
  readonly #operations = new Set<Promise<unknown>>();
  readonly #didChange = new Emitter<ServableChange>();
  readonly #didFreeResources = new Emitter<void>();
  readonly #abandonHandles = new AbortController();
  #isClosed = false;

  /** Fires after each change, also of handles and of waiting. */
  readonly onDidChange: Event<ServableChange> = this.#didChange.event;
  /** Fires when there may be more room than before. */
  readonly onDidFreeResources: Event<void> = this.#didFreeResources.event;

  constructor(options: BasicManagerOptions) {
    this.#options = options;
    this.#loads = new TaskExecutor(options.numLoadThreads ?? 2);
    this.#unloads = new TaskExecutor(options.numUnloadThreads ?? 2);
    const { clock, random, shouldRetryModelLoad } = options;
    this.#approvals = new LoadApprovals({
      clock,
      tracker: options.resourceTracker,
      retry: () => this.loadRetry,
      ...(random ? { random } : {}),
      ...(shouldRetryModelLoad ? { shouldRetry: shouldRetryModelLoad } : {}),
      onDidChangeWaiting: ({ id }) => this.#fire(id, 'waiting'),
    });
  }

  get clock(): Clock {
    return this.#options.clock;
  }

  get loadRetry(): RetrySchedule {
    return this.#options.loadRetry ?? defaultRetrySchedule;
  }

  /** Is no load and no unload under way, none waiting? */
  get isIdle(): boolean {
    return this.#operations.size === 0;
  }

  get resourceTracker(): ResourceTracker | undefined {
    return this.#options.resourceTracker;
  }

  /** Asked to make room before a load is refused for memory. */
  set evictor(evictor: Evictor | undefined) {
    this.#approvals.evictor = evictor;
  }

  listAvailableServableIds(): ServableId[] {
    return this.#serving.ids();
  }

  isAvailable(id: ServableId): boolean {
    return this.#serving.has(id);
  }

  /** What a handle for the request would be on, without holding it; undefined where there would be none. */
  look(request: ServableRequest): ServableLook | undefined {
    const ready = this.#serving.find(request);
    return ready && { id: ready.id, servable: ready.servable() };
  }

  getServableHandle<T>(request: ServableRequest, guard: ServableGuard<T>): ServableHandle<T> {
    return this.#serving.handle(request, guard);
  }

  getAvailableServableHandles<T>(guard: ServableGuard<T>): ServableHandle<T>[] {
    return this.#serving.handles(guard);
  }

  /** Takes charge of a version without loading it. An errored item ends at once. Throws FAILED_PRECONDITION when it has it already. */
  manageServable(data: ServableData<Loader>, additionalState?: unknown): void {
    const { id } = data;
    if (this.#isClosed) throw servablePrecondition(id, 'the manager is closed');
    if (this.find(id)) throw servablePrecondition(id, 'it is managed already');
    const harness = new LoaderHarness(id, data.ok ? data.data : erroredLoader(data.error), {
      ...this.#harnessOptions(),
      onDidChange: (state) => this.#changed(managed, state),
    });
    const managed = new ManagedServable(harness, {
      additionalState,
      now: () => this.clock.now(),
      onDidChangeHandles: () => this.#fire(id, 'handles'),
    });
    this.#managed.add(managed);
    if (data.ok) this.#publish(id, 'start');
    else harness.error(data.error);
    this.#fire(id, 'managed');
  }

  /**
   * Loads a managed version; resolves when it is available. Rejects SERVABLE_NOT_FOUND when it is not managed, its own error when
   * it has failed, FAILED_PRECONDITION when it is not new, otherwise what the load ended with.
   */
  loadServable(id: ServableId): Promise<void> {
    return this.#operate(async () => {
      const managed = this.#require(id);
      if (this.#isClosed) throw servablePrecondition(id, 'the manager is closed');
      managed.harness.loadRequested();
      await this.#load(managed);
    });
  }

  /** Takes a ready version out of service; resolves when its loader has freed it. Rejects as `loadServable` does. */
  unloadServable(id: ServableId): Promise<void> {
    return this.#operate(async () => {
      const managed = this.#require(id);
      managed.harness.unloadRequested();
      await this.#unload(managed);
    });
  }

  /** Ends the load of a version that nobody wants any more, whether it runs or waits. Does nothing otherwise. */
  cancelLoad(id: ServableId): void {
    this.find(id)?.harness.cancelLoad();
  }

  /** Ends a wait between two attempts. False when there was none. */
  retryNow(id: ServableId): boolean {
    return this.find(id)?.harness.retryNow() ?? false;
  }

  /** Forgets a version that is new, unloaded or failed. Throws FAILED_PRECONDITION in every other case. */
  stopManagingServable(id: ServableId): void {
    const managed = this.find(id);
    const kind = managed?.harness.state.kind;
    if (!managed || !kind || !(kind === 'new' || isTerminal(kind))) {
      throw servablePrecondition(id, managed ? `it is ${kind}` : 'it is not managed');
    }
    this.#managed.delete(id);
    if (kind === 'new') this.#publish(id, 'end');
    this.#fire(id, 'forgotten');
  }

  managedServableNames(): string[] {
    return this.#managed.names();
  }

  /** What is kept beside it comes along when it is what `isState` asks for. */
  managedServableStateSnapshot<S>(
    id: ServableId,
    isState: (state: unknown) => state is S,
  ): ManagedServableSnapshot<S> | undefined {
    const managed = this.find(id);
    return managed && snapshotOf(managed, isState);
  }

  /** In the order in which they were managed. */
  managedServableStateSnapshots<S>(
    name: string,
    isState: (state: unknown) => state is S,
  ): ManagedServableSnapshot<S>[] {
    return this.#managed.of(name).map((managed) => snapshotOf(managed, isState));
  }

  find(id: ServableId): ManagedServable | undefined {
    return this.#managed.find(id);
  }

  /** The live records of one stream, in managed order. Read only. */
  managedOf(name: string): readonly ManagedServable[] {
    return this.#managed.of(name);
  }

  setAdditionalState(id: ServableId, state: unknown): void {
    const managed = this.find(id);
    if (!managed) return;
    managed.additionalState = state;
    this.#fire(id, 'aspired');
  }

  setNumLoadThreads(count: number): void {
    this.#loads.setLimit(count);
  }

  get numLoadThreads(): number {
    return this.#loads.limit;
  }

  /** Another budget from now on; throws INVALID_ARGUMENT when it makes no sense. What is loaded stays. */
  setTotalResources(total: ResourceAllocation): void {
    this.resourceTracker?.setTotal(total);
    this.reconsiderResources();
  }

  /** There may be more room than before: loads that wait, and versions that were refused, are looked at again. */
  reconsiderResources(): void {
    this.#approvals.reconsider();
    this.#didFreeResources.fire();
  }

  /**
   * Cancels loads, lets unloads finish, unloads everything ready; resolves when nothing is loaded. Aborting `signal` stops
   * waiting for handles that are still held.
   */
  async close(signal?: AbortSignal): Promise<void> {
    this.#isClosed = true;
    if (signal?.aborted) this.#abandonHandles.abort();
    signal?.addEventListener('abort', () => this.#abandonHandles.abort(), { once: true });
    for (const managed of this.#managed)
      if (managed.harness.state.kind !== 'new') managed.harness.cancelLoad();
    for (const managed of this.#managed) {
      if (managed.harness.state.kind === 'ready') void this.unloadServable(managed.id).catch(isPublished);
    }
    while (this.#operations.size > 0) {
      await Promise.allSettled([...this.#operations]);
      for (const id of this.listAvailableServableIds()) void this.unloadServable(id).catch(isPublished);
    }
  }

  async #load(managed: ManagedServable): Promise<void> {
    const { harness } = managed;
    try {
      const endExecution = await this.#approvals.approve(managed); // before the slot: a load that waits for memory needs none
      try {
        await this.#loadApproved(managed);
      } finally {
        endExecution();
      }
    } catch (thrown) {
      const error = AppError.from(thrown);
      if (!isTerminal(harness.state.kind)) harness.error(error);
      throw error;
    }
  }

  async #loadApproved({ id, harness }: ManagedServable): Promise<void> {
    let slot = await this.#loads.acquire(harness.signal);
    const pause = async (nap: () => Promise<void>): Promise<void> => {
      slot?.dispose(); // a load that waits for its next attempt holds up nobody
      await nap();
      slot = await this.#loads.acquire(harness.signal);
    };
    try {
      if (!slot) throw harness.status ?? servableCancelled(id);
      this.#publish(id, 'loading');
      await this.#options.preLoadHook?.(id);
      if (harness.status) throw harness.status;
      await harness.load(pause);
      await this.resourceTracker?.refresh(harness.loader).catch(keepCharge);
      this.reconsiderResources();
    } finally {
      slot?.dispose();
    }
  }

  async #unload(managed: ManagedServable): Promise<void> {
    const endExecution = this.#approvals.beginExecution();
    try {
      managed.harness.startQuiescing();
      this.#serving.removeExactly(managed);
      this.#publish(managed.id, 'unloading');
      await managed.drained(this.#abandonHandles.signal); // outside the slot: a held handle delays nobody else
      managed.harness.doneQuiescing();
      const slot = await this.#unloads.acquire();
      try {
        await managed.harness.unload();
      } finally {
        slot?.dispose();
      }
    } finally {
      endExecution();
    }
  }

  /** The harness's hook: availability changes in the same turn as the state. */
  #changed(managed: ManagedServable, { kind }: HarnessState): void {
    if (kind === 'ready') {
      this.#serving.add(managed);
      this.#publish(managed.id, 'available');
    } else if (isTerminal(kind)) {
      if (this.#serving.removeExactly(managed)) void this.#operate(() => this.#cleanUpAfterFailure(managed));
      this.resourceTracker?.release(managed.harness.loader);
      this.#publish(managed.id, 'end', managed.harness.status);
      this.reconsiderResources();
    }
    this.#fire(managed.id, 'state');
  }

  async #cleanUpAfterFailure(managed: ManagedServable): Promise<void> {
    await managed.drained(this.#abandonHandles.signal);
    await managed.harness.cleanUpAfterFailure();
  }

  #harnessOptions() {
    const { clock, random, shouldRetryModelLoad } = this.#options;
    return {
      clock,
      retry: this.loadRetry,
      ...(random ? { random } : {}),
      ...(shouldRetryModelLoad ? { shouldRetry: shouldRetryModelLoad } : {}),
    };
  }

  #require(id: ServableId): ManagedServable {
    const managed = this.find(id);
    if (!managed) throw servableNotFound(specific(id.name, id.version));
    if (managed.harness.state.kind === 'error') throw managed.harness.state.error;
    return managed;
  }

  /** Remembers what is under way, so that closing can wait for it. */
  #operate(run: () => Promise<void>): Promise<void> {
    const operation = run().finally(() => this.#operations.delete(operation));
    this.#operations.add(operation);
    return operation;
  }

  #publish(id: ServableId, managerState: ManagerState, health: AppError | null = null): void {
    this.#options.servableEventBus?.publish({ id, managerState, health });
  }

  #fire(id: ServableId, what: ServableChange['what']): void {
    this.#didChange.fire({ id, what });
  }
}

/** A loader that cannot tell what it needs keeps the charge it has. */
const keepCharge = (): void => {};
/** The outcome of an unload is published: there is nothing to add. */
const isPublished = (): void => {};
