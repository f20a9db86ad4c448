import { useEffect, useMemo, useRef } from 'react';
import { useStore } from 'zustand';
import type { ResultRow } from '../../../app/contract/job-calls';
import { useServices } from '../../services';
import { classes } from '../../ui/classes';
import { SpacerRow } from '../../ui/SpacerRow';
import tableStyles from '../../ui/Table.module.css';
import { useRovingRows } from '../../ui/use-roving-rows';
import { useVirtualRows } from '../../ui/use-virtual-rows';
import { useIsNarrower } from '../../ui/use-width';
import { VersionSwatch } from '../../ui/VersionMark';
import { AnswerCell } from './AnswerCell';
import styles from './Results.module.css';
import type { ResultListProps } from './result-list';
import { rowAt } from './result-pages';

/** Below this many pixels only a filter says whether versions agree. */
const narrowTable = 680;

/** `table`: a row a picture, a column a version; arrows choose, Enter opens. Only what is in sight is drawn and read. */
export function ResultTable({ job, results, total, selected, onSelect, onOpen }: ResultListProps) {
  const { t } = useServices();
  const state = useStore(results.pages.store);
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualRows(total, scroller);
  const isNarrow = useIsNarrower(scroller, narrowTable);
  const versions = [...job.versions].sort((a, b) => a - b);
  const hasAgreement = versions.length > 1 && !isNarrow;
  const columns = versions.length + 1 + Number(hasAgreement);
  const keys = useMemo(() => Array.from({ length: total }, (_, index) => String(index)), [total]);
  const [first, last] = [rows.indexes[0] ?? 0, rows.indexes.at(-1) ?? 0];
  useEffect(() => results.pages.need(first, last), [results.pages, first, last]);

  const onKeyDown = useRovingRows({
    keys,
    current: String(selected),
    container: scroller,
    scrollTo: rows.scrollTo,
    onMove: (key) => onSelect(Number(key)),
    onSpace: (key) => onSelect(Number(key)),
    onEnter: (key) => {
      const row = rowAt(state, Number(key));
      if (row) onOpen(row);
    },
  });
  return (
    <div ref={scroller} className={styles['scroll']} data-command-scope="list">
      <table
        className={classes(tableStyles['table'], tableStyles['sticky'])}
        aria-label={t('jobs.results', { title: job.title })}
        aria-rowcount={rows.total === undefined ? undefined : rows.total + 1}
        onKeyDown={onKeyDown}
      >
        <colgroup>
          <col className={styles['colPicture']} />
          {versions.map((version) => (
            <col key={version} />
          ))}
          {hasAgreement && <col className={styles['colAgreement']} />}
        </colgroup>
        <thead>
          <tr>
            <th scope="col">{t('jobs.results.picture')}</th>
            {versions.map((version) => (
              <th key={version} scope="col">
                <span className={tableStyles['line']}>
                  <VersionSwatch version={version} />
                  {t('jobs.results.version', { version })}
                </span>
              </th>
            ))}
            {hasAgreement && <th scope="col">{t('jobs.results.agreement')}</th>}
          </tr>
        </thead>
        <tbody>
          <SpacerRow height={rows.before} columns={columns} />
          {rows.indexes.map((index) => (
            <PictureRow
              key={index}
              index={index}
              row={rowAt(state, index)}
              versions={versions}
              hasAgreement={hasAgreement}
              isSelected={index === selected}
              hasRowIndex={rows.total !== undefined}
              onSelect={onSelect}
              onOpen={onOpen}
            />
          ))}
          <SpacerRow height={rows.after} columns={columns} />
        </tbody>
      </table>
    </div>
  );
}

interface PictureRowProps {
  readonly index: number;
  /** Undefined while it is read. */
  readonly row: ResultRow | undefined;
  readonly versions: readonly number[];
  readonly hasAgreement: boolean;
  readonly isSelected: boolean;
  readonly hasRowIndex: boolean;
  readonly onSelect: (index: number) => void;
  readonly onOpen: (row: ResultRow) => void;
}

function PictureRow({
  index,
  row,
  versions,
  hasAgreement,
  isSelected,
  hasRowIndex,
  onSelect,
  onOpen,
}: PictureRowProps) {
  const { t } = useServices();
  const said = new Set(row?.answers.flatMap((it) => (it.class === null ? [] : [it.class])));
  return (
    <tr
      className={classes(tableStyles['row'], tableStyles['choosable'])}
      aria-label={row?.name}
      aria-selected={isSelected}
      aria-rowindex={hasRowIndex ? index + 2 : undefined}
      aria-busy={row === undefined || undefined}
      data-row={index}
      tabIndex={isSelected ? 0 : -1}
      onClick={() => onSelect(index)}
      onDoubleClick={() => {
        if (row) onOpen(row);
      }}
    >
      <th scope="row" title={row?.name}>
        {row && (
          <span className={tableStyles['line']}>
            {row.thumb === null ? (
              <span className={styles['thumb']} />
            ) : (
              <img className={styles['thumb']} src={row.thumb} alt="" loading="lazy" />
            )}
            <span className={styles['cut']}>{row.name}</span>
          </span>
        )}
      </th>
      {versions.map((version) => (
        <AnswerCell key={version} answer={row?.answers.find((it) => it.version === version)} />
      ))}
      {hasAgreement && (
        <td className={said.size > 1 ? styles['differs'] : tableStyles['faint']}>
          {said.size > 0 && t(said.size > 1 ? 'jobs.results.differ' : 'jobs.results.agree')}
        </td>
      )}
    </tr>
  );
}
