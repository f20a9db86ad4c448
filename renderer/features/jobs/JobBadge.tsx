import type { JobView } from '../../../app/contract/job-calls';
import { useServices } from '../../services';
import { classes } from '../../ui/classes';
import { Icon } from '../../ui/Icon';
import styles from '../../ui/StateBadge.module.css';
import { jobLooks, shownState } from './job-state';

export interface JobBadgeProps {
  readonly job: Pick<JobView, 'state' | 'progress'>;
  /** As in headers. */
  readonly isFilled?: boolean;
  /** Not spoken: the job's row says it. */
  readonly isQuiet?: boolean;
}

/** Where a job is in its life. Role `status`: a change is spoken once. */
export function JobBadge({ job, isFilled = false, isQuiet = false }: JobBadgeProps) {
  const { t } = useServices();
  const state = shownState(job);
  const { icon, tone } = jobLooks[state];
  return (
    <span
      role={isQuiet ? undefined : 'status'}
      className={classes(styles['badge'], styles[tone], isFilled && styles['filled'])}
    >
      <Icon of={icon} size={14} isSpinning={state === 'running' || state === 'stopping'} />
      {t(`jobs.state.${state}`)}
    </span>
  );
}
