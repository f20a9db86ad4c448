import { Copy } from 'lucide-react';
import type { RefObject } from 'react';
import { useStore } from 'zustand';
import type { Classification } from '../../../app/contract/inference';
import { useServices } from '../../services';
import { classes } from '../../ui/classes';
import { IconButton } from '../../ui/IconButton';
import { SectionHead } from '../../ui/Panel';
import table from '../../ui/Table.module.css';
import { SpacerRow, useVirtualRows } from '../../ui/virtual-rows';
import { rawOutputText } from './answer';
import styles from './RawOutput.module.css';

export interface RawOutputProps {
  readonly classification: Classification;
  /** What scrolls: the table draws only the rows in sight. */
  readonly scroller: RefObject<HTMLElement | null>;
}

/** Every number that the model gave, most probable class first. */
export function RawOutput({ classification, scroller }: RawOutputProps) {
  const { t, actions, format, settings } = useServices();
  const { classes: rows, classCount, output } = classification;
  const isComfortable = useStore(settings.store, (state) => state.settings.density === 'comfortable');
  const { body, indices, before, after } = useVirtualRows({
    count: rows.length,
    rowHeight: isComfortable ? 36 : 28,
    scroller,
  });
  const headings = [
    t('playground.class'),
    t('playground.label'),
    t(`playground.rawHead.${output.form}`),
    t(`playground.appliedHead.${output.form}`),
  ] as const;
  return (
    <section aria-labelledby="raw">
      <SectionHead
        id="raw"
        title={t('playground.raw')}
        note={
          <code>
            {t('playground.rawOf', {
              name: output.name,
              dtype: output.dtype,
              shape: output.shape.join(', '),
            })}
          </code>
        }
      >
        <IconButton
          size="sm"
          icon={Copy}
          label={t('playground.rawCopy')}
          onClick={() => void actions.copy(rawOutputText(classification, headings))}
        />
      </SectionHead>
      <table
        className={classes(table['table'], table['tight'], styles['raw'])}
        aria-labelledby="raw"
        aria-rowcount={rows.length + 1}
      >
        <colgroup>
          <col className={styles['index']} />
          <col />
          <col className={styles['number']} />
          <col className={styles['number']} />
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            {headings.map((heading, at) => (
              <th key={heading} scope="col" className={at >= 2 ? table['end'] : undefined}>
                {heading}
              </th>
            ))}
          </tr>
        </thead>
        <tbody ref={body}>
          <SpacerRow height={before} columns={headings.length} />
          {indices.map((at) => {
            const row = rows[at];
            if (row === undefined) return null;
            return (
              <tr key={row.index} aria-rowindex={at + 2}>
                <td>{row.index}</td>
                <td className={styles['label']} title={row.label}>
                  {row.label}
                </td>
                <td className={table['end']}>{format.fixed(row.raw, 3)}</td>
                <td className={table['end']}>{format.fixed(row.probability, 4)}</td>
              </tr>
            );
          })}
          <SpacerRow height={after} columns={headings.length} />
        </tbody>
      </table>
      {rows.length < classCount && (
        <p className={styles['trimmed']}>
          {t('playground.rawTrimmed', { count: rows.length, total: format.number(classCount) })}
        </p>
      )}
    </section>
  );
}
