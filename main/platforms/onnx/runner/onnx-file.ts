import { readEntry, readTensor, type TensorSummary } from './onnx-tensor';
import {
  type ByteSource,
  type Field,
  floatOf,
  integersOf,
  ProtoError,
  payloadOf,
  textOf,
  walk,
} from './proto-reader';
import { typeName } from './tensor-types';

// What is read of an ONNX file: everything that says what the model is, and none of its weights. Source: onnx/onnx.proto.

/** A named value of a graph: what goes in or comes out. */
export interface ValueInfo {
  readonly name: string;
  /** `float32` and the like; `sequence`, `map`, `optional` for what is no tensor. */
  readonly dtype: string;
  /** Numbers for fixed dimensions, names (or '') for free ones; null when the file tells no shape. */
  readonly shape: readonly (number | string)[] | null;
  /** What the value stands for, such as `IMAGE`. */
  readonly denotation: string;
}

export interface Attribute {
  readonly ints: readonly number[];
  readonly floats: readonly number[];
  readonly text: string | null;
  readonly tensor: TensorSummary | null;
}

export interface GraphNode {
  readonly opType: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Attribute>;
  readonly subgraphs: readonly Graph[];
}

export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly initializers: ReadonlyMap<string, TensorSummary>;
}

export interface OnnxFile {
  readonly irVersion: number | null;
  readonly producer: string;
  readonly opsets: readonly { readonly domain: string; readonly version: number }[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly graph: Graph | null;
  /** Operators that the file defines by itself, as `domain:name`. */
  readonly functions: ReadonlySet<string>;
  /** The nodes of those definitions. */
  readonly functionNodes: readonly GraphNode[];
  /** Every tensor stored anywhere in the file: in graphs and the graphs within, in functions, sparse ones, those of a training. */
  readonly tensors: readonly TensorSummary[];
}

const limits = { nodes: 500_000, depth: 16, listLength: 100_000 } as const;

/** Reads the structure of a `ModelProto`. Throws `ProtoError`. */
export function readOnnxFile(source: ByteSource): OnnxFile {
  let irVersion: number | null = null;
  let producer = '';
  const opsets: OnnxFile['opsets'][number][] = [];
  const metadata: Record<string, string> = {};
  let graph: Graph | null = null;
  const functions = new Set<string>();
  const functionNodes: GraphNode[] = [];
  const reader = new GraphReader(source);
  for (const field of walk(source)) {
    if (kept.has(field.number)) source.budget.keep();
    if (field.number === 1) irVersion = Number(field.value);
    else if (field.number === 2) producer = textOf(source, field);
    else if (field.number === 7) graph = reader.graph(field, 0);
    else if (field.number === 8) opsets.push(readOpset(source, field));
    else if (field.number === 14) {
      const { key, value } = readEntry(source, field);
      metadata[key] = value;
    } else if (field.number === 20) reader.training(field);
    else if (field.number === 25) {
      const { id, nodes } = reader.localFunction(field);
      functions.add(id);
      for (const node of nodes) functionNodes.push(node);
    }
  }
  const { tensors } = reader;
  return { irVersion, producer, opsets, metadata, graph, functions, functionNodes, tensors };
}

/** Fields of `ModelProto` that may be repeated, and of which each one is remembered. */
const kept: ReadonlySet<number> = new Set([8, 14, 20, 25]);

function readOpset(source: ByteSource, message: Field): OnnxFile['opsets'][number] {
  let domain = '';
  let version = 0;
  for (const field of walk(source, message.start, message.end)) {
    if (field.number === 1) domain = textOf(source, field);
    else if (field.number === 2) version = Number(field.value);
  }
  return { domain, version };
}

class GraphReader {
  readonly #source: ByteSource;
  readonly tensors: TensorSummary[] = [];
  #nodes = 0;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  graph(message: Field, depth: number): Graph {
    if (depth > limits.depth) throw new ProtoError('limit', `Graphs nested more than ${limits.depth} deep`);
    const nodes: GraphNode[] = [];
    const inputs: ValueInfo[] = [];
    const outputs: ValueInfo[] = [];
    const initializers = new Map<string, TensorSummary>();
    for (const field of walk(this.#source, message.start, message.end)) {
      if (field.number === 1) nodes.push(this.#node(field, depth));
      else if (field.number === 11) inputs.push(this.#valueInfo(field));
      else if (field.number === 12) outputs.push(this.#valueInfo(field));
      else if (field.number === 5) {
        const tensor = this.#tensor(field);
        initializers.set(tensor.name, tensor);
      } else if (field.number === 15) this.#sparseTensor(field);
    }
    return { nodes, inputs, outputs, initializers };
  }

  /** A `TrainingInfoProto`: nothing of it is run, but what its graphs store is looked at. */
  training(message: Field): void {
    for (const field of walk(this.#source, message.start, message.end))
      if (field.number === 1 || field.number === 2) this.graph(field, 0);
  }

  localFunction(message: Field): { id: string; nodes: GraphNode[] } {
    let name = '';
    let domain = '';
    const nodes: GraphNode[] = [];
    for (const field of walk(this.#source, message.start, message.end)) {
      if (field.number === 1) name = textOf(this.#source, field);
      else if (field.number === 10) domain = textOf(this.#source, field);
      else if (field.number === 7) nodes.push(this.#node(field, 0));
      else if (field.number === 11) this.#attribute(field, 0);
    }
    return { id: `${domain}:${name}`, nodes };
  }

  #tensor(message: Field): TensorSummary {
    this.#source.budget.keep();
    const tensor = readTensor(this.#source, message);
    this.tensors.push(tensor);
    return tensor;
  }

  /** A `SparseTensorProto`: its values and their places are tensors of their own. */
  #sparseTensor(message: Field): void {
    for (const field of walk(this.#source, message.start, message.end))
      if (field.number === 1 || field.number === 2) this.#tensor(field);
  }

  #node(message: Field, depth: number): GraphNode {
    this.#source.budget.keep();
    if (++this.#nodes > limits.nodes) throw new ProtoError('limit', `More than ${limits.nodes} nodes`);
    let opType = '';
    let domain = '';
    const inputs: string[] = [];
    const outputs: string[] = [];
    const attributes = new Map<string, Attribute>();
    const subgraphs: Graph[] = [];
    for (const field of walk(this.#source, message.start, message.end)) {
      this.#source.budget.keep();
      if (field.number === 1) inputs.push(textOf(this.#source, field));
      else if (field.number === 2) outputs.push(textOf(this.#source, field));
      else if (field.number === 4) opType = textOf(this.#source, field);
      else if (field.number === 7) domain = textOf(this.#source, field);
      else if (field.number === 5) {
        const { name, attribute, graphs } = this.#attribute(field, depth);
        attributes.set(name, attribute);
        for (const graph of graphs) subgraphs.push(graph);
      }
    }
    return { opType, domain, inputs, outputs, attributes, subgraphs };
  }

  #attribute(message: Field, depth: number): { name: string; attribute: Attribute; graphs: Graph[] } {
    const source = this.#source;
    let name = '';
    const ints: number[] = [];
    const floats: number[] = [];
    let text: string | null = null;
    let tensor: TensorSummary | null = null;
    const graphs: Graph[] = [];
    for (const field of walk(source, message.start, message.end)) {
      if (field.number === 1) name = textOf(source, field);
      else if (field.number === 2) append(floats, [floatOf(source, field)]);
      else if (field.number === 3) append(ints, [Number(field.value)]);
      else if (field.number === 4 && field.end - field.start < 4096) text = textOf(source, field);
      else if (field.number === 5) tensor = this.#tensor(field);
      else if (field.number === 6 || field.number === 11) graphs.push(this.graph(field, depth + 1));
      else if (field.number === 7) append(floats, packedFloats(source, field));
      else if (field.number === 8) append(ints, integersOf(source, field, limits.listLength));
      else if (field.number === 10) this.#tensor(field);
      else if (field.number === 22 || field.number === 23) this.#sparseTensor(field);
    }
    return { name, attribute: { ints, floats, text, tensor }, graphs };
  }

  #valueInfo(message: Field): ValueInfo {
    this.#source.budget.keep();
    let name = '';
    let dtype = '';
    let shape: ValueInfo['shape'] = null;
    let denotation = '';
    for (const field of walk(this.#source, message.start, message.end)) {
      if (field.number === 1) name = textOf(this.#source, field);
      else if (field.number === 2) ({ dtype, shape, denotation } = this.#type(field));
    }
    return { name, dtype, shape, denotation };
  }

  #type(message: Field): Omit<ValueInfo, 'name'> {
    let dtype = '';
    let shape: ValueInfo['shape'] = null;
    let denotation = '';
    const others: Readonly<Record<number, string>> = { 4: 'sequence', 5: 'map', 8: 'sparse', 9: 'optional' };
    for (const field of walk(this.#source, message.start, message.end)) {
      if (field.number === 1) ({ dtype, shape } = this.#tensorType(field));
      else if (field.number === 6) denotation = textOf(this.#source, field);
      else dtype = others[field.number] ?? dtype;
    }
    return { dtype, shape, denotation };
  }

  #tensorType(message: Field): Pick<ValueInfo, 'dtype' | 'shape'> {
    let dtype = '';
    let shape: (number | string)[] | null = null;
    for (const field of walk(this.#source, message.start, message.end)) {
      if (field.number === 1) dtype = typeName(Number(field.value));
      else if (field.number === 2) {
        shape = [];
        for (const dim of walk(this.#source, field.start, field.end)) {
          if (dim.number === 1) shape.push(this.#dimension(dim));
          if (shape.length > 64) throw new ProtoError('limit', 'More than 64 dimensions');
        }
      }
    }
    return { dtype, shape };
  }

  #dimension(message: Field): number | string {
    let dimension: number | string = '';
    for (const field of walk(this.#source, message.start, message.end)) {
      if (field.number === 1) dimension = Number(field.value);
      else if (field.number === 2) dimension = textOf(this.#source, field);
    }
    // Some exporters write -1 or 0 for "any"; onnxruntime treats a negative one so.
    return typeof dimension === 'number' && dimension < 0 ? '' : dimension;
  }
}

/** Keeps to the length that is of any use: longer lists say nothing about what a model is. */
function append(list: number[], more: readonly number[]): void {
  for (const number of more) if (list.length < limits.listLength) list.push(number);
}

function packedFloats(source: ByteSource, field: Field): number[] {
  if (field.wire === 5) return [floatOf(source, field)];
  if (field.end - field.start > limits.listLength * 4) return [];
  const bytes = payloadOf(source, field);
  const view = new DataView(bytes.buffer);
  return Array.from({ length: bytes.length >> 2 }, (_, index) => view.getFloat32(index * 4, true));
}
