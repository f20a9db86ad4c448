import { createStore, type StoreApi } from 'zustand/vanilla';
import { type Clock, systemClock } from '../../app/base/clock';
import { AppError } from '../../app/base/errors';
import type { Disposable } from '../../app/base/lifecycle';
import type { Classification } from '../../app/contract/inference';
import type { Picture } from '../../app/contract/pictures';
import type { Client } from '../client/client';
import { type Cell, toCellAnswer } from '../features/compare/cell';
import { type ClassList, classListOf } from '../features/compare/class-list';
import { type Column, columnKey } from '../features/compare/columns';
import { type Filter, type SortOrder, showAll } from '../features/compare/comparison';
import {
  extraMeasuringMs,
  type Job,
  jobsFor,
  wantedTimings,
  warmUpRuns,
} from '../features/compare/measurement';
import { changesAnswers } from './descriptions';

export type CompareProgress =
  | { readonly phase: 'answering'; readonly done: number; readonly total: number }
  | { readonly phase: 'measuring' };

export interface CompareState {
  /** In the order in which they were added. */
  readonly pictures: readonly Picture[];
  readonly cells: ReadonlyMap<string, Cell>;
  /** By column key: milliseconds in the model, of every run that counts. */
  readonly timings: ReadonlyMap<string, readonly number[]>;
  readonly classLists: ReadonlyMap<string, ClassList>;
  readonly baseline: string | null;
  readonly selectedPicture: string | null;
  readonly filter: Filter;
  readonly sort: SortOrder;
  readonly progress: CompareProgress | null;
  readonly finishedAtMs: number | null;
  /** Rises whenever answers were forgotten, so that they are asked for again. */
  readonly epoch: number;
}

export interface CompareStore {
  readonly store: StoreApi<CompareState>;
  /** Forgets answers that a changed preprocessing made wrong. */
  connect(): Disposable;
  addPictures(pictures: readonly Picture[]): void;
  removePicture(id: string): void;
  clearPictures(): void;
  /** Asks every version for what it has not answered yet. Calling it again adds only what is missing. */
  fill(columns: readonly Column[]): void;
  /** Forgets what these versions answered and asks again. */
  runAgain(columns: readonly Column[]): void;
  /** Answers under way are dropped; what was answered stays. */
  cancel(): void;
  selectPicture(id: string): void;
  setBaseline(key: string): void;
  setFilter(filter: Filter): void;
  setSort(sort: SortOrder): void;
}

export const cellKey = (column: string, pictureId: string): string => `${column}|${pictureId}`;

/** All of them: the probability of any class must be known for every version. */
const allClasses = 10_000;
const flushMs = 100;

const nothing: CompareState = {
  pictures: [],
  cells: new Map(),
  timings: new Map(),
  classLists: new Map(),
  baseline: null,
  selectedPicture: null,
  filter: showAll,
  sort: 'mostDifferent',
  progress: null,
  finishedAtMs: null,
  epoch: 0,
};

