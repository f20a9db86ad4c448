import type { Model, Version } from '../../../app/contract/models';

/** One version under comparison. */
export interface Column {
  readonly model: string;
  readonly version: number;
}

export const columnKey = ({ model, version }: Column): string => `${model}@${version}`;

/** A table of pictures holds two to four versions (ux.md §14). */
export const fewestColumns = 2;
export const mostColumns = 4;

/** The set of columns with its baseline; every change returns a valid set. */
export interface Columns {
  readonly columns: readonly Column[];
  /** The key of the column that the others are measured against; null only while there is no column. */
  readonly baseline: string | null;
}

export const noColumns: Columns = { columns: [], baseline: null };

/** Adds one version at the end; a version that is there already, or a fifth one, changes nothing. */
export function addColumn({ columns, baseline }: Columns, column: Column): Columns {
  const key = columnKey(column);
  if (columns.length >= mostColumns || columns.some((other) => columnKey(other) === key))
    return { columns, baseline };
  return { columns: [...columns, column], baseline: baseline ?? key };
}

/** When the baseline goes, the first of the others becomes it. */
export function removeColumn({ columns, baseline }: Columns, key: string): Columns {
  const rest = columns.filter((column) => columnKey(column) !== key);
  const first = rest[0];
  return { columns: rest, baseline: baseline === key ? (first ? columnKey(first) : null) : baseline };
}

export function setBaseline({ columns, baseline }: Columns, key: string): Columns {
  return { columns, baseline: columns.some((column) => columnKey(column) === key) ? key : baseline };
}

/** Exactly these versions; the baseline stays if it is among them. */
export function chooseColumns(chosen: readonly Column[], baseline: string | null): Columns {
  const columns = chosen.slice(0, mostColumns);
  const keys = columns.map(columnKey);
  return {
    columns,
    baseline: baseline !== null && keys.includes(baseline) ? baseline : (keys[0] ?? null),
  };
}

/** Every column of the same model, so that "Version 2" says enough? */
export const isOneModel = (columns: readonly Column[]): boolean =>
  new Set(columns.map(({ model }) => model)).size <= 1;

/** The version as the manager reports it; undefined when it is gone from disk. */
export function findVersion(models: readonly Model[], { model, version }: Column): Version | undefined {
  return models.find(({ name }) => name === model)?.versions.find((other) => other.version === version);
}
