import { GraphModel } from '@tensorflow/tfjs-converter';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import type { Graph, GraphNode, OnnxFile, ValueInfo } from '../../onnx/runner/onnx-file';
import { maxValues } from '../../onnx/runner/onnx-tensor';
import type { ModelJson } from './model-artifacts';
import type { TfjsSession } from './tfjs-session';

// How pictures go in is inferred by the rules that were measured on ONNX models. For them a TensorFlow.js model is shown as the ONNX
// graph that it would be converted to: only the operators that those rules look at, under their ONNX names.

/** The model as the rules of the ONNX platform want to see it. */
export function structureOf(
  session: TfjsSession,
  json: ModelJson,
  metadata: Readonly<Record<string, string>>,
): OnnxFile {
  const { source } = session;
  const inputs = session.inputs.map(asValue);
  const outputs = session.outputs.map(asValue);
  const graph =
    source instanceof GraphModel
      ? graphOf(source, json, inputs, outputs)
      : { ...chainOf(source, inputs[0]?.name ?? '', outputs[0]?.name ?? ''), inputs, outputs };
  return {
    irVersion: null,
    producer: 'keras',
    opsets: [],
    metadata,
    graph,
    functions: new Set(),
    functionNodes: [],
    tensors: [],
  };
}

const asValue = ({ name, dtype, shape }: TfjsSession['inputs'][number]): ValueInfo => ({
  name,
  dtype,
  shape: shape.length === 0 ? null : shape,
  denotation: '',
});

const nodeOf = (opType: string, inputs: readonly string[], output: string): GraphNode => ({
  opType,
  domain: '',
  inputs,
  outputs: [output],
  attributes: new Map(),
  subgraphs: [],
});

const constantOf = (name: string, values: readonly number[]) => ({
  name,
  dtype: 'float32',
  dims: [values.length],
  rawBytes: null,
  external: null,
  values,
});

/** Operators of TensorFlow and what tf2onnx makes of them. */
const onnxNames: Readonly<Record<string, string>> = {
  Relu6: 'Clip',
  ClipByValue: 'Clip',
  RealDiv: 'Div',
  AddV2: 'Add',
  BiasAdd: 'Add',
  ExpandDims: 'Unsqueeze',
  PadV2: 'Pad',
  MirrorPad: 'Pad',
  FusedBatchNorm: 'BatchNormalization',
  FusedBatchNormV3: 'BatchNormalization',
  ResizeBilinear: 'Resize',
  ResizeNearestNeighbor: 'Resize',
};

const nodesSchema = z.array(
  z.looseObject({
    name: z.string(),
    op: z.string(),
    input: z.array(z.string()).default([]),
    attr: z
      .looseObject({
        fused_ops: z.looseObject({ list: z.looseObject({ s: z.array(z.string()) }) }).optional(),
      })
      .optional(),
  }),
);

function graphOf(
  model: GraphModel,
  { modelTopology }: ModelJson,
  inputs: readonly ValueInfo[],
  outputs: readonly ValueInfo[],
): Graph {
  const parsed = nodesSchema.safeParse(modelTopology['node']);
  const nodes: GraphNode[] = [];
  // Names that callers use may be those of a signature; the nodes have their own.
  for (const [index, { name }] of model.inputs.entries()) {
    const outer = inputs[index]?.name;
    if (outer !== undefined && outer !== plain(name)) nodes.push(nodeOf('Identity', [outer], plain(name)));
  }
  for (const { name, op, input, attr } of parsed.success ? parsed.data : []) {
    if (op === 'Const' || op === 'Placeholder') continue;
    const from = input.filter((it) => !it.startsWith('^')).map(plain);
    nodes.push(nodeOf(onnxNames[op] ?? op, from, name));
    for (const fused of attr?.fused_ops?.list.s ?? []) {
      const inner = Buffer.from(fused, 'base64').toString();
      if (inner === 'Relu6') nodes.push(nodeOf('Clip', [name], `${name}/fused`));
    }
  }
  for (const [index, { name }] of model.outputs.entries()) {
    const outer = outputs[index]?.name;
    if (outer !== undefined && outer !== plain(name)) nodes.push(nodeOf('Identity', [plain(name)], outer));
  }
  const constants = Object.entries(model.weights).flatMap(([name, [weight]]) =>
    weight && weight.size <= maxValues && weight.dtype !== 'string'
      ? [[name, constantOf(name, Array.from(weight.dataSync() as Float32Array))] as const]
      : [],
  );
  return { nodes, inputs, outputs, initializers: new Map(constants) };
}

const plain = (name: string): string => name.replace(/:\d+$/, '');

type Layer = LayersModel['layers'][number];

/** The layers one after the other, those of nested models in their place: enough for what stands first, last and how often. */
function chainOf(model: LayersModel, input: string, output: string): Pick<Graph, 'nodes' | 'initializers'> {
  const steps = flatten(model.layers).flatMap(stepsOf);
  const initializers = new Map<string, ReturnType<typeof constantOf>>();
  const nodes = steps.map(({ opType, constants }, index) => {
    const from = index === 0 ? input : `step ${index}`;
    const to = index === steps.length - 1 ? output : `step ${index + 1}`;
    if (!constants) return nodeOf(opType, [from], to);
    const name = `constant ${index}`;
    initializers.set(name, constantOf(name, constants));
    return nodeOf(opType, [from, name], to);
  });
  return { nodes, initializers };
}

const flatten = (layers: readonly Layer[]): readonly Layer[] =>
  layers.flatMap((layer) => {
    const inner = (layer as Layer & { readonly layers?: readonly Layer[] }).layers;
    return Array.isArray(inner) ? flatten(inner) : [layer];
  });

interface Step {
  readonly opType: string;
  readonly constants?: readonly number[];
}

const configSchema = z.looseObject({
  activation: z.string().nullish().catch(null),
  scale: z.number().optional().catch(undefined),
  offset: z.number().optional().catch(undefined),
  max_value: z.number().nullish().catch(null),
  maxValue: z.number().nullish().catch(null),
});

const activations: Readonly<Record<string, string>> = {
  softmax: 'Softmax',
  sigmoid: 'Sigmoid',
  relu6: 'Clip',
  logSoftmax: 'LogSoftmax',
  log_softmax: 'LogSoftmax',
};
const passing: Readonly<Record<string, string>> = {
  Flatten: 'Flatten',
  Reshape: 'Reshape',
  ZeroPadding2D: 'Pad',
  Permute: 'Transpose',
  Dropout: 'Identity',
  Resizing: 'Resize',
};

function stepsOf(layer: Layer): readonly Step[] {
  const kind = layer.getClassName();
  if (kind === 'InputLayer') return [];
  const { activation, scale, offset, max_value, maxValue } = configSchema.parse(layer.getConfig());
  if (kind === 'Rescaling') {
    const multiply = { opType: 'Mul', constants: [scale ?? 1] };
    return offset ? [multiply, { opType: 'Add', constants: [offset] }] : [multiply];
  }
  if (kind === 'Softmax') return [{ opType: 'Softmax' }];
  if (kind === 'ReLU' && (max_value ?? maxValue) === 6) return [{ opType: 'Clip' }];
  const own: readonly Step[] = kind === 'Activation' ? [] : [{ opType: passing[kind] ?? kind }];
  const after = activation ? activations[activation] : undefined;
  return after ? [...own, { opType: after }] : own;
}