/** Runs one classification at a time: two at once would disturb each other's timings. */
export function createCompareStore(client: Client, clock: Clock = systemClock): CompareStore {
  const store = createStore<CompareState>()(() => nothing);
  let queue: Job[] = [];
  let queued = new Set<string>();
  let total = 0;
  let abort: AbortController | null = null;
  const warm = new Set<string>();
  /** What came in since the page was last told: it is told at most ten times a second. */
  let fresh = new Map<string, Cell>();
  let freshTimings = new Map<string, number[]>();
  let flushTimer: Disposable | null = null;

  function flush(): void {
    flushTimer?.dispose();
    flushTimer = null;
    const [cells, timings] = [fresh, freshTimings];
    fresh = new Map();
    freshTimings = new Map();
    const isAnswering = queue.length > 0;
    store.setState((state) => ({
      cells: cells.size === 0 ? state.cells : new Map([...state.cells, ...cells]),
      timings: timings.size === 0 ? state.timings : mergeTimings(state.timings, timings),
      progress: isAnswering
        ? { phase: 'answering', done: total - queue.length, total }
        : abort && { phase: 'measuring' },
    }));
  }
  const flushSoon = (): void => {
    flushTimer ??= clock.schedule(flushMs, flush);
  };
  const note = (key: string, cell: Cell): void => {
    fresh.set(key, cell);
    flushSoon();
  };
  const time = (column: string, { timingsMs }: Classification): void => {
    freshTimings.set(column, [...(freshTimings.get(column) ?? []), timingsMs.run]);
    flushSoon();
  };
  const classify = ({ column: { model, version }, pictureId }: Job): Promise<Classification> =>
    client.call('inference.classify', { model, version, picture: pictureId, top: allClasses });

  /** A failed warm-up says nothing: the run that counts reports the failure. */
  async function warmUp(job: Job, signal: AbortSignal): Promise<void> {
    const key = columnKey(job.column);
    if (warm.has(key)) return;
    warm.add(key);
    for (let run = 0; run < warmUpRuns && !signal.aborted; run += 1) {
      if ((await classify(job).catch(() => null)) === null) return;
    }
  }

  async function answer(job: Job, signal: AbortSignal): Promise<void> {
    const column = columnKey(job.column);
    const key = cellKey(column, job.pictureId);
    note(key, { kind: 'running' });
    try {
      const classification = await classify(job);
      if (signal.aborted) return;
      let classes = store.getState().classLists.get(column);
      if (classes === undefined) {
        const list = classListOf(classification);
        classes = list;
        store.setState(({ classLists }) => ({ classLists: new Map(classLists).set(column, list) }));
      }
      note(key, { kind: 'answered', answer: toCellAnswer(classification, classes) });
      time(column, classification);
    } catch (thrown) {
      if (!signal.aborted) note(key, { kind: 'failed', error: AppError.from(thrown).toWire() });
    }
  }

  /** Few pictures give few timings: runs them again, in the same order, until a median rests on enough. */
  async function measure(jobs: readonly Job[], signal: AbortSignal): Promise<void> {
    const until = clock.now() + extraMeasuringMs;
    const countOf = (column: string): number =>
      (store.getState().timings.get(column)?.length ?? 0) + (freshTimings.get(column)?.length ?? 0);
    while (clock.now() < until && !signal.aborted && queue.length === 0) {
      const short = jobs.filter(({ column }) => countOf(columnKey(column)) < wantedTimings);
      if (short.length === 0) return;
      for (const job of short) {
        if (signal.aborted || clock.now() >= until || queue.length > 0) return;
        if (countOf(columnKey(job.column)) >= wantedTimings) continue;
        const classification = await classify(job).catch(() => null);
        if (classification === null) return;
        time(columnKey(job.column), classification);
      }
    }
  }

  async function work(): Promise<void> {
    const own = new AbortController();
    abort = own;
    const { signal } = own;
    const answered: Job[] = [];
    flush();
    while (queue.length > 0 && !signal.aborted) {
      for (let job = queue[0]; job && !signal.aborted; job = queue[0]) {
        await warmUp(job, signal);
        if (signal.aborted) return;
        await answer(job, signal);
        if (signal.aborted) return;
        queue.shift();
        queued.delete(cellKey(columnKey(job.column), job.pictureId));
        if (fresh.get(cellKey(columnKey(job.column), job.pictureId))?.kind !== 'failed') answered.push(job);
        flushSoon();
      }
      flush();
      await measure(answered, signal);
    }
    if (signal.aborted) return;
    abort = null;
    total = 0;
    flush();
    store.setState({ finishedAtMs: clock.now() });
  }

  function fill(columns: readonly Column[]): void {
    const { pictures, cells } = store.getState();
    const ids = pictures.map(({ id }) => id);
    const missing = jobsFor(ids, columns).filter(({ column, pictureId }) => {
      const key = cellKey(columnKey(column), pictureId);
      return !queued.has(key) && !fresh.has(key) && !cells.has(key);
    });
    if (missing.length === 0) return;
    for (const { column, pictureId } of missing) queued.add(cellKey(columnKey(column), pictureId));
    queue = [...queue, ...missing];
    total += missing.length;
    if (abort === null) void work();
    else flushSoon();
  }

  function cancel(): void {
    abort?.abort();
    abort = null;
    for (const { column, pictureId } of queue) {
      fresh.set(cellKey(columnKey(column), pictureId), { kind: 'stopped' });
    }
    queue = [];
    queued = new Set();
    total = 0;
    flush();
  }

  const forget = (isForgotten: (column: string) => boolean): void =>
    store.setState(({ cells, timings, epoch }) => ({
      epoch: epoch + 1,
      cells: new Map([...cells].filter(([key]) => !isForgotten(key.slice(0, key.lastIndexOf('|'))))),
      timings: new Map([...timings].filter(([key]) => !isForgotten(key))),
    }));

  return {
    store,
    connect: () =>
      client.on('events.appended', (events) => {
        const changed = new Set(
          events.flatMap(({ kind, model, version }) =>
            changesAnswers(kind) && version !== null ? [columnKey({ model, version })] : [],
          ),
        );
        if (changed.size > 0) forget((column) => changed.has(column));
      }),
    addPictures: (added) =>
      store.setState(({ pictures, selectedPicture }) => {
        const known = new Set(pictures.map(({ id }) => id));
        const all = [...pictures, ...added.filter(({ id }) => !known.has(id))];
        return { pictures: all, selectedPicture: selectedPicture ?? all[0]?.id ?? null };
      }),
    removePicture: (id) =>
      store.setState(({ pictures, selectedPicture }) => ({
        pictures: pictures.filter((picture) => picture.id !== id),
        selectedPicture: selectedPicture === id ? null : selectedPicture,
      })),
    clearPictures() {
      cancel();
      store.setState({ pictures: [], cells: new Map(), timings: new Map(), selectedPicture: null });
    },
    fill,
    runAgain(columns) {
      cancel();
      const keys = new Set(columns.map(columnKey));
      for (const key of keys) warm.delete(key);
      forget((column) => keys.has(column));
      fill(columns);
    },
    cancel,
    selectPicture: (selectedPicture) => store.setState({ selectedPicture }),
    setBaseline: (baseline) => store.setState({ baseline }),
    setFilter: (filter) => store.setState({ filter }),
    setSort: (sort) => store.setState({ sort }),
  };
}

function mergeTimings(
  known: ReadonlyMap<string, readonly number[]>,
  more: ReadonlyMap<string, readonly number[]>,
): ReadonlyMap<string, readonly number[]> {
  const merged = new Map(known);
  for (const [column, runs] of more) merged.set(column, [...(merged.get(column) ?? []), ...runs]);
  return merged;
}
