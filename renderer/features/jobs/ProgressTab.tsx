import type { JobView } from '../../../app/contract/job-calls';
import { useServices } from '../../services';
import { isActive } from '../../stores/jobs';
import { Button } from '../../ui/Button';
import { ErrorView } from '../../ui/ErrorView';
import { ProgressBar } from '../../ui/ProgressBar';
import { useNow } from '../../ui/use-now';
import { JobLog } from './JobLog';
import { isOver, jobLooks, shareOf, shownState } from './job-state';
import { itemKind } from './job-words';
import styles from './ProgressTab.module.css';
import { RateChart } from './RateChart';
import { useJobDetail } from './use-job-detail';

export interface ProgressTabProps {
  readonly job: JobView;
  readonly onShowFailed: () => void;
}

/** How far a job is, how fast it was, and its log. */
export function ProgressTab({ job, onShowFailed }: ProgressTabProps) {
  const { t } = useServices();
  const { detail, error } = useJobDetail(job);
  const hint = hintOf(job);
  return (
    <div className={styles['tab']}>
      {job.error && <ErrorView error={job.error} />}
      <JobProgress job={job} />
      <Figures job={job} onShowFailed={onShowFailed} />
      {error && <ErrorView error={error} />}
      {detail && (
        <>
          <RateChart job={job} rates={detail.rates} />
          <JobLog log={detail.log} isLive={!isOver(job)} />
        </>
      )}
      {hint !== null && (
        <p className={styles['hint']} role={job.state === 'cancelling' ? 'status' : undefined}>
          {t(hint)}
        </p>
      )}
    </div>
  );
}

function hintOf({ state, progress }: JobView) {
  if (state === 'cancelling') return 'jobs.stopping';
  if (state === 'running') return 'jobs.cancelHint';
  if (state === 'paused') return 'jobs.pausedHint';
  if (state === 'queued') return 'jobs.queuedHint';
  if (state === 'cancelled' && progress.done > 0) return 'jobs.partialHint';
  return null;
}

function JobProgress({ job }: { readonly job: JobView }) {
  const { t, format } = useServices();
  const { done, total } = job.progress;
  const share = shareOf(job);
  const words =
    total === null
      ? t('jobs.counting')
      : t('jobs.progressOf', { done: format.number(done), total: format.number(total), kind: itemKind(job) });
  return (
    <div>
      <div className={styles['head']}>
        <span className={styles['done']}>{words}</span>
        {share !== null && (
          <span className={styles['percent']}>{format.percent(Math.floor(share * 100) / 100)}</span>
        )}
      </div>
      <ProgressBar
        label={t('jobs.progress', { title: job.title })}
        text={total === null ? words : t('jobs.progressValue', { done, total })}
        done={done}
        total={total}
        tone={jobLooks[shownState(job)].tone}
        isThick
      />
    </div>
  );
}

function Figures({ job, onShowFailed }: ProgressTabProps) {
  const { t, format } = useServices();
  const atWork = isActive(job);
  const nowMs = useNow(1_000, atWork && job.remainingMs !== null);
  const kind = itemKind(job);
  const none = t('common.none');
  const { failed, done } = job.progress;
  // an ended job has the mean of all of its time
  const rate = job.rate ?? (isOver(job) && job.elapsedMs > 0 ? (done / job.elapsedMs) * 1_000 : null);
  return (
    <dl className={styles['figures']} aria-label={t('jobs.figures')}>
      <div>
        <dt>{t('jobs.elapsed')}</dt>
        <dd>{job.startedAtMs === null ? none : format.span(job.elapsedMs)}</dd>
      </div>
      {!isOver(job) && (
        <div title={job.remainingMs === null ? undefined : format.time(nowMs + job.remainingMs)}>
          <dt>{t('jobs.leftAbout')}</dt>
          <dd>{job.remainingMs === null ? none : format.span(job.remainingMs)}</dd>
        </div>
      )}
      <div>
        <dt>{t('jobs.perSecond', { kind })}</dt>
        <dd>{rate === null ? none : format.number(rate, rate < 10 ? 1 : 0)}</dd>
      </div>
      <div>
        <dt>{t('jobs.failedItems', { kind })}</dt>
        <dd>
          {failed > 0 && job.batch !== null ? (
            <Button
              look="link"
              className={styles['link']}
              aria-label={t('jobs.showFailed', { count: failed })}
              onClick={onShowFailed}
            >
              {format.number(failed)}
            </Button>
          ) : (
            format.number(failed)
          )}
        </dd>
      </div>
    </dl>
  );
}
