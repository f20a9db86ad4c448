import { useRef } from 'react';
import type { ClassNames } from '../../../app/contract/inference';
import { useServices } from '../../services';
import { classes } from '../../ui/classes';
import { SpacerRow } from '../../ui/SpacerRow';
import tableStyles from '../../ui/Table.module.css';
import { useVirtualRows } from '../../ui/use-virtual-rows';
import styles from './NameClasses.module.css';
import { Warnings } from './Warnings';

/** What each class is, or would be, called, with what is to be said of it. */
export function ClassNamesPreview({ names: { byClass, warnings } }: { readonly names: ClassNames }) {
  const { t, format } = useServices();
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualRows(byClass.length, scroller);
  return (
    <>
      <Warnings warnings={warnings} isLive />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a part that scrolls must be reachable by keyboard */}
      <div ref={scroller} className={styles['scroll']} tabIndex={0}>
        <table
          className={classes(tableStyles['table'], tableStyles['tight'], tableStyles['sticky'])}
          aria-label={t('names.table', { count: byClass.length })}
          aria-rowcount={rows.total === undefined ? undefined : rows.total + 1}
        >
          <colgroup>
            <col className={styles['colIndex']} />
            <col />
          </colgroup>
          <thead>
            <tr>
              <th scope="col" className={tableStyles['end']}>
                {t('names.index')}
              </th>
              <th scope="col">{t('names.name')}</th>
            </tr>
          </thead>
          <tbody>
            <SpacerRow height={rows.before} columns={2} />
            {rows.indexes.map((index) => (
              <tr key={index} aria-rowindex={rows.total === undefined ? undefined : index + 2}>
                <th scope="row" className={tableStyles['end']}>
                  {format.number(index)}
                </th>
                <td title={byClass[index]} className={classes(!byClass[index] && tableStyles['faint'])}>
                  {byClass[index] || t('preparation.classNumber', { index })}
                </td>
              </tr>
            ))}
            <SpacerRow height={rows.after} columns={2} />
          </tbody>
        </table>
      </div>
    </>
  );
}
