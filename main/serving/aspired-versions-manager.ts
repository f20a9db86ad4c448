import { Emitter, type Event } from '../../app/base/emitter';
import { AppError } from '../../app/base/errors';
import { DisposableStore } from '../../app/base/lifecycle';
import {
  type AspiredState,
  aspiredState,
  isAspiredHere,
  isChanged,
  isFlushable,
  isToBeAwaited,
  newlyAspired,
  withLoader,
} from './aspired-state';
import { actionKey, type ServableAction, unloadsFirst } from './aspired-version-policy';
import type { BasicManager, ServableChange, ServableLook } from './basic-manager';
import { letGo, takeOver } from './hand-over';
import { isLeaving, isTerminal } from './harness-state';
import type { LoaderFactory } from './loader';
import { ManageStateLoop } from './manage-state-loop';
import type { ManagedServable } from './managed-servable';
import {
  type Manager,
  type ServableGuard,
  type ServableHandle,
  type ServableRequest,
  specific,
} from './manager';
import type { ServableData } from './servable-data';
import { servableNotFound, servablePrecondition } from './servable-errors';
import type { ServableId } from './servable-id';
import { aspiredWish, type ServableSnapshot, servableSnapshot } from './servable-snapshot';
import { ServableSupervisor, type SupervisorOptions } from './servable-supervisor';
import { type AspiredVersionsCallback, isOwnList, type Target } from './source';
import { type PolicyChoice, StreamPolicies } from './stream-policies';

export interface AspiredVersionsManagerOptions extends SupervisorOptions {
  readonly basicManager: BasicManager;
  /** For every stream that has no policy of its own. */
  readonly aspiredVersionPolicy: PolicyChoice;
  /** How often everything is looked at again although nothing seems to have changed. 0 or less: no loop, steps are run by hand. */
  readonly manageStateIntervalMs?: number;
  /** 1 is TensorFlow Serving's behaviour. Default: as many as the policies allow. */
  readonly maxActionsPerTick?: number;
  /** Replaces the rule that unloads come first. */
  readonly customSortActions?: (a: ServableAction, b: ServableAction) => number;
}

/** A running manager looks at so many streams before it looks at the time. */
const streamsAtOnce = 16;

/**
 * Makes what is loaded follow what sources aspire to, one policy per stream. Wraps a basic manager. Each step can be called by
 * hand; `run` calls them whenever something has changed. Source: TensorFlow Serving, core/aspired_versions_manager.h.
 */
export class AspiredVersionsManager implements Manager, Target<LoaderFactory> {
  readonly #options: AspiredVersionsManagerOptions;
  readonly #basic: BasicManager;
  readonly #policies: StreamPolicies;
  readonly #pending = new Map<string, readonly ServableData<LoaderFactory>[]>();
  /** Names of the streams that are ours: the basic manager may serve others too. */
  readonly #streams = new Set<string>();
  /** Streams about which a policy may have something new to say. */
  readonly #toLookAt = new Set<string>();
  readonly #supervisor: ServableSupervisor;
  readonly #loop: ManageStateLoop;
  readonly #didDecide = new Emitter<ServableAction>();
  readonly #subscriptions = new DisposableStore();
  #isDetached = false;

  /** Fires before an action is carried out, with the rule that decided it. */
  readonly onDidDecide: Event<ServableAction> = this.#didDecide.event;

