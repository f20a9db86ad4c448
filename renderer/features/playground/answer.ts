import type { Classification, ClassProbability, Timings } from '../../../app/contract/inference';

/** The bars: the top few, and all other classes together. */
export interface Bars {
  readonly top: readonly ClassProbability[];
  readonly others: { readonly count: number; readonly probability: number } | null;
}

export const barCount = 5;

export function barsOf({ classes, classCount, output }: Classification): Bars {
  const top = classes.slice(0, barCount);
  const count = classCount - top.length;
  // sigmoids are independent of each other: what is left to one means nothing
  if (count <= 0 || output.form === 'sigmoid') return { top, others: null };
  const sum = top.reduce((total, { probability }) => total + probability, 0);
  return { top, others: { count, probability: Math.max(0, 1 - sum) } };
}

/** The second answer, when it is at least half as probable as the first: then the first alone says too little. */
export function closeCall({ classes, isTied }: Classification): ClassProbability | null {
  const [first, second] = classes;
  if (first === undefined || second === undefined || isTied) return null;
  return second.probability >= first.probability / 2 ? second : null;
}

/** Every class with exactly the highest number, when there are several. */
export function tiedClasses({ classes, isTied }: Classification): readonly ClassProbability[] {
  const first = classes[0];
  return isTied && first ? classes.filter(({ raw }) => raw === first.raw) : [];
}

/** A picture that the classes do not cover gets low, scattered probabilities: no class has a third. */
export const isUnsure = ({ classes, output }: Classification): boolean =>
  output.form !== 'sigmoid' && (classes[0]?.probability ?? 0) < 1 / 3;

export const timingParts = ['queue', 'decode', 'preprocess', 'run'] as const satisfies (keyof Timings)[];

/** Tab-separated, one class a line, as spreadsheets paste it. */
export function rawOutputText(
  { classes }: Classification,
  headings: readonly [string, string, string, string],
): string {
  const lines = classes.map(({ index, label, raw, probability }) =>
    [index, label, raw, probability].join('\t'),
  );
  return [headings.join('\t'), ...lines].join('\n');
}
