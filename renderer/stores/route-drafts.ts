import { createStore, type StoreApi } from 'zustand/vanilla';
import type { RouteDraft } from '../../app/contract/routes';

/** Changes of routes that are not applied yet, and the route that is being built. They stay until they are applied or given up. */
export interface RouteDraftsState {
  /** By the route's name. */
  readonly changes: ReadonlyMap<string, RouteDraft>;
  readonly fresh: RouteDraft | null;
}

export interface RouteDrafts {
  readonly store: StoreApi<RouteDraftsState>;
  /** `route` is null for the new one; `draft` is null to give it up. */
  set(route: string | null, draft: RouteDraft | null): void;
  /** Changes a draft where there is one. */
  amend(route: string, change: (draft: RouteDraft) => RouteDraft): void;
}

export function createRouteDrafts(): RouteDrafts {
  const store = createStore<RouteDraftsState>()(() => ({ changes: new Map(), fresh: null }));
  const drafts: RouteDrafts = {
    store,
    set(route, draft) {
      if (route === null) {
        store.setState({ fresh: draft });
        return;
      }
      store.setState(({ changes }) => {
        const next = new Map(changes);
        if (draft === null) next.delete(route);
        else next.set(route, draft);
        return { changes: next };
      });
    },
    amend(route, change) {
      const draft = store.getState().changes.get(route);
      if (draft) drafts.set(route, change(draft));
    },
  };
  return drafts;
}

export const selectDraft =
  (route: string | null) =>
  ({ changes, fresh }: RouteDraftsState): RouteDraft | null =>
    route === null ? fresh : (changes.get(route) ?? null);
