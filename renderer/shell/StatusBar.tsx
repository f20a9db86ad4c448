import { ListChecks, LoaderCircle, MemoryStick, OctagonAlert, Radio, TriangleAlert } from 'lucide-react';
import { useEffect } from 'react';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import { reportUnexpected } from '../../app/base/errors';
import { shareOf } from '../features/jobs/job-state';
import { useServices } from '../services';
import { requestRate } from '../stores/endpoints';
import { selectActive } from '../stores/jobs';
import type { ModelsState } from '../stores/models';
import { Icon } from '../ui/Icon';
import styles from './StatusBar.module.css';

function countStates({ byName }: ModelsState) {
  let loading = 0;
  let failed = 0;
  let model = '';
  let version = 0;
  for (const each of byName.values()) {
    for (const candidate of each.versions) {
      if (candidate.lifecycle === 'failed') failed++;
      if (candidate.lifecycle !== 'loading') continue;
      loading++;
      model = each.name;
      version = candidate.version;
    }
  }
  return { loading, failed, model, version };
}

/** The line at the foot: background facts, one short text each. */
export function StatusBar() {
  const { t, format, models, settings } = useServices();
  const memory = useStore(models.store, (state) => state.memory);
  const { loading, failed, model, version } = useStore(models.store, useShallow(countStates));
  const info = useStore(settings.store, (state) => state.info);
  const used = format.bytesLike(memory.usedBytes, memory.budgetBytes);
  const budget = format.bytes(memory.budgetBytes);
  return (
    <section className={styles['status']} aria-label={t('shell.status')}>
      <span title={t('shell.memoryTitle')}>
        <Icon of={MemoryStick} size={14} />
        {memory.reservedBytes > 0
          ? t('shell.memoryReserved', { used, budget, reserved: format.bytes(memory.reservedBytes) })
          : t('shell.memory', { used, budget })}
      </span>
      {loading > 0 && (
        <span>
          <Icon of={LoaderCircle} size={14} isSpinning />
          {loading === 1
            ? t('shell.loadingOne', { model, version })
            : t('shell.loadingMany', { count: loading })}
        </span>
      )}
      {failed > 0 && (
        <span>
          <Icon of={OctagonAlert} size={14} />
          {t('shell.failedMany', { count: failed })}
        </span>
      )}
      <JobItem />
      <span className={styles['gap']} />
      <EndpointsItem />
      {info?.isFallbackRuntime && (
        <span title={t('shell.fallbackRuntimeTitle')}>
          <Icon of={TriangleAlert} size={14} />
          {t('shell.fallbackRuntime', { version: info.electron })}
        </span>
      )}
    </section>
  );
}

/** How far the job at work is, and the way to it. */
function JobItem() {
  const { t, format, jobs, router } = useServices();
  const job = useStore(jobs.store, selectActive);
  if (!job) return null;
  const share = shareOf(job);
  return (
    <button
      type="button"
      className={styles['item']}
      title={t('jobs.openNamed', { title: job.title })}
      onClick={() => router.navigate({ area: 'jobs', job: job.id, tab: null })}
    >
      <Icon of={ListChecks} size={14} />
      <span className={styles['cut']}>{job.title}</span>
      {share !== null && <span>{format.percent(Math.floor(share * 100) / 100)}</span>}
    </button>
  );
}

/** The engine is silent when no requests come, so that the rate has to be asked for until it is nought. */
const refreshMs = 2_000;

function EndpointsItem() {
  const { t, format, endpoints } = useServices();
  const { status, rest, grpc, problem } = useStore(endpoints.store, (mirror) => mirror.state);
  const rate = useStore(endpoints.store, (mirror) => requestRate(mirror.figures));
  const at = rest ?? grpc;
  // also those of the second that is not over, which the rate leaves out
  const hasRequests = useStore(endpoints.store, (mirror) =>
    mirror.figures.perSecond.some((count) => count > 0),
  );
  const isBusy = status === 'on' && hasRequests;
  useEffect(() => {
    if (!isBusy) return;
    const timer = setInterval(() => {
      if (!document.hidden) endpoints.refresh().catch(reportUnexpected);
    }, refreshMs);
    return () => clearInterval(timer);
  }, [endpoints, isBusy]);
  if (problem) {
    return (
      <span>
        <Icon of={OctagonAlert} size={14} />
        {t('endpoints.problemShort')}
      </span>
    );
  }
  if (status !== 'on' || at === null) return null;
  const address = at.text.replace(/^https?:\/\//, '');
  return (
    <span title={t('endpoints.statusBarTitle')}>
      <Icon of={Radio} size={14} />
      {t('endpoints.statusBar', { address, rate: format.fixed(rate, 1) })}
    </span>
  );
}
