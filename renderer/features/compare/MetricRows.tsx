import { useServices } from '../../services';
import styles from './ComparisonTable.module.css';
import type { ColumnView } from './column-view';
import { DeltaText } from './DeltaText';
import { type Delta, memoryDelta, sizeDelta, type TimingSummary, timingDelta } from './delta';
import { deltaWords } from './delta-words';

export interface MetricRowsProps {
  readonly columns: readonly ColumnView[];
  /** In the order of the columns. */
  readonly timings: readonly (TimingSummary | null)[];
}

interface Metric<T> {
  readonly title: string;
  readonly note?: string;
  readonly values: readonly (T | null)[];
  readonly show: (value: T) => string;
  readonly amount: (value: number) => string;
  readonly delta: (baseline: T, other: T) => Delta;
  readonly missing: string;
}

/** What holds for a version as a whole: time, memory, size; less is better. */
export function MetricRows({ columns, timings }: MetricRowsProps) {
  const { t, format } = useServices();
  const counts = new Set(timings.flatMap((summary) => (summary ? [summary.count] : [])));
  const [count] = counts;
  return (
    <tbody>
      <tr>
        <th scope="rowgroup" colSpan={columns.length + 2} className={styles['group']}>
          {t('compare.wholeModel')}
        </th>
      </tr>
      <MetricRow
        columns={columns}
        metric={{
          title: t('compare.run'),
          ...(count === undefined
            ? {}
            : { note: counts.size === 1 ? t('compare.runNote', { count }) : t('compare.runNoteMixed') }),
          values: timings,
          show: ({ medianMs }) => format.duration(medianMs),
          amount: format.duration,
          delta: timingDelta,
          missing: t('compare.notMeasured'),
        }}
      />
      <MetricRow
        columns={columns}
        metric={{
          title: t('compare.memory'),
          values: columns.map(({ state }) => state?.residentBytes ?? null),
          show: format.bytes,
          amount: format.bytes,
          delta: memoryDelta,
          missing: t('compare.notLoaded'),
        }}
      />
      <MetricRow
        columns={columns}
        metric={{
          title: t('compare.size'),
          values: columns.map(({ state }) => state?.sizeBytes ?? null),
          show: format.bytes,
          amount: format.bytes,
          delta: sizeDelta,
          missing: t('compare.gone'),
        }}
      />
    </tbody>
  );
}

function MetricRow<T>({
  columns,
  metric: { title, note, values, show, amount, delta, missing },
}: {
  readonly columns: readonly ColumnView[];
  readonly metric: Metric<T>;
}) {
  const { t } = useServices();
  const baseline = values[columns.findIndex(({ isBaseline }) => isBaseline)] ?? null;
  return (
    <tr className={styles['metric']}>
      <th scope="row" colSpan={2} className={styles['pinned']}>
        {title}
        {note !== undefined && <span className={styles['note']}>{note}</span>}
      </th>
      {columns.map(({ key, isBaseline }, at) => {
        const value = values[at] ?? null;
        const change = isBaseline || value === null || baseline === null ? null : delta(baseline, value);
        const text = value === null ? missing : show(value);
        const name = change
          ? t('compare.metricName', { value: text, delta: deltaWords(t, change, amount) })
          : text;
        return (
          <td key={key} aria-label={name} className={styles['value']}>
            <span className={styles['metricCell']}>
              <span className={value === null ? styles['missing'] : undefined}>{text}</span>
              {change && <DeltaText delta={change} amount={amount} isBare />}
            </span>
          </td>
        );
      })}
    </tr>
  );
}
