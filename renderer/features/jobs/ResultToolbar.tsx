import { Columns2, FlaskConical, GalleryThumbnails, Table2 } from 'lucide-react';
import { useStore } from 'zustand';
import type { JobView, ResultRow } from '../../../app/contract/job-calls';
import type { ResultFilter } from '../../../app/contract/jobs';
import { useServices } from '../../services';
import type { UiState } from '../../stores/ui';
import { Button } from '../../ui/Button';
import { Icon } from '../../ui/Icon';
import { Picker } from '../../ui/Picker';
import { SegmentCount, SegmentedControl } from '../../ui/SegmentedControl';
import styles from './Results.module.css';
import { type Confidence, confidenceOf, confidences, pairKey } from './result-filter';
import { rowAt } from './result-pages';
import type { Results } from './use-results';

export interface ResultToolbarProps {
  readonly job: JobView;
  readonly filter: ResultFilter;
  readonly results: Results;
  readonly selected: number;
  readonly onFilter: (filter: ResultFilter) => void;
  readonly onOpen: (row: ResultRow) => void;
}

type View = UiState['resultsView'];
const anyClass = '';

/** Counts that are filters too, finer filters, the order, and the way on with the chosen picture. */
export function ResultToolbar({ job, filter, results, selected, onFilter, onOpen }: ResultToolbarProps) {
  const { t, format, ui } = useServices();
  const view = useStore(ui, (state) => state.resultsView);
  const total = useStore(results.pages.store, (state) => state.total);
  const chosen = useStore(results.pages.store, (state) => rowAt(state, selected));
  const { counts } = results;
  const severalVersions = job.versions.length > 1;
  const shows = (['all', 'differing', 'failed'] as const).filter(
    (it) => it !== 'differing' || severalVersions,
  );
  const countOf = { all: counts?.answered, differing: counts?.differing, failed: counts?.failed };
  const compares = (filter.between ?? job.versions).length > 1;

  return (
    <div className={styles['bars']}>
      <div className={styles['bar']}>
        <SegmentedControl<ResultFilter['show']>
          kind="view"
          label={t('jobs.results.show')}
          value={filter.show}
          onChange={(show) =>
            onFilter({ ...filter, show, between: show === 'differing' ? filter.between : null })
          }
          segments={shows.map((value) => {
            const words = t(`jobs.results.${value}`);
            const count = countOf[value];
            return {
              value,
              name: count === undefined ? words : `${words} ${format.number(count)}`,
              label: (
                <>
                  {words} {count !== undefined && <SegmentCount>{format.number(count)}</SegmentCount>}
                </>
              ),
            };
          })}
        />
        {filter.show === 'differing' && job.versions.length > 2 && (
          <Picker
            label={t('jobs.results.between')}
            value={pairKey(filter.between)}
            options={[
              { value: '', label: t('jobs.results.anyTwo') },
              ...(counts?.pairs ?? []).map(({ between, count }) => ({
                value: pairKey(between),
                label: t('jobs.results.pair', { first: between[0], second: between[1] }),
                note: format.number(count),
              })),
            ]}
            onChange={(key) =>
              onFilter({
                ...filter,
                between: counts?.pairs.find(({ between }) => pairKey(between) === key)?.between ?? null,
              })
            }
          />
        )}
        <span className={styles['gap']} />
        <SegmentedControl<View>
          kind="view"
          label={t('jobs.results.view')}
          value={view}
          onChange={(resultsView) => ui.setState({ resultsView })}
          segments={(
            [
              ['table', Table2],
              ['gallery', GalleryThumbnails],
            ] as const
          ).map(([value, icon]) => ({
            value,
            name: t(`jobs.results.view.${value}`),
            label: <Icon of={icon} size={14} />,
          }))}
        />
        <Button
          icon={compares ? Columns2 : FlaskConical}
          unavailable={chosen ? null : t('jobs.results.chooseFirst')}
          onClick={() => {
            if (chosen) onOpen(chosen);
          }}
        >
          {t(compares ? 'jobs.results.openCompare' : 'jobs.results.openPlayground')}
        </Button>
      </div>
      <div className={styles['bar']}>
        <Picker
          size="sm"
          className={styles['class']}
          label={t('jobs.results.class')}
          value={filter.class ?? anyClass}
          options={[
            { value: anyClass, label: t('jobs.results.anyClass') },
            ...(counts?.classes ?? []).map(({ class: name, count }) => ({
              value: name,
              label: name,
              note: format.number(count),
            })),
          ]}
          onChange={(name) => onFilter({ ...filter, class: name === anyClass ? null : name })}
        />
        <Picker<Confidence>
          size="sm"
          label={t('jobs.results.confidence')}
          value={confidenceOf(filter)}
          options={(Object.keys(confidences) as Confidence[]).map((value) => ({
            value,
            label: t(`jobs.results.confidence.${value}`),
          }))}
          onChange={(value) => onFilter({ ...filter, confidence: confidences[value] })}
        />
        <Picker<ResultFilter['order']>
          size="sm"
          label={t('jobs.results.order')}
          value={filter.order}
          options={(['input', 'leastSure'] as const).map((value) => ({
            value,
            label: t(`jobs.results.order.${value}`),
          }))}
          onChange={(order) => onFilter({ ...filter, order })}
        />
        <span className={styles['gap']} />
        <span role="status" className={styles['total']}>
          {total !== null && t('jobs.results.count', { count: total })}
        </span>
      </div>
    </div>
  );
}
