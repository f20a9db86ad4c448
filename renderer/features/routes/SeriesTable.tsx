import type { RouteFigures } from '../../../app/contract/route-figures';
import { useServices } from '../../services';
import { classes } from '../../ui/classes';
import tableStyles from '../../ui/Table.module.css';
import { lookOf } from './arm-look';
import { splitWords } from './route-words';
import styles from './SeriesTable.module.css';
import { type Series, totalOf } from './series';
import { useRouteEditor } from './use-route-editor';

export interface SeriesTableProps {
  readonly series: Series;
  readonly changes: RouteFigures['changes'];
}

/** The same as the chart, as rows: newest first. */
export function SeriesTable({ series, changes }: SeriesTableProps) {
  const { t, format } = useServices();
  const { looks } = useRouteEditor();
  const number = (value: number): string => format.fixed(value, 1);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a part that scrolls must be reachable by keyboard
    <div className={styles['scroll']} tabIndex={0}>
      <table
        className={classes(tableStyles['table'], tableStyles['tight'], tableStyles['sticky'])}
        aria-label={t('routes.seriesTable')}
      >
        <thead>
          <tr>
            <th scope="col">{t('endpoints.column.time')}</th>
            {series.arms.map((arm) => (
              <th key={arm} scope="col" className={tableStyles['end']}>
                {lookOf(looks, arm).name}
              </th>
            ))}
            <th scope="col" className={tableStyles['end']}>
              {t('routes.together')}
            </th>
            <th scope="col">{t('routes.changeColumn')}</th>
          </tr>
        </thead>
        <tbody>
          {series.steps.toReversed().map((step) => {
            const here = changes.filter(({ atMs }) => atMs >= step.fromMs && atMs < step.toMs);
            return (
              <tr key={step.fromMs}>
                <th scope="row" title={format.dateTime(step.fromMs)}>
                  {format.time(step.fromMs)}
                </th>
                {series.arms.map((arm, at) => (
                  <td key={arm} className={tableStyles['end']}>
                    {number(step.perSecond[at] ?? 0)}
                  </td>
                ))}
                <td className={tableStyles['end']}>{number(totalOf(step))}</td>
                <td>{here.map(({ split }) => splitWords(split, format)).join(', ')}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
