import type { InferenceNote } from '../../../../app/contract/inference';
import type { GraphIndex } from './graph-walk';
import { note } from './note';
import type { GraphNode, OnnxFile } from './onnx-file';
import { type UsualValues, usualValues, type Values, valuesNear } from './usual-values';

export interface InferredValues {
  /** Channels in the order red, green, blue. */
  readonly values: Values;
  readonly note: InferenceNote;
}

export interface ValuesQuestion {
  readonly file: OnnxFile;
  readonly index: GraphIndex;
  /** The name of the picture input. */
  readonly input: string;
  readonly dtype: string;
  readonly isGrey: boolean;
}

/** How 8-bit values are to be fed. The first rule that applies decides; their order was measured on 37 models. */
export function inferValues(question: ValuesQuestion): InferredValues {
  return (
    fromMetadata(question.file.metadata) ??
    fromType(question.dtype) ??
    fromQuantization(question) ??
    fromFirstOperators(question) ??
    fromProducer(question)
  );
}

/** Windows ML's names of pixel ranges. Source: microsoft/Windows-Machine-Learning, image metadata. */
const pixelRanges: Readonly<Record<string, UsualValues>> = {
  NominalRange_0_255: 'bytes',
  NominalRange_16_235: 'bytes',
  Normalized_0_1: 'unit',
  Normalized_1_1: 'plusMinusOne',
};

function fromMetadata(metadata: OnnxFile['metadata']): InferredValues | undefined {
  const value = metadata['Image.NominalPixelRange'];
  const range = value === undefined ? undefined : pixelRanges[value];
  if (range && value) return usual(range, note('certain', 'valuesPixelRange', { value }));
  if (metadata['task'] === 'classify' && metadata['names'] !== undefined) {
    return usual('unit', note('certain', 'valuesUltralytics'));
  }
  const mean = numberList(metadata['standardization_mean']);
  const std = numberList(metadata['standardization_std']);
  if (mean && std?.every((deviation) => deviation > 0)) {
    return { values: { scale: 1 / 255, mean, std }, note: note('certain', 'valuesDeepness') };
  }
  return undefined;
}

function numberList(text: string | undefined): number[] | undefined {
  if (text === undefined) return undefined;
  try {
    const list: unknown = JSON.parse(text);
    const isList = Array.isArray(list) && list.length >= 1 && list.length <= 3;
    return isList && list.every((item) => typeof item === 'number') ? (list as number[]) : undefined;
  } catch {
    return undefined; // not this convention
  }
}

function fromType(dtype: string): InferredValues | undefined {
  const isWhole = /^u?int\d+$/.test(dtype);
  if (!isWhole) return undefined;
  return usual('bytes', note(dtype === 'uint8' ? 'certain' : 'guess', 'valuesBytes', { dtype }));
}

/** Operators at the start that leave the numbers as they are. */
const passing: ReadonlySet<string> = new Set([
  'Cast',
  'Identity',
  'Transpose',
  'Reshape',
  'Squeeze',
  'Unsqueeze',
  'Pad',
  'Resize',
]);

/** The nodes that the input meets first, one after the other, as long as it meets only one. */
function* firstNodes(index: GraphIndex, input: string): Generator<GraphNode> {
  let value: string | undefined = input;
  for (let steps = 0; value !== undefined && steps < 16; steps++) {
    const consumers: readonly GraphNode[] = index
      .consumersOf(value)
      .filter(({ opType }) => opType !== 'Shape');
    const node: GraphNode | undefined = consumers[0];
    if (!node || consumers.length > 1) return;
    yield node;
    value = node.outputs[0];
  }
}

/** What the model's quantizer measured at the input *is* the range of the pictures it was calibrated on. */
function fromQuantization({ index, input, isGrey }: ValuesQuestion): InferredValues | undefined {
  for (const node of firstNodes(index, input)) {
    if (node.opType === 'QuantizeLinear') {
      const [scale] = index.constantOf(node.inputs[1]) ?? [];
      if (scale === undefined) return undefined;
      const [zeroPoint = 0] = index.constantOf(node.inputs[2]) ?? [];
      const lowest = zeroPoint < 0 || isSigned(index, node) ? -128 : 0;
      const low = (lowest - zeroPoint) * scale;
      const high = (lowest + 255 - zeroPoint) * scale;
      const name = valuesNear(low, high, isGrey);
      if (!name) return undefined;
      return usual(
        name,
        note('certain', 'valuesQuantization', { low: low.toFixed(2), high: high.toFixed(2) }),
      );
    }
    if (!passing.has(node.opType)) return undefined;
  }
  return undefined;
}

const isSigned = (index: GraphIndex, quantize: GraphNode): boolean =>
  index.typeOf(quantize.inputs[2]) === 'int8';

/** A model that begins by subtracting, dividing or normalising by constants does that part itself. */
function fromFirstOperators({ index, input }: ValuesQuestion): InferredValues | undefined {
  const met: { readonly operator: string; readonly isForBytes: boolean }[] = [];
  for (const node of firstNodes(index, input)) {
    const constants = affineConstants(index, node);
    if (constants) met.push({ operator: node.opType, isForBytes: isForBytes(node.opType, constants) });
    else if (!passing.has(node.opType)) break;
  }
  if (met.length === 0) return undefined;
  const operator = met.map((step) => step.operator).join(', ');
  return met.some((step) => step.isForBytes)
    ? usual('bytes', note('likely', 'valuesInGraphBytes', { operator }))
    : usual('unit', note('likely', 'valuesInGraphUnit', { operator }));
}

function affineConstants(index: GraphIndex, { opType, inputs }: GraphNode): readonly number[] | undefined {
  switch (opType) {
    case 'Sub':
    case 'Div':
      return index.constantOf(inputs[1]);
    case 'Add':
    case 'Mul':
      return index.constantOf(inputs[1]) ?? index.constantOf(inputs[0]);
    case 'BatchNormalization':
      return index.constantOf(inputs[3]);
    default:
      return undefined;
  }
}

function isForBytes(opType: string, constants: readonly number[]): boolean {
  const largest = Math.max(...constants.map(Math.abs));
  if (opType === 'Mul') return largest < 0.1; // 1/255, 1/127.5, 1/58
  return largest > 1.5; // means and deviations of numbers up to 1 stay below
}

function fromProducer({ file, isGrey }: ValuesQuestion): InferredValues {
  const producer = file.producer.toLowerCase();
  if (producer.includes('cntk') && isGrey) return usual('bytes', note('likely', 'valuesCntk'));
  if (isGrey) return usual('unit', note('guess', 'valuesOneChannel'));
  if (producer.includes('caffe')) return usual('caffe', note('likely', 'valuesCaffe'));
  if (producer.includes('paddle')) return usual('plusMinusOne', note('guess', 'valuesPaddle'));
  if (producer.includes('tf2onnx') || producer.includes('keras')) {
    const clips = file.graph?.nodes.filter(({ opType }) => opType === 'Clip').length ?? 0;
    return clips >= 10
      ? usual('plusMinusOne', note('likely', 'valuesMobileNetKeras'))
      : usual('unit', note('guess', 'valuesKeras'));
  }
  if (producer.includes('pytorch') || producer.includes('onnx.quantize')) {
    return usual('imageNet', note('guess', 'valuesPytorch'));
  }
  return usual('imageNet', note('guess', 'valuesUnknown'));
}

const usual = (name: UsualValues, because: InferenceNote): InferredValues => ({
  values: { ...usualValues[name], mean: [...usualValues[name].mean], std: [...usualValues[name].std] },
  note: because,
});
