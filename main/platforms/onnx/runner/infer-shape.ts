import type { InferenceNote, Preprocessing } from '../../../../app/contract/inference';
import { callerInputs, type GraphIndex } from './graph-walk';
import { note, shapeText } from './note';
import type { GraphNode, OnnxFile, ValueInfo } from './onnx-file';
import type { Dimension, Placement } from './placement';
import type { Override } from './settings';
import { placeAsTold } from './told-placement';

/** How a picture lies in the model's input tensor. */
export interface InferredShape {
  readonly input: ValueInfo;
  readonly layout: Preprocessing['layout'];
  readonly isGrey: boolean;
  readonly width: number;
  readonly height: number;
  /** Is the size the model's own, or a choice that a person may want to change? */
  readonly isSizeFree: boolean;
  readonly notes: { readonly size: InferenceNote; readonly layout: InferenceNote };
}

export type ShapeInference =
  | { readonly ok: true; readonly shape: InferredShape }
  | { readonly ok: false; readonly note: InferenceNote };

/** What most classifiers with a free size are trained on. */
const usualSize = 224;
const smallestSize = 8;
const largestSize = 8192;

const pictureTypes: ReadonlySet<string> = new Set([
  'float32',
  'float16',
  'float64',
  'uint8',
  'int8',
  'int16',
  'uint16',
  'int32',
  'uint32',
  'int64',
]);

/** Finds the picture input and reads its shape; `told` says what a person has set and wins where the shape allows it. */
export function inferShape(file: OnnxFile, index: GraphIndex, told: Override | null = null): ShapeInference {
  const inputs = file.graph ? callerInputs(file.graph) : [];
  const [input] = inputs;
  if (!input) return no(note('certain', 'notNoInput'));
  if (inputs.length > 1) return no(note('certain', 'notSeveralInputs', { count: inputs.length }));
  if (!pictureTypes.has(input.dtype)) {
    return no(note('certain', 'notInputType', { input: input.name, dtype: input.dtype }));
  }
  const placement =
    input.shape && ((told && placeAsTold(input.shape, told)) ?? place(input.shape, input.name, index));
  if (!placement) {
    return no(
      note('certain', 'notInputShape', {
        input: input.name,
        shape: input.shape ? shapeText(input.shape) : '?',
      }),
    );
  }
  if (placement.channels === 4) return no(note('likely', 'notFourChannels', { input: input.name }));
  const size = sizeOf(placement, input.name, file.metadata);
  const { width, height } = size;
  const isTold = told?.preprocessing.width !== undefined && told.preprocessing.height !== undefined;
  if ((!isTold && Math.min(width, height) < smallestSize) || Math.max(width, height) > largestSize) {
    return no(note('certain', 'notInputSize', { input: input.name, width, height }));
  }
  const shape = { input, layout: placement.layout, isGrey: placement.channels === 1, ...size };
  return { ok: true, shape: { ...shape, notes: { size: size.note, layout: placement.note } } };
}

const no = (reason: InferenceNote): ShapeInference => ({ ok: false, note: reason });

const canBeChannels = (dimension: Dimension | undefined): boolean =>
  dimension === 1 || dimension === 3 || dimension === 4;

function place(shape: readonly Dimension[], input: string, index: GraphIndex): Placement | undefined {
  switch (shape.length) {
    case 4:
      return placeRank4(shape, input, index);
    case 3:
      return placeRank3(shape);
    case 2:
      return placeRank2(shape);
    default:
      return undefined;
  }
}

function placeRank4(shape: readonly Dimension[], input: string, index: GraphIndex): Placement | undefined {
  const [, second = '', third = '', fourth = ''] = shape;
  const first = (because: InferenceNote, channels: Dimension = second): Placement => ({
    layout: 'nchw',
    channels,
    height: third,
    width: fourth,
    note: because,
  });
  const last = (because: InferenceNote, channels: Dimension = fourth): Placement => ({
    layout: 'nhwc',
    channels,
    height: second,
    width: third,
    note: because,
  });
  const text = { shape: shapeText(shape) };
  const isFirst = canBeChannels(second);
  const isLast = canBeChannels(fourth);
  if (isFirst && !isLast) return first(note('certain', 'layoutChannelsFirst', text));
  if (isLast && !isFirst) return last(note('certain', 'layoutChannelsLast', text));
  if (isFirst || (typeof second === 'number' && typeof fourth === 'number')) return undefined;
  const convolution = firstConvolution(input, index);
  if (!convolution || !canBeChannels(convolution.channels)) return undefined;
  const because = note('likely', 'layoutConvolution', { channels: convolution.channels });
  return convolution.isTransposed
    ? last(because, convolution.channels)
    : first(because, convolution.channels);
}

