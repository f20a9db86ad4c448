import type { CancelSignal } from '../../app/base/cancel-signal';
import { Emitter, type Event } from '../../app/base/emitter';
import { DisposableStore } from '../../app/base/lifecycle';
import type { ServableAction } from './aspired-version-policy';
import { AspiredVersionsManager, type AspiredVersionsManagerOptions } from './aspired-versions-manager';
import type { BasicManager, ServableChange, ServableLook } from './basic-manager';
import { CachingManager } from './caching-manager';
import type { LoaderFactory } from './loader';
import {
  type Manager,
  type ServableGuard,
  type ServableHandle,
  type ServableRequest,
  specific,
} from './manager';
import type { MemoryShortage } from './resource-tracker';
import { ServableCatalogue } from './servable-catalogue';
import type { ServableData } from './servable-data';
import { servableNotFound } from './servable-errors';
import type { ServableId } from './servable-id';
import type { ServableSnapshot } from './servable-snapshot';
import { type AspiredVersionsCallback, isOwnList, type Target } from './source';
import type { PolicyChoice } from './stream-policies';

/** How the versions of a stream that are loaded on demand stay in memory. */
export interface OnDemand {
  /** What nobody has used for so long is unloaded; null: only for want of memory. */
  readonly idleUnloadMs: number | null;
  /** Versions that stay once they are loaded. */
  readonly pinned: ReadonlySet<number>;
}

/**
 * Each stream is managed in one of two ways: what it aspires to is loaded always, by an aspired-versions manager, or on demand, by a
 * caching manager. Both share one basic manager, so a stream that goes from one way to the other keeps what it has loaded.
 */
export class StreamManager implements Manager, Target<LoaderFactory> {
  readonly #basic: BasicManager;
  readonly #aspired: AspiredVersionsManager;
  readonly #catalogue = new ServableCatalogue();
  readonly #caching: CachingManager;
  readonly #lists = new Map<string, readonly ServableData<LoaderFactory>[]>();
  readonly #onDemand = new Map<string, OnDemand>();
  /** Versions that go on answering until their successors, which are being loaded for that, can. */
  readonly #predecessors = new Map<string, number>();
  readonly #subscriptions = new DisposableStore();
  readonly #didDecide = this.#subscriptions.add(new Emitter<ServableAction>());

  /** Fires before a load or unload is carried out, with the rule that decided it. */
  readonly onDidDecide: Event<ServableAction> = this.#didDecide.event;

