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

/** No batch takes longer by itself: that is how long the first picture in it may wait for the others. */
const patienceMs = 20;
/** After one run of so long several at once would not be found worthwhile. */
const hopelessMs = 30;
/** Twice as many each time, as long as each time is worth it. */
const sizes = [2, 4, 8, 16, 32, 64] as const;
/**
 * Each is timed so often, and the fastest counts: what else the machine does, and code that is still cold, only ever make a run slower.
 * Runs of next to no time are the ones that such things hide, and they may be had many times.
 */
const rounds = { few: 3, many: 16 } as const;
const manyBelowMs = 2;
/**
 * What a request costs both processes outside of its run, and a batch has once: turns of the event loop and a message each way. As
 * measured with the smallest models, whose runs take less than that.
 */
const turnMs = 0.07;
/**
 * While a batch runs nobody is answered, and whoever asks waits with it: the two take turns instead of working side by side, and on a
 * busy computer each turn is a wait for the processor. Below this a batch is over before that matters.
 */
const shortMs = 1;
/** A picture among twice as many may take at most this share of what it took; of a batch that is not short it is less. */
const worthwhileShare = { short: 0.95, long: 0.8 } as const;
/** As a share of the largest number: above what the order of additions explains, below what dynamic quantization does. */
const tolerance = 2e-3;

/**
 * Measures runs of one picture and of several. On a CPU a batch saves what a run costs beside its arithmetic: much for small models,
 * nothing for large ones, which are therefore left to run singly, so that decoding and cancelling get their turn sooner.
 */
export async function tryBatch(classifier: PictureClassifier): Promise<BatchTrial> {
  const { fixedBatch } = classifier;
  if (fixedBatch !== null) return { worthwhile: fixedBatch, possible: fixedBatch, isRowWise: true };
  const { width, height } = classifier.preprocessing;
  const pair = [stripes(width, height, 7), stripes(width, height, 3)];
  const alone: (Float64Array | undefined)[] = [];
  let singleMs = Number.POSITIVE_INFINITY;
  for (let round = 0; round < roundsFor(singleMs); round++) {
    for (const [index, picture] of pair.entries()) {
      const run = await classifier.run([picture]);
      singleMs = Math.min(singleMs, run.preprocessMs + run.runMs);
      if (singleMs > hopelessMs)
        return { worthwhile: 1, possible: Number.POSITIVE_INFINITY, isRowWise: false };
      alone[index] = run.scores[0];
    }
  }
  let isRowWise = true;
  const timed = async (size: number): Promise<number> => {
    const pictures = Array.from({ length: size }, (_, index) => pair[index % 2] ?? new Uint8Array());
    let bestMs = Number.POSITIVE_INFINITY;
    for (let round = 0; round < roundsFor(bestMs); round++) {
      const { scores, preprocessMs, runMs } = await classifier.run(pictures);
      bestMs = Math.min(bestMs, preprocessMs + runMs);
      isRowWise &&= scores.every((row, index) => isNear(row, alone[index % 2]));
    }
    return bestMs;
  };
  let worthwhile = 1;
  try {
    let costMs = singleMs + turnMs;
    for (const size of sizes) {
      const batchMs = await timed(size);
      const eachMs = (batchMs + turnMs) / size;
      const share = batchMs <= shortMs ? worthwhileShare.short : worthwhileShare.long;
      if (!isRowWise || batchMs > patienceMs || eachMs > share * costMs) break;
      worthwhile = size;
      costMs = eachMs;
    }
  } catch {
    return { worthwhile: 1, possible: 1, isRowWise: false }; // its shape says any number, and some operator says one
  }
  return { worthwhile: isRowWise ? worthwhile : 1, possible: Number.POSITIVE_INFINITY, isRowWise };
}

/** Of what took `ms` so far. */
const roundsFor = (ms: number): number => (ms < manyBelowMs ? rounds.many : rounds.few);

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
