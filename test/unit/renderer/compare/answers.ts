import type { Classification } from '../../../../app/contract/inference';
import { type CellAnswer, toCellAnswer } from '../../../../renderer/features/compare/cell';
import { classListOf } from '../../../../renderer/features/compare/class-list';

/** A classification over exactly these classes, indices in the order given, most probable first as the contract wants. */
export function classification(
  probabilities: Readonly<Record<string, number>>,
  options: Partial<Classification> = {},
): Classification {
  const classes = Object.entries(probabilities)
    .map(([label, probability], index) => ({ index, label, probability, raw: probability }))
    .sort((a, b) => b.probability - a.probability || a.index - b.index);
  return {
    model: 'digits',
    version: 1,
    classes,
    classCount: classes.length,
    isTied: classes[0]?.raw === classes[1]?.raw,
    output: { name: 'output', dtype: 'float32', shape: [1, classes.length], form: 'probabilities' },
    timingsMs: { queue: 0, decode: 1, preprocess: 1, run: 2 },
    ...options,
  };
}

export function answer(probabilities: Readonly<Record<string, number>>): CellAnswer {
  const given = classification(probabilities);
  return toCellAnswer(given, classListOf(given));
}
