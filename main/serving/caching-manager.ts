import { AppError } from '../../app/base/errors';
import { type Disposable, DisposableStore } from '../../app/base/lifecycle';
import type { BasicManager } from './basic-manager';
import { isLeaving, isTerminal } from './harness-state';
import type { Loader } from './loader';
import type { ManagedServable } from './managed-servable';
import { type ServableGuard, type ServableHandle, type ServableRequest, specific } from './manager';
import type { MemoryShortage } from './resource-tracker';
import type { ServableData } from './servable-data';
import { type ServableId, servableKey } from './servable-id';

/** Where a caching manager gets its loaders. Source: TensorFlow Serving, `CachingManager::LoaderFactory`. */
export interface CachingLoaderFactory {
  /** A fresh loader, or why there is none. */
  createLoader(id: ServableId): ServableData<Loader> | Promise<ServableData<Loader>>;
  /** The version that a request without a number means. Throws `AppError` when there is none. */
  getServableVersion(name: string, policy: 'latest' | 'earliest'): number | Promise<number>;
}

export interface CachingManagerOptions {
  readonly basicManager: BasicManager;
  readonly loaderFactory: CachingLoaderFactory;
  /** Unloads what nobody has used for so long. Default: never. */
  readonly idleUnloadMs?: number;
  /** A request for a version whose load has failed gets that error for so long; after it, the load is tried again. */
  readonly retryAfterMs?: number;
  /** Never unloaded, neither for idleness nor for memory. Asked when it would go; after an unpinning, the next use starts its time. */
  readonly isPinned?: (id: ServableId) => boolean;
}

const onDemand = Symbol('loaded on demand');
const isOurs = (managed: ManagedServable): boolean => managed.additionalState === onDemand;

/**
 * Loads on the first request. Requests that come while a load runs wait for that load; what is idle, or least recently used when
 * memory is short, is unloaded unless it is pinned or in use. Source: TensorFlow Serving, core/caching_manager.h; unloading is ours.
 */
export class CachingManager {
  readonly #options: CachingManagerOptions;
  readonly #basic: BasicManager;
  readonly #loading = new Map<string, Promise<void>>();
  /** How many requests wait for a version: it is theirs before it can be anybody's to unload. */
  readonly #waiting = new Map<string, number>();
  readonly #idleTimers = new Map<ManagedServable, Disposable>();
  readonly #subscriptions = new DisposableStore();
  #isClosed = false;

