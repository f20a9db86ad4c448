import { useEffect } from 'react';
import { useStore } from 'zustand';
import { useServices } from '../../services';
import { selectJob } from '../../stores/jobs';
import { selectModelCount } from '../../stores/models';
import { currentRoute } from '../../stores/router';
import { Button } from '../../ui/Button';
import { EmptyState } from '../../ui/EmptyState';
import { ListAndDetail, WaitingArea } from '../../ui/ListAndDetail';
import { oneColumn, useMedia } from '../../ui/use-media';
import { JobDetail } from './JobDetail';
import { JobList } from './JobList';
import styles from './JobsArea.module.css';
import { newestFirst } from './job-state';

const widths = { usual: 344, narrow: 240, min: 208, max: 560 };

/** The area Jobs: what is running, what did it say? */
export function JobsArea() {
  const { t, jobs, router } = useServices();
  const phase = useStore(jobs.store, (state) => state.phase);
  const count = useStore(jobs.store, (state) => state.byId.size);
  const route = useStore(router.store, currentRoute);
  const isOneColumn = useMedia(oneColumn);
  const wanted = route.area === 'jobs' ? route.job : null;
  const isKnown = useStore(jobs.store, (state) => selectJob(wanted)(state) !== undefined);
  const first = useStore(jobs.store, (state) => newestFirst(state.byId.values())[0]?.id ?? null);

  useEffect(() => {
    // none chosen yet, or it is gone: beside the list there is room for one
    if (route.area !== 'jobs' || isKnown || first === null || isOneColumn || phase !== 'live') return;
    router.navigate({ area: 'jobs', job: first, tab: null }, { replace: true });
  }, [route, isKnown, first, isOneColumn, phase, router]);

  if (phase === 'connecting') {
    return <WaitingArea title={t('jobs.title')} className={styles['waiting']} />;
  }
  if (count === 0) return <NoJobs />;

  const shown = isKnown ? wanted : null;
  const list = <JobList selected={shown} />;
  const detail =
    shown === null ? (
      <EmptyState heading={t('jobs.choose')} text={t('jobs.chooseText')} />
    ) : (
      <JobDetail key={shown} id={shown} hasBack={isOneColumn} />
    );
  return (
    <ListAndDetail
      name="jobs"
      title={t('jobs.title')}
      label={t('jobs.list')}
      list={list}
      detail={detail}
      isDetailShown={shown !== null}
      widths={widths}
    />
  );
}

function NoJobs() {
  const { t, models, batching, router } = useServices();
  const hasModels = useStore(models.store, (state) => selectModelCount(state) > 0);
  return (
    <main id="main" tabIndex={-1} aria-labelledby="title" className={styles['waiting']}>
      <h1 id="title" className="visually-hidden">
        {t('jobs.title')}
      </h1>
      <EmptyState
        level={2}
        heading={t('jobs.none')}
        text={t(hasModels ? 'jobs.noneText' : 'jobs.noneNoModel')}
        actions={
          hasModels ? (
            <Button size="lg" look="primary" onClick={batching.open}>
              {t('jobs.newBatch')}
            </Button>
          ) : (
            <Button size="lg" look="primary" onClick={() => router.goTo('models')}>
              {t('command.go.models')}
            </Button>
          )
        }
      />
    </main>
  );
}
