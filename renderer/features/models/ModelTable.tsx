import { useCallback, useMemo, useRef } from 'react';
import { useStore } from 'zustand';
import type { Model } from '../../../app/contract/models';
import { useServices } from '../../services';
import type { ModelColumn, ModelSort } from '../../stores/ui';
import { classes } from '../../ui/classes';
import { SortHeader } from '../../ui/SortHeader';
import { SpacerRow } from '../../ui/SpacerRow';
import tableStyles from '../../ui/Table.module.css';
import { useRovingRows } from '../../ui/use-roving-rows';
import { useVirtualRows } from '../../ui/use-virtual-rows';
import { useIsNarrower } from '../../ui/use-width';
import styles from './ModelList.module.css';
import { ModelRow } from './ModelRow';
import { useColumns } from './use-columns';

export interface ModelTableProps {
  readonly models: readonly Model[];
  readonly selected: string | null;
}

/** Below this many pixels the list keeps name and state. */
const narrowList = 320;
const noColumns: readonly ModelColumn[] = [];
const numberColumns: ReadonlySet<string> = new Set<ModelColumn>(['loaded', 'memory', 'lastUsed']);
const columnClass: Readonly<Record<ModelColumn, string>> = {
  loaded: 'colLoaded',
  memory: 'colMemory',
  policy: 'colPolicy',
  lastUsed: 'colLastUsed',
};

/** `table` "Models", one row a model; arrows choose, Enter goes into the detail. */
export function ModelTable({ models, selected }: ModelTableProps) {
  const { t, ui, router } = useServices();
  const chosen = useColumns();
  const sort = useStore(ui, (state) => state.sort);
  const scroller = useRef<HTMLDivElement>(null);
  const columns = useIsNarrower(scroller, narrowList) ? noColumns : chosen;
  const keys = useMemo(() => models.map((model) => model.name), [models]);
  const rows = useVirtualRows(models.length, scroller);

  const choose = useCallback(
    (model: string, replace = false) => {
      const route = router.route();
      const tab = route.area === 'models' ? route.tab : 'versions';
      router.navigate({ area: 'models', model, tab }, { replace });
    },
    [router],
  );
  const onKeyDown = useRovingRows({
    keys,
    current: selected,
    container: scroller,
    scrollTo: rows.scrollTo,
    onMove: (key) => choose(key, true),
    onSpace: (key) => choose(key),
    onEnter: (key) => {
      choose(key);
      requestAnimationFrame(() => document.getElementById('detail-title')?.focus());
    },
  });
  const sortBy = (column: ModelSort['column']): void =>
    ui.setState({ sort: { column, descending: sort.column === column ? !sort.descending : false } });
  const head = (column: ModelSort['column']) => ({
    label: t(`models.column.${column}`),
    direction:
      sort.column === column ? (sort.descending ? ('descending' as const) : ('ascending' as const)) : null,
    onSort: () => sortBy(column),
  });
  const tabStop = selected !== null && keys.includes(selected) ? selected : keys[0];

  return (
    <>
      <div ref={scroller} className={styles['scroll']} data-command-scope="list">
        <table
          className={classes(tableStyles['table'], tableStyles['sticky'])}
          aria-label={t('models.title')}
          aria-rowcount={rows.total === undefined ? undefined : rows.total + 1}
          onKeyDown={onKeyDown}
        >
          <colgroup>
            <col />
            <col className={styles['colState']} />
            {columns.map((column) => (
              <col key={column} className={styles[columnClass[column]]} />
            ))}
          </colgroup>
          <thead>
            <tr>
              <SortHeader {...head('name')} />
              <SortHeader {...head('state')} />
              {columns.map((column) => (
                <SortHeader
                  key={column}
                  {...head(column)}
                  isEnd={numberColumns.has(column)}
                  {...(column === 'loaded' ? { title: t('models.column.loadedTitle') } : {})}
                />
              ))}
            </tr>
          </thead>
          <tbody>
            <SpacerRow height={rows.before} columns={columns.length + 2} />
            {rows.indexes.map((index) => {
              const model = models[index];
              return (
                model && (
                  <ModelRow
                    key={model.name}
                    model={model}
                    columns={columns}
                    isSelected={model.name === selected}
                    isTabStop={model.name === tabStop}
                    rowIndex={rows.total === undefined ? undefined : index + 2}
                    onChoose={choose}
                  />
                )
              );
            })}
            <SpacerRow height={rows.after} columns={columns.length + 2} />
          </tbody>
        </table>
      </div>
      <p className={styles['hint']}>{t('models.dropHint')}</p>
    </>
  );
}
