import type { CancelSignal } from '../../app/base/cancel-signal';
import { Emitter, type Event } from '../../app/base/emitter';
import { AppError } from '../../app/base/errors';
import { DisposableStore } from '../../app/base/lifecycle';
import type { ServableAction } from './aspired-version-policy';
import type { BasicManager } from './basic-manager';
import { isLeaving, isTerminal } from './harness-state';
import { IdleWatch } from './idle-watch';
import type { Loader } from './loader';
import type { ManagedServable } from './managed-servable';
import { type ServableGuard, type ServableHandle, type ServableRequest, specific } from './manager';
import type { MemoryShortage } from './resource-tracker';
import type { ServableData } from './servable-data';
import { servableNotFound, servablePrecondition } from './servable-errors';
import { type ServableId, servableKey } from './servable-id';
import { type ServableSnapshot, servableSnapshot } from './servable-snapshot';

/** Where a caching manager gets its loaders. Source: TensorFlow Serving, `CachingManager::LoaderFactory`. */
export interface CachingLoaderFactory {
  /** A fresh loader, or why there is none. */
  createLoader(id: ServableId): ServableData<Loader> | Promise<ServableData<Loader>>;
  /** The version that a request without a number means. Throws `AppError` when there is none. */
  getServableVersion(name: string, policy: 'latest' | 'earliest'): number | Promise<number>;
  /** Is it still to be had? The failure of what is not is forgotten at once. Default: always. */
  isRegistered?(id: ServableId): boolean;
}

export interface CachingManagerOptions {
  readonly basicManager: BasicManager;
  readonly loaderFactory: CachingLoaderFactory;
  /** Unloads what nobody has used for so long; null for never, which is the default. */
  readonly idleUnloadMsOf?: (id: ServableId) => number | null;
  /** A request for a version whose load has failed gets that error for so long; after it, the load is tried again. */
  readonly retryAfterMs?: number;
  /** Never unloaded, neither for idleness nor for memory. */
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
  /** Streams of which something is loaded on demand, or was: handles on all others are nothing to look at. */
  readonly #names = new Set<string>();
  readonly #loading = new Map<string, Promise<void>>();
  /** How many requests wait for a version: it is theirs before it can be anybody's to unload. */
  readonly #waiting = new Map<string, number>();
  readonly #idle: IdleWatch;
  readonly #subscriptions = new DisposableStore();
  readonly #didDecide = this.#subscriptions.add(new Emitter<ServableAction>());
  #isClosed = false;

  /** Fires before an action is carried out, with the rule that decided it. */
  readonly onDidDecide: Event<ServableAction> = this.#didDecide.event;

  constructor(options: CachingManagerOptions) {
    this.#options = options;
    this.#basic = options.basicManager;
    this.#idle = this.#subscriptions.add(
      new IdleWatch({
        clock: this.#basic.clock,
        idleMsOf: (id) => options.idleUnloadMsOf?.(id) ?? null,
        isUnused: (managed) => this.#isUnused(managed),
        onIdle: (managed) => this.#letGoIfIdle(managed),
      }),
    );
    this.#basic.evictor = (shortage) => this.makeRoom(shortage);
    this.#subscriptions.add(
      this.#basic.onDidChange(({ id, what }) => {
        if (what === 'state') this.#noticed(id);
        else if (what === 'handles' && this.#names.has(id.name)) this.#watchIdleness(id);
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
    signal?: CancelSignal,
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
        if (this.#isClosed || signal?.aborted) throw new AppError('CANCELLED');
        await unlessAborted(this.#ensureLoaded(id), signal);
      }
      return this.#basic.getServableHandle(specific(name, version), guard);
    } finally {
      leave();
    }
  }

