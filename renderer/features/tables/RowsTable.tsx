import { type RefObject, useMemo } from 'react';
import { useStore } from 'zustand';
import type { TableRows } from '../../../app/contract/tables';
import { useServices } from '../../services';
import { classes } from '../../ui/classes';
import table from '../../ui/Table.module.css';
import { useRovingRows } from '../../ui/use-roving-rows';
import { SpacerRow, useVirtualRows } from '../../ui/virtual-rows';
import styles from './RowsTable.module.css';

export interface RowsTableProps {
  readonly rows: TableRows['rows'];
  readonly selected: string | null;
  readonly scroller: RefObject<HTMLElement | null>;
  readonly onSelect: (key: string) => void;
}

/** More of a long row can be read below. */
const firstValues = 12;

/** The rows in the order asked; arrows walk, and what is walked to is shown at once. */
export function RowsTable({ rows, selected, scroller, onSelect }: RowsTableProps) {
  const { t, settings } = useServices();
  const isComfortable = useStore(settings.store, (state) => state.settings.density === 'comfortable');
  const { body, indices, before, after, virtual } = useVirtualRows({
    count: rows.length,
    rowHeight: isComfortable ? 36 : 28,
    scroller,
  });
  const keys = useMemo(() => rows.map(({ key }) => key), [rows]);
  const walk = useRovingRows({
    keys,
    current: selected,
    container: scroller,
    onMove: onSelect,
    scrollTo: (index) => virtual.scrollToIndex(index),
  });
  return (
    <table
      className={classes(table['table'], table['sticky'])}
      aria-labelledby="rows"
      aria-rowcount={rows.length + 1}
    >
      <colgroup>
        <col className={styles['key']} />
        <col />
      </colgroup>
      <thead>
        <tr aria-rowindex={1}>
          <th scope="col">{t('tables.key')}</th>
          <th scope="col">{t('tables.values')}</th>
        </tr>
      </thead>
      <tbody ref={body} onKeyDown={walk}>
        <SpacerRow height={before} columns={2} />
        {indices.map((at) => {
          const row = rows[at];
          if (row === undefined) return null;
          const isSelected = row.key === selected;
          const more = row.values.length > firstValues ? ' …' : '';
          return (
            <tr
              key={row.key}
              data-row={row.key}
              aria-rowindex={at + 2}
              aria-selected={isSelected}
              tabIndex={isSelected || (selected === null && at === 0) ? 0 : -1}
              className={classes(table['row'], table['choosable'])}
              onClick={() => onSelect(row.key)}
            >
              <th scope="row" title={row.key}>
                {row.key}
              </th>
              <td className={styles['values']}>{`${row.values.slice(0, firstValues).join('  ')}${more}`}</td>
            </tr>
          );
        })}
        <SpacerRow height={after} columns={2} />
      </tbody>
    </table>
  );
}
