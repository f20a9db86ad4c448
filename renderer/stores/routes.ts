import { createStore, type StoreApi } from 'zustand/vanilla';
import { reportUnexpected } from '../../app/base/errors';
import { type Disposable, DisposableStore } from '../../app/base/lifecycle';
import type { RouteRate } from '../../app/contract/route-figures';
import type { RoutesChange, RouteView } from '../../app/contract/routes';
import type { Client } from '../client/client';
import { createMirror } from './mirror';

export interface RoutesState {
  readonly revision: number;
  readonly byName: ReadonlyMap<string, RouteView>;
  readonly rates: ReadonlyMap<string, RouteRate>;
}

/** Read-only mirror of the engine's routes, and how busy they are. */
export interface RoutesStore {
  readonly store: StoreApi<RoutesState>;
  /** Takes a snapshot, then follows the changes; a gap in the revisions takes a new snapshot. */
  connect(): Promise<Disposable>;
}

const nothing: RoutesState = { revision: 0, byName: new Map(), rates: new Map() };

function applyChange(state: RoutesState, { revision, changed, removed }: RoutesChange): RoutesState {
  const byName = new Map(state.byName);
  const rates = new Map(state.rates);
  for (const name of removed) {
    byName.delete(name);
    rates.delete(name);
  }
  for (const view of changed) byName.set(view.route.name, view);
  return { revision, byName, rates };
}

export function createRoutesStore(client: Client): RoutesStore {
  const store = createStore<RoutesState>()(() => nothing);

  async function connect(): Promise<Disposable> {
    const owned = new DisposableStore();
    const { resync, follow } = createMirror<RoutesState, RoutesChange>({
      store,
      snapshot: async () => {
        const { revision, routes } = await client.call('routes.list', undefined);
        return { revision, byName: new Map(routes.map((view) => [view.route.name, view])) };
      },
      apply: applyChange,
      onFailed: reportUnexpected,
    });

    owned.add(client.on('routes.changed', follow));
    owned.add(
      client.on('routes.counted', (told) =>
        store.setState(({ rates }) => ({
          rates: new Map([...rates, ...told.map((rate) => [rate.route, rate] as const)]),
        })),
      ),
    );
    try {
      await resync();
    } catch (error) {
      owned.dispose();
      throw error;
    }
    return owned;
  }
  return { store, connect };
}

export const selectRoute =
  (name: string | null) =>
  ({ byName }: RoutesState): RouteView | undefined =>
    name === null ? undefined : byName.get(name);

/** A fresh array each time: read it through `useShallow`. */
export const selectRouteNames = ({ byName }: RoutesState): string[] =>
  [...byName.keys()].sort((a, b) => a.localeCompare(b));

export const selectRate =
  (name: string) =>
  ({ rates }: RoutesState): number =>
    rates.get(name)?.requestsPerSecond ?? 0;
