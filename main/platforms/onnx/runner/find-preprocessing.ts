import { AppError } from '../../../../app/base/errors';
import type { Preprocessing, PreprocessingRanking } from '../../../../app/contract/inference';
import { decodePicture } from '../../../runner/decode';
import type { LabelledPicture } from '../../../runner/protocol';
import type { PictureClassifier } from './picture-classifier';
import {
  type Candidate,
  isSame,
  type Judgement,
  judge,
  ranked,
  resizeCandidates,
  valueCandidates,
} from './rank-preprocessings';

export interface FindPreprocessingHost {
  readonly classifier: PictureClassifier;
  /** By class index; empty for a class without a name. */
  readonly labels: readonly string[];
  /** Runs native code in turn with the requests of others. */
  readonly run: <T>(task: () => Promise<T>) => Promise<T>;
}

/** So many of the ways to feed values are tried with every way to resize: size matters less, and each costs a run. */
const finalists = 3;

/**
 * Tries the usual preprocessings on labelled pictures, and ranks them. A wrong one does not fail: it runs and
 * quietly gives worse answers, which is what labels bring to light. Throws INVALID_ARGUMENT, PICTURE_UNREADABLE.
 */
export async function findPreprocessing(
  pictures: readonly LabelledPicture[],
  { classifier, labels, run }: FindPreprocessingHost,
): Promise<PreprocessingRanking> {
  if (pictures.length === 0) throw invalid('It takes at least one labelled picture');
  const classes = pictures.map(({ label }) => classOf(label, labels));
  const current = classifier.preprocessing;
  const decoded = new Map<string, readonly Uint8Array[]>();
  const prepare = async (preprocessing: Preprocessing): Promise<readonly Uint8Array[]> => {
    const key = JSON.stringify(preprocessing.resize);
    const existing = decoded.get(key);
    if (existing) return existing;
    const rgb: Uint8Array[] = [];
    for (const { picture } of pictures) rgb.push((await decodePicture(picture, preprocessing)).rgb);
    decoded.set(key, rgb);
    return rgb;
  };
  const judged: Judgement[] = [];
  const tryAll = async (candidates: readonly Candidate[]): Promise<void> => {
    for (const candidate of candidates) {
      const { preprocessing } = candidate;
      if (judged.some((it) => isSame(it.preprocessing, preprocessing))) continue;
      const rgb = await prepare(preprocessing);
      const scores: Float64Array[] = [];
      for (const picture of rgb)
        scores.push(...(await run(() => classifier.run([picture], preprocessing))).scores);
      judged.push(judge(candidate, scores, classes));
    }
  };
  await tryAll(valueCandidates(current, classifier.dtype));
  await tryAll(resizeCandidates(ranked(judged).slice(0, finalists)));
  return {
    pictureCount: pictures.length,
    ranked: ranked(judged).map(({ preprocessing, accuracy, margin }) => ({
      preprocessing,
      accuracy,
      margin,
      isCurrent: isSame(preprocessing, current),
    })),
  };
}

/** A class by its number, or by its name whatever its case; digits that name no class are a number. */
function classOf(label: string | number, labels: readonly string[]): number {
  const index = typeof label === 'number' ? label : indexOf(label, labels);
  if (index === undefined || index < 0 || index >= labels.length)
    throw invalid(`The model has no class "${label}"`);
  return index;
}

function indexOf(label: string, labels: readonly string[]): number | undefined {
  const wanted = label.trim().toLowerCase();
  if (wanted === '') return undefined;
  const names = labels.map((name) => name.toLowerCase());
  const whole = names.indexOf(wanted);
  // ImageNet's names list synonyms: `tench, Tinca tinca`.
  const index = whole >= 0 ? whole : names.findIndex((name) => name.split(/,\s*/).includes(wanted));
  if (index >= 0) return index;
  return /^\d{1,6}$/.test(wanted) ? Number(wanted) : undefined;
}

const invalid = (detail: string): AppError => new AppError('INVALID_ARGUMENT', {}, { detail });
