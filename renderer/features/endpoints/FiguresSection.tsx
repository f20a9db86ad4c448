import { useStore } from 'zustand';
import { useServices } from '../../services';
import { requestRate } from '../../stores/endpoints';
import styles from './EndpointsArea.module.css';
import { Spark } from './Spark';

/** How many requests a second, how long they took, how many failed: now, and over the last minute. */
export function FiguresSection() {
  const { t, format, endpoints } = useServices();
  const figures = useStore(endpoints.store, (state) => state.figures);
  const { p50Ms, p95Ms, total, failed } = figures;
  // the last second is not over
  const [perSecond, p95PerSecond, failedPerSecond] = [
    figures.perSecond.slice(0, -1),
    figures.p95PerSecond.slice(0, -1),
    figures.failedPerSecond.slice(0, -1),
  ];
  const most = (values: readonly (number | null)[]): number =>
    Math.max(0, ...values.map((value) => value ?? 0));
  return (
    <dl className={styles['figures']} aria-label={t('endpoints.figures')}>
      <div title={t('endpoints.rateTitle')}>
        <dt>{t('endpoints.rate')}</dt>
        <dd>{format.fixed(requestRate(figures), 1)}</dd>
        <dd>
          <Spark values={perSecond} label={t('endpoints.spark', { most: most(perSecond) })} />
        </dd>
      </div>
      <div title={t('endpoints.p95Title')}>
        <dt>{t('endpoints.p95')}</dt>
        <dd>
          {p95Ms === null ? t('common.none') : format.duration(p95Ms)}
          {p50Ms !== null && (
            <span className={styles['note']}>{t('endpoints.p50', { duration: format.duration(p50Ms) })}</span>
          )}
        </dd>
        <dd>
          <Spark
            values={p95PerSecond}
            label={t('endpoints.sparkP95', { most: format.duration(most(p95PerSecond)) })}
          />
        </dd>
      </div>
      <div>
        <dt>{t('endpoints.failed')}</dt>
        <dd>
          {format.number(failed)}
          <span className={styles['note']}>{t('endpoints.failedOf', { total: format.number(total) })}</span>
        </dd>
        <dd>
          <Spark
            values={failedPerSecond}
            label={t('endpoints.sparkFailed', { most: most(failedPerSecond) })}
          />
        </dd>
      </div>
    </dl>
  );
}
