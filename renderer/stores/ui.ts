import { z } from 'zod';
import { createStore, type StoreApi } from 'zustand/vanilla';
import { type Keeper, keep, recall } from './persisted';

const sortSchema = z.strictObject({
  column: z.enum(['name', 'state', 'loaded', 'memory', 'policy', 'lastUsed']),
  descending: z.boolean(),
});

const uiSchema = z.strictObject({
  railCollapsed: z.boolean(),
  inspectorOpen: z.boolean(),
  /** Areas whose Events panel is open. */
  eventsOpenIn: z.array(z.string()),
  eventsOf: z.enum(['model', 'all']),
  lifecycleSpan: z.enum(['30s', '5min', '1h']),
  routeWindow: z.enum(['5min', '1h']).default('5min'),
  filter: z.string(),
  sort: sortSchema,
  columns: z.array(z.enum(['loaded', 'memory', 'policy', 'lastUsed'])),
  jobsShown: z.enum(['all', 'problems']),
  resultsView: z.enum(['table', 'gallery']),
  /** Sizes of resizable panes in pixels, by name. */
  panes: z.record(z.string(), z.number()),
  singleKeys: z.boolean(),
  recentCommands: z.array(z.string()),
});
export type UiState = z.infer<typeof uiSchema>;
export type ModelSort = z.infer<typeof sortSchema>;
export type ModelColumn = UiState['columns'][number];

const initial: UiState = {
  railCollapsed: false,
  inspectorOpen: false,
  eventsOpenIn: ['models'],
  eventsOf: 'model',
  lifecycleSpan: '30s',
  routeWindow: '5min',
  filter: '',
  sort: { column: 'name', descending: false },
  columns: ['loaded', 'memory'],
  jobsShown: 'all',
  resultsView: 'table',
  panes: {},
  singleKeys: true,
  recentCommands: [],
};
const key = 'slipway.ui';

/** What the page alone knows: kept between starts, never told to the engine. */
export function createUiStore(keeper: Keeper): StoreApi<UiState> {
  const store = createStore<UiState>()(() => recall(keeper, key, uiSchema, initial));
  store.subscribe((state) => keep(keeper, key, state));
  return store;
}
