import { LoaderCircle, OctagonAlert } from 'lucide-react';
import type { KeyboardEvent } from 'react';
import { canAnswer } from '../../../app/contract/models';
import { useServices } from '../../services';
import { Icon } from '../../ui/Icon';
import { ProbabilityBar } from '../../ui/ProbabilityBar';
import { shortenerFor } from '../playground/short-label';
import { AgreementBadge } from './AgreementBadge';
import styles from './ComparisonTable.module.css';
import type { Cell, CellAnswer } from './cell';
import type { ColumnView } from './column-view';
import type { ComparisonRow } from './comparison';
import { DeltaText } from './DeltaText';
import { probabilityDelta } from './delta';
import { deltaWords } from './delta-words';

export interface PictureRowProps {
  readonly row: ComparisonRow;
  readonly rowIndex: number;
  readonly thumb: string | undefined;
  readonly columns: readonly ColumnView[];
  readonly isSelected: boolean;
  /** Is this the one row that Tab reaches? */
  readonly isTabStop: boolean;
  readonly onSelect: () => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

/** One picture: what each version says of it, and whether they agree. */
export function PictureRow({
  row,
  rowIndex,
  thumb,
  columns,
  isSelected,
  isTabStop,
  onSelect,
  onKeyDown,
}: PictureRowProps) {
  const baseline = row.cells[columns.findIndex((column) => column.isBaseline)];
  return (
    <tr className={styles['sample']} aria-selected={isSelected} aria-rowindex={rowIndex}>
      <th scope="row" className={styles['pinned']}>
        <button
          type="button"
          className={styles['picture']}
          tabIndex={isTabStop ? 0 : -1}
          data-picture={row.pictureId}
          title={row.name}
          onClick={onSelect}
          onKeyDown={onKeyDown}
        >
          <img src={thumb} alt="" className={styles['thumb']} loading="lazy" />
          <span className={styles['cut']}>{row.name}</span>
        </button>
      </th>
      <td>
        <AgreementBadge agreement={row.agreement} />
      </td>
      {columns.map((column, at) => (
        <AnswerCell
          key={column.key}
          column={column}
          cell={row.cells[at] ?? { kind: 'waiting' }}
          baseline={baseline?.kind === 'answered' ? baseline.answer : null}
        />
      ))}
    </tr>
  );
}

interface AnswerCellProps {
  readonly column: ColumnView;
  readonly cell: Cell;
  /** What to measure against; null when the baseline did not answer. */
  readonly baseline: CellAnswer | null;
}

function AnswerCell({ column, cell, baseline }: AnswerCellProps) {
  const { t, format, errorWords } = useServices();
  if (cell.kind === 'failed') {
    const { title, text } = errorWords(cell.error);
    return (
      <td className={styles['value']} title={text}>
        <span className={styles['failed']}>
          <Icon of={OctagonAlert} size={14} />
          <span className={styles['cut']}>{title}</span>
        </span>
      </td>
    );
  }
  if (cell.kind !== 'answered') {
    const isAble = column.state !== undefined && canAnswer(column.state);
    const text = isAble ? t(`compare.cell.${cell.kind}`) : t('compare.notLoaded');
    return (
      <td className={styles['value']}>
        <span className={styles['pending']}>
          {cell.kind === 'running' && <Icon of={LoaderCircle} size={14} isSpinning />}
          {text}
        </span>
      </td>
    );
  }
  const first = cell.answer.top[0];
  if (first === undefined) return <td className={styles['value']}>{t('compare.notAnswered')}</td>;
  const short = shortenerFor(cell.answer.classes.labels)(first.label);
  const amount = (value: number): string => format.fixed(value, 2);
  const probability = amount(first.probability);
  const delta = column.isBaseline ? undefined : baseline && probabilityDelta(baseline, cell.answer);
  const name =
    delta === undefined
      ? t('compare.cellName', { label: short, probability })
      : t('compare.cellNameDelta', {
          label: short,
          probability,
          delta: deltaWords(t, delta, amount),
        });
  return (
    <td className={styles['value']} aria-label={name}>
      <span className={styles['box']}>
        <span className={styles['cell']}>
          <span className={styles['cut']} title={first.label}>
            {short}
          </span>
          <span className={styles['bar']}>
            <ProbabilityBar fraction={first.probability} style={column.colour} />
          </span>
          <span className={styles['number']}>{probability}</span>
          {delta !== undefined && <DeltaText delta={delta} amount={amount} />}
        </span>
      </span>
    </td>
  );
}
