import { createStore, type StoreApi } from 'zustand/vanilla';
import { AppError } from '../../app/base/errors';
import type { Picture } from '../../app/contract/pictures';
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

export interface PlaygroundState {
  readonly runs: RecentRuns;
  readonly selectedRun: string | null;
  /** The picture at hand: of the selected run, or given before any version could answer. */
  readonly picture: Picture | null;
  /** Given while nothing could answer: what Run will run. */
  readonly held: readonly Picture[];
  /** Runs under way; null when nothing is. */
  readonly progress: QueueProgress | null;
}

export interface PlaygroundStore {
  readonly store: StoreApi<PlaygroundState>;
  /** Gives pictures to a version, in order, and selects the first. */
  run(target: VersionRef, pictures: readonly Picture[]): void;
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
  }));
  const queue = createRunQueue(concurrency, (progress) => store.setState({ progress }));
  let count = 0;

  const settle = (id: string, outcome: RunOutcome): void =>
    store.setState(({ runs }) => ({ runs: setOutcome(runs, id, outcome) }));

  async function execute({ id, model, version, picture }: Run, signal: AbortSignal): Promise<void> {
    settle(id, { kind: 'running' });
    try {
      const input = { model, version, picture: picture.id, top: allClasses };
      const classification = await client.call('inference.classify', input);
      if (!signal.aborted) settle(id, { kind: 'answered', classification });
    } catch (thrown) {
      if (!signal.aborted) settle(id, { kind: 'failed', error: AppError.from(thrown).toWire() });
    }
  }

  return {
    store,
    run({ model, version }, pictures) {
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

export const selectRun = ({ runs, selectedRun }: PlaygroundState): Run | undefined =>
  runs.find(({ id }) => id === selectedRun);
