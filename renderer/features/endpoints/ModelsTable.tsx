import { useStore } from 'zustand';
import { useServices } from '../../services';
import { classes } from '../../ui/classes';
import { SectionHead } from '../../ui/Panel';
import tableStyles from '../../ui/Table.module.css';
import styles from './EndpointsArea.module.css';

export interface ModelsTableProps {
  /** The one whose requests alone are listed. */
  readonly chosen: string | null;
  readonly onChoose: (model: string | null) => void;
}

/** `table` "By model": which models and routes programs call, how often, how long that takes, and what failed. */
export function ModelsTable({ chosen, onChoose }: ModelsTableProps) {
  const { t, format, endpoints } = useServices();
  const models = useStore(endpoints.store, ({ figures }) => figures.models);
  if (models.length === 0) return null;
  const duration = (ms: number | null): string => (ms === null ? t('common.none') : format.duration(ms));
  return (
    <section className={styles['section']} aria-labelledby="endpoints-models">
      <SectionHead id="endpoints-models" title={t('endpoints.byModel')} note={t('endpoints.byModelNote')} />
      <table
        className={classes(tableStyles['table'], tableStyles['tight'], tableStyles['lastPlain'])}
        aria-labelledby="endpoints-models"
      >
        <colgroup>
          <col />
          <col className={styles['colRate']} />
          <col className={styles['colTook']} span={2} />
          <col className={styles['colCount']} span={2} />
        </colgroup>
        <thead>
          <tr>
            <th scope="col">{t('endpoints.column.model')}</th>
            {(['Rate', 'P50', 'P95', 'Failed', 'Total'] as const).map((column) => (
              <th key={column} scope="col" className={tableStyles['end']}>
                {t(`endpoints.byModel${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {models.map(({ model, requestsPerSecond, p50Ms, p95Ms, failed, total }) => (
            <tr key={model} className={model === chosen ? styles['selected'] : undefined}>
              <th scope="row">
                <button
                  type="button"
                  className={styles['model']}
                  aria-pressed={model === chosen}
                  title={t('endpoints.byModelShow', { model })}
                  onClick={() => onChoose(model === chosen ? null : model)}
                >
                  {model}
                </button>
              </th>
              <td className={tableStyles['end']}>{format.fixed(requestsPerSecond, 1)}</td>
              <td className={tableStyles['end']}>{duration(p50Ms)}</td>
              <td className={tableStyles['end']}>{duration(p95Ms)}</td>
              <td className={tableStyles['end']}>{format.number(failed)}</td>
              <td className={tableStyles['end']}>{format.number(total)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
