import { createStore, type StoreApi } from 'zustand/vanilla';
import { AppError, isCancelled, type WireError } from '../../../app/base/errors';
import type { ResultRow } from '../../../app/contract/job-calls';
import type { ResultFilter } from '../../../app/contract/jobs';
import type { Client } from '../../client/client';

export interface ResultPagesState {
  /** How many pictures match; null until that is known. */
  readonly total: number | null;
  readonly pages: ReadonlyMap<number, readonly ResultRow[]>;
  readonly error: WireError | null;
}

/** The results of one batch that match one filter, read page by page as they come into sight. */
export interface ResultPages {
  readonly store: StoreApi<ResultPagesState>;
  /** Sees to it that the rows from `first` to `last` are there. */
  need(first: number, last: number): void;
  /** Looks again which results match; what is in sight stays until the new rows are there. Settles with them, or the failure. */
  refresh(): Promise<void>;
}

export const pageRows = 100;

export function createResultPages(client: Client, id: string, filter: ResultFilter): ResultPages {
  const store = createStore<ResultPagesState>()(() => ({ total: null, pages: new Map(), error: null }));
  let generation = 0;
  let wanted: readonly [number, number] = [0, 0];
  let asked = new Set<number>();

  async function ask(page: number, isFresh: boolean): Promise<void> {
    const own = generation;
    try {
      const offset = page * pageRows;
      const { total, rows } = await client.call('jobs.results', {
        id,
        filter,
        offset,
        limit: pageRows,
        isFresh,
      });
      if (own !== generation) return;
      store.setState(({ pages }) => ({
        total,
        error: null,
        // a fresh look may have moved every other row
        pages: isFresh ? new Map([[page, rows]]) : new Map(pages).set(page, rows),
      }));
      if (isFresh) askForWanted();
    } catch (thrown) {
      if (own !== generation) return;
      asked.delete(page);
      if (isCancelled(thrown)) return; // the app is on its way out
      store.setState({ error: AppError.from(thrown).toWire() });
    }
  }

  function askForWanted(): void {
    const { total } = store.getState();
    const lastPage = total === null ? 0 : Math.floor(Math.max(0, Math.min(wanted[1], total - 1)) / pageRows);
    for (let page = Math.floor(wanted[0] / pageRows); page <= lastPage; page++) {
      if (asked.has(page)) continue;
      asked.add(page);
      void ask(page, false);
    }
  }

  function refresh(): Promise<void> {
    generation++;
    const page = Math.floor(wanted[0] / pageRows);
    asked = new Set([page]);
    return ask(page, true);
  }

  return {
    store,
    refresh,
    need(first, last) {
      wanted = [first, last];
      if (store.getState().total !== null) askForWanted();
    },
  };
}

export const rowAt = ({ pages }: ResultPagesState, index: number): ResultRow | undefined =>
  pages.get(Math.floor(index / pageRows))?.[index % pageRows];
