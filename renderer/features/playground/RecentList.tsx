import { useVirtualizer } from '@tanstack/react-virtual';
import { Clock, LoaderCircle, OctagonAlert } from 'lucide-react';
import { type KeyboardEvent, useEffect, useId, useRef } from 'react';
import { useServices } from '../../services';
import { Icon } from '../../ui/Icon';
import styles from './RecentList.module.css';
import { neighbour, type RecentRuns, type Run, versionOf } from './recent-runs';
import { shortenerFor } from './short-label';

export interface RecentListProps {
  readonly runs: RecentRuns;
  readonly selected: string | null;
  readonly onSelect: (run: Run) => void;
  /** Chosen by a press, not by walking. */
  readonly onOpen: (run: Run) => void;
}

const rowHeight = 44;
/** Before the list has been measured. */
const initialRect = { width: 240, height: 880 };

/** Runs as a `listbox`: arrows walk, and what is walked to is shown at once. */
export function RecentList({ runs, selected, onSelect, onOpen }: RecentListProps) {
  const { t } = useServices();
  const scroller = useRef<HTMLDivElement>(null);
  const listId = useId();
  const virtual = useVirtualizer({
    count: runs.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: (at) => runs[at]?.id ?? at,
    overscan: 8,
    initialRect,
  });
  const selectedAt = runs.findIndex(({ id }) => id === selected);
  useEffect(() => {
    if (selectedAt >= 0) virtual.scrollToIndex(selectedAt);
  }, [virtual, selectedAt]);

  const walk = (event: KeyboardEvent): void => {
    const run = walkTo(event.key, runs, selected);
    if (run === undefined) return;
    event.preventDefault();
    onSelect(run);
  };
  return (
    <div
      ref={scroller}
      role="listbox"
      tabIndex={0}
      aria-label={t('playground.recentRuns')}
      aria-activedescendant={selectedAt >= 0 ? `${listId}-${selected}` : undefined}
      data-command-scope="list"
      className={styles['list']}
      onKeyDown={walk}
    >
      <div className={styles['sizer']} style={{ blockSize: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const run = runs[item.index];
          if (run === undefined) return null;
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the listbox has the keys
            // biome-ignore lint/a11y/useFocusableInteractive: the listbox has the focus and points at its active option
            <div
              key={item.key}
              id={`${listId}-${run.id}`}
              role="option"
              aria-selected={run.id === selected}
              aria-posinset={item.index + 1}
              aria-setsize={runs.length}
              className={styles['run']}
              style={{ transform: `translateY(${item.start}px)` }}
              onClick={() => onOpen(run)}
            >
              <RunSummary run={run} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

function walkTo(key: string, runs: RecentRuns, selected: string | null): Run | undefined {
  if (key === 'ArrowDown') return neighbour(runs, selected, 1);
  if (key === 'ArrowUp') return neighbour(runs, selected, -1);
  if (key === 'Home') return runs[0];
  if (key === 'End') return runs.at(-1);
  return undefined;
}

function RunSummary({ run }: { readonly run: Run }) {
  const { format } = useServices();
  const { outcome, picture, model } = run;
  const classes = outcome.kind === 'answered' ? outcome.classification.classes : [];
  const first = classes[0];
  return (
    <>
      <img className={styles['thumb']} src={picture.urls.thumb} alt="" loading="lazy" />
      <span className={styles['words']}>
        <span className={styles['pair']}>
          {first === undefined ? (
            <RunState kind={outcome.kind} />
          ) : (
            <span className={styles['cut']} title={first.label}>
              {shortenerFor(classes)(first.label)}
            </span>
          )}
          {first && <span className={styles['number']}>{format.probability(first.probability)}</span>}
        </span>
        <span className={styles['small']}>
          <span className={styles['cut']} title={picture.name}>
            {picture.name}
          </span>
          <span className={styles['version']}>
            <span className={styles['cut']}>{model}</span>
            <span>{versionOf(run)}</span>
          </span>
        </span>
      </span>
    </>
  );
}

function RunState({ kind }: { readonly kind: Run['outcome']['kind'] }) {
  const { t } = useServices();
  if (kind === 'answered') return null;
  const icon = { waiting: Clock, running: LoaderCircle, failed: OctagonAlert }[kind];
  return (
    <span className={kind === 'failed' ? styles['failed'] : styles['pending']}>
      <Icon of={icon} size={14} isSpinning={kind === 'running'} />
      {t(`playground.${kind}`)}
    </span>
  );
}
