import { createStore, type StoreApi } from 'zustand/vanilla';
import { AppError, type WireError } from '../../app/base/errors';
import type { Disposable } from '../../app/base/lifecycle';
import type { Neighbours, TableRows } from '../../app/contract/tables';
import type { Client } from '../client/client';
import { versionKey } from './descriptions';
import type { VersionRef } from './router';

export type Asked<T> =
  | { readonly kind: 'asking' }
  | { readonly kind: 'answered'; readonly value: T }
  | { readonly kind: 'failed'; readonly error: WireError };

export interface Lookup {
  readonly rows: Asked<TableRows>;
  /** The key whose neighbours are in sight. */
  readonly selected: string | null;
  /** Null while nobody asked for them. */
  readonly neighbours: Asked<Neighbours> | null;
}

export interface TablesState {
  /** The keys as they were typed, by model. */
  readonly texts: ReadonlyMap<string, string>;
  /** What each version answered last, by `versionKey`. */
  readonly lookups: ReadonlyMap<string, Lookup>;
}

/** Asks lookup tables, and keeps what was typed and answered while another page is in sight. */
export interface TablesStore {
  readonly store: StoreApi<TablesState>;
  /** Forgets what a version answered when it is loaded anew. */
  connect(): Disposable;
  setText(model: string, text: string): void;
  /** Resolves with the rows, or with null where that failed or something newer was asked. */
  lookUp(ref: VersionRef, keys: readonly string[]): Promise<TableRows | null>;
  /** Goes to one of the rows; asks as well which are most like it. */
  select(ref: VersionRef, key: string, wantsNeighbours: boolean): Promise<void>;
}

const neighboursShown = 10;
const nothing: Lookup = { rows: { kind: 'asking' }, selected: null, neighbours: null };

export function createTablesStore(client: Client): TablesStore {
  const store = createStore<TablesState>()(() => ({ texts: new Map(), lookups: new Map() }));

  const lookupOf = (ref: VersionRef): Lookup | undefined => store.getState().lookups.get(versionKey(ref));
  const put = (ref: VersionRef, lookup: Lookup): void =>
    store.setState(({ lookups }) => ({ lookups: new Map(lookups).set(versionKey(ref), lookup) }));
  const failed = (thrown: unknown): { readonly kind: 'failed'; readonly error: WireError } => ({
    kind: 'failed',
    error: AppError.from(thrown).toWire(),
  });

  return {
    store,
    connect: () =>
      client.on('events.appended', (events) => {
        const gone = events.flatMap(({ kind, model, version }) =>
          kind === 'available' && version !== null ? [versionKey({ model, version })] : [],
        );
        const { lookups } = store.getState();
        if (gone.some((key) => lookups.has(key)))
          store.setState({ lookups: new Map([...lookups].filter(([key]) => !gone.includes(key))) });
      }),
    setText: (model, text) => store.setState(({ texts }) => ({ texts: new Map(texts).set(model, text) })),
    async lookUp(ref, keys) {
      const asked: Lookup = { ...nothing };
      put(ref, asked);
      try {
        const value = await client.call('inference.lookup', { ...ref, keys: [...keys] });
        if (lookupOf(ref) !== asked) return null;
        put(ref, { ...asked, rows: { kind: 'answered', value } });
        return value;
      } catch (thrown) {
        if (lookupOf(ref) === asked) put(ref, { ...asked, rows: failed(thrown) });
        return null;
      }
    },
    async select(ref, key, wantsNeighbours) {
      const before = lookupOf(ref);
      if (!before) return;
      if (!wantsNeighbours) {
        put(ref, { ...before, selected: key });
        return;
      }
      const asked: Lookup = { ...before, selected: key, neighbours: { kind: 'asking' } };
      put(ref, asked);
      const input = { ...ref, to: key, count: neighboursShown };
      const neighbours = await client
        .call('inference.nearest', input)
        .then((value) => ({ kind: 'answered' as const, value }), failed);
      if (lookupOf(ref) === asked) put(ref, { ...asked, neighbours });
    },
  };
}

export const selectLookup =
  (ref: VersionRef) =>
  ({ lookups }: TablesState): Lookup | undefined =>
    lookups.get(versionKey(ref));
