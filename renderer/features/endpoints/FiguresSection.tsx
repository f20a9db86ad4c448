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
  return (
    <dl className={styles['figures']} aria-label={t('endpoints.figures')}>
      <div title={t('endpoints.rateTitle')}>
        <dt>{t('endpoints.rate')}</dt>
        <dd>{format.fixed(requestRate(figures), 1)}</dd>
        <dd>
          <Spark perSecond={figures.perSecond} label={(most) => t('endpoints.spark', { most })} />
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
            perSecond={figures.p95PerSecond}
            label={(most) => t('endpoints.sparkP95', { most: format.duration(most) })}
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
          <Spark perSecond={figures.failedPerSecond} label={(most) => t('endpoints.sparkFailed', { most })} />
        </dd>
      </div>
    </dl>
  );
}
