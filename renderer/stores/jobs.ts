import { createStore, type StoreApi } from 'zustand/vanilla';
import { type Disposable, DisposableStore } from '../../app/base/lifecycle';
import type { JobView } from '../../app/contract/job-calls';
import type { JobState } from '../../app/contract/jobs';
import type { Client } from '../client/client';

export interface JobsState {
  readonly phase: 'connecting' | 'live';
  /** In the order in which they were asked for. */
  readonly byId: ReadonlyMap<string, JobView>;
}

/** What came of one change: nothing before for a job that is new here. */
export interface JobChange {
  readonly before: JobView | undefined;
  readonly after: JobView;
}

export interface JobsStore {
  readonly store: StoreApi<JobsState>;
  connect(): Promise<Disposable>;
  /** Takes a job that the engine answered with, without waiting for its feed. */
  take(job: JobView): void;
}

/** Mirror of the engine's jobs. `onChange` hears of each change after the first snapshot. */
export function createJobsStore(client: Client, onChange: (change: JobChange) => void): JobsStore {
  const store = createStore<JobsState>()(() => ({ phase: 'connecting', byId: new Map() }));
  const take = (job: JobView): void => {
    const before = store.getState().byId.get(job.id);
    store.setState(({ byId }) => ({ byId: new Map(byId).set(job.id, job) }));
    onChange({ before, after: job });
  };
  return {
    store,
    take,
    async connect() {
      const owned = new DisposableStore();
      const early: JobView[] = []; // changes that arrive before the snapshot does are newer than it
      const gone = new Set<string>();
      let isEarly = true;
      owned.add(
        client.on('jobs.changed', ({ changed, removed }) => {
          if (isEarly) {
            early.push(...changed);
            for (const id of removed) gone.add(id);
            return;
          }
          for (const job of changed) take(job);
          if (removed.length === 0) return;
          store.setState(({ byId }) => ({
            byId: new Map([...byId].filter(([id]) => !removed.includes(id))),
          }));
        }),
      );
      try {
        const snapshot = await client.call('jobs.list', undefined);
        const byId = new Map([...snapshot, ...early].map((job) => [job.id, job]));
        for (const id of gone) byId.delete(id);
        isEarly = false;
        store.setState({ phase: 'live', byId });
        return owned;
      } catch (thrown) {
        owned.dispose();
        throw thrown;
      }
    },
  };
}

const live: ReadonlySet<JobState> = new Set<JobState>(['running', 'cancelling', 'paused', 'interrupted']);

/** Running, waiting for its turn, or over. What is paused stands with what runs: it has begun, and goes on. */
export type JobGroup = 'running' | 'queued' | 'finished';
export function groupOf({ state }: Pick<JobView, 'state'>): JobGroup {
  if (live.has(state)) return 'running';
  return state === 'queued' ? 'queued' : 'finished';
}

export const isActive = ({ state }: Pick<JobView, 'state'>): boolean =>
  state === 'running' || state === 'cancelling';

export const selectJob =
  (id: string | null) =>
  ({ byId }: JobsState): JobView | undefined =>
    id === null ? undefined : byId.get(id);

/** How many are at work right now. */
export function selectActiveCount({ byId }: JobsState): number {
  let count = 0;
  for (const job of byId.values()) if (isActive(job)) count++;
  return count;
}

/** The first of those at work; undefined while none is. */
export function selectActive({ byId }: JobsState): JobView | undefined {
  for (const job of byId.values()) if (isActive(job)) return job;
  return undefined;
}
