import type { InferenceNote, Preprocessing } from '../../../../app/contract/inference';
import type { GraphIndex } from './graph-walk';
import { note, shapeText } from './note';
import type { Graph, ValueInfo } from './onnx-file';

export type OutputForm = Preprocessing['output'];

/** Which output holds the classes, and how its numbers are to be read. */
export interface InferredOutput {
  readonly name: string;
  readonly form: OutputForm;
  readonly note: InferenceNote;
  /** Null when the file leaves it open; 1 for a single number that stands for two classes. */
  readonly valueCount: number | null;
  readonly warnings: readonly InferenceNote[];
}

export type OutputInference =
  | { readonly ok: true; readonly output: InferredOutput }
  | { readonly ok: false; readonly note: InferenceNote };

const numberTypes: ReadonlySet<string> = new Set(['float32', 'float16', 'float64', 'uint8', 'int8']);

/** Operators that only pass numbers on. */
const passing: ReadonlySet<string> = new Set([
  'Cast',
  'Reshape',
  'Squeeze',
  'Unsqueeze',
  'Flatten',
  'Identity',
  'Pad',
  'QuantizeLinear',
  'DequantizeLinear',
  'Transpose',
]);

/** Finds the output that holds one number for each class. */
export function inferOutput(graph: Graph, index: GraphIndex): OutputInference {
  const tensors = graph.outputs.filter(
    ({ dtype }) => !['sequence', 'map', 'optional', 'sparse'].includes(dtype),
  );
  const first = tensors[0];
  if (!first) return { ok: false, note: note('certain', 'notNoOutput') };
  const numbers = tensors.filter(({ dtype }) => numberTypes.has(dtype));
  if (numbers.length === 0) {
    return { ok: false, note: note('certain', 'notOutputType', { output: first.name, dtype: first.dtype }) };
  }
  const fitting = numbers.filter(({ shape }) => valuesIn(shape) !== undefined);
  const chosen = fitting[0];
  if (!chosen) {
    const { name, shape } = numbers[0] ?? first;
    return {
      ok: false,
      note: note('certain', 'notOutputShape', { output: name, shape: shapeText(shape ?? []) }),
    };
  }
  const warnings =
    fitting.length > 1
      ? [note('guess', 'warnSeveralOutputs', { count: fitting.length, output: chosen.name })]
      : [];
  return { ok: true, output: { name: chosen.name, ...formOf(chosen, index), warnings } };
}

/**
 * How many numbers one picture yields: dimensions of size 1 dropped, the first taken for the batch when something is left
 * after it. Null when the file leaves it open, undefined when there is more than one dimension of classes.
 */
export function valuesIn(shape: ValueInfo['shape']): number | null | undefined {
  if (shape === null) return null;
  const [first, ...rest] = shape;
  if (first === undefined) return 1;
  if (rest.length === 0) return typeof first === 'number' ? first : 1;
  const wide = rest.filter((dimension) => dimension !== 1);
  if (wide.length > 1) return undefined;
  const [classes] = wide;
  if (classes === undefined) return 1;
  return typeof classes === 'number' ? classes : null;
}

function formOf(output: ValueInfo, index: GraphIndex): Pick<InferredOutput, 'form' | 'note' | 'valueCount'> {
  const valueCount = valuesIn(output.shape) ?? null;
  const operator = lastOperator(output.name, index);
  switch (operator) {
    case 'Softmax':
    case 'QLinearSoftmax':
      return { form: 'probabilities', note: note('certain', 'outputSoftmax'), valueCount };
    case 'LogSoftmax':
      return { form: 'logProbabilities', note: note('certain', 'outputLogSoftmax'), valueCount };
    case 'Sigmoid':
    case 'QLinearSigmoid':
      return { form: 'sigmoid', note: note('certain', 'outputSigmoid'), valueCount };
    default:
      return { form: 'logits', note: note('likely', 'outputLogits', { operator }), valueCount };
  }
}

function lastOperator(output: string, index: GraphIndex): string {
  let node = index.producerOf(output);
  for (let steps = 0; node && passing.has(node.opType) && steps < 64; steps++) {
    const before: string | undefined = node.inputs[0];
    const producer = before === undefined ? undefined : index.producerOf(before);
    if (!producer) break;
    node = producer;
  }
  return node?.opType ?? 'Identity';
}
