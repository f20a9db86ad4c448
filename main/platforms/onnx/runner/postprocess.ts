import { AppError } from '../../../../app/base/errors';
import type { Classification } from '../../../../app/contract/inference';
import type { Tensor } from '../../../runner/tensor';
import { type OutputForm, valuesIn } from './infer-output';
import { fromHalf } from './tensor-types';

/** The model's numbers for each of `batch` pictures. The tensor that came back is believed, not the shape the file declares. */
export function scoresOf({ dtype, shape, data }: Tensor, batch: number): Float64Array[] {
  const numbers = numbersOf(dtype, data);
  const perPicture = numbers.length / batch;
  if (!Number.isInteger(perPicture) || perPicture < 1 || valuesIn(shape) === undefined) {
    throw new AppError(
      'MODEL_NOT_A_CLASSIFIER',
      {},
      { detail: `A run gave a tensor of shape [${shape.join(', ')}]` },
    );
  }
  return Array.from({ length: batch }, (_, index) =>
    numbers.subarray(index * perPicture, (index + 1) * perPicture),
  );
}

function numbersOf(dtype: string, data: Tensor['data']): Float64Array {
  const isNumeric =
    data instanceof Float32Array ||
    data instanceof Float64Array ||
    data instanceof Uint8Array ||
    data instanceof Int8Array ||
    data instanceof Uint16Array;
  if (!isNumeric)
    throw new AppError('MODEL_NOT_A_CLASSIFIER', {}, { detail: `The output is of type ${dtype}` });
  return dtype === 'float16' ? Float64Array.from(data, fromHalf) : new Float64Array(data);
}

/**
 * Whether the numbers of one picture are what `form` says; otherwise the form that they have. None below 0 with a sum of 1 are
 * probabilities, and a second softmax would flatten them; none above 0 whose exponentials sum to 1 are their logarithms.
 */
export function measuredForm(scores: Float64Array, form: OutputForm): OutputForm {
  if (scores.length < 2) return form;
  const largest = scores.reduce((a, b) => Math.max(a, b));
  const smallest = scores.reduce((a, b) => Math.min(a, b));
  const isOne = (sum: number): boolean => Math.abs(sum - 1) < 0.02;
  if (form === 'sigmoid') return smallest >= 0 && largest <= 1 ? form : 'logits';
  if (smallest >= 0 && isOne(scores.reduce((sum, score) => sum + score, 0))) return 'probabilities';
  if (largest <= 0 && isOne(scores.reduce((sum, score) => sum + Math.exp(score), 0)))
    return 'logProbabilities';
  return 'logits';
}

/** Probabilities by class index; a single number stands for two classes, and is that of class 1. */
export function probabilitiesOf(scores: Float64Array, form: OutputForm): Float64Array {
  const [only] = scores;
  if (scores.length === 1 && only !== undefined) {
    const probability =
      form === 'logits' ? 1 / (1 + Math.exp(-only)) : form === 'logProbabilities' ? Math.exp(only) : only;
    return Float64Array.of(1 - probability, probability);
  }
  switch (form) {
    case 'probabilities':
    case 'sigmoid':
      return scores;
    case 'logProbabilities':
      return scores.map(Math.exp);
    case 'logits': {
      const probabilities = scores.slice();
      const largest = rangeOf(scores).largest;
      let sum = 0;
      for (let index = 0; index < scores.length; index++) {
        const exponential = Math.exp((scores[index] ?? 0) - largest);
        probabilities[index] = exponential;
        sum += exponential;
      }
      for (let index = 0; index < scores.length; index++)
        probabilities[index] = (probabilities[index] ?? 0) / sum;
      return probabilities;
    }
  }
}

/** A loop by hand, here and above: a function called for each number makes an object of each number. NaN when one of them is none. */
function rangeOf(scores: Float64Array): { readonly smallest: number; readonly largest: number } {
  let smallest = Number.POSITIVE_INFINITY;
  let largest = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < scores.length; index++) {
    const score = scores[index] ?? 0;
    smallest = Math.min(smallest, score);
    largest = Math.max(largest, score);
  }
  return { smallest, largest };
}

export type RankedClasses = Pick<Classification, 'classes' | 'classCount' | 'isTied'>;

/** The `top` most probable classes; exact ties in the order of the class index, so that versions do not seem to disagree. */
export function rankClasses(
  scores: Float64Array,
  form: OutputForm,
  top: number,
  labelOf: (index: number) => string,
): RankedClasses {
  const probabilities = probabilitiesOf(scores, form);
  const raw = scores.length === 1 ? pairOf(scores[0] ?? 0, form) : scores;
  const rankable = (index: number): number => rankableOf(raw[index]);
  const order = largestOf(raw, Math.max(top, 2));
  const [first, second] = order;
  return {
    classes: order.slice(0, top).map((index) => ({
      index,
      label: labelOf(index),
      probability: probabilities[index] ?? 0,
      raw: raw[index] ?? 0,
    })),
    classCount: probabilities.length,
    isTied: first !== undefined && second !== undefined && rankable(first) === rankable(second),
  };
}

/** What is no number comes last. */
const rankableOf = (number = 0): number => (Number.isNaN(number) ? Number.NEGATIVE_INFINITY : number);

/** Up to so many are picked out one by one; for more of them everything is sorted. */
const fewClasses = 32;

/** The places of the `count` largest numbers, largest first; equal ones in their order. */
function largestOf(numbers: Float64Array, count: number): number[] {
  if (count > fewClasses || count >= numbers.length)
    return Array.from(numbers.keys())
      .sort((a, b) => rankableOf(numbers[b]) - rankableOf(numbers[a]) || a - b)
      .slice(0, count);
  const places: number[] = [];
  let least = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < numbers.length; index++) {
    const number = rankableOf(numbers[index]);
    if (places.length >= count && number <= least) continue;
    let at = places.length;
    while (at > 0 && rankableOf(numbers[places[at - 1] ?? 0]) < number) at--;
    places.splice(at, 0, index);
    if (places.length > count) places.pop();
    least = rankableOf(numbers[places.at(-1) ?? 0]);
  }
  return places;
}

/** The numbers of both classes when the model gives only that of class 1. */
const pairOf = (only: number, form: OutputForm): Float64Array =>
  form === 'logits' ? Float64Array.of(-only, only) : Float64Array.of(1 - only, only);
