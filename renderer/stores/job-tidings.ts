import type { JobView } from '../../app/contract/job-calls';
import type { Translator } from '../messages/translator';
import type { Announcer } from './announcer';
import type { JobChange } from './jobs';
import type { Router } from './router';
import type { Toasts } from './toasts';

export interface JobTidingsParts {
  readonly router: Router;
  readonly toasts: Toasts;
  readonly announcer: Announcer;
  readonly t: Translator['t'];
}

const quarters = 4;
const quarterOf = ({ progress: { done, total } }: JobView): number =>
  total === null || total === 0 ? 0 : Math.floor((done * quarters) / total);

/** Says what jobs do to those who do not look at them: each quarter is spoken, an end elsewhere is a message. */
export function createJobTidings({
  router,
  toasts,
  announcer,
  t,
}: JobTidingsParts): (change: JobChange) => void {
  const isInSight = (id: string): boolean => {
    const route = router.route();
    return route.area === 'jobs' && route.job === id;
  };
  const isOver = ({ state }: JobView): boolean => state === 'done' || state === 'failed';
  return ({ before, after }) => {
    if (!before) return;
    if (after.state === 'running' && quarterOf(after) > quarterOf(before)) {
      announcer.polite(t('jobs.spoken', { title: after.title, percent: quarterOf(after) * 25 }));
    }
    if (isOver(before) || !isOver(after)) return;
    const text = t(after.state === 'done' ? 'jobs.doneToast' : 'jobs.failedToast', { title: after.title });
    announcer.polite(text);
    if (isInSight(after.id)) return;
    toasts.say(text, {
      label: t('jobs.open'),
      run: () => router.navigate({ area: 'jobs', job: after.id, tab: null }),
    });
  };
}
