import type { Preprocessing } from '../../../../app/contract/inference';
import { probabilitiesOf } from './postprocess';
import { reversed, type UsualValues, usualValues } from './usual-values';

/** A way to prepare pictures, and how usual it is: only the ratio of two of them means something. */
export interface Candidate {
  readonly preprocessing: Preprocessing;
  readonly weight: number;
}

/** How well a model answers on labelled pictures that are prepared in one way. */
export interface Judgement extends Candidate {
  /** The share of the pictures whose class came first. */
  readonly accuracy: number;
  /** The probability of the right class less that of the best other one, in the mean: from -1 to 1. */
  readonly margin: number;
  /** The logarithm of how probable the right classes were taken to be, all together. */
  readonly logLikelihood: number;
}

type Weights = Readonly<Partial<Record<UsualValues, number>>>;

/** How usual the values are for each order of channels, from the models that were looked at for the rules of inference. */
const usualWeights: Readonly<Record<Preprocessing['channels'], Weights>> = {
  rgb: { imageNet: 8, plusMinusOne: 4, unit: 4, bytes: 1, caffe: 0.5 },
  bgr: { caffe: 4, bytes: 0.8, imageNet: 0.5, unit: 0.5, plusMinusOne: 0.3 },
  grey: { unit: 4, mnist: 2, plusMinusOne: 1.5, bytes: 1 },
};
/** Inputs of at most so many pixels a side may be made for CIFAR's pictures. */
const smallInput = 64;

/** The usual ways to feed values and channels, with everything else as in `current`, which comes first. */
export function valueCandidates(current: Preprocessing, dtype: string): readonly Candidate[] {
  const isWhole = !dtype.startsWith('float');
  const orders = current.channels === 'grey' ? (['grey'] as const) : (['rgb', 'bgr'] as const);
  const usual = orders.flatMap((channels) => {
    const isSmall = channels !== 'grey' && current.width <= smallInput;
    const weights: Weights = { ...usualWeights[channels], ...(isSmall ? { cifar: 2 } : {}) };
    return Object.entries(weights).flatMap(([name, weight]): Candidate[] => {
      if (isWhole && name !== 'bytes') return [];
      const values: Preprocessing['values'] = usualValues[name as UsualValues];
      const ordered = channels === 'bgr' ? reversed(values) : values;
      return [{ preprocessing: { ...current, channels, values: ordered }, weight }];
    });
  });
  const own = usual.find(({ preprocessing }) => isSame(preprocessing, current));
  return distinct([{ preprocessing: current, weight: own?.weight ?? 1 }, ...usual]);
}

/** The usual ways to bring a picture to the model's size, with everything else as in each of `bases`, which come first. */
export function resizeCandidates(bases: readonly Candidate[]): readonly Candidate[] {
  const candidates = bases.flatMap(({ preprocessing, weight }) => {
    const side = Math.min(preprocessing.width, preprocessing.height);
    const resizes: readonly Preprocessing['resize'][] = [
      { kind: 'shortSideCrop', shortSide: Math.round((side * 256) / 224) },
      { kind: 'shortSideCrop', shortSide: side },
      { kind: 'squash' },
      { kind: 'letterbox' },
    ];
    return resizes.map((resize): Candidate => ({ preprocessing: { ...preprocessing, resize }, weight }));
  });
  return distinct([...bases, ...candidates]);
}

/** Networks are surer than they are right: one picture speaks against a preprocessing no louder than this. */
const leastProbability = 1e-3;

export function judge(
  candidate: Candidate,
  scores: readonly Float64Array[],
  classes: readonly number[],
): Judgement {
  let right = 0;
  let margin = 0;
  let logLikelihood = 0;
  for (const [index, row] of scores.entries()) {
    const probabilities = probabilitiesOf(row, candidate.preprocessing.output);
    const own = probabilities[classes[index] ?? -1] ?? 0;
    let other = 0;
    for (const [at, probability] of probabilities.entries())
      if (at !== classes[index] && probability > other) other = probability;
    if (own > other) right++;
    margin += own - other;
    logLikelihood += Math.log(Math.max(own, leastProbability));
  }
  const count = Math.max(1, scores.length);
  return { ...candidate, accuracy: right / count, margin: margin / count, logLikelihood };
}

/**
 * The best first: by how probable the right classes were, times how usual the preprocessing is. A few pictures cannot tell neighbours
 * apart by their accuracy alone, for one lucky picture would decide; where they can, the usual has no weight against them.
 */
export const ranked = (judgements: readonly Judgement[]): readonly Judgement[] =>
  [...judgements].sort((a, b) => evidence(b) - evidence(a));

const evidence = ({ logLikelihood, weight }: Judgement): number => logLikelihood + Math.log(weight);

export const isSame = (one: Preprocessing, other: Preprocessing): boolean => keyOf(one) === keyOf(other);

/** Without repetitions: the first of equals stays. */
const distinct = (candidates: readonly Candidate[]): readonly Candidate[] =>
  candidates.filter(
    (it, index) => candidates.findIndex((other) => isSame(it.preprocessing, other.preprocessing)) === index,
  );

/** One number for all channels is the same as three equal ones. */
function keyOf({ channels, resize, values, ...rest }: Preprocessing): string {
  const { scale, mean, std } = values;
  const three = (numbers: readonly number[]): number[] =>
    [0, 1, 2].map((at) => numbers[at] ?? numbers[0] ?? 0);
  const shortSide = resize.kind === 'shortSideCrop' ? resize.shortSide : 0;
  return JSON.stringify([
    channels,
    resize.kind,
    shortSide,
    scale,
    three(mean),
    three(std),
    rest.width,
    rest.height,
    rest.layout,
  ]);
}
