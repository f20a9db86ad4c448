import type { JobView } from '../../../app/contract/job-calls';
import { type JobLogLine, jobLogCodes } from '../../../app/contract/jobs';
import type { Services } from '../../services';
import { isActive } from '../../stores/jobs';

type Parts = Pick<Services, 't' | 'format' | 'errorWords'>;

/** What the catalogue calls a job's items by. */
export function itemKind({ batch, kind }: Pick<JobView, 'batch' | 'kind'>): ItemKind {
  if (batch !== null) return 'pictures';
  return kind === 'batchPrediction' ? 'rows' : kind === 'import' ? 'megabytes' : 'items';
}
type ItemKind = 'pictures' | 'rows' | 'megabytes' | 'items';

/** "fashion-mnist 1 and 3", or nothing for a job without a model. */
export function subject(
  { model, versions }: JobView,
  { t, format }: Pick<Parts, 't' | 'format'>,
): string | null {
  if (model === null) return null;
  return versions.length === 0
    ? model
    : t('jobs.subject', { model, versions: format.list(versions.map(String)) });
}

/** "31,240 of 50,000", "1,240 pictures", or nothing before they are counted. */
function extent(job: JobView, { t, format }: Pick<Parts, 't' | 'format'>): string | null {
  const { done, total } = job.progress;
  if (total === null) return null;
  if (job.state === 'done') return t('jobs.items', { count: total, kind: itemKind(job) });
  return t('jobs.doneOf', { done: format.number(done), total: format.number(total) });
}

/** What a job is about, as its row says it. */
export function aboutWords(job: JobView, parts: Parts): string {
  if (job.state === 'failed' && job.error) return parts.errorWords(job.error).title;
  return [subject(job, parts), extent(job, parts)].filter((part) => part !== null).join(', ');
}

/** When it will be, or was, over. */
export function whenWords(job: JobView, { t, format }: Pick<Parts, 't' | 'format'>): string {
  if (job.state === 'cancelling') return t('jobs.stoppingShort');
  if (isActive(job)) {
    return job.remainingMs === null
      ? t('jobs.estimating')
      : t('jobs.left', { duration: format.span(job.remainingMs) });
  }
  if (job.state === 'queued') return job.priority > 0 ? t('jobs.next') : t('jobs.waits');
  if (job.endedAtMs === null) return '';
  return t('jobs.ended', {
    time: format.time(job.endedAtMs).slice(0, 5),
    duration: format.span(job.elapsedMs),
  });
}

const counts: ReadonlySet<string> = new Set(['done', 'total', 'count', 'failed']);

/** For what a line of another Slipway lacks. */
const blanks = {
  done: 0,
  total: 0,
  count: 0,
  failed: 0,
  picture: '…',
  code: '…',
  model: '…',
  versions: '…',
  rate: '…',
  p95: '…',
  instances: '…',
  threads: '…',
  batch: '…',
  delay: '…',
  gain: '…',
};

/** A line of a log; one that this page does not know is shown by its code. */
export function logWords(
  { code, params }: JobLogLine,
  { t, errorWords }: Pick<Services, 't' | 'errorWords'>,
): string {
  const known = jobLogCodes.find((each) => each === code);
  if (!known) return code;
  const values = Object.fromEntries(
    Object.entries(params).map(([name, value]) => {
      if (counts.has(name)) return [name, Number(value)];
      // codes of failures are read as their titles
      if (name === 'code')
        return [name, errorWords({ code: value as never, status: 'INTERNAL', params, detail: '' }).title];
      return [name, value];
    }),
  );
  return t(`jobs.log.${known}`, { ...blanks, ...values });
}
