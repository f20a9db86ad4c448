import type { WireError } from '../../../app/base/errors';
import type { Classification, ClassProbability } from '../../../app/contract/inference';
import { type ClassList, findClass } from './class-list';

/** How many classes of an answer are kept with their labels; of the others only the probability is. */
export const keptClasses = 5;

/** One version's answer about one picture, small enough to keep thousands. */
export interface CellAnswer {
  readonly top: readonly ClassProbability[];
  readonly topLabels: readonly string[];
  /** By class index. */
  readonly probabilities: Float32Array;
  readonly classes: ClassList;
  /** Milliseconds in the model itself: no decoding, no waiting. */
  readonly runMs: number;
}

export type Cell =
  | { readonly kind: 'waiting' | 'running' | 'stopped' }
  | { readonly kind: 'answered'; readonly answer: CellAnswer }
  | { readonly kind: 'failed'; readonly error: WireError };

export const waitingCell: Cell = { kind: 'waiting' };

/** `classes` is the column's list, shared by its cells. */
export function toCellAnswer(classification: Classification, classes: ClassList): CellAnswer {
  const probabilities = new Float32Array(classification.classCount);
  for (const { index, probability } of classification.classes) probabilities[index] = probability;
  const first = classification.classes[0];
  const topLabels =
    first === undefined
      ? []
      : classification.isTied
        ? classification.classes.filter(({ raw }) => raw === first.raw).map(({ label }) => label)
        : [first.label];
  return {
    top: classification.classes.slice(0, keptClasses),
    topLabels,
    probabilities,
    classes,
    runMs: classification.timingsMs.run,
  };
}

/** The probability that this answer gives a class of another version's answer; undefined when it does not know the class. */
export function probabilityOf(
  answer: CellAnswer,
  wanted: Pick<ClassProbability, 'index' | 'label'>,
): number | undefined {
  const index = findClass(answer.classes, wanted);
  return index === undefined ? undefined : answer.probabilities[index];
}
