import type { InferenceNote, Preprocessing } from '../../../../app/contract/inference';
import { note, shapeText } from './note';
import type { ValueInfo } from './onnx-file';
import type { PictureClassifier } from './picture-classifier';
import { measuredForm } from './postprocess';
import type { Settings } from './settings';

/** What a first run told about a classifier. */
export interface Trial {
  readonly settings: Settings;
  /** Numbers that one picture yields. */
  readonly valueCount: number;
  readonly warnings: readonly InferenceNote[];
}

/** Sizes that models with a free size are made for, most common first. */
const otherSizes = [256, 299, 384, 128, 96, 64, 32] as const;

/**
 * Runs the classifier once on a made-up picture. That checks what the file says of its output, finds a size where the file leaves it
 * free and the first guess does not run, and warms the model up. Throws what the run throws.
 */
export async function tryOut(
  classifier: PictureClassifier,
  settings: Settings,
  { isSizeFree, declared }: { readonly isSizeFree: boolean; readonly declared: ValueInfo['shape'] },
): Promise<Trial> {
  const sized = await findSize(classifier, settings, isSizeFree && settings.notes.size.certainty === 'guess');
  const [scores] = sized.run.scores;
  const warnings: InferenceNote[] = [];
  if (declared && contradicts(declared, sized.run.output.shape, classifier.fixedBatch ?? 1)) {
    const actual = shapeText(sized.run.output.shape);
    warnings.push(note('certain', 'warnOutputShape', { declared: shapeText(declared), actual }));
  }
  if (!scores) return { settings: sized.settings, valueCount: 0, warnings };
  const checked = checkForm(sized.settings, scores);
  if (checked !== sized.settings) classifier.configure(checked.preprocessing);
  return { settings: checked, valueCount: scores.length, warnings };
}

async function findSize(classifier: PictureClassifier, settings: Settings, mayTry: boolean) {
  const attempt = (preprocessing: Preprocessing) => classifier.run([testPicture(preprocessing)]);
  try {
    return { settings, run: await attempt(settings.preprocessing) };
  } catch (thrown) {
    if (!mayTry) throw thrown;
    for (const side of otherSizes) {
      const preprocessing = atSize(settings.preprocessing, side);
      classifier.configure(preprocessing);
      try {
        const run = await attempt(preprocessing);
        const size = note('likely', 'sizeTried', { width: side, height: side });
        return { settings: { preprocessing, notes: { ...settings.notes, size } }, run };
      } catch {
        // Not this size either; the next one is tried, and the first failure is reported in the end.
      }
    }
    classifier.configure(settings.preprocessing);
    throw thrown;
  }
}

function atSize(preprocessing: Preprocessing, side: number): Preprocessing {
  const { resize } = preprocessing;
  const shortSide = Math.round((side * 256) / 224);
  const resized: Preprocessing['resize'] =
    resize.kind === 'shortSideCrop' ? { kind: 'shortSideCrop', shortSide } : resize;
  return { ...preprocessing, width: side, height: side, resize: resized };
}

/** Takes the form that the numbers have, unless a person has set one. */
function checkForm(settings: Settings, scores: Float64Array): Settings {
  const { output } = settings.preprocessing;
  const measured = measuredForm(scores, output);
  if (settings.notes.output.certainty === 'set' || measured === output) return settings;
  const reasons = {
    probabilities: 'outputMeasuredProbabilities',
    logProbabilities: 'outputMeasuredLogProbabilities',
    logits: 'outputMeasuredLogits',
    sigmoid: 'outputMeasuredProbabilities',
  } as const;
  return {
    preprocessing: { ...settings.preprocessing, output: measured },
    notes: { ...settings.notes, output: note('certain', reasons[measured]) },
  };
}

/** Soft stripes in all colours: no flat area, nothing random. */
function testPicture({ width, height }: Pick<Preprocessing, 'width' | 'height'>): Uint8Array {
  const rgb = new Uint8Array(width * height * 3);
  for (let at = 0; at < rgb.length; at++) {
    const pixel = Math.floor(at / 3);
    const x = pixel % width;
    const y = Math.floor(pixel / width);
    rgb[at] = 128 + 96 * Math.sin(x / 7 + (at % 3) * 2) * Math.cos(y / 11);
  }
  return rgb;
}

function contradicts(
  declared: readonly (number | string)[],
  actual: readonly number[],
  batch: number,
): boolean {
  if (declared.length !== actual.length) return true;
  return declared.some(
    (dimension, axis) =>
      typeof dimension === 'number' &&
      dimension !== actual[axis] &&
      !(axis === 0 && actual[axis] === batch && dimension === 1),
  );
}
