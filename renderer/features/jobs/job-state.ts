import {
  CircleCheck,
  CircleMinus,
  Clock,
  LoaderCircle,
  type LucideIcon,
  OctagonAlert,
  Pause,
  TriangleAlert,
} from 'lucide-react';
import type { JobView } from '../../../app/contract/job-calls';
import type { JobState } from '../../../app/contract/jobs';
import { shareDone } from '../../ui/share-done';

/** As people read it: a stopped job that has results is partial. */
export type ShownState = Exclude<JobState, 'done' | 'cancelling'> | 'finished' | 'stopping' | 'partial';

export function shownState({ state, progress }: Pick<JobView, 'state' | 'progress'>): ShownState {
  if (state === 'done') return 'finished';
  if (state === 'cancelling') return 'stopping';
  if (state === 'cancelled') return progress.done > 0 ? 'partial' : 'cancelled';
  return state;
}

interface Look {
  readonly icon: LucideIcon;
  readonly tone: 'idle' | 'info' | 'ok' | 'warn' | 'err';
}

/** How each state looks: icon, word and colour together, never colour alone. */
export const jobLooks: Readonly<Record<ShownState, Look>> = {
  queued: { icon: Clock, tone: 'idle' },
  running: { icon: LoaderCircle, tone: 'info' },
  stopping: { icon: LoaderCircle, tone: 'warn' },
  paused: { icon: Pause, tone: 'idle' },
  interrupted: { icon: TriangleAlert, tone: 'warn' },
  finished: { icon: CircleCheck, tone: 'ok' },
  partial: { icon: CircleMinus, tone: 'warn' },
  cancelled: { icon: CircleMinus, tone: 'idle' },
  failed: { icon: OctagonAlert, tone: 'err' },
};

export const isOver = ({ state }: Pick<JobView, 'state'>): boolean =>
  state === 'done' || state === 'failed' || state === 'cancelled';

/** From 0 to 1; null until the items are counted. */
export const shareOf = ({ progress: { done, total } }: Pick<JobView, 'progress'>): number | null =>
  shareDone(done, total);

export const newestFirst = (jobs: Iterable<JobView>): readonly JobView[] => [...jobs].reverse();

export type JobsShown = 'all' | 'problems';

/** Newest first; with `problems` only those that failed, were stopped, or have items that failed. */
export function arrangeJobs(jobs: Iterable<JobView>, shown: JobsShown): readonly JobView[] {
  return newestFirst(jobs).filter(
    (job) =>
      shown === 'all' || job.state === 'failed' || job.state === 'cancelled' || job.progress.failed > 0,
  );
}
