import { Copy, LoaderCircle } from 'lucide-react';
import { useRef } from 'react';
import { useStore } from 'zustand';
import type { TableRows } from '../../../app/contract/tables';
import { useServices } from '../../services';
import { type Lookup, selectLookup } from '../../stores/tables';
import { EmptyState } from '../../ui/EmptyState';
import { ErrorView } from '../../ui/ErrorView';
import { Icon } from '../../ui/Icon';
import { IconButton } from '../../ui/IconButton';
import { SectionHead } from '../../ui/Panel';
import columns from '../playground/Columns.module.css';
import { MissingKeys } from './MissingKeys';
import { Nearest } from './Nearest';
import styles from './RowsColumn.module.css';
import { RowsTable } from './RowsTable';
import type { TableFacts } from './table-facts';

export interface RowsColumnProps {
  readonly model: string;
  readonly version: number;
  readonly facts: TableFacts;
  readonly onSelect: (key: string) => void;
  /** Looks up one more key, and goes to it. */
  readonly onWalkTo: (key: string) => void;
  readonly onRetry: () => void;
}

/** What came out: what is missing, the rows, and of one of them its values and neighbours. */
export function RowsColumn({ model, version, facts, onSelect, onWalkTo, onRetry }: RowsColumnProps) {
  const { t, tables } = useServices();
  const lookup = useStore(tables.store, selectLookup({ model, version }));
  return (
    <section className={columns['out']} aria-labelledby="rows">
      {lookup?.rows.kind === 'answered' ? (
        <Rows
          version={version}
          answer={lookup.rows.value}
          lookup={lookup}
          facts={facts}
          onSelect={onSelect}
          onWalkTo={onWalkTo}
        />
      ) : (
        <>
          <SectionHead level={2} id="rows" title={t('tables.rows', { version })} />
          {lookup === undefined && (
            <EmptyState heading={t('tables.nothingYet')} text={t('tables.nothingYetText')} />
          )}
          {lookup?.rows.kind === 'asking' && (
            <p role="status" className={columns['busy']}>
              <Icon of={LoaderCircle} isSpinning />
              {t('playground.running')}
            </p>
          )}
          {lookup?.rows.kind === 'failed' && <ErrorView error={lookup.rows.error} onRetry={onRetry} />}
        </>
      )}
    </section>
  );
}

interface RowsProps extends Pick<RowsColumnProps, 'version' | 'facts' | 'onSelect' | 'onWalkTo'> {
  readonly answer: TableRows;
  readonly lookup: Lookup;
}

function Rows({ version, answer: { rows, missing }, lookup, facts, onSelect, onWalkTo }: RowsProps) {
  const { t, actions, format } = useServices();
  const scroller = useRef<HTMLDivElement>(null);
  const selected = rows.find(({ key }) => key === lookup.selected);
  return (
    <>
      <div>
        <SectionHead
          level={2}
          id="rows"
          title={t('tables.rows', { version })}
          note={t('tables.rowsFound', {
            found: format.number(rows.length),
            count: rows.length + missing.length,
          })}
        >
          {rows.length > 0 && (
            <IconButton
              size="sm"
              icon={Copy}
              label={t('tables.copyRows')}
              onClick={() =>
                void actions.copy(rows.map(({ key, values }) => [key, ...values].join('\t')).join('\n'))
              }
            />
          )}
        </SectionHead>
        {missing.length > 0 && <MissingKeys keys={missing} />}
        {rows.length > 0 && (
          <div ref={scroller} className={styles['rows']}>
            <RowsTable rows={rows} selected={lookup.selected} scroller={scroller} onSelect={onSelect} />
          </div>
        )}
      </div>
      {selected && facts.hasVectors && lookup.neighbours && (
        <Nearest
          of={selected.key}
          neighbours={lookup.neighbours}
          version={version}
          onWalkTo={onWalkTo}
          onRetry={() => onSelect(selected.key)}
        />
      )}
      {selected && facts.dimension > 1 && (
        <section aria-labelledby="row-values">
          <SectionHead id="row-values" title={t('tables.valuesOf', { key: selected.key })}>
            <IconButton
              size="sm"
              icon={Copy}
              label={t('tables.copyValues', { key: selected.key })}
              onClick={() => void actions.copy(selected.values.join('\n'))}
            />
          </SectionHead>
          <p className={styles['values']}>{selected.values.join('  ')}</p>
        </section>
      )}
    </>
  );
}
