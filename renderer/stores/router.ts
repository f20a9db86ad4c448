import { z } from 'zod';
import { createStore, type StoreApi } from 'zustand/vanilla';
import { type Keeper, keep, recall } from './persisted';

const versionRefSchema = z.strictObject({ model: z.string(), version: z.int() });
export type VersionRef = Readonly<z.infer<typeof versionRefSchema>>;

/** What stands beside the list of the area Endpoints. */
const shownEndpointSchema = z.discriminatedUnion('kind', [
  /** In one column the list itself; else as `server`. */
  z.strictObject({ kind: z.literal('list') }),
  z.strictObject({ kind: z.literal('server') }),
  z.strictObject({
    kind: z.literal('route'),
    name: z.string(),
    tab: z.enum(['traffic', 'call', 'requests']),
  }),
  z.strictObject({ kind: z.literal('newRoute') }),
]);
export type ShownEndpoint = Readonly<z.infer<typeof shownEndpointSchema>>;
export type RouteTab = Extract<ShownEndpoint, { kind: 'route' }>['tab'];

/** Where the page is. Detail panes are routes, so that back and forward work. */
const routeSchema = z.discriminatedUnion('area', [
  z.strictObject({
    area: z.literal('models'),
    model: z.string().nullable(),
    tab: z.enum(['versions', 'signature', 'running', 'events']),
  }),
  z.strictObject({
    area: z.literal('playground'),
    model: z.string().nullable(),
    version: z.int().nullable(),
  }),
  z.strictObject({ area: z.literal('compare'), versions: z.array(versionRefSchema).readonly() }),
  z.strictObject({
    area: z.literal('jobs'),
    job: z.string().nullable(),
    /** Null for the one that says most about the job as it stands. */
    tab: z.enum(['progress', 'results', 'parameters']).nullable(),
  }),
  z.strictObject({ area: z.literal('endpoints'), shown: shownEndpointSchema }),
  z.strictObject({ area: z.literal('settings'), section: z.string().nullable() }),
]);
export type Route = Readonly<z.infer<typeof routeSchema>>;
export type Area = Route['area'];
export type JobTab = NonNullable<Extract<Route, { area: 'jobs' }>['tab']>;
export type ModelTab = Extract<Route, { area: 'models' }>['tab'];

interface RouterState {
  readonly entries: readonly Route[];
  readonly index: number;
}

/** The page's own history: a list of routes and a place in it. */
export interface Router {
  readonly store: StoreApi<RouterState>;
  readonly route: () => Route;
  /** Goes to `route`; `replace` changes the present entry, so that Back skips what was there. */
  navigate(route: Route, options?: { readonly replace?: boolean }): void;
  /** Goes to an area as it was left last. */
  goTo(area: Area): void;
  back(): void;
  forward(): void;
}

const homes: Readonly<Record<Area, Route>> = {
  models: { area: 'models', model: null, tab: 'versions' },
  playground: { area: 'playground', model: null, version: null },
  compare: { area: 'compare', versions: [] },
  jobs: { area: 'jobs', job: null, tab: null },
  endpoints: { area: 'endpoints', shown: { kind: 'server' } },
  settings: { area: 'settings', section: null },
};
/** The keys of each area, in tinykeys' words. */
export const areaKeys: Readonly<Record<Area, string>> = {
  models: '$mod+1',
  playground: '$mod+2',
  compare: '$mod+3',
  jobs: '$mod+4',
  endpoints: '$mod+5',
  settings: '$mod+,',
};
const historyLimit = 100;
const isSame = (a: Route, b: Route): boolean => JSON.stringify(a) === JSON.stringify(b);

export const currentRoute = ({ entries, index }: RouterState): Route => entries[index] ?? homes.models;
export const canGoBack = ({ index }: RouterState): boolean => index > 0;
export const canGoForward = ({ entries, index }: RouterState): boolean => index < entries.length - 1;

const key = 'slipway.route';

/** Starts where the page was when it was last closed. */
export function createRouter(keeper: Keeper): Router {
  const start = recall<Route>(keeper, key, routeSchema, homes.models);
  const store = createStore<RouterState>()(() => ({ entries: [start], index: 0 }));
  const lastOf = new Map<Area, Route>([[start.area, start]]);
  const set = (state: RouterState): void => {
    store.setState(state);
    const route = currentRoute(state);
    lastOf.set(route.area, route);
    keep(keeper, key, route);
  };
  const router: Router = {
    store,
    route: () => currentRoute(store.getState()),
    navigate(route, { replace = false } = {}) {
      const { entries, index } = store.getState();
      if (isSame(route, currentRoute(store.getState()))) return;
      const kept = entries.slice(Math.max(0, index + 2 - historyLimit), replace ? index : index + 1);
      set({ entries: [...kept, route], index: kept.length });
    },
    goTo: (area) => router.navigate(lastOf.get(area) ?? homes[area]),
    back() {
      const state = store.getState();
      if (canGoBack(state)) set({ ...state, index: state.index - 1 });
    },
    forward() {
      const state = store.getState();
      if (canGoForward(state)) set({ ...state, index: state.index + 1 });
    },
  };
  return router;
}
