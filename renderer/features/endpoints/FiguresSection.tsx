import { useStore } from 'zustand';
import { useServices } from '../../services';
import { requestRate } from '../../stores/endpoints';
import styles from './EndpointsArea.module.css';

/** How many requests a second, how long they took, how many failed. */
export function FiguresSection() {
  const { t, format, endpoints } = useServices();
  const figures = useStore(endpoints.store, (state) => state.figures);
  const { p50Ms, p95Ms, total, failed, perSecond } = figures;
  return (
    <dl className={styles['figures']} aria-label={t('endpoints.figures')}>
      <div title={t('endpoints.rateTitle')}>
        <dt>{t('endpoints.rate')}</dt>
        <dd>{format.fixed(requestRate(figures), 1)}</dd>
        <dd>
          <Spark counts={perSecond.slice(0, -1)} />
        </dd>
      </div>
      <div>
        <dt>{t('endpoints.p95')}</dt>
        <dd>{p95Ms === null ? t('common.none') : format.duration(p95Ms)}</dd>
        <dd className={styles['note']}>
          {p50Ms !== null && t('endpoints.p50', { duration: format.duration(p50Ms) })}
        </dd>
      </div>
      <div>
        <dt>{t('endpoints.failed')}</dt>
        <dd>{format.number(failed)}</dd>
        <dd className={styles['note']}>{t('endpoints.failedOf', { total: format.number(total) })}</dd>
      </div>
    </dl>
  );
}

const width = 120;
const height = 24;

function Spark({ counts }: { readonly counts: readonly number[] }) {
  const { t } = useServices();
  const most = Math.max(1, ...counts);
  const step = counts.length > 1 ? width / (counts.length - 1) : width;
  const points = counts.map((count, at) => `${at * step},${height - 1 - (count / most) * (height - 2)}`);
  return (
    <svg
      className={styles['spark']}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={t('endpoints.spark', { most })}
    >
      <polyline points={points.join(' ')} />
    </svg>
  );
}
