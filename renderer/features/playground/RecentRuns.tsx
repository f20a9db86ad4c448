import { ArrowLeft, ListFilter, Search, X } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { useServices } from '../../services';
import { Button } from '../../ui/Button';
import { EmptyState } from '../../ui/EmptyState';
import { Field } from '../../ui/Field';
import { IconButton } from '../../ui/IconButton';
import { PaneHead } from '../../ui/Panel';
import { ProgressLine } from './ProgressLine';
import { RecentList } from './RecentList';
import styles from './RecentRuns.module.css';
import { filterRuns, type Run } from './recent-runs';

export interface RecentRunsProps {
  readonly onChoose: (run: Run) => void;
  /** In one column: back to the run. */
  readonly onClose: () => void;
}

/** Every run with its version, newest first. */
export function RecentRuns({ onChoose, onClose }: RecentRunsProps) {
  const { t, playground } = useServices();
  const { runs, selectedRun, progress } = useStore(playground.store);
  const [words, setWords] = useState<string | null>(null);
  const shown = useMemo(() => filterRuns(runs, words ?? ''), [runs, words]);
  const isFilterOpen = words !== null;

  return (
    <section className={styles['list']} aria-labelledby="recent" data-region="">
      <PaneHead>
        <span className={styles['close']}>
          <IconButton icon={ArrowLeft} label={t('playground.backToRun')} onClick={onClose} />
        </span>
        <h1 id="title">{t('playground.title')}</h1>
      </PaneHead>
      <div className={styles['bar']}>
        <h2 id="recent" className={isFilterOpen ? 'visually-hidden' : styles['heading']}>
          {t('playground.recent')}
        </h2>
        {isFilterOpen && (
          <Field
            label={t('playground.filter')}
            icon={Search}
            type="search"
            autoFocus
            value={words}
            fieldClassName={styles['field']}
            onChange={(event) => setWords(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === 'Escape') setWords(null);
            }}
          />
        )}
        <IconButton
          size="sm"
          icon={isFilterOpen ? X : ListFilter}
          label={isFilterOpen ? t('playground.clearFilter') : t('playground.filter')}
          isDisabled={runs.length === 0}
          onClick={() => setWords(isFilterOpen ? null : '')}
        />
      </div>
      {progress && <ProgressLine progress={progress} onCancel={playground.cancel} />}
      {shown.length > 0 ? (
        <RecentList
          runs={shown}
          selected={selectedRun}
          onSelect={onChoose}
          onOpen={(run) => {
            onChoose(run);
            onClose();
          }}
        />
      ) : runs.length === 0 ? (
        <EmptyState
          size="inline"
          heading={t('playground.recentNone')}
          text={t('playground.recentNoneText')}
        />
      ) : (
        <EmptyState
          size="inline"
          heading={t('playground.filterNone', { words: words ?? '' })}
          actions={
            <Button size="sm" onClick={() => setWords('')}>
              {t('playground.clearFilter')}
            </Button>
          }
        />
      )}
    </section>
  );
}
