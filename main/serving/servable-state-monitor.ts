import type { Clock } from '../../app/base/clock';
import { Emitter, type Event } from '../../app/base/emitter';
import { type Disposable, DisposableStore, toDisposable } from '../../app/base/lifecycle';
import type { EventAndTime, EventBus } from './event-bus';
import type { ServableRequest } from './manager';
import type { ServableId } from './servable-id';
import type { ManagerState, ServableState } from './servable-state';
import { StateGoal, type StateGoalOutcome } from './state-goal';

export interface ServableStateAndTime {
  readonly state: ServableState;
  /** `Clock.now()` milliseconds. */
  readonly timeMs: number;
}

/** Newest version first. */
export type VersionStates = ReadonlyMap<number, ServableStateAndTime>;

/**
 * Remembers the last state of every version that a bus has spoken of; it must exist before the first event it needs to see.
 * Source: TensorFlow Serving, core/servable_state_monitor.h.
 */
export class ServableStateMonitor implements Disposable {
  readonly #clock: Clock;
  readonly #maxLogEvents: number;
  readonly #states = new Map<string, Map<number, ServableStateAndTime>>();
  readonly #subscription: Disposable;
  readonly #didChange = new Emitter<ServableStateAndTime>();
  #log: ServableStateAndTime[] = [];
  #goals: readonly StateGoal[] = [];

  /** Fires for every event, when the monitor itself knows of it. */
  readonly onDidChange: Event<ServableStateAndTime> = this.#didChange.event;

  /** `maxLogEvents` bounds the log; 0 keeps none. */
  constructor(bus: EventBus<ServableState>, options: { clock: Clock; maxLogEvents?: number }) {
    this.#clock = options.clock;
    this.#maxLogEvents = options.maxLogEvents ?? 0;
    this.#subscription = bus.subscribe((event) => this.#take(event));
  }

  state(id: ServableId): ServableState | undefined {
    return this.stateAndTime(id)?.state;
  }

  stateAndTime({ name, version }: ServableId): ServableStateAndTime | undefined {
    return this.#states.get(name)?.get(version);
  }

  /** Empty when the name is unknown. */
  versionStates(name: string): VersionStates {
    return newestFirst(this.#states.get(name) ?? new Map());
  }

  /** Everything ever seen and not forgotten, ended ones included. */
  allServableStates(): ReadonlyMap<string, VersionStates> {
    return new Map([...this.#states].map(([name, versions]) => [name, newestFirst(versions)]));
  }

  /** What has not ended; names without such a version are left out. */
  liveServableStates(): ReadonlyMap<string, VersionStates> {
    const live = new Map<string, VersionStates>();
    for (const [name, versions] of this.#states) {
      const alive = [...versions].filter(([, { state }]) => state.managerState !== 'end');
      if (alive.length > 0) live.set(name, newestFirst(new Map(alive)));
    }
    return live;
  }

  /** Names with at least one available version. */
  availableServableStates(): ReadonlySet<string> {
    const names = [...this.#states].filter(([, versions]) =>
      [...versions.values()].some(({ state }) => state.managerState === 'available'),
    );
    return new Set(names.map(([name]) => name));
  }

  forgetUnloadedServableStates(): void {
    for (const [name, versions] of this.#states) {
      for (const [version, { state }] of versions) {
        if (state.managerState === 'end') versions.delete(version);
      }
      if (versions.size === 0) this.#states.delete(name);
    }
  }

  /** Oldest first. */
  boundedLog(): readonly ServableStateAndTime[] {
    return [...this.#log];
  }

  /**
   * Calls back once, now or later, when every request is settled: a specific version when it is at the goal or has ended; a name
   * when one of its versions, from the highest down, is at the goal or has ended. Disposing the result calls it off.
   */
  notifyWhenServablesReachState(
    requests: readonly ServableRequest[],
    goal: ManagerState,
    callback: (outcome: StateGoalOutcome) => void,
  ): Disposable {
    const waiter = new StateGoal(requests, goal, callback);
    if (waiter.settle((name) => this.versionStates(name))) return toDisposable(() => {});
    this.#goals = [...this.#goals, waiter];
    return toDisposable(() => {
      this.#goals = this.#goals.filter((other) => other !== waiter);
    });
  }

  /** As above, awaited. `reached` is false when the time is up or the signal aborted first; nothing is called afterwards. */
  waitUntilServablesReachState(
    requests: readonly ServableRequest[],
    goal: ManagerState,
    { timeoutMs, signal }: { readonly timeoutMs?: number; readonly signal?: AbortSignal } = {},
  ): Promise<StateGoalOutcome> {
    return new Promise((resolve) => {
      const owned = new DisposableStore();
      const finish = (outcome: StateGoalOutcome): void => {
        owned.dispose();
        resolve(outcome);
      };
      const giveUp = (): void => finish({ reached: false, states: new Map() });
      if (signal?.aborted) return giveUp();
      owned.add(this.notifyWhenServablesReachState(requests, goal, finish));
      if (timeoutMs !== undefined) owned.add(this.#clock.schedule(timeoutMs, giveUp));
      signal?.addEventListener('abort', giveUp, { once: true });
      owned.add(toDisposable(() => signal?.removeEventListener('abort', giveUp)));
    });
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#didChange.dispose();
    this.#goals = [];
  }

  #take({ event, timeMs }: EventAndTime<ServableState>): void {
    const entry: ServableStateAndTime = { state: event, timeMs };
    const { name, version } = event.id;
    let versions = this.#states.get(name);
    if (!versions) {
      versions = new Map();
      this.#states.set(name, versions);
    }
    versions.set(version, entry);
    if (this.#maxLogEvents > 0) {
      this.#log.push(entry);
      if (this.#log.length > this.#maxLogEvents) this.#log.shift();
    }
    this.#settleGoals();
    this.#didChange.fire(entry);
  }

  #settleGoals(): void {
    if (this.#goals.length === 0) return;
    const statesOf = (name: string): VersionStates => this.versionStates(name);
    const settled = this.#goals.filter((goal) => goal.settle(statesOf));
    this.#goals = this.#goals.filter((goal) => !settled.includes(goal));
  }
}

const newestFirst = (versions: ReadonlyMap<number, ServableStateAndTime>): VersionStates =>
  new Map([...versions].sort(([a], [b]) => b - a));