  constructor(options: CachingManagerOptions) {
    this.#options = options;
    this.#basic = options.basicManager;
    this.#basic.evictor = (shortage) => this.#evict(shortage);
    this.#subscriptions.add(
      this.#basic.onDidChange(({ id, what }) => {
        if (what === 'state') this.#noticed(id);
        else if (what === 'handles') this.#watchIdleness(id);
      }),
    );
  }

  /** How many loads are under way. */
  get loadsInProgress(): number {
    return this.#loading.size;
  }

  /** What is in memory now. */
  listAvailableServableIds(): ServableId[] {
    return this.#ours()
      .filter(({ harness }) => harness.state.kind === 'ready')
      .map(({ id }) => id);
  }

  /**
   * Loads first if need be. Rejects with the factory's or the load's error, SERVABLE_WRONG_TYPE, CANCELLED when `signal` aborts
   * (a load that has begun goes on for others).
   */
  async getServableHandle<T>(
    request: ServableRequest,
    guard: ServableGuard<T>,
    signal?: AbortSignal,
  ): Promise<ServableHandle<T>> {
    const { name, kind } = request;
    const version =
      kind === 'specific'
        ? request.version
        : await this.#options.loaderFactory.getServableVersion(name, kind);
    const id = { name, version };
    const leave = this.#wait(id);
    try {
      while (!this.#basic.isAvailable(id)) {
        if (this.#isClosed) throw new AppError('CANCELLED');
        if (signal?.aborted) throw new AppError('CANCELLED');
        await unlessAborted(this.#ensureLoaded(id), signal);
      }
      return this.#basic.getServableHandle(specific(name, version), guard);
    } finally {
      leave();
    }
  }

  /** Takes a version out of memory when the last handle is gone, or ends its load; the next request loads it again. */
  async unload(id: ServableId): Promise<void> {
    const managed = this.#basic.find(id);
    if (!managed || !isOurs(managed)) return;
    if (managed.harness.state.kind === 'ready') await this.#basic.unloadServable(id);
    else this.#basic.cancelLoad(id);
  }

  /** The basic manager is closed by whoever made it. */
  close(): void {
    this.#isClosed = true;
    this.#subscriptions.dispose();
    for (const timer of this.#idleTimers.values()) timer.dispose();
    this.#idleTimers.clear();
    this.#basic.evictor = undefined;
  }

  /** Counts a request as waiting until the returned function is called. */
  #wait(id: ServableId): () => void {
    const key = servableKey(id);
    this.#waiting.set(key, (this.#waiting.get(key) ?? 0) + 1);
    return () => {
      const others = (this.#waiting.get(key) ?? 1) - 1;
      if (others > 0) {
        this.#waiting.set(key, others);
        return;
      }
      this.#waiting.delete(key);
      this.#watchIdleness(id);
    };
  }

  /** One load for all who ask at the same time. */
  #ensureLoaded(id: ServableId): Promise<void> {
    const key = servableKey(id);
    const running = this.#loading.get(key);
    if (running) return running;
    const load = this.#load(id).finally(() => this.#loading.delete(key));
    this.#loading.set(key, load);
    return load;
  }

  async #load(id: ServableId): Promise<void> {
    const managed = this.#basic.find(id);
    if (managed) await this.#makeWay(managed);
    const data = await this.#options.loaderFactory.createLoader(id);
    this.#basic.manageServable(data, onDemand);
    await this.#basic.loadServable(id);
  }

  /** Lets an earlier life of the same version end; throws its error while that is fresh. Being refused for memory cost nothing. */
  async #makeWay({ id, harness }: ManagedServable): Promise<void> {
    const { retryAfterMs = 10_000 } = this.#options;
    const { state, sinceMs } = harness;
    const wasTried = state.kind === 'error' && state.error.code !== 'MEMORY_EXHAUSTED';
    if (wasTried && this.#basic.clock.now() < sinceMs + retryAfterMs) throw state.error;
    if (!isTerminal(state.kind)) await this.#ended(id);
    if (this.#basic.find(id)) this.#basic.stopManagingServable(id);
  }

  /** Resolves when the life that is on its way out has ended. */
  #ended(id: ServableId): Promise<void> {
    return new Promise((resolve) => {
      const subscription = this.#basic.onDidChange((change) => {
        if (servableKey(change.id) !== servableKey(id)) return;
        const managed = this.#basic.find(id);
        if (managed && !isTerminal(managed.harness.state.kind)) return;
        subscription.dispose();
        resolve();
      });
    });
  }

  #noticed(id: ServableId): void {
    const managed = this.#basic.find(id);
    if (!managed || !isOurs(managed)) return;
    const { kind } = managed.harness.state;
    this.#watchIdleness(id);
    if (kind === 'disabled' && !this.#loading.has(servableKey(id))) this.#basic.stopManagingServable(id);
  }

  /** A ready version that nobody holds or waits for has a timer; it goes when that is up. */
  #watchIdleness(id: ServableId): void {
    const { idleUnloadMs } = this.#options;
    const managed = this.#basic.find(id);
    if (idleUnloadMs === undefined || this.#isClosed || !managed || !isOurs(managed)) return;
    this.#idleTimers.get(managed)?.dispose();
    this.#idleTimers.delete(managed);
    if (!this.#isUnused(managed)) return;
    const { clock } = this.#basic;
    const usedAtMs = managed.lastUsedAtMs ?? managed.harness.sinceMs;
    const timer = clock.schedule(Math.max(0, usedAtMs + idleUnloadMs - clock.now()), () => {
      this.#idleTimers.delete(managed);
      if (this.#mayUnload(managed)) this.#unloadQuietly(managed);
    });
    this.#idleTimers.set(managed, timer);
  }

  /** Begins to unload the least recently used until the shortage is covered; nothing, when that cannot be. */
  #evict({ needBytes, freeBytes }: MemoryShortage): boolean {
    const chosen: ManagedServable[] = [];
    let coveredBytes = freeBytes + this.#leavingBytes();
    for (const managed of this.#ours()
      .filter((it) => this.#mayUnload(it))
      .sort(leastRecentlyUsedFirst)) {
      if (coveredBytes >= needBytes) break;
      chosen.push(managed);
      coveredBytes += this.#chargedBytes(managed);
    }
    if (coveredBytes < needBytes) return false;
    for (const managed of chosen) this.#unloadQuietly(managed);
    return chosen.length > 0;
  }

  #leavingBytes(): number {
    const leaving = this.#all().filter(({ harness }) => isLeaving(harness.state.kind));
    return leaving.reduce((sum, managed) => sum + this.#chargedBytes(managed), 0);
  }

  #chargedBytes({ harness }: ManagedServable): number {
    return this.#basic.resourceTracker?.chargedBytes(harness.loader) ?? 0;
  }

  #isUnused({ id, handles, harness }: ManagedServable): boolean {
    return handles === 0 && harness.state.kind === 'ready' && !this.#waiting.has(servableKey(id));
  }

  #mayUnload(managed: ManagedServable): boolean {
    return this.#isUnused(managed) && !this.#options.isPinned?.(managed.id);
  }

  #unloadQuietly({ id }: ManagedServable): void {
    this.#basic.unloadServable(id).catch(isPublished);
  }

  #ours(): ManagedServable[] {
    return this.#all().filter(isOurs);
  }

  #all(): ManagedServable[] {
    return this.#basic.managedServableNames().flatMap((name) => this.#basic.managedOf(name));
  }
}

const leastRecentlyUsedFirst = (a: ManagedServable, b: ManagedServable): number =>
  (a.lastUsedAtMs ?? a.harness.sinceMs) - (b.lastUsedAtMs ?? b.harness.sinceMs);

/** How an unload ended is published by the basic manager: there is nothing to add. */
const isPublished = (): void => {};

async function unlessAborted(work: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (!signal) return work;
  let onAbort = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(new AppError('CANCELLED'));
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
