import { ArrowLeft, CircleStop, Ellipsis, Pause, Play, RotateCw } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import type { JobView } from '../../../app/contract/job-calls';
import { useServices } from '../../services';
import { InspectorButton } from '../../shell/InspectorButton';
import { selectJob } from '../../stores/jobs';
import { currentRoute, type JobTab } from '../../stores/router';
import { AlertDialog } from '../../ui/AlertDialog';
import { Button } from '../../ui/Button';
import { DetailPane, DetailTitle } from '../../ui/DetailPane';
import { IconButton } from '../../ui/IconButton';
import { Menu } from '../../ui/Menu';
import { PaneHead } from '../../ui/Panel';
import { type TabItem, Tabs } from '../../ui/Tabs';
import { narrowWindow, useMedia } from '../../ui/use-media';
import { ExportMenu, ExportPredictions } from './ExportMenu';
import { JobBadge } from './JobBadge';
import styles from './JobDetail.module.css';
import { JobInspector } from './JobInspector';
import { isOver } from './job-state';
import { ParametersTab } from './ParametersTab';
import { ProgressTab } from './ProgressTab';
import { ResultsTab } from './ResultsTab';
import { allResults } from './result-filter';
import { useJobCommands } from './use-job-commands';

export interface JobDetailProps {
  readonly id: string;
  /** One column only: a way back to the list. */
  readonly hasBack: boolean;
}

/** What says most about a job as it stands. */
const likeliestTab = (job: JobView): JobTab => (isOver(job) && job.batch !== null ? 'results' : 'progress');

/** One job in full: how far it is, what it said, what it was asked for with. */
export function JobDetail({ id, hasBack }: JobDetailProps) {
  const { t, jobs, router, jobActions } = useServices();
  const job = useStore(jobs.store, selectJob(id));
  const route = useStore(router.store, currentRoute);
  const [isRemoving, setRemoving] = useState(false);
  const [filter, setFilter] = useState(allResults);
  useJobCommands(job, () => setRemoving(true));
  if (!job) return null;
  const tab = (route.area === 'jobs' ? route.tab : null) ?? likeliestTab(job);
  const goTo = (next: JobTab): void =>
    router.navigate({ area: 'jobs', job: id, tab: next }, { replace: true });
  const leave = (): void => {
    if (hasBack) router.navigate({ area: 'jobs', job: null, tab: null });
    else document.querySelector<HTMLElement>(`[data-row="${CSS.escape(id)}"]`)?.focus();
  };
  const showFailed = (): void => {
    setFilter({ ...allResults, show: 'failed' });
    goTo('results');
  };
  const over = isOver(job);
  const tabs: TabItem<JobTab>[] = [
    {
      value: 'progress',
      label: t(over ? 'jobs.tab.log' : 'jobs.tab.progress'),
      panel: <ProgressTab job={job} onShowFailed={showFailed} />,
    },
    ...(job.batch === null
      ? []
      : [
          {
            value: 'results' as const,
            label: t(over ? 'jobs.tab.results' : 'jobs.tab.resultsSoFar'),
            panel: <ResultsTab job={job} filter={filter} onFilter={setFilter} />,
          },
        ]),
    { value: 'parameters', label: t('jobs.tab.parameters'), panel: <ParametersTab job={job} /> },
  ];
  const ordered =
    over && job.batch !== null ? [tabs[1], tabs[0], tabs[2]].filter((each) => each !== undefined) : tabs;

  return (
    <DetailPane labelledBy="detail-title" onLeave={leave}>
      <PaneHead hasLine={false}>
        {hasBack && <IconButton icon={ArrowLeft} label={t('jobs.backToList')} onClick={leave} />}
        <DetailTitle id="detail-title" title={job.title} />
        <JobBadge job={job} isFilled />
        <span className={styles['gap']} />
        <MainActions job={job} />
        <JobMenu job={job} onRemove={() => setRemoving(true)} />
        <InspectorButton />
      </PaneHead>
      <Tabs<JobTab> label={job.title} value={tab} onChange={goTo} tabs={ordered} />
      <JobInspector job={job} />
      <AlertDialog
        isOpen={isRemoving}
        onClose={() => setRemoving(false)}
        title={t('jobs.removeTitle', { title: job.title })}
        text={t('jobs.removeText')}
        action={t('jobs.removeAction')}
        onConfirm={() => void jobActions.remove(id)}
      />
    </DetailPane>
  );
}

/** The one or two things that are likeliest wanted of a job as it stands. */
function MainActions({ job }: { readonly job: JobView }) {
  const { t, jobActions } = useServices();
  const isNarrow = useMedia(narrowWindow);
  const { id, state } = job;
  const cancel = (
    <Button icon={CircleStop} isBusy={state === 'cancelling'} onClick={() => void jobActions.cancel(id)}>
      {t('jobs.cancel')}
    </Button>
  );
  switch (state) {
    case 'queued':
    case 'cancelling':
      return cancel;
    case 'running':
      return (
        <>
          <Button icon={Pause} onClick={() => void jobActions.pause(id)}>
            {t('jobs.pause')}
          </Button>
          {cancel}
        </>
      );
    case 'paused':
    case 'interrupted':
      return (
        <>
          <Button icon={Play} onClick={() => void jobActions.resume(id)}>
            {t('jobs.resume')}
          </Button>
          {cancel}
        </>
      );
    case 'done':
    case 'failed':
    case 'cancelled':
      return (
        <>
          {job.batch !== null && <ExportMenu job={job} />}
          {job.prediction !== null && <ExportPredictions job={job} />}
          {state === 'done' ? (
            <Button icon={RotateCw} onClick={() => void jobActions.runAgain(id)}>
              {t('jobs.runAgain')}
            </Button>
          ) : (
            <Button icon={Play} onClick={() => void jobActions.retry(id)}>
              {t(state === 'failed' && !isNarrow ? 'jobs.retry' : 'jobs.finishRest')}
            </Button>
          )}
        </>
      );
  }
}

function JobMenu({ job, onRemove }: { readonly job: JobView; readonly onRemove: () => void }) {
  const { t, jobActions } = useServices();
  const { id, state, batch, prediction, priority } = job;
  const over = isOver(job);
  return (
    <Menu
      trigger={<IconButton icon={Ellipsis} label={t('jobs.more', { title: job.title })} />}
      entries={[
        ...(over && state !== 'done'
          ? [{ id: 'again', label: t('jobs.runAgain'), onChoose: () => void jobActions.runAgain(id) }]
          : []),
        ...(state === 'queued' || state === 'paused'
          ? [
              {
                id: 'priority',
                label: t(priority > 0 ? 'jobs.runInTurn' : 'jobs.runNext'),
                onChoose: () => void jobActions.setPriority(id, priority > 0 ? 0 : 1),
              },
            ]
          : []),
        ...((batch !== null && batch.input.kind !== 'pictures') || prediction !== null
          ? [{ id: 'input', label: t('jobs.showInput'), onChoose: () => void jobActions.showInput(id) }]
          : []),
        {
          id: 'remove',
          label: t('jobs.remove'),
          isDanger: true,
          startsGroup: true,
          unavailable: over || state === 'interrupted' ? null : t('jobs.removeNotYet'),
          onChoose: onRemove,
        },
      ]}
    />
  );
}