  /** Throws INVALID_ARGUMENT without a policy. */
  constructor(options: AspiredVersionsManagerOptions) {
    if (!options.aspiredVersionPolicy) {
      throw new AppError('INVALID_ARGUMENT', {}, { detail: 'An aspired-version policy is required' });
    }
    this.#options = options;
    this.#basic = options.basicManager;
    this.#policies = new StreamPolicies(options.aspiredVersionPolicy);
    this.#supervisor = new ServableSupervisor(options, {
      clock: this.#basic.clock,
      isManaged: (managed) => this.#find(managed.id) === managed,
      setState: (managed, state) => this.#setState(managed, state),
      beginNewLife: (managed) => this.#beginNewLife(managed),
      freeBytes: () => this.#basic.resourceTracker?.shortage([]).freeBytes ?? null,
    });
    this.#loop = new ManageStateLoop({
      clock: this.#basic.clock,
      intervalMs: options.manageStateIntervalMs ?? 10_000,
      pass: (endsAtMs) => this.#pass(endsAtMs),
      onInterval: () => {
        for (const name of this.#streams) this.#toLookAt.add(name);
      },
    });
    this.#subscriptions.add(this.#basic.onDidChange((change) => this.#noticed(change)));
    this.#subscriptions.add(
      this.#basic.onDidFreeResources(() => {
        if (this.#supervisor.hasRefused) this.#loop.wake();
      }),
    );
  }

  get #maxActions(): number {
    return this.#options.maxActionsPerTick ?? Number.POSITIVE_INFINITY;
  }

  /** Fires after each change of a version: state, attempt, waiting, handles, wish. */
  get onDidChange(): Event<ServableChange> {
    return this.#basic.onDidChange;
  }

  listAvailableServableIds(): ServableId[] {
    return this.#basic.listAvailableServableIds();
  }

  isAvailable(id: ServableId): boolean {
    return this.#basic.isAvailable(id);
  }

  /** What a handle for the request would be on, without holding it; undefined where there would be none. */
  look(request: ServableRequest): ServableLook | undefined {
    return this.#basic.look(request);
  }

  getServableHandle<T>(request: ServableRequest, guard: ServableGuard<T>): ServableHandle<T> {
    return this.#basic.getServableHandle(request, guard);
  }

  getAvailableServableHandles<T>(guard: ServableGuard<T>): ServableHandle<T>[] {
    return this.#basic.getAvailableServableHandles(guard);
  }

  /** Only the latest list of a stream counts; it is looked at in the next pass. */
  aspiredVersionsCallback(): AspiredVersionsCallback<LoaderFactory> {
    return (name, versions) => {
      if (this.#isDetached || !isOwnList(name, versions)) return;
      this.#pending.set(name, versions);
      this.#streams.add(name);
      this.#look(name);
    };
  }

  detach(): void {
    this.#isDetached = true;
  }

  /** Is there nothing to decide and nothing under way, as long as nobody asks for something and no time passes? */
  get isAtRest(): boolean {
    return this.#basic.isIdle && this.#toLookAt.size === 0 && !this.#loop.isWoken;
  }

  policyOf(name: string): PolicyChoice {
    return this.#policies.of(name);
  }

  /** From now on; null goes back to the common policy. May be called at any time. */
  setPolicy(name: string, policy: PolicyChoice | null): void {
    this.#policies.set(name, policy);
    if (this.#streams.has(name)) this.#look(name);
  }

  snapshots(name?: string): ServableSnapshot[] {
    const names = name === undefined ? [...this.#streams] : [name];
    return names.flatMap((it) => this.#managed(it)).map((managed) => this.#snapshot(managed));
  }

  snapshot(id: ServableId): ServableSnapshot | undefined {
    const managed = this.#find(id);
    return managed && this.#snapshot(managed);
  }

  /**
   * Tries again at once: ends a wait between attempts, or begins a new life of a failed or cancelled version.
   * Throws SERVABLE_NOT_FOUND, or FAILED_PRECONDITION when it is not wanted or has not failed.
   */
  retryNow(id: ServableId): void {
    const managed = this.#require(id);
    const { kind } = managed.harness.state;
    if (this.#basic.retryNow(id)) return;
    if (kind === 'new' || kind === 'loadRequested' || kind === 'loadApproved' || kind === 'loading') return;
    if (!isTerminal(kind) || !aspiredState(managed).isAspired)
      throw servablePrecondition(id, `it is ${kind}`);
    this.#setState(managed, { ...aspiredState(managed), isRevivalDue: true });
  }

  /** Ends a load, or the wait for a new life. Throws SERVABLE_NOT_FOUND, or FAILED_PRECONDITION when there is neither. */
  cancelLoad(id: ServableId): void {
    const managed = this.#require(id);
    const { kind } = managed.harness.state;
    const state = aspiredState(managed);
    if (state.revival) {
      state.revival.timer.dispose();
      this.#setState(managed, { ...state, revival: null, isGivenUp: true });
    } else if (isTerminal(kind) || kind === 'ready' || isLeaving(kind)) {
      throw servablePrecondition(id, `it is ${kind}`);
    } else this.#basic.cancelLoad(id);
  }

  /**
   * Unloads a wanted version and loads it again from what was aspired last: for files that changed in place. Nobody can see
   * whether it is still good, so the policy is not asked. Throws SERVABLE_NOT_FOUND, or FAILED_PRECONDITION when it is not wanted.
   */
  reload(id: ServableId): void {
    const managed = this.#require(id);
    const { kind } = managed.harness.state;
    if (!aspiredState(managed).isAspired) throw servablePrecondition(id, 'it is not wanted');
    if (kind === 'new') return;
    this.#setState(managed, { ...aspiredState(managed), isRevivalDue: true, isReload: true });
    if (kind === 'ready') this.#perform({ kind: 'unload', id, rule: 'AVM19' });
    else this.#basic.cancelLoad(id);
  }

  /** Takes over what another manager has loaded of a stream, or is loading; `versions` are what is aspired of it. */
  adopt(name: string, versions: readonly ServableData<LoaderFactory>[]): void {
    takeOver(this.#basic, name, versions);
    this.aspiredVersionsCallback()(name, versions);
  }

  /** Decides no more about a stream. What of it is loaded, loading or leaving stays so, for another manager to take over. */
  release(name: string): void {
    letGo(this.#basic, this.#managed(name));
    for (const known of [this.#pending, this.#streams, this.#toLookAt]) known.delete(name);
  }

  /** Keeps what is loaded in step with what is aspired until `close`. */
  run(): void {
    this.#loop.run();
  }

  /** All steps, in order, for the streams about which there may be something to do. */
  manageState(names: readonly string[] = [...this.#toLookAt]): readonly ServableAction[] {
    this.flushServables(names);
    this.handlePendingAspiredVersionsRequests(names);
    this.reviveServables(names);
    return this.invokePolicyAndExecuteAction(names);
  }

  /** Forgets what is not aspired and new, unloaded or failed. */
  flushServables(names: readonly string[] = [...this.#toLookAt]): void {
    for (const managed of names.flatMap((name) => this.#managed(name))) {
      if (isFlushable(managed)) this.#basic.stopManagingServable(managed.id);
    }
  }

  /** Takes up the latest lists; one that wants back a version which is still on its way out stays pending. */
  handlePendingAspiredVersionsRequests(names: readonly string[] = [...this.#toLookAt]): void {
    for (const name of names) {
      const versions = this.#pending.get(name);
      if (!versions || this.#isPostponed(versions)) continue;
      this.#pending.delete(name);
      this.#aspire(name, versions);
    }
  }

  /** Begins a new life of aspired versions that died by themselves, are to be tried again, or for which there is memory now. */
  reviveServables(names: readonly string[] = [...this.#toLookAt]): void {
    for (const managed of names.flatMap((name) => this.#managed(name))) this.#supervisor.look(managed);
    this.#supervisor.lookAtRefused();
  }

  /** Asks each stream's policy, sorts what they propose, and carries out as much as one pass may. */
  invokePolicyAndExecuteAction(names: readonly string[] = [...this.#toLookAt]): readonly ServableAction[] {
    const { customSortActions = unloadsFirst } = this.#options;
    const done = new Map<string, ServableAction>(); // an action that had no effect is not tried twice in a pass
    const open = new Set(names);
    for (;;) {
      const proposals: ServableAction[] = [];
      for (const name of open) {
        const proposal = this.#policies.propose(name, this.#managed(name));
        if (proposal && !done.has(actionKey(proposal))) proposals.push(proposal);
        else {
          open.delete(name);
          this.#lookedAt(name);
        }
      }
      if (proposals.length === 0) return [...done.values()];
      for (const action of proposals.sort(customSortActions)) {
        if (done.size >= this.#maxActions) return [...done.values()];
        this.#perform(action);
        done.set(actionKey(action), action);
      }
    }
  }

  /** Refuses new wishes, cancels loads, unloads everything; see `BasicManager.close` for `signal`. */
  async close(signal?: AbortSignal): Promise<void> {
    this.detach();
    this.#loop.dispose();
    this.#subscriptions.dispose();
    this.#pending.clear();
    for (const name of this.#streams) {
      for (const managed of this.#managed(name)) aspiredState(managed).revival?.timer.dispose();
    }
    await this.#basic.close(signal);
  }

  #aspire(name: string, versions: readonly ServableData<LoaderFactory>[]): void {
    const wanted = new Map(versions.map((item) => [item.id.version, item]));
    for (const managed of this.#managed(name)) {
      if (aspiredState(managed).isAspired && !wanted.has(managed.id.version)) this.#unaspire(managed);
    }
    for (const item of wanted.values()) {
      const managed = this.#basic.find(item.id);
      if (managed) this.#aspireAgain(managed, item);
      else this.#manage(item);
    }
    this.#look(name);
  }

  #aspireAgain(managed: ManagedServable, latest: ServableData<LoaderFactory>): void {
    this.#setState(managed, { ...aspiredState(managed), isAspired: true, latest });
    if (managed.harness.state.kind === 'new' && isChanged(aspiredState(managed))) this.#beginNewLife(managed);
    else this.#supervisor.aspiredAgain(managed);
  }

  #unaspire(managed: ManagedServable): void {
    const state = aspiredState(managed);
    state.revival?.timer.dispose();
    this.#setState(managed, { ...state, isAspired: false, revival: null, isRevivalDue: false });
    if (managed.harness.state.kind !== 'new') this.#basic.cancelLoad(managed.id);
  }

  #manage(data: ServableData<LoaderFactory>, restarts = 0, isReload = false): void {
    this.#basic.manageServable(withLoader(data), newlyAspired(data, restarts, isReload));
  }

  #beginNewLife(managed: ManagedServable): void {
    const { latest, restarts, isReload } = aspiredState(managed);
    this.#basic.stopManagingServable(managed.id);
    this.#manage(latest, restarts, isReload);
  }

  /** Looks at some streams after others until the time is up. True when something is left to do. */
  #pass(endsAtMs: number): boolean {
    const atOnce = this.#maxActions === Number.POSITIVE_INFINITY ? streamsAtOnce : this.#toLookAt.size;
    do {
      const actions = this.manageState([...this.#toLookAt].slice(0, atOnce));
      if (actions.length >= this.#maxActions || this.#basic.clock.now() >= endsAtMs) break;
    } while (this.#toLookAt.size > 0);
    return this.#toLookAt.size > 0;
  }

  /** The policy has nothing to say about this stream; the next pass looks at it again if another step has. */
  #lookedAt(name: string): void {
    const pending = this.#pending.get(name);
    const managed = this.#managed(name);
    if ((pending && !this.#isPostponed(pending)) || managed.some(isFlushable)) return;
    this.#toLookAt.delete(name);
    if (!pending && managed.length === 0) this.#streams.delete(name);
  }

  #isPostponed(versions: readonly ServableData<LoaderFactory>[]): boolean {
    return versions.some(({ id }) => isToBeAwaited(this.#basic.find(id)));
  }

  #perform(action: ServableAction): void {
    this.#didDecide.fire(action);
    const { kind, id } = action;
    const outcome = kind === 'load' ? this.#basic.loadServable(id) : this.#basic.unloadServable(id);
    outcome.catch(isPublished);
  }

  #noticed({ id, what }: ServableChange): void {
    if (what === 'handles' || what === 'waiting' || !this.#streams.has(id.name)) return;
    this.#look(id.name);
  }

  #look(name: string): void {
    this.#toLookAt.add(name);
    this.#loop.wake();
  }

  #setState(managed: ManagedServable, state: AspiredState): void {
    if (this.#basic.find(managed.id) === managed) this.#basic.setAdditionalState(managed.id, state);
  }

  #snapshot(managed: ManagedServable): ServableSnapshot {
    const { loadRetry: retry, resourceTracker: tracker } = this.#basic;
    return servableSnapshot(managed, aspiredWish(managed, aspiredState(managed)), { retry, tracker });
  }

  #managed(name: string): readonly ManagedServable[] {
    return this.#streams.has(name) ? this.#basic.managedOf(name).filter(isAspiredHere) : [];
  }

  #find(id: ServableId): ManagedServable | undefined {
    const managed = this.#streams.has(id.name) ? this.#basic.find(id) : undefined;
    return managed && isAspiredHere(managed) ? managed : undefined;
  }

  #require(id: ServableId): ManagedServable {
    const managed = this.#find(id);
    if (!managed) throw servableNotFound(specific(id.name, id.version));
    return managed;
  }
}

/** How an action ended is published by the basic manager: there is nothing to add. */
const isPublished = (): void => {};