  /** Loads ahead of any request; one that has failed, or waits for its next attempt, is tried at once. Rejects as a request would. */
  async load(id: ServableId, rule = 'CM14'): Promise<void> {
    if (this.#isClosed) throw new AppError('CANCELLED');
    if (this.#basic.isAvailable(id) || this.#basic.retryNow(id)) return;
    this.forgetFailure(id);
    await this.#ensureLoaded(id, rule);
  }

  /** Takes a version out of memory when the last handle is gone, or ends its load; the next request loads it again. */
  async unload(id: ServableId, rule = 'CM14'): Promise<void> {
    const managed = this.#basic.find(id);
    if (!managed || !isOurs(managed)) return;
    if (managed.harness.state.kind !== 'ready') {
      this.#basic.cancelLoad(id);
      return;
    }
    this.#didDecide.fire({ kind: 'unload', id, rule });
    await this.#basic.unloadServable(id);
  }

  /** The next request loads again what has failed. */
  forgetFailure(id: ServableId): void {
    const managed = this.#basic.find(id);
    if (managed && isOurs(managed) && managed.harness.state.kind === 'error')
      this.#basic.stopManagingServable(id);
  }

  /**
   * Has it just failed to load, so that requests are told of that instead of loading it again? Being refused for memory cost nothing, and
   * what could answer before it died has not failed to load.
   */
  isCoolingDown(id: ServableId): boolean {
    const { retryAfterMs = 10_000 } = this.#options;
    const harness = this.#basic.find(id)?.harness;
    const state = harness?.state;
    if (!harness || state?.kind !== 'error' || state.servedMs !== null) return false;
    if (state.error.code === 'MEMORY_EXHAUSTED') return false;
    return this.#basic.clock.now() < harness.sinceMs + retryAfterMs;
  }

  /** Ends a load. Throws FAILED_PRECONDITION when there is none. */
  cancelLoad(id: ServableId): void {
    const kind = this.#basic.find(id)?.harness.state.kind;
    if (kind === undefined || isTerminal(kind) || kind === 'ready' || isLeaving(kind))
      throw servablePrecondition(id, `it is ${kind ?? 'not loaded'}`);
    this.#basic.cancelLoad(id);
  }

  /** Begins to unload the least recently used until the shortage is covered; nothing, when that cannot be. True when it can. */
  makeRoom({ needBytes, freeBytes }: MemoryShortage): boolean {
    const chosen: ManagedServable[] = [];
    const leavingBytes = this.#leavingBytes();
    let coveredBytes = freeBytes + leavingBytes;
    for (const managed of this.#ours()
      .filter((it) => this.#mayUnload(it))
      .sort(leastRecentlyUsedFirst)) {
      if (coveredBytes >= needBytes) break;
      chosen.push(managed);
      coveredBytes += this.#chargedBytes(managed);
    }
    if (coveredBytes < needBytes) return false;
    for (const managed of chosen) this.#unloadQuietly(managed, 'CM8');
    return chosen.length > 0 || leavingBytes > 0;
  }

  /** Bytes that could be had by unloading what nobody uses and nothing keeps. */
  get spareBytes(): number {
    return this.#ours()
      .filter((it) => this.#mayUnload(it))
      .reduce((sum, managed) => sum + this.#chargedBytes(managed), 0);
  }

  /** Undefined for what is neither loaded nor on its way in or out. */
  snapshot(id: ServableId): ServableSnapshot | undefined {
    const managed = this.#basic.find(id);
    if (!managed || !isOurs(managed)) return undefined;
    const isAspired = this.#isRegistered(id);
    const wish = { isAspired, restarts: 0, isReloading: false, isContentChanged: false, revivalAtMs: null };
    return servableSnapshot(managed, wish, {
      retry: this.#basic.loadRetry,
      tracker: this.#basic.resourceTracker,
    });
  }

  snapshots(name: string): ServableSnapshot[] {
    return this.#basic.managedOf(name).flatMap(({ id }) => this.snapshot(id) ?? []);
  }

  /** The idle time of a stream, or what of it is pinned, is another now. */
  reconsider(name: string): void {
    for (const managed of this.#basic.managedOf(name)) if (isOurs(managed)) this.#idle.watchAnew(managed);
  }

  /** Takes over what another manager has loaded of a stream. */
  adopt(name: string): void {
    this.#names.add(name);
    for (const { id } of this.#basic.managedOf(name)) {
      this.#basic.setAdditionalState(id, onDemand);
      this.#noticed(id);
    }
  }

  /** Leaves a stream to another manager: what has ended is forgotten, all else stays as it is. */
  release(name: string): void {
    this.#names.delete(name);
    for (const managed of this.#basic.managedOf(name).filter(isOurs)) {
      this.#idle.forget(managed);
      if (isTerminal(managed.harness.state.kind)) this.#basic.stopManagingServable(managed.id);
    }
  }

  /** The basic manager is closed by whoever made it. */
  close(): void {
    this.#isClosed = true;
    this.#subscriptions.dispose();
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
  #ensureLoaded(id: ServableId, rule = 'CM1'): Promise<void> {
    const key = servableKey(id);
    const running = this.#loading.get(key);
    if (running) return running;
    const load = this.#load(id, rule).finally(() => {
      this.#loading.delete(key);
      this.#forgetIfOver(id);
    });
    this.#loading.set(key, load);
    return load;
  }

  async #load(id: ServableId, rule: string): Promise<void> {
    const managed = this.#basic.find(id);
    if (managed) await this.#makeWay(managed);
    if (this.#basic.isAvailable(id)) return; // another manager's load has ended well
    const data = await this.#options.loaderFactory.createLoader(id);
    this.#didDecide.fire({ kind: 'load', id, rule });
    this.#names.add(id.name);
    this.#basic.manageServable(data, onDemand);
    await this.#basic.loadServable(id);
  }

  /** Lets an earlier life of the same version end; throws its error while that is fresh. */
  async #makeWay({ id, harness }: ManagedServable): Promise<void> {
    if (this.isCoolingDown(id) && harness.status) throw harness.status;
    if (!isTerminal(harness.state.kind)) await this.#settled(id);
    const last = this.#basic.find(id);
    if (!last || last.harness.state.kind === 'ready') return;
    if (!isOurs(last)) throw last.harness.status ?? servableNotFound(specific(id.name, id.version)); // it has changed hands
    this.#basic.stopManagingServable(id);
  }

  /** Resolves when the life that is on its way in or out has come to rest. */
  #settled(id: ServableId): Promise<void> {
    return new Promise((resolve) => {
      const subscription = this.#basic.onDidChange((change) => {
        if (servableKey(change.id) !== servableKey(id)) return;
        const kind = this.#basic.find(id)?.harness.state.kind;
        if (kind !== undefined && kind !== 'ready' && !isTerminal(kind)) return;
        subscription.dispose();
        resolve();
      });
    });
  }

