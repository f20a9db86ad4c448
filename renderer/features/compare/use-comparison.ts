import { useEffect, useMemo } from 'react';
import { useStore } from 'zustand';
import type { Description } from '../../../app/contract/inference';
import { canAnswer } from '../../../app/contract/models';
import { useServices } from '../../services';
import { cellKey } from '../../stores/compare';
import { selectDescription, versionKey } from '../../stores/descriptions';
import { currentRoute, type VersionRef } from '../../stores/router';
import { waitingCell } from './cell';
import { type ColumnView, viewColumns } from './column-view';
import { type Column, type Columns, chooseColumns } from './columns';
import { type ComparisonRow, matchesFilter, sortRows, toRow } from './comparison';
import { summariseTimings, type TimingSummary } from './delta';

const none: readonly VersionRef[] = [];

/** The columns that the route names, and the baseline among them. */
export function useColumns(): Columns {
  const { compare, router } = useServices();
  const route = useStore(router.store, currentRoute);
  const baseline = useStore(compare.store, (state) => state.baseline);
  const versions = route.area === 'compare' ? route.versions : none;
  return useMemo(() => chooseColumns(versions, baseline), [versions, baseline]);
}

/** The columns as they are drawn. */
export function useColumnViews({ columns, baseline }: Columns): readonly ColumnView[] {
  const { compare, descriptions, models, t } = useServices();
  const byName = useStore(models.store, (state) => state.byName);
  const byVersion = useStore(descriptions.store, (state) => state.byVersion);
  const classLists = useStore(compare.store, (state) => state.classLists);
  return useMemo(() => {
    const descriptionOf = (column: Column): Description | undefined => {
      const entry = selectDescription(column)({ byVersion });
      return entry?.kind === 'ready' ? entry.description : undefined;
    };
    return viewColumns(t, columns, baseline, { models: [...byName.values()], descriptionOf, classLists });
  }, [t, columns, baseline, byName, byVersion, classLists]);
}

/** Has every version that can answer describe itself and answer about every picture. */
export function useFilling(views: readonly ColumnView[]): void {
  const { compare, descriptions } = useServices();
  const pictures = useStore(compare.store, (state) => state.pictures);
  const epoch = useStore(compare.store, (state) => state.epoch);
  const able = views.filter(({ state }) => state && canAnswer(state));
  const isLoaded = ({ state }: ColumnView): boolean => state?.lifecycle === 'available';
  const key = able.map((view) => `${versionKey(view)} ${isLoaded(view)}`).join('\n');
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` stands for `able`, and a new epoch means that answers were forgotten
  useEffect(() => {
    for (const { model, version } of able.filter(isLoaded)) void descriptions.load({ model, version });
    if (views.length > 1) compare.fill(able.map(({ model, version }) => ({ model, version })));
  }, [compare, descriptions, key, pictures, epoch, views.length]);
}

/** All pictures as rows, in the order in which they were added. */
export function useRows(columns: readonly ColumnView[]): readonly ComparisonRow[] {
  const { compare } = useServices();
  const pictures = useStore(compare.store, (state) => state.pictures);
  const cells = useStore(compare.store, (state) => state.cells);
  const keys = columns.map(({ key }) => key).join('\n');
  return useMemo(
    () =>
      pictures.map(({ id, name }) =>
        toRow(
          id,
          name,
          keys.split('\n').map((key) => cells.get(cellKey(key, id)) ?? waitingCell),
        ),
      ),
    [pictures, cells, keys],
  );
}

/** The rows that the filter lets through, in the chosen order. */
export function useShownRows(rows: readonly ComparisonRow[]): readonly ComparisonRow[] {
  const { compare } = useServices();
  const filter = useStore(compare.store, (state) => state.filter);
  const chosen = useStore(compare.store, (state) => state.sort);
  const isAnswering = useStore(compare.store, (state) => state.progress?.phase === 'answering');
  // rows that change places while answers come in cannot be read
  const sort = isAnswering && chosen !== 'name' ? 'added' : chosen;
  return useMemo(
    () =>
      sortRows(
        rows.filter((row) => matchesFilter(row, filter)),
        sort,
      ),
    [rows, filter, sort],
  );
}

/** How long each column's runs take; null where none was timed. */
export function useTimings(columns: readonly ColumnView[]): readonly (TimingSummary | null)[] {
  const { compare } = useServices();
  const timings = useStore(compare.store, (state) => state.timings);
  return useMemo(
    () => columns.map(({ key }) => summariseTimings(timings.get(key) ?? [])),
    [columns, timings],
  );
}
