import { type CSSProperties, type RefObject, useCallback, useMemo, useRef } from 'react';
import { useStore } from 'zustand';
import type { Model } from '../../../app/contract/models';
import { useServices } from '../../services';
import { classes } from '../../ui/classes';
import { SpacerRow } from '../../ui/SpacerRow';
import tableStyles from '../../ui/Table.module.css';
import { useNow } from '../../ui/use-now';
import { useRovingRows } from '../../ui/use-roving-rows';
import { useVirtualRows } from '../../ui/use-virtual-rows';
import { useIsNarrower } from '../../ui/use-width';
import { VersionRow } from './VersionRow';
import styles from './VersionsTable.module.css';

export interface VersionsTableProps {
  readonly model: Model;
  readonly scroller: RefObject<HTMLElement | null>;
  readonly focused: number | null;
  readonly selected: readonly number[];
  readonly onFocus: (version: number | null) => void;
  readonly onSelect: (versions: readonly number[]) => void;
}

const secondMs = 1_000;
/** Below this many pixels the table keeps its main columns. */
const narrowTable = 680;

/** Numbers by time have ten digits; each stays readable. */
const versionWidth = ({ versions }: Model): CSSProperties => {
  const digits = Math.max(...versions.map(({ version }) => String(version).length), 1);
  return { inlineSize: `max(72px, calc(${digits}ch + 60px))` };
};

/** `table` "Versions of digits": one row a version, newest first, with what can be done with it. */
export function VersionsTable({ model, scroller, focused, selected, onFocus, onSelect }: VersionsTableProps) {
  const { t, models, router } = useServices();
  const isNarrow = useIsNarrower(scroller, narrowTable);
  const table = useRef<HTMLTableElement>(null);
  const keys = useMemo(() => model.versions.map((version) => String(version.version)), [model.versions]);
  const rows = useVirtualRows(model.versions.length, scroller);
  const isMoving = useStore(models.store, (state) =>
    (state.byName.get(model.name)?.versions ?? []).some(
      (version) => version.lifecycle === 'loading' || version.nextAttemptAtMs !== null,
    ),
  );
  const nowMs = useNow(secondMs, isMoving);

  const toggle = useCallback(
    (version: number) =>
      onSelect(
        selected.includes(version) ? selected.filter((each) => each !== version) : [...selected, version],
      ),
    [selected, onSelect],
  );
  const onKeyDown = useRovingRows({
    keys,
    current: focused === null ? null : String(focused),
    container: table,
    scrollTo: rows.scrollTo,
    onMove: (key, isExtending) => {
      if (isExtending)
        onSelect([...new Set([...selected, ...(focused === null ? [] : [focused]), Number(key)])]);
      onFocus(Number(key));
    },
    onSpace: (key) => toggle(Number(key)),
    onEnter: (key) => {
      const version = model.versions.find((each) => String(each.version) === key);
      if (version?.lifecycle === 'available') {
        router.navigate({ area: 'playground', model: model.name, version: version.version });
      }
    },
  });
  const tabStop = focused ?? model.versions[0]?.version;
  const columnCount = isNarrow ? 5 : 8;

  return (
    <table
      ref={table}
      className={tableStyles['table']}
      aria-label={t('versions.table', { model: model.name })}
      aria-rowcount={rows.total === undefined ? undefined : rows.total + 1}
      data-command-scope="list"
      onKeyDown={onKeyDown}
      onBlur={(event) => {
        if (!table.current?.contains(event.relatedTarget)) onFocus(null);
      }}
    >
      <colgroup>
        <col className={styles['colVersion']} style={versionWidth(model)} />
        <col />
        {!isNarrow && <col className={styles['colWanted']} />}
        {!isNarrow && <col className={styles['colSize']} />}
        <col className={styles['colMemory']} />
        {!isNarrow && <col className={styles['colLoadTime']} />}
        <col className={styles['colInFlight']} />
        <col className={styles['colActions']} />
      </colgroup>
      <thead>
        <tr>
          <th scope="col">{t('versions.column.version')}</th>
          <th scope="col">{t('versions.column.state')}</th>
          {!isNarrow && <th scope="col">{t('versions.column.wanted')}</th>}
          {!isNarrow && (
            <th scope="col" className={tableStyles['end']}>
              {t('versions.column.size')}
            </th>
          )}
          <th scope="col" className={tableStyles['end']}>
            {t('versions.column.memory')}
          </th>
          {!isNarrow && (
            <th scope="col" className={tableStyles['end']}>
              {t('versions.column.loadTime')}
            </th>
          )}
          <th scope="col" className={tableStyles['end']}>
            {t('versions.column.inFlight')}
          </th>
          <th scope="col">
            <span className={classes('visually-hidden')}>{t('versions.column.actions')}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        <SpacerRow height={rows.before} columns={columnCount} />
        {rows.indexes.map((index) => {
          const version = model.versions[index];
          return (
            version && (
              <VersionRow
                key={version.version}
                model={model}
                version={version}
                nowMs={nowMs}
                isNarrow={isNarrow}
                isSelected={selected.includes(version.version)}
                isTabStop={version.version === tabStop}
                hasFocus={version.version === focused}
                rowIndex={rows.total === undefined ? undefined : index + 2}
                onFocus={onFocus}
                onToggle={toggle}
              />
            )
          );
        })}
        <SpacerRow height={rows.after} columns={columnCount} />
      </tbody>
    </table>
  );
}
