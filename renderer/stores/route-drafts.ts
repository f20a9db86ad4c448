import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Route, RouteDraft } from '../../app/contract/routes';

/** Changes of routes that are not applied yet, and the route that is being built. They stay until they are applied or given up. */
export interface RouteDraftsState {
  /** By the route's name. */
  readonly changes: ReadonlyMap<string, ChangedRoute>;
  readonly fresh: RouteDraft | null;
}

export interface ChangedRoute {
  readonly draft: RouteDraft;
  /** What it is a change of: the route as it was when somebody began. */
  readonly base: Route;
}

export interface RouteDrafts {
  readonly store: StoreApi<RouteDraftsState>;
  setFresh(draft: RouteDraft | null): void;
  /** Keeps a draft of a route as it is now. */
  change(route: Route, draft: RouteDraft): void;
  giveUp(route: string): void;
  /** The route was changed beside its draft, where there is one: both learn of it. */
  amend(route: string, change: (route: RouteDraft) => RouteDraft): void;
}

export function createRouteDrafts(): RouteDrafts {
  const store = createStore<RouteDraftsState>()(() => ({ changes: new Map(), fresh: null }));
  const put = (name: string, changed: ChangedRoute | null): void =>
    store.setState(({ changes }) => {
      const next = new Map(changes);
      if (changed === null) next.delete(name);
      else next.set(name, changed);
      return { changes: next };
    });
  return {
    store,
    setFresh: (fresh) => store.setState({ fresh }),
    change(route, draft) {
      const base = store.getState().changes.get(route.name)?.base ?? route;
      put(route.name, { draft, base });
    },
    giveUp: (name) => put(name, null),
    amend(name, change) {
      const changed = store.getState().changes.get(name);
      if (changed) put(name, { draft: change(changed.draft), base: change(changed.base) });
    },
  };
}

export const selectDraft =
  (route: string | null) =>
  ({ changes, fresh }: RouteDraftsState): RouteDraft | null =>
    route === null ? fresh : (changes.get(route)?.draft ?? null);

export const selectBase =
  (route: string | null) =>
  ({ changes }: RouteDraftsState): Route | null =>
    (route !== null && changes.get(route)?.base) || null;
