import type { GraphSpec, ModelSpec, NodeSpec, OnnxType, TensorSpec } from './onnx-writer';

// Tiny image classifiers that run: whatever the layout, a picture's numbers are flattened, averaged and spread over the classes.

export interface ClassifierSpec {
  readonly shape: readonly (number | string)[];
  readonly dtype?: OnnxType;
  readonly classes?: number;
  readonly input?: string;
  readonly output?: string;
  readonly declaredOutput?: readonly (number | string)[];
  /** The operator at the end; none leaves logits. */
  readonly end?: 'Softmax' | 'LogSoftmax' | 'Sigmoid';
  /** Nodes between the input and the body; the last one's output is `body`. */
  readonly start?: readonly NodeSpec[];
  readonly initializers?: readonly TensorSpec[];
  /** Nodes after the end; they take `scores` and give the output's name. */
  readonly tail?: readonly NodeSpec[];
  readonly producer?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly irVersion?: number;
  readonly opsets?: Readonly<Record<string, number>>;
}

/** A classifier whose class `c` scores `mean of the picture * (c + 1) / classes - c`, in the form that `end` gives. */
export function classifierModel(spec: ClassifierSpec): ModelSpec {
  const { classes = 4, input = 'input', output = 'output', start = [], dtype = 'float32' } = spec;
  const body = start.length > 0 ? 'body' : input;
  const axes = spec.shape.map((_, axis) => axis).slice(1);
  const isUnbatched = spec.shape.length === 1;
  const cast: NodeSpec = { op: 'Cast', inputs: [body], outputs: ['plain'], attributes: { to: 1 } };
  const mean: NodeSpec = {
    op: 'ReduceMean',
    inputs: ['plain'],
    outputs: ['mean'],
    attributes: { axes: isUnbatched ? [0] : axes, keepdims: 0 },
  };
  const nodes: NodeSpec[] = [
    ...start,
    cast,
    mean,
    { op: 'Unsqueeze', inputs: ['mean', 'lastAxis'], outputs: ['column'] },
    { op: 'Mul', inputs: ['column', 'weights'], outputs: ['weighted'] },
    { op: 'Sub', inputs: ['weighted', 'offsets'], outputs: [spec.end ? 'logits' : 'scores'] },
  ];
  if (spec.end) {
    const attributes = spec.end === 'Sigmoid' ? {} : { axis: -1 };
    nodes.push({ op: spec.end, inputs: ['logits'], outputs: ['scores'], attributes });
  }
  nodes.push(...(spec.tail ?? [{ op: 'Identity', inputs: ['scores'], outputs: [output] }]));
  const graph: GraphSpec = {
    inputs: [{ name: input, dtype, shape: spec.shape }],
    outputs: [{ name: output, shape: spec.declaredOutput ?? [spec.shape[0] ?? 1, classes] }],
    nodes,
    initializers: [
      { name: 'lastAxis', dtype: 'int64', dims: [1], values: [1] },
      { name: 'weights', dims: [classes], values: range(classes).map((index) => (index + 1) / classes) },
      { name: 'offsets', dims: [classes], values: range(classes) },
      ...(spec.initializers ?? []),
    ],
  };
  return {
    ...graph,
    ...(spec.producer === undefined ? {} : { producer: spec.producer }),
    ...(spec.metadata ? { metadata: spec.metadata } : {}),
    ...(spec.irVersion ? { irVersion: spec.irVersion } : {}),
    ...(spec.opsets ? { opsets: spec.opsets } : {}),
  };
}

const range = (length: number): number[] => Array.from({ length }, (_, index) => index);
