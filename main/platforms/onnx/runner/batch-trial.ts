import type { PictureClassifier } from './picture-classifier';

/** What running several pictures at once was found to be good for. */
export interface BatchTrial {
  /** Most pictures that are worth running at once when nobody has said how many. */
  readonly worthwhile: number;
  /** Most that the model takes; infinite when its batch dimension is free. */
  readonly possible: number;
  /** Are the numbers of a picture the same whatever other pictures it is run with? False also where a run is too slow to find out. */
  readonly isRowWise: boolean;
}

/** A batch may make the first picture in it wait for about so long. */
const patienceMs = 20;
/** After one run of so long several at once would not be found worthwhile. */
const hopelessMs = 30;
const mostWorthwhile = 64;
/** Each is timed so often, and the fastest counts: what else the machine does only ever makes a run slower. */
const rounds = 3;
/** What a run costs outside of it: turns of the event loop and a message each way, which a batch has once. */
const turnMs = 0.5;
/** A picture in a batch must take less than this share of what it takes alone. */
const worthwhileShare = 0.9;
/** As a share of the largest number: above what the order of additions explains, below what dynamic quantization does. */
const tolerance = 2e-3;

/**
 * Measures runs of one and of two pictures. On a CPU a batch saves what a run costs beside its arithmetic: much for small models,
 * nothing for large ones, which are therefore left to run singly, so that decoding and cancelling get their turn sooner.
 */
export async function tryBatch(classifier: PictureClassifier): Promise<BatchTrial> {
  const { fixedBatch } = classifier;
  if (fixedBatch !== null) return { worthwhile: fixedBatch, possible: fixedBatch, isRowWise: true };
  const { width, height } = classifier.preprocessing;
  const pictures = [stripes(width, height, 7), stripes(width, height, 3)];
  const alone: (Float64Array | undefined)[] = [];
  let singleMs = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    for (const [index, picture] of pictures.entries()) {
      const run = await classifier.run([picture]);
      singleMs = Math.min(singleMs, run.preprocessMs + run.runMs);
      if (singleMs > hopelessMs)
        return { worthwhile: 1, possible: Number.POSITIVE_INFINITY, isRowWise: false };
      alone[index] = run.scores[0];
    }
  }
  let eachMs = Number.POSITIVE_INFINITY;
  let isRowWise = true;
  try {
    for (let round = 0; round < rounds; round++) {
      const { scores, preprocessMs, runMs } = await classifier.run(pictures);
      eachMs = Math.min(eachMs, (preprocessMs + runMs) / pictures.length);
      isRowWise &&= scores.every((row, index) => isNear(row, alone[index]));
    }
  } catch {
    return { worthwhile: 1, possible: 1, isRowWise: false }; // its shape says any number, and some operator says one
  }
  const isWorthwhile = isRowWise && eachMs + turnMs / pictures.length < worthwhileShare * (singleMs + turnMs);
  const worthwhile = isWorthwhile
    ? Math.min(mostWorthwhile, Math.max(1, Math.floor(patienceMs / eachMs)))
    : 1;
  return { worthwhile, possible: Number.POSITIVE_INFINITY, isRowWise };
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
