import { type CSSProperties, type KeyboardEvent, type ReactNode, useEffect, useMemo, useRef } from 'react';
import { useStore } from 'zustand';
import { useServices } from '../../services';
import { SpacerRow, useVirtualRows } from '../../ui/virtual-rows';
import { ColumnHead } from './ColumnHead';
import styles from './ComparisonTable.module.css';
import { type ColumnView, comparedWhat } from './column-view';
import type { ComparisonRow } from './comparison';
import type { TimingSummary } from './delta';
import { MetricRows } from './MetricRows';
import { PictureRow } from './PictureRow';

export interface ComparisonTableProps {
  readonly columns: readonly ColumnView[];
  readonly timings: readonly (TimingSummary | null)[];
  /** Filtered and sorted. */
  readonly rows: readonly ComparisonRow[];
  readonly onRemoveColumn: (key: string) => void;
  /** In place of rows, when there are none to show. */
  readonly empty: ReactNode;
}

const rowHeight = 36;
/** Head, the line "Whole model", three metrics, the line "Pictures". */
const rowsBefore = 6;

/** Columns are versions, rows are what is compared; first column and head stay put while the rest scrolls. */
export function ComparisonTable({ columns, timings, rows, onRemoveColumn, empty }: ComparisonTableProps) {
  const { t, compare, format } = useServices();
  const pictures = useStore(compare.store, (state) => state.pictures);
  const selected = useStore(compare.store, (state) => state.selectedPicture);
  const thumbs = useMemo(() => new Map(pictures.map(({ id, urls }) => [id, urls.thumb])), [pictures]);
  const scroller = useRef<HTMLElement>(null);
  const { body, indices, before, after, virtual } = useVirtualRows({
    count: rows.length,
    rowHeight,
    scroller,
  });

  const selectedAt = rows.findIndex(({ pictureId }) => pictureId === selected);
  useEffect(() => {
    if (selectedAt >= 0) virtual.scrollToIndex(selectedAt);
  }, [virtual, selectedAt]);

  const walk = (event: KeyboardEvent, at: number): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const next = step === undefined ? undefined : rows[at + step];
    if (step === undefined) return;
    event.preventDefault();
    if (next === undefined) return;
    compare.selectPicture(next.pictureId);
    virtual.scrollToIndex(at + step);
    const focusNext = (): void =>
      body.current?.querySelector<HTMLElement>(`[data-picture="${CSS.escape(next.pictureId)}"]`)?.focus();
    requestAnimationFrame(focusNext); // the row may not have been drawn yet
  };
  const tabStop = indices.includes(selectedAt) ? selectedAt : indices[0];
  const what = format.list(comparedWhat(columns));
  const span = columns.length + 2;

  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section ref={scroller} tabIndex={0} aria-label={t('compare.tableRegion')} className={styles['scroll']}>
      <table
        className={styles['table']}
        aria-label={t('compare.table', { what })}
        aria-rowcount={rows.length + rowsBefore}
        style={{ '--columns': columns.length } as CSSProperties}
      >
        <colgroup>
          <col className={styles['pictureColumn']} />
          <col className={styles['agreementColumn']} />
          {columns.map(({ key }) => (
            <col key={key} />
          ))}
        </colgroup>
        <thead>
          <tr>
            <th scope="col" className={styles['pinned']}>
              {t('compare.picture')}
            </th>
            <th scope="col">{t('compare.agreement')}</th>
            {columns.map((column) => (
              <ColumnHead key={column.key} column={column} onRemove={() => onRemoveColumn(column.key)} />
            ))}
          </tr>
        </thead>
        <MetricRows columns={columns} timings={timings} />
        <tbody ref={body}>
          <tr>
            <th scope="rowgroup" colSpan={span} className={styles['group']}>
              {t('compare.pictures', { count: 0 })}
            </th>
          </tr>
          <SpacerRow height={before} columns={span} />
          {indices.map((at) => {
            const row = rows[at];
            if (row === undefined) return null;
            return (
              <PictureRow
                key={row.pictureId}
                row={row}
                rowIndex={at + rowsBefore + 1}
                thumb={thumbs.get(row.pictureId)}
                columns={columns}
                isSelected={at === selectedAt}
                isTabStop={at === tabStop}
                onSelect={() => compare.selectPicture(row.pictureId)}
                onKeyDown={(event) => walk(event, at)}
              />
            );
          })}
          <SpacerRow height={after} columns={span} />
        </tbody>
      </table>
      {rows.length === 0 && empty}
    </section>
  );
}
