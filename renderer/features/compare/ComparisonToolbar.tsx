import { CircleDashed } from 'lucide-react';
import { useStore } from 'zustand';
import type { Translator } from '../../messages/translator';
import { useServices } from '../../services';
import { Icon } from '../../ui/Icon';
import { Picker } from '../../ui/Picker';
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
  return (
    <div className={styles['bar']}>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would need a legend in sight */}
      <div role="group" aria-label={t('compare.show')} className={styles['filters']}>
        {filtersOf(rows, columns).map(({ filter: each, count }) => (
          <button
            key={filterKey(each)}
            type="button"
            className={styles['filter']}
            aria-pressed={filterKey(each) === filterKey(filter)}
            onClick={() => compare.setFilter(each)}
          >
            {each.kind === 'unanswered' && <Icon of={CircleDashed} size={14} />}
            {each.kind !== 'all' && each.kind !== 'unanswered' && (
              <Icon of={agreementIcons[each.kind]} size={14} />
            )}
            {filterWords(t, each, columns)} <span className={styles['count']}>{format.number(count)}</span>
          </button>
        ))}
      </div>
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
