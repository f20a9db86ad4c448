import type { CSSProperties } from 'react';
import type { Description } from '../../../app/contract/inference';
import type { Model, Version } from '../../../app/contract/models';
import type { Translator } from '../../messages/translator';
import { versionColour } from '../../ui/version-colour';
import { type ClassList, countShared, isSameClassList } from './class-list';
import { type Column, columnKey, findVersion, isOneModel } from './columns';

/** A column with everything that is drawn of it. */
export interface ColumnView extends Column {
  readonly key: string;
  /** "Version 2", or "imagenet version 2" among versions of several models. */
  readonly title: string;
  /** The title in two parts, so that a long model name is cut and the version is not: the model's is '' where there is one model. */
  readonly head: { readonly model: string; readonly version: string };
  /** The same with "baseline" where it is: the header's name. */
  readonly name: string;
  /** In the coloured square: the version, or a letter where versions of several models would repeat numbers. */
  readonly mark: string;
  readonly colour: CSSProperties;
  readonly isBaseline: boolean;
  /** Undefined when it is gone from disk. */
  readonly state: Version | undefined;
  readonly description: Description | undefined;
  /** Set when its classes are not the baseline's. */
  readonly shared: { readonly count: number; readonly of: number } | null;
}

export interface ColumnSources {
  readonly models: readonly Model[];
  readonly descriptionOf: (column: Column) => Description | undefined;
  readonly classLists: ReadonlyMap<string, ClassList>;
}

export function viewColumns(
  t: Translator['t'],
  columns: readonly Column[],
  baseline: string | null,
  { models, descriptionOf, classLists }: ColumnSources,
): readonly ColumnView[] {
  const one = isOneModel(columns);
  const baselineList = baseline === null ? undefined : classLists.get(baseline);
  return columns.map((column, at) => {
    const { model, version } = column;
    const key = columnKey(column);
    const isBaseline = key === baseline;
    const list = classLists.get(key);
    const isOther = list !== undefined && baselineList !== undefined && !isSameClassList(list, baselineList);
    const title = one ? t('compare.column', { version }) : t('compare.columnOf', { model, version });
    return {
      ...column,
      key,
      title,
      head: { model: one ? '' : model, version: t('compare.column', { version }) },
      name: isBaseline ? t('compare.columnBaseline', { column: title }) : title,
      mark: one ? String(version) : String.fromCharCode(65 + at),
      colour: versionColour(one ? version : at + 1),
      isBaseline,
      state: findVersion(models, column),
      description: descriptionOf(column),
      shared: isOther ? { count: countShared(list, baselineList), of: list.labels.length } : null,
    };
  });
}

/** "digits", or "digits and letters": what is under comparison. */
export const comparedWhat = (columns: readonly Column[]): readonly string[] => [
  ...new Set(columns.map(({ model }) => model)),
];
