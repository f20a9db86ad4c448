import { useCallback, useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
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
import type { ListEntry } from './model-state';
import { RouteRow } from './RouteRow';
import { useColumns } from './use-columns';

export interface ModelTableProps {
  /** Models, and the routes that are called like them. */
  readonly entries: readonly ListEntry[];
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

/** `table` "Models", one row a model or route; arrows choose, Enter goes into the detail. A route is only gone to by Enter or a press. */
export function ModelTable({ entries, selected }: ModelTableProps) {
  const { t, ui, router, routeActions } = useServices();
  const [focusedRoute, setFocusedRoute] = useState<string | null>(null);
  const chosen = useColumns();
  const sort = useStore(ui, (state) => state.sort);
  const scroller = useRef<HTMLDivElement>(null);
  const columns = useIsNarrower(scroller, narrowList) ? noColumns : chosen;
  const keys = useMemo(() => entries.map(({ name }) => name), [entries]);
  const rows = useVirtualRows(entries.length, scroller);
  const isRoute = (key: string): boolean =>
    entries.some(({ kind, name }) => kind === 'route' && name === key);

  const choose = useCallback(
    (model: string, replace = false) => {
      setFocusedRoute(null);
      const route = router.route();
      const tab = route.area === 'models' ? route.tab : 'versions';
      router.navigate({ area: 'models', model, tab }, { replace });
    },
    [router],
  );
  const onKeyDown = useRovingRows({
    keys,
    current: focusedRoute ?? selected,
    container: scroller,
    scrollTo: rows.scrollTo,
    onMove: (key) => (isRoute(key) ? setFocusedRoute(key) : choose(key, true)),
    onSpace: (key) => (isRoute(key) ? routeActions.open(key) : choose(key)),
    onEnter: (key) => {
      if (isRoute(key)) {
        routeActions.open(key);
        return;
      }
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
  const current = focusedRoute ?? selected;
  const tabStop = current !== null && keys.includes(current) ? current : keys[0];

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
              const entry = entries[index];
              if (entry === undefined) return null;
              const { name } = entry;
              const common = {
                columns,
                isTabStop: name === tabStop,
                rowIndex: rows.total === undefined ? undefined : index + 2,
              };
              return entry.kind === 'model' ? (
                <ModelRow
                  key={name}
                  {...common}
                  model={entry.model}
                  isSelected={name === selected}
                  onChoose={choose}
                />
              ) : (
                <RouteRow key={name} {...common} view={entry.view} onOpen={routeActions.open} />
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