  constructor(options: AspiredVersionsManagerOptions) {
    this.#basic = options.basicManager;
    this.#aspired = new AspiredVersionsManager(options);
    const catalogue = this.#catalogue;
    this.#caching = new CachingManager({
      basicManager: this.#basic,
      loaderFactory: {
        createLoader: (id) => catalogue.createLoader(id),
        getServableVersion: (name, policy) =>
          policy === 'latest' ? this.#latest(name) : catalogue.getServableVersion(name, policy),
        isRegistered: (id) => catalogue.isRegistered(id),
      },
      idleUnloadMsOf: ({ name }) => this.#onDemand.get(name)?.idleUnloadMs ?? null,
      isPinned: ({ name, version }) => this.#onDemand.get(name)?.pinned.has(version) ?? false,
    });
    for (const manager of [this.#aspired, this.#caching])
      this.#subscriptions.add(manager.onDidDecide((action) => this.#didDecide.fire(action)));
    this.#subscriptions.add(
      catalogue.onDidWithdraw((id) => {
        if (catalogue.isRegistered(id)) this.#caching.forgetFailure(id); // it was of other content
      }),
    );
    this.#subscriptions.add(
      this.#basic.onDidChange(({ id, what }) => {
        if (what !== 'state' || !this.#predecessors.has(id.name)) return;
        queueMicrotask(() => this.#lookAtSuccession(id)); // once everybody has heard that the new one is there
      }),
    );
  }

  /** Fires after each change of a version: state, attempt, waiting, handles, wish. */
  get onDidChange(): Event<ServableChange> {
    return this.#basic.onDidChange;
  }

  /** Fires for each version that can be loaded on demand from now on. */
  get onDidRegister(): Event<ServableId> {
    return this.#catalogue.onDidRegister;
  }

  /** Fires for each version that cannot be loaded on demand any more, or has other content now. */
  get onDidWithdraw(): Event<ServableId> {
    return this.#catalogue.onDidWithdraw;
  }

  aspiredVersionsCallback(): AspiredVersionsCallback<LoaderFactory> {
    return (name, versions) => {
      if (!isOwnList(name, versions)) return;
      if (versions.length > 0) this.#lists.set(name, versions);
      else this.#lists.delete(name);
      if (this.#onDemand.has(name)) this.#register(name, versions);
      else this.#aspired.aspiredVersionsCallback()(name, versions);
    };
  }

  detach(): void {
    this.#aspired.detach();
    this.#catalogue.detach();
  }

  run(): void {
    this.#aspired.run();
  }

  /** Null: always loaded, as every stream is at first. What is loaded stays loaded when the way changes. */
  setOnDemand(name: string, onDemand: OnDemand | null): void {
    const before = this.#onDemand.get(name);
    if (onDemand) this.#onDemand.set(name, onDemand);
    else this.#onDemand.delete(name);
    const list = this.#lists.get(name) ?? [];
    if (onDemand && before) this.#caching.reconsider(name);
    else if (onDemand) {
      this.#catalogue.aspiredVersionsCallback()(name, list);
      this.#aspired.release(name);
      this.#caching.adopt(name);
      this.#unloadWithdrawn(name);
    } else if (before) {
      this.#predecessors.delete(name);
      this.#catalogue.release(name);
      this.#caching.release(name);
      this.#aspired.adopt(name, list);
    }
  }

  /** Is nothing under way, and nothing to decide? */
  get isAtRest(): boolean {
    return this.#aspired.isAtRest && this.#caching.loadsInProgress === 0;
  }

  isOnDemand(name: string): boolean {
    return this.#onDemand.has(name);
  }

  /** Can it be loaded on demand, or is it? */
  isRegistered(id: ServableId): boolean {
    return this.#catalogue.isRegistered(id);
  }

  /** Of a stream that is loaded on demand: what can be, newest first. */
  registered(name: string): number[] {
    return this.#catalogue.loadable(name);
  }

  /** What a request to a stream that is loaded on demand is answered by, loaded or not; undefined when nothing is. */
  target(request: ServableRequest): ServableId | undefined {
    const { name, kind } = request;
    const version = kind === 'specific' ? request.version : this.#latestOrNone(name);
    if (version === undefined) return undefined;
    const id = { name, version };
    return this.isRegistered(id) || this.#basic.isAvailable(id) ? id : undefined;
  }

  /** Has its load failed, so that requests without a version mean another? What has died after it answered has not. */
  hasFailed(id: ServableId): boolean {
    const state = this.#basic.find(id)?.harness.state;
    return state?.kind === 'error' && state.servedMs === null;
  }

  /** Of a stream that is loaded on demand: would a request be told why it has just failed to load? */
  isCoolingDown(id: ServableId): boolean {
    return this.#caching.isCoolingDown(id);
  }

  listAvailableServableIds(): ServableId[] {
    return this.#basic.listAvailableServableIds();
  }

  isAvailable(id: ServableId): boolean {
    return this.#basic.isAvailable(id);
  }

  /** What is loaded for the request, without holding it; undefined where nothing is. */
  look(request: ServableRequest): ServableLook | undefined {
    if (!this.isOnDemand(request.name)) return this.#basic.look(request);
    const id = this.target(request);
    return id && this.#basic.look(specific(id.name, id.version));
  }

  /** Of what is loaded already. */
  getServableHandle<T>(request: ServableRequest, guard: ServableGuard<T>): ServableHandle<T> {
    return this.#basic.getServableHandle(request, guard);
  }

  /** Of a stream that is loaded on demand: loads first if need be. Rejects as `CachingManager.getServableHandle` does. */
  loadedHandle<T>(
    request: ServableRequest,
    guard: ServableGuard<T>,
    signal?: CancelSignal,
  ): Promise<ServableHandle<T>> {
    return this.#caching.getServableHandle(request, guard, signal);
  }

  getAvailableServableHandles<T>(guard: ServableGuard<T>): ServableHandle<T>[] {
    return this.#basic.getAvailableServableHandles(guard);
  }

  policyOf(name: string): PolicyChoice {
    return this.#aspired.policyOf(name);
  }

  setPolicy(name: string, policy: PolicyChoice | null): void {
    this.#aspired.setPolicy(name, policy);
  }

  /** Of one stream; without a name of all that are always loaded. */
  snapshots(name?: string): ServableSnapshot[] {
    return name !== undefined && this.isOnDemand(name)
      ? this.#caching.snapshots(name)
      : this.#aspired.snapshots(name);
  }

  snapshot(id: ServableId): ServableSnapshot | undefined {
    return this.#aspired.snapshot(id) ?? this.#caching.snapshot(id);
  }

  /** Loads a version of a stream that is loaded on demand, ahead of any request. What comes of it is published. */
  load(id: ServableId, rule?: string): void {
    if (!this.isRegistered(id)) throw servableNotFound(specific(id.name, id.version));
    this.#caching.load(id, rule).catch(isPublished);
  }

  /** Takes it out of memory; the next request loads it again. */
  unload(id: ServableId): void {
    this.#caching.unload(id).catch(isPublished);
  }

  retryNow(id: ServableId): void {
    if (this.isOnDemand(id.name)) this.load(id);
    else this.#aspired.retryNow(id);
  }

  cancelLoad(id: ServableId): void {
    if (this.isOnDemand(id.name)) this.#caching.cancelLoad(id);
    else this.#aspired.cancelLoad(id);
  }

  /** Unloads it and loads it again, from what is aspired now. */
  reload(id: ServableId): void {
    if (!this.isOnDemand(id.name)) this.#aspired.reload(id);
    else {
      this.#caching
        .load(id) // whoever waits for a load under way is served by it
        .then(() => this.#caching.unload(id, 'AVM19'))
        .then(() => this.#caching.load(id))
        .catch(isPublished);
    }
  }

  /** Begins to unload what is loaded on demand and unused. True when the shortage will be covered. */
  makeRoom(shortage: MemoryShortage): boolean {
    return this.#caching.makeRoom(shortage);
  }

  /** Bytes that `makeRoom` could free. */
  get spareBytes(): number {
    return this.#caching.spareBytes;
  }

  async close(signal?: AbortSignal): Promise<void> {
    this.detach();
    this.#caching.close();
    this.#subscriptions.dispose();
    await this.#aspired.close(signal);
  }

  /** Takes up a list of a stream that is loaded on demand. */
  #register(name: string, versions: readonly ServableData<LoaderFactory>[]): void {
    const before = this.#latestOrNone(name);
    this.#catalogue.aspiredVersionsCallback()(name, versions);
    const [successor] = this.#catalogue.loadable(name);
    const isWarm = before !== undefined && this.#basic.isAvailable({ name, version: before });
    if (!isWarm || successor === undefined || successor === before || !this.#mayOverlap(name)) {
      this.#predecessors.delete(name);
      this.#unloadWithdrawn(name);
      return;
    }
    this.#predecessors.set(name, before);
    if (!this.hasFailed({ name, version: successor })) this.load({ name, version: successor }, 'ST3');
  }

  /** The version that the stream's requests mean: the newest that has not failed, once it can answer in the place of the one before. */
  #latest(name: string): number {
    const versions = this.#catalogue.loadable(name);
    const newest = versions.find((version) => !this.hasFailed({ name, version })) ?? versions[0];
    const predecessor = this.#predecessors.get(name);
    const isNewestReady = newest !== undefined && this.#basic.isAvailable({ name, version: newest });
    if (
      predecessor !== undefined &&
      !isNewestReady &&
      this.#basic.isAvailable({ name, version: predecessor })
    )
      return predecessor;
    return newest ?? this.#catalogue.getServableVersion(name, 'latest');
  }

  #latestOrNone(name: string): number | undefined {
    try {
      return this.#latest(name);
    } catch {
      return undefined;
    }
  }

  /** What is not registered any more goes once the newest that is can answer, or the one that held its place is gone. */
  #lookAtSuccession({ name }: ServableId): void {
    const predecessor = this.#predecessors.get(name);
    if (predecessor === undefined) return;
    const [successor] = this.#catalogue.loadable(name);
    const isOver =
      !this.#basic.isAvailable({ name, version: predecessor }) ||
      (successor !== undefined && this.#basic.isAvailable({ name, version: successor }));
    if (!isOver) return;
    this.#predecessors.delete(name);
    this.#unloadWithdrawn(name);
  }

  #unloadWithdrawn(name: string): void {
    for (const { id } of this.#caching.snapshots(name)) {
      if (!this.isRegistered(id)) this.#caching.unload(id, 'CM13').catch(isPublished);
    }
  }

  #mayOverlap(name: string): boolean {
    return this.policyOf(name) !== 'resourcePreserving';
  }
}

/** How it ended is published by the basic manager: there is nothing to add. */
const isPublished = (): void => {};
