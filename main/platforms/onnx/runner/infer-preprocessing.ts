import type { InferenceNote, Preprocessing } from '../../../../app/contract/inference';
import { GraphIndex } from './graph-walk';
import { type InferredOutput, inferOutput } from './infer-output';
import { type InferredShape, inferShape } from './infer-shape';
import { inferValues } from './infer-values';
import { note } from './note';
import type { OnnxFile } from './onnx-file';
import type { Override, PreprocessingNotes } from './settings';
import { reversed } from './usual-values';

export interface InferredClassifier {
  readonly preprocessing: Preprocessing;
  readonly notes: PreprocessingNotes;
  readonly shape: InferredShape;
  readonly output: InferredOutput;
}

export type Inference =
  | { readonly ok: true; readonly classifier: InferredClassifier }
  /** The model is no image classifier, and why. */
  | { readonly ok: false; readonly note: InferenceNote };

/** Reads from the model's structure how a picture goes in and how classes come out; `told` helps where the structure leaves it open. */
export function inferPreprocessing(file: OnnxFile, told: Override | null = null): Inference {
  if (!file.graph) return { ok: false, note: note('certain', 'notNoInput') };
  const index = new GraphIndex(file.graph);
  const shaped = inferShape(file, index, told);
  if (!shaped.ok) return shaped;
  const { shape } = shaped;
  const read = inferOutput(file.graph, index);
  if (!read.ok) return read;
  const { input, width, height, layout, isGrey } = shape;
  const channels = inferChannels(file, isGrey);
  const values = inferValues({ file, index, input: input.name, dtype: input.dtype, isGrey });
  const resize = inferResize(file, width, height);
  return {
    ok: true,
    classifier: {
      shape,
      output: read.output,
      preprocessing: {
        width,
        height,
        layout,
        channels: channels.channels,
        resize: resize.resize,
        values: channels.channels === 'bgr' ? reversed(values.values) : values.values,
        output: read.output.form,
      },
      notes: {
        ...shape.notes,
        channels: channels.note,
        resize: resize.note,
        values: values.note,
        output: read.output.note,
      },
    },
  };
}

/** Windows ML's names of pixel formats. */
const pixelFormats: Readonly<Record<string, Preprocessing['channels']>> = { Rgb8: 'rgb', Bgr8: 'bgr' };

function inferChannels(
  { metadata, producer }: OnnxFile,
  isGrey: boolean,
): { readonly channels: Preprocessing['channels']; readonly note: InferenceNote } {
  if (isGrey) return { channels: 'grey', note: note('certain', 'channelsOne') };
  const value = metadata['Image.BitmapPixelFormat'];
  const stated = value === undefined ? undefined : pixelFormats[value];
  if (stated && value) return { channels: stated, note: note('certain', 'channelsMetadata', { value }) };
  const maker = producer.toLowerCase();
  if (maker.includes('caffe')) return { channels: 'bgr', note: note('likely', 'channelsCaffe') };
  if (maker.includes('paddle')) return { channels: 'bgr', note: note('guess', 'channelsPaddle') };
  return { channels: 'rgb', note: note('likely', 'channelsUsual') };
}

/** Below this many pixels a side, pictures are made to the model's size beforehand (MNIST, CIFAR). */
const smallInput = 64;

function inferResize(
  { metadata }: OnnxFile,
  width: number,
  height: number,
): { readonly resize: Preprocessing['resize']; readonly note: InferenceNote } {
  const side = Math.min(width, height);
  if (metadata['task'] === 'classify' && metadata['names'] !== undefined) {
    return { resize: { kind: 'shortSideCrop', shortSide: side }, note: note('certain', 'resizeUltralytics') };
  }
  if (side < smallInput) return { resize: { kind: 'squash' }, note: note('likely', 'resizeSmallInput') };
  const shortSide = Math.round((side * 256) / 224);
  return { resize: { kind: 'shortSideCrop', shortSide }, note: note('likely', 'resizeUsual', { shortSide }) };
}
