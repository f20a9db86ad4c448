import type { Version } from '../../../app/contract/models';
import { useServices } from '../../services';
import { classes } from '../../ui/classes';
import { SectionHead } from '../../ui/Panel';
import { ProbabilityBar } from '../../ui/ProbabilityBar';
import tableStyles from '../../ui/Table.module.css';
import { versionColour } from '../../ui/version-colour';
import styles from './RunningTab.module.css';

/** How many examples the runs of a version had so far. */
export function BatchSizes({ version: { version, batches } }: { readonly version: Version }) {
  const { t, format } = useServices();
  const examples = batches.reduce((sum, { size, runs }) => sum + size * runs, 0);
  return (
    <section className={styles['sizes']} aria-labelledby="batch-sizes">
      <SectionHead id="batch-sizes" title={t('running.sizes')} note={t('running.sizes.note', { version })} />
      {batches.length === 0 ? (
        <p className={styles['quiet']}>{t('running.sizes.none', { version })}</p>
      ) : (
        <table
          className={classes(tableStyles['table'], tableStyles['tight'])}
          aria-label={t('running.sizes.table', { version })}
        >
          <thead>
            <tr>
              <th scope="col">{t('running.sizes.size')}</th>
              <th scope="col" className={tableStyles['end']}>
                {t('running.sizes.runs')}
              </th>
              <th scope="col" className={styles['share']}>
                {t('running.sizes.share')}
              </th>
            </tr>
          </thead>
          <tbody>
            {batches.map(({ size, runs }) => (
              <tr key={size}>
                <th scope="row">{format.number(size)}</th>
                <td className={tableStyles['end']}>{format.number(runs)}</td>
                <td className={styles['share']}>
                  <span className={styles['bar']}>
                    <ProbabilityBar
                      fraction={(size * runs) / examples}
                      style={versionColour(version)}
                      isThin
                    />
                    {format.percent((size * runs) / examples)}
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
