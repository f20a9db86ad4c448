import type { Description } from '../../../app/contract/inference';
import { type Column, columnKey, mostColumns } from './columns';

/** Why a version cannot join those that are chosen. */
export type WhyNot =
  | { readonly kind: 'tooMany' | 'notClassifier' | 'otherLabels' }
  | { readonly kind: 'otherClassCount'; readonly own: number; readonly wanted: number };

/** What is known of a version; undefined for one that is not loaded, which is let in and judged by its answers. */
export type DescriptionOf = (column: Column) => Description | undefined;

/** Versions can be compared when they classify pictures into the same number of classes; the names are held against each other once answers are there. */
export function whyNot(
  candidate: Column,
  chosen: readonly Column[],
  descriptionOf: DescriptionOf,
): WhyNot | null {
  const key = columnKey(candidate);
  if (chosen.some((column) => columnKey(column) === key)) return null;
  const own = descriptionOf(candidate);
  if (own?.notClassifier) return { kind: 'notClassifier' };
  const wanted = chosen.map((column) => descriptionOf(column)?.classCount).find((count) => count != null);
  if (own?.classCount != null && wanted != null && own.classCount !== wanted) {
    return { kind: 'otherClassCount', own: own.classCount, wanted };
  }
  return chosen.length >= mostColumns ? { kind: 'tooMany' } : null;
}
