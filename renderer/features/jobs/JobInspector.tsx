import type { JobView } from '../../../app/contract/job-calls';
import { useServices } from '../../services';
import { type Fact, FactList } from '../../ui/FactList';
import { Inspector } from '../../ui/Inspector';

/** What programs know a job by, and its times. */
export function JobInspector({ job }: { readonly job: JobView }) {
  const { t, format } = useServices();
  const at = (ms: number | null): string => (ms === null ? t('common.none') : format.dateTime(ms));
  const facts: readonly Fact[] = [
    { name: t('jobs.parameter.id'), value: job.id, isMono: true },
    { name: t('jobs.parameter.kind'), value: job.kind },
    { name: t('jobs.parameter.priority'), value: format.number(job.priority) },
    { name: t('jobs.parameter.created'), value: at(job.createdAtMs) },
    { name: t('jobs.parameter.started'), value: at(job.startedAtMs) },
    { name: t('jobs.parameter.ended'), value: at(job.endedAtMs) },
  ];
  return (
    <Inspector>
      <FactList facts={facts} />
    </Inspector>
  );
}
