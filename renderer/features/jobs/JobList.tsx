import { ListFilter, Plus } from 'lucide-react';
import { useId, useMemo, useRef } from 'react';
import { useStore } from 'zustand';
import type { JobView } from '../../../app/contract/job-calls';
import { useServices } from '../../services';
import { groupOf, isActive, type JobGroup } from '../../stores/jobs';
import { Button } from '../../ui/Button';
import { classes } from '../../ui/classes';
import { EmptyState } from '../../ui/EmptyState';
import { IconButton } from '../../ui/IconButton';
import { ListPane } from '../../ui/ListPane';
import list from '../../ui/ListPane.module.css';
import { Menu } from '../../ui/Menu';
import { ProgressTrack } from '../../ui/ProgressBar';
import { useRovingRows } from '../../ui/use-roving-rows';
import { JobBadge } from './JobBadge';
import styles from './JobList.module.css';
import { arrangeJobs, type JobsShown, jobLooks, shareOf, shownState } from './job-state';
import { aboutWords, whenWords } from './job-words';

const groups = ['running', 'queued', 'finished'] as const satisfies readonly JobGroup[];

/** Jobs under what they do now; arrows choose, Enter goes into the detail. */
export function JobList({ selected }: { readonly selected: string | null }) {
  const { t, jobs, ui, router, batching } = useServices();
  const byId = useStore(jobs.store, (state) => state.byId);
  const shown = useStore(ui, (state) => state.jobsShown);
  const container = useRef<HTMLDivElement>(null);
  const listId = useId();
  const grouped = useMemo(() => {
    const all = arrangeJobs(byId.values(), shown);
    return groups
      .map((group) => ({ group, jobs: all.filter((job) => groupOf(job) === group) }))
      .filter((each) => each.jobs.length > 0);
  }, [byId, shown]);
  const keys = useMemo(() => grouped.flatMap((each) => each.jobs.map(({ id }) => id)), [grouped]);
  const choose = (job: string, replace = false): void =>
    router.navigate({ area: 'jobs', job, tab: null }, { replace });
  const onKeyDown = useRovingRows({
    keys,
    current: selected,
    container,
    onMove: (key) => choose(key, true),
    onSpace: (key) => choose(key),
    onEnter: (key) => {
      choose(key);
      requestAnimationFrame(() => document.getElementById('detail-title')?.focus());
    },
  });
  const tabStop = selected !== null && keys.includes(selected) ? selected : keys[0];

  return (
    <ListPane
      label={t('jobs.list')}
      title={t('jobs.title')}
      controls={
        <>
          <Menu
            trigger={<IconButton icon={ListFilter} label={t('jobs.filter')} isPressed={shown !== 'all'} />}
            entries={(['all', 'problems'] as const).map((value: JobsShown) => ({
              id: value,
              label: t(`jobs.filter.${value}`),
              isChecked: shown === value,
              onChoose: () => ui.setState({ jobsShown: value }),
            }))}
          />
          <Button
            icon={Plus}
            aria-label={t('jobs.newBatch')}
            title={t('jobs.newBatch')}
            onClick={batching.open}
          >
            {t('jobs.new')}
          </Button>
        </>
      }
    >
      {keys.length === 0 ? (
        <EmptyState
          size="inline"
          heading={t('jobs.noneShown')}
          actions={<Button onClick={() => ui.setState({ jobsShown: 'all' })}>{t('jobs.showAll')}</Button>}
        />
      ) : (
        <div
          ref={container}
          role="listbox"
          aria-label={t('jobs.title')}
          tabIndex={-1}
          className={list['scroll']}
          data-command-scope="list"
          onKeyDown={onKeyDown}
        >
          {grouped.map(({ group, jobs: some }) => (
            // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot hold options
            <div key={group} role="group" aria-labelledby={`${listId}-${group}`}>
              {/* a heading would be no child of a listbox */}
              <div id={`${listId}-${group}`} role="presentation" className={list['group']}>
                {t(`jobs.group.${group}`)} <span>{some.length}</span>
              </div>
              {some.map((job) => (
                <JobRow
                  key={job.id}
                  job={job}
                  isSelected={job.id === selected}
                  isTabStop={job.id === tabStop}
                  onChoose={() => choose(job.id)}
                />
              ))}
            </div>
          ))}
        </div>
      )}
    </ListPane>
  );
}

interface JobRowProps {
  readonly job: JobView;
  readonly isSelected: boolean;
  readonly isTabStop: boolean;
  readonly onChoose: () => void;
}

function JobRow({ job, isSelected, isTabStop, onChoose }: JobRowProps) {
  const services = useServices();
  const about = aboutWords(job, services);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the listbox has the keys
    <div
      role="option"
      aria-selected={isSelected}
      tabIndex={isTabStop ? 0 : -1}
      data-row={job.id}
      className={styles['job']}
      onClick={onChoose}
    >
      <span className={styles['line']}>
        <span className={styles['name']} title={job.title}>
          {job.title}
        </span>
        <JobBadge job={job} isQuiet />
      </span>
      {isActive(job) && <ProgressTrack share={shareOf(job)} tone={jobLooks[shownState(job)].tone} />}
      <span className={classes(styles['line'], styles['small'])}>
        <span className={styles['cut']} title={about}>
          {about}
        </span>
        <span className={styles['when']}>{whenWords(job, services)}</span>
      </span>
    </div>
  );
}