  #noticed(id: ServableId): void {
    this.#watchIdleness(id);
    queueMicrotask(() => {
      if (!this.#loading.has(servableKey(id))) this.#forgetIfOver(id); // once everybody has heard how it ended
    });
  }

  /** What was unloaded or called off is forgotten; what failed is too, unless it can be asked for again. */
  #forgetIfOver(id: ServableId): void {
    const managed = this.#basic.find(id);
    if (!managed || !isOurs(managed)) return;
    const { kind } = managed.harness.state;
    const isMoot = managed.harness.status?.code === 'CANCELLED' || !this.#isRegistered(id);
    if (kind === 'disabled' || (kind === 'error' && isMoot)) this.#basic.stopManagingServable(id);
  }

  #watchIdleness(id: ServableId): void {
    const managed = this.#basic.find(id);
    if (!this.#isClosed && managed && isOurs(managed)) this.#idle.watch(managed);
  }

  #letGoIfIdle(managed: ManagedServable): void {
    if (this.#mayUnload(managed)) this.#unloadQuietly(managed, 'CM7');
  }

  #leavingBytes(): number {
    const leaving = this.#all().filter(({ harness }) => isLeaving(harness.state.kind));
    return leaving.reduce((sum, managed) => sum + this.#chargedBytes(managed), 0);
  }

  #chargedBytes({ harness }: ManagedServable): number {
    return this.#basic.resourceTracker?.chargedBytes(harness.loader) ?? 0;
  }

  #isRegistered(id: ServableId): boolean {
    return this.#options.loaderFactory.isRegistered?.(id) ?? true;
  }

  #isUnused(managed: ManagedServable): boolean {
    const { id, handles, harness } = managed;
    const isWaitedFor = this.#waiting.has(servableKey(id));
    return isOurs(managed) && handles === 0 && harness.state.kind === 'ready' && !isWaitedFor;
  }

  #mayUnload(managed: ManagedServable): boolean {
    return this.#isUnused(managed) && !this.#options.isPinned?.(managed.id);
  }

  #unloadQuietly({ id }: ManagedServable, rule: string): void {
    this.unload(id, rule).catch(isPublished);
  }

  #ours(): ManagedServable[] {
    return [...this.#names].flatMap((name) => this.#basic.managedOf(name)).filter(isOurs);
  }

  #all(): ManagedServable[] {
    return this.#basic.managedServableNames().flatMap((name) => this.#basic.managedOf(name));
  }
}

const leastRecentlyUsedFirst = (a: ManagedServable, b: ManagedServable): number =>
  (a.lastUsedAtMs ?? a.harness.sinceMs) - (b.lastUsedAtMs ?? b.harness.sinceMs);

/** How an unload ended is published by the basic manager: there is nothing to add. */
const isPublished = (): void => {};

async function unlessAborted(work: Promise<void>, signal: CancelSignal | undefined): Promise<void> {
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
