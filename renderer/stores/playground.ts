import { createStore, type StoreApi } from 'zustand/vanilla';
import { AppError } from '../../app/base/errors';
import type { Picture } from '../../app/contract/pictures';
import type { Outcome } from '../../app/contract/routes';
import type { Client } from '../client/client';
import {
  addRuns,
  dropRuns,
  type RecentRuns,
  type Run,
  type RunOutcome,
  setOutcome,
} from '../features/playground/recent-runs';
import { createRunQueue, type QueueProgress } from '../features/playground/run-queue';
import type { VersionRef } from './router';

/** A header of the requests that go to a route, as far as it is typed. */
export interface HeaderLine {
  readonly name: string;
  readonly value: string;
}

export interface PlaygroundState {
  readonly runs: RecentRuns;
  readonly selectedRun: string | null;
  /** The picture at hand: of the selected run, or given before any version could answer. */
  readonly picture: Picture | null;
  /** Given while nothing could answer: what Run will run. */
  readonly held: readonly Picture[];
  /** Runs under way; null when nothing is. */
  readonly progress: QueueProgress | null;
  /** By route. */
  readonly headers: ReadonlyMap<string, readonly HeaderLine[]>;
}

/** What is given to whatever is asked next. */
export const picturesAtHand = ({ held, picture }: PlaygroundState): readonly Picture[] =>
  held.length > 0 ? held : picture ? [picture] : [];

export interface PlaygroundStore {
  readonly store: StoreApi<PlaygroundState>;
  /** Gives pictures to a version, in order, and selects the first. */
  run(target: VersionRef, pictures: readonly Picture[]): void;
  /** Gives them to a route, as a client would that sends the headers set for it. */
  runRoute(route: string, pictures: readonly Picture[]): void;
  setHeaders(route: string, lines: readonly HeaderLine[]): void;
  /** What came of an answer of a route; null takes it back. Throws what the engine throws. */
  judge(runId: string, verdict: Outcome | null): Promise<void>;
  select(runId: string): void;
  /** Takes pictures at hand without running them. */
  hold(pictures: readonly Picture[]): void;
  /** Runs that wait never begin; answers to those under way are dropped. What was answered stays. */
  cancel(): void;
}

/** Answers hold every class, so that the raw output is complete. */
const allClasses = 10_000;
const concurrency = 4;

export function createPlaygroundStore(client: Client, now: () => number = Date.now): PlaygroundStore {
  const store = createStore<PlaygroundState>()(() => ({
    runs: [],
    selectedRun: null,
    picture: null,
    held: [],
    progress: null,
    headers: new Map(),
  }));
  const queue = createRunQueue(concurrency, (progress) => store.setState({ progress }));
  let count = 0;

  const settle = (id: string, outcome: RunOutcome): void =>
    store.setState(({ runs }) => ({ runs: setOutcome(runs, id, outcome) }));

  async function ask({ model, version, picture }: Run): Promise<RunOutcome> {
    const input = { picture: picture.id, top: allClasses };
    if (version !== null) {
      const classification = await client.call('inference.classify', { model, version, ...input });
      return { kind: 'answered', classification, by: null };
    }
    const headers = headersOf(store.getState().headers.get(model) ?? []);
    const answer = await client.call('routes.classify', { route: model, headers, ...input });
    const { classification, decision, requestId } = answer;
    return { kind: 'answered', classification, by: { requestId, decision, verdict: null } };
  }

  async function execute(run: Run, signal: AbortSignal): Promise<void> {
    settle(run.id, { kind: 'running' });
    try {
      const outcome = await ask(run);
      if (!signal.aborted) settle(run.id, outcome);
    } catch (thrown) {
      if (!signal.aborted) settle(run.id, { kind: 'failed', error: AppError.from(thrown).toWire() });
    }
  }

  function start(model: string, version: number | null, pictures: readonly Picture[]): void {
    const added = pictures.map((picture): Run => {
      count += 1;
      const id = `run-${count}`;
      return { id, model, version, picture, startedAtMs: now(), outcome: { kind: 'waiting' } };
    });
    const first = added[0];
    if (first === undefined) return;
    store.setState(({ runs }) => ({
      runs: addRuns(runs, added),
      selectedRun: first.id,
      picture: first.picture,
      held: [],
    }));
    for (const run of added) queue.add((signal) => execute(run, signal));
  }

  return {
    store,
    run: ({ model, version }, pictures) => start(model, version, pictures),
    runRoute: (route, pictures) => start(route, null, pictures),
    setHeaders: (route, lines) =>
      store.setState(({ headers }) => ({ headers: new Map(headers).set(route, lines) })),
    async judge(runId, verdict) {
      const run = store.getState().runs.find(({ id }) => id === runId);
      if (run?.outcome.kind !== 'answered' || run.outcome.by === null) return;
      const { by } = run.outcome;
      await client.call('routes.feedback', { route: run.model, requestId: by.requestId, outcome: verdict });
      settle(runId, { ...run.outcome, by: { ...by, verdict } });
    },
    select(runId) {
      const run = store.getState().runs.find(({ id }) => id === runId);
      if (run) store.setState({ selectedRun: runId, picture: run.picture, held: [] });
    },
    hold: (held) => store.setState({ picture: held[0] ?? null, held, selectedRun: null }),
    cancel() {
      queue.cancel();
      store.setState(({ runs, selectedRun }) => {
        const unanswered = new Set(
          runs
            .filter(({ outcome }) => outcome.kind === 'waiting' || outcome.kind === 'running')
            .map(({ id }) => id),
        );
        const isGone = selectedRun !== null && unanswered.has(selectedRun);
        return { runs: dropRuns(runs, unanswered), selectedRun: isGone ? null : selectedRun };
      });
    },
  };
}

/** Without lines that have no name or no value yet; the last of a name counts. */
const headersOf = (lines: readonly HeaderLine[]): Record<string, string> =>
  Object.fromEntries(
    lines
      .filter(({ name, value }) => name.trim() !== '' && value !== '')
      .map(({ name, value }) => [name.trim().toLowerCase(), value]),
  );

export const selectRun = ({ runs, selectedRun }: PlaygroundState): Run | undefined =>
  runs.find(({ id }) => id === selectedRun);
