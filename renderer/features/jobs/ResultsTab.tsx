import { useCallback, useState } from 'react';
import { useStore } from 'zustand';
import type { JobView, ResultRow } from '../../../app/contract/job-calls';
import type { ResultFilter } from '../../../app/contract/jobs';
import { useServices } from '../../services';
import { Button } from '../../ui/Button';
import { EmptyState } from '../../ui/EmptyState';
import { ErrorView } from '../../ui/ErrorView';
import { Skeleton } from '../../ui/Skeleton';
import { isOver } from './job-state';
import { ResultGallery } from './ResultGallery';
import styles from './Results.module.css';
import { ResultTable } from './ResultTable';
import { ResultToolbar } from './ResultToolbar';
import { allResults, isFiltered } from './result-filter';
import { useResults } from './use-results';

export interface ResultsTabProps {
  readonly job: JobView;
  readonly filter: ResultFilter;
  readonly onFilter: (filter: ResultFilter) => void;
}

/** What a batch has answered so far: filtered, as a table or a gallery; one opens in Compare. */
export function ResultsTab({ job, filter, onFilter }: ResultsTabProps) {
  const { t, ui, jobActions } = useServices();
  const [selected, setSelected] = useState(0);
  const results = useResults(job, filter);
  const { total, error } = useStore(results.pages.store);
  const view = useStore(ui, (state) => state.resultsView);
  const change = (next: ResultFilter): void => {
    onFilter(next);
    setSelected(0);
  };
  const { versions } = job;
  const open = useCallback(
    (row: ResultRow) => void jobActions.openPicture(job, row, filter.between ?? versions),
    [jobActions, job, filter.between, versions],
  );
  const list = total !== null &&
    total > 0 && { job, results, total, selected, onSelect: setSelected, onOpen: open };

  return (
    <div className={styles['tab']}>
      <ResultToolbar
        job={job}
        filter={filter}
        results={results}
        selected={selected}
        onFilter={change}
        onOpen={open}
      />
      {error && (
        <div className={styles['error']}>
          <ErrorView error={error} onRetry={() => void results.pages.refresh()} />
        </div>
      )}
      {total === null && !error && (
        <div aria-busy="true" className={styles['waiting']}>
          <Skeleton rows={8} />
        </div>
      )}
      {total === 0 &&
        (isFiltered(filter) ? (
          <EmptyState
            heading={t('jobs.results.noMatch')}
            text={t('jobs.results.noMatchText')}
            actions={<Button onClick={() => change(allResults)}>{t('jobs.results.clear')}</Button>}
          />
        ) : isOver(job) ? (
          <EmptyState heading={t('jobs.results.noneEnded')} />
        ) : (
          <EmptyState heading={t('jobs.results.none')} text={t('jobs.results.noneText')} />
        ))}
      {list && (view === 'table' ? <ResultTable {...list} /> : <ResultGallery {...list} />)}
    </div>
  );
}
