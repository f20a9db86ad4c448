import { CircleDashed } from 'lucide-react';
import { useStore } from 'zustand';
import type { Translator } from '../../messages/translator';
import { useServices } from '../../services';
import { Icon } from '../../ui/Icon';
import { Picker } from '../../ui/Picker';
import { SegmentCount, SegmentedControl } from '../../ui/SegmentedControl';
import { agreementIcons } from './AgreementBadge';
import styles from './ComparisonToolbar.module.css';
import { type ComparisonRow, type Filter, filterKey, filtersOf, sortOrders } from './comparison';

export interface ComparisonToolbarProps {
  /** All rows, unfiltered. */
  readonly rows: readonly ComparisonRow[];
  readonly columns: number;
}

export function filterWords(t: Translator['t'], filter: Filter, of: number): string {
  if (filter.kind === 'someAgree') return t('compare.filter.someAgree', { agree: filter.agree, of });
  return t(`compare.filter.${filter.kind}`);
}

/** Counts by agreement that are filters too, and the order of the rows. */
export function ComparisonToolbar({ rows, columns }: ComparisonToolbarProps) {
  const { t, compare, format } = useServices();
  const filter = useStore(compare.store, (state) => state.filter);
  const sort = useStore(compare.store, (state) => state.sort);
  const filters = filtersOf(rows, columns);
  return (
    <div className={styles['bar']}>
      <SegmentedControl
        kind="view"
        wraps
        label={t('compare.show')}
        value={filterKey(filter)}
        onChange={(key) => {
          const chosen = filters.find((each) => filterKey(each.filter) === key);
          if (chosen) compare.setFilter(chosen.filter);
        }}
        segments={filters.map(({ filter: each, count }) => {
          const words = filterWords(t, each, columns);
          return {
            value: filterKey(each),
            name: `${words} ${format.number(count)}`,
            label: (
              <>
                {each.kind === 'unanswered' && <Icon of={CircleDashed} size={14} />}
                {each.kind !== 'all' && each.kind !== 'unanswered' && (
                  <Icon of={agreementIcons[each.kind]} size={14} />
                )}
                {words} <SegmentCount>{format.number(count)}</SegmentCount>
              </>
            ),
          };
        })}
      />
      <span className={styles['gap']} />
      <Picker
        label={t('compare.sort')}
        value={sort}
        options={sortOrders.map((order) => ({ value: order, label: t(`compare.sort.${order}`) }))}
        onChange={compare.setSort}
      />
    </div>
  );
}
