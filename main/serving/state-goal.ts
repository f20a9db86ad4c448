import { reportUnexpected } from '../../app/base/errors';
import type { ServableRequest } from './manager';
import { servableKey } from './servable-id';
import type { ManagerState, ServableState } from './servable-state';

export interface StateGoalOutcome {
  /** Are all requests settled at the goal, none at the end of a version's life? */
  readonly reached: boolean;
  /** What each settled request was settled by, keyed by `servableKey`. */
  readonly states: ReadonlyMap<string, ServableState>;
}

/** Looks up the states of one stream, newest version first. */
export type StatesOf = (name: string) => ReadonlyMap<number, { readonly state: ServableState }>;

/** One wait for servables to get somewhere: fires once. Source: TensorFlow Serving, `ServableStateMonitor`. */
export class StateGoal {
  readonly #requests: readonly ServableRequest[];
  readonly #goal: ManagerState;
  readonly #callback: (outcome: StateGoalOutcome) => void;

  constructor(
    requests: readonly ServableRequest[],
    goal: ManagerState,
    callback: (outcome: StateGoalOutcome) => void,
  ) {
    this.#requests = requests;
    this.#goal = goal;
    this.#callback = callback;
  }

  /** Calls back if every request is settled. True when there is nothing left to wait for. */
  settle(statesOf: StatesOf): boolean {
    const settled = new Map<string, ServableState>();
    for (const request of this.#requests) {
      const state = this.#settledBy(request, statesOf);
      if (!state) return false;
      settled.set(servableKey(state.id), state);
    }
    const reached = [...settled.values()].every(({ managerState }) => managerState === this.#goal);
    try {
      this.#callback({ reached, states: settled });
    } catch (thrown) {
      reportUnexpected(thrown);
    }
    return true;
  }

  #settledBy(request: ServableRequest, statesOf: StatesOf): ServableState | undefined {
    const isSettled = ({ managerState }: ServableState): boolean =>
      managerState === this.#goal || managerState === 'end';
    const versions = statesOf(request.name);
    if (request.kind === 'specific') {
      const state = versions.get(request.version)?.state;
      return state && isSettled(state) ? state : undefined;
    }
    for (const { state } of versions.values()) if (isSettled(state)) return state;
    return undefined;
  }
}
