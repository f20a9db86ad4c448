import type { PictureClassifier } from './picture-classifier';

/** What running several pictures at once was found to be good for. */
export interface BatchTrial {
  /** Most pictures that are worth running at once when nobody has said how many. */
  readonly worthwhile: number;
  /** Most that the model takes; infinite when its batch dimension is free. */
  readonly possible: number;
  /** Are the numbers of a picture the same whatever other pictures it is run with? */
  readonly isRowWise: boolean;
}

/** A batch may make the first picture in it wait for about so long. */
const patienceMs = 10;
/** After one run of so long another would not find it worthwhile. */
const hopelessMs = 3 * patienceMs;
const mostWorthwhile = 64;
/** As a share of the largest number: above what the order of additions explains, below what dynamic quantization does. */
const tolerance = 2e-3;

/**
 * Measures runs of one and of two pictures. On a CPU a batch saves what a run costs beside its arithmetic: much for small models,
 * nothing for large ones, which are therefore left to run singly and to be interrupted sooner.
 */
export async function tryBatch(classifier: PictureClassifier): Promise<BatchTrial> {
  const { fixedBatch } = classifier;
  if (fixedBatch !== null) return { worthwhile: fixedBatch, possible: fixedBatch, isRowWise: true };
  const { width, height } = classifier.preprocessing;
  const pictures = [stripes(width, height, 7), stripes(width, height, 3)];
  const alone: (Float64Array | undefined)[] = [];
  let fastestMs = Number.POSITIVE_INFINITY;
  for (const picture of pictures) {
    const { scores, preprocessMs, runMs } = await classifier.run([picture]);
    fastestMs = Math.min(fastestMs, preprocessMs + runMs);
    if (fastestMs > hopelessMs)
      return { worthwhile: 1, possible: Number.POSITIVE_INFINITY, isRowWise: false };
    alone.push(scores[0]);
  }
  const worthwhile = Math.min(mostWorthwhile, Math.max(1, Math.floor(patienceMs / fastestMs)));
  try {
    const { scores } = await classifier.run(pictures);
    const isRowWise = scores.every((row, index) => isNear(row, alone[index]));
    return { worthwhile: isRowWise ? worthwhile : 1, possible: Number.POSITIVE_INFINITY, isRowWise };
  } catch {
    return { worthwhile: 1, possible: 1, isRowWise: false }; // its shape says any number, and some operator says one
  }
}

function stripes(width: number, height: number, period: number): Uint8Array {
  const rgb = new Uint8Array(width * height * 3);
  for (let at = 0; at < rgb.length; at++) {
    const pixel = Math.floor(at / 3);
    rgb[at] =
      128 +
      120 *
        Math.sin((pixel % width) / period + (at % 3)) *
        Math.cos(Math.floor(pixel / width) / (period + 4));
  }
  return rgb;
}

function isNear(row: Float64Array, other: Float64Array | undefined): boolean {
  if (!other || other.length !== row.length) return false;
  const largest = row.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return row.every((value, index) => Math.abs(value - (other[index] ?? 0)) <= tolerance * largest);
}