/** Rank 3: a square is grey without a channel dimension; three planes or triples are a picture without a batch. */
function placeRank3(shape: readonly Dimension[]): Placement | undefined {
  const [first = '', second = '', third = ''] = shape;
  const text = { shape: shapeText(shape) };
  if (first === 3 && second === third) {
    return {
      layout: 'nchw',
      channels: 3,
      height: second,
      width: third,
      note: note('certain', 'layoutChannelsFirst', text),
    };
  }
  if (third === 3 && first === second) {
    return {
      layout: 'nhwc',
      channels: 3,
      height: first,
      width: second,
      note: note('certain', 'layoutChannelsLast', text),
    };
  }
  if (typeof second !== 'number' || second !== third) return undefined;
  return {
    layout: 'hw',
    channels: 1,
    height: second,
    width: third,
    note: note('certain', 'layoutNoChannels', text),
  };
}

/** The lengths that stand for a flat picture, and what they hold. */
const flatLengths: Readonly<Record<number, { readonly side: number; readonly channels: number }>> = {
  784: { side: 28, channels: 1 },
  1024: { side: 32, channels: 1 },
  3072: { side: 32, channels: 3 },
};

function placeRank2(shape: readonly Dimension[]): Placement | undefined {
  const [, length] = shape;
  const flat = typeof length === 'number' ? flatLengths[length] : undefined;
  if (!flat) return undefined;
  return {
    layout: 'flat',
    channels: flat.channels,
    height: flat.side,
    width: flat.side,
    note: note('likely', 'layoutFlat', { shape: shapeText(shape) }),
  };
}

/** Where the shape is free, the first convolution's weights `[out, in / group, height, width]` still know the channels. */
function firstConvolution(
  input: string,
  index: GraphIndex,
): { readonly channels: number; readonly isTransposed: boolean } | undefined {
  let value: string | undefined = input;
  let isTransposed = false;
  for (let steps = 0; value !== undefined && steps < 16; steps++) {
    const node: GraphNode | undefined = index.consumersOf(value).find(({ opType }) => opType !== 'Shape');
    if (!node) return undefined;
    if (node.opType === 'Transpose') isTransposed = node.attributes.get('perm')?.ints.join() === '0,3,1,2';
    const weights = convolutionWeights[node.opType];
    if (weights !== undefined) {
      const channels = index.dimsOf(node.inputs[weights] ?? '')?.[1];
      return channels === undefined ? undefined : { channels, isTransposed };
    }
    value = node.outputs[0];
  }
  return undefined;
}

/** Which input of a convolution holds its weights. */
const convolutionWeights: Readonly<Record<string, number>> = { Conv: 1, ConvInteger: 1, QLinearConv: 3 };

function sizeOf(
  { layout, height, width }: Placement,
  input: string,
  metadata: OnnxFile['metadata'],
): Pick<InferredShape, 'width' | 'height' | 'isSizeFree'> & { readonly note: InferenceNote } {
  if (typeof height === 'number' && typeof width === 'number' && height > 0 && width > 0) {
    const because =
      layout === 'flat'
        ? note('likely', 'sizeFlat', { length: height * width, width, height })
        : note('certain', 'sizeFixed', { input, width, height });
    return { width, height, isSizeFree: false, note: because };
  }
  const stated = /^\[?\s*(\d+)(?:\s*,\s*(\d+))?\s*\]?$/.exec(metadata['imgsz'] ?? '');
  if (stated) {
    const statedHeight = Number(stated[1]);
    const statedWidth = Number(stated[2] ?? stated[1]);
    const params = { key: 'imgsz', width: statedWidth, height: statedHeight };
    return {
      width: statedWidth,
      height: statedHeight,
      isSizeFree: true,
      note: note('certain', 'sizeMetadata', params),
    };
  }
  const known = [height, width].find((dimension) => typeof dimension === 'number' && dimension > 0);
  const side = typeof known === 'number' ? known : usualSize;
  return {
    width: side,
    height: side,
    isSizeFree: true,
    note: note('guess', 'sizeFree', { width: side, height: side }),
  };
}
