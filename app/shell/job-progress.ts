import type { Job } from '../contract/jobs';

/** For `BrowserWindow.setProgressBar`: no bar, and one that only moves. */
const none = -1;
const indeterminate = 2;

/** How far the jobs that run are together, as a window's or the dock's bar shows it. */
export function windowProgress(jobs: readonly Pick<Job, 'state' | 'progress'>[]): number {
  const running = jobs.filter(({ state }) => state === 'running' || state === 'cancelling');
  if (running.length === 0) return none;
  const totals = running.map(({ progress }) => progress.total);
  if (totals.includes(null)) return indeterminate;
  const total = totals.reduce<number>((sum, each) => sum + (each ?? 0), 0);
  const done = running.reduce((sum, { progress }) => sum + progress.done, 0);
  return total === 0 ? indeterminate : Math.min(1, done / total);
}
