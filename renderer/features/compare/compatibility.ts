import type { Description } from '../../../app/contract/inference';
import { type Column, columnKey, mostColumns } from './columns';

/** Why a version cannot join those that are chosen. */
export type WhyNot =
  | { readonly kind: 'tooMany' | 'notClassifier' | 'otherLabels' }
  | { readonly kind: 'otherClassCount'; readonly own: number; readonly wanted: number };

/** What is known of a version; undefined for one that is not loaded, which is let in and judged by its answers. */
export type DescriptionOf = (column: Column) => Description | undefined;

/** Versions can be compared when they classify pictures into the same number of classes, and those of different models when the classes have the same names. */
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
  const ownLabels = own?.labelsDigest;
  const hasOtherLabels = chosen.some((column) => {
    const labels = descriptionOf(column)?.labelsDigest;
    const isAnotherModel = column.model !== candidate.model; // a model may name its classes better in a later version
    return isAnotherModel && ownLabels !== undefined && labels !== undefined && labels !== ownLabels;
  });
  if (hasOtherLabels) return { kind: 'otherLabels' };
  return chosen.length >= mostColumns ? { kind: 'tooMany' } : null;
}
