import { Writer } from 'protobufjs/minimal';

// Writes small ONNX files for tests. Field numbers: onnx/onnx.proto.

const dataTypes = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
} as const;
export type OnnxType = keyof typeof dataTypes;

export interface ValueSpec {
  readonly name: string;
  readonly dtype?: OnnxType;
  /** Numbers, names of free dimensions, or '' for nameless ones; null for no shape at all. */
  readonly shape: readonly (number | string)[] | null;
  readonly denotation?: string;
  /** A list of such tensors. */
  readonly isSequence?: boolean;
}

export interface TensorSpec {
  readonly name: string;
  readonly dtype?: OnnxType;
  readonly dims: readonly number[];
  /** Elements, stored as raw bytes. */
  readonly values?: readonly number[];
  /** Raw bytes as they are, right or wrong. */
  readonly raw?: Uint8Array;
  readonly strings?: readonly string[];
  readonly external?: { readonly location: string; readonly offset?: number; readonly length?: number };
}

export type AttributeSpec =
  | number
  | string
  | readonly number[]
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | { readonly tensor: TensorSpec }
  | { readonly tensors: readonly TensorSpec[] }
  | { readonly sparse: TensorSpec }
  | { readonly graph: GraphSpec };

export interface NodeSpec {
  readonly op: string;
  readonly domain?: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, AttributeSpec>>;
}

export interface GraphSpec {
  readonly inputs: readonly ValueSpec[];
  readonly outputs: readonly ValueSpec[];
  readonly nodes: readonly NodeSpec[];
  readonly initializers?: readonly TensorSpec[];
  /** Values of sparse initializers; their places are left out. */
  readonly sparse?: readonly TensorSpec[];
}

export interface FunctionSpec {
  readonly domain: string;
  readonly name: string;
  /** From `x` to `y`; absent hands `x` on. */
  readonly nodes?: readonly NodeSpec[];
  /** Attributes with the values that they have when a node says nothing. */
  readonly attributes?: Readonly<Record<string, AttributeSpec>>;
}

export interface ModelSpec extends GraphSpec {
  readonly irVersion?: number;
  readonly producer?: string;
  readonly opsets?: Readonly<Record<string, number>>;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly functions?: readonly FunctionSpec[];
  /** What a training would run. */
  readonly training?: GraphSpec;
}

const message = (writer: Writer, field: number, write: (inner: Writer) => void): void => {
  write(writer.uint32((field << 3) | 2).fork());
  writer.ldelim();
};
const text = (writer: Writer, field: number, value: string): void =>
  void writer.uint32((field << 3) | 2).string(value);
const integer = (writer: Writer, field: number, value: number): void =>
  void writer.uint32(field << 3).int64(value);

/** The bytes of a `ModelProto`. */
export function onnxModel(spec: ModelSpec): Uint8Array {
  const writer = Writer.create();
  integer(writer, 1, spec.irVersion ?? 8);
  text(writer, 2, spec.producer ?? 'slipway-test');
  message(writer, 7, (graph) => writeGraph(graph, spec));
  for (const [domain, version] of Object.entries(spec.opsets ?? { '': 13 })) {
    message(writer, 8, (opset) => {
      text(opset, 1, domain);
      integer(opset, 2, version);
    });
  }
  for (const [key, value] of Object.entries(spec.metadata ?? {})) writeEntry(writer, 14, key, value);
  const { training } = spec;
  if (training) message(writer, 20, (info) => message(info, 2, (graph) => writeGraph(graph, training)));
  for (const { domain, name, nodes = [handOn], attributes = {} } of spec.functions ?? []) {
    message(writer, 25, (local) => {
      text(local, 1, name);
      text(local, 4, 'x');
      text(local, 5, 'y');
      for (const node of nodes) message(local, 7, (inner) => writeNode(inner, node));
      for (const [attribute, value] of Object.entries(attributes)) writeNamed(local, 11, attribute, value);
      message(local, 9, (opset) => {
        text(opset, 1, '');
        integer(opset, 2, 13);
      });
      text(local, 10, domain);
    });
  }
  return Uint8Array.from(writer.finish());
}

const handOn: NodeSpec = { op: 'Identity', inputs: ['x'], outputs: ['y'] };

function writeEntry(writer: Writer, field: number, key: string, value: string): void {
  message(writer, field, (entry) => {
    text(entry, 1, key);
    text(entry, 2, value);
  });
}

function writeGraph(
  writer: Writer,
  { nodes, inputs, outputs, initializers = [], sparse = [] }: GraphSpec,
): void {
  for (const node of nodes) message(writer, 1, (inner) => writeNode(inner, node));
  text(writer, 2, 'graph');
  for (const tensor of initializers) message(writer, 5, (inner) => writeTensor(inner, tensor));
  for (const tensor of sparse) message(writer, 15, (inner) => writeSparse(inner, tensor));
  for (const input of inputs) message(writer, 11, (inner) => writeValue(inner, input));
  for (const output of outputs) message(writer, 12, (inner) => writeValue(inner, output));
}

function writeNode(writer: Writer, { op, domain, inputs, outputs, attributes = {} }: NodeSpec): void {
  for (const input of inputs) text(writer, 1, input);
  for (const output of outputs) text(writer, 2, output);
  text(writer, 4, op);
  for (const [name, value] of Object.entries(attributes)) writeNamed(writer, 5, name, value);
  if (domain) text(writer, 7, domain);
}

function writeNamed(writer: Writer, field: number, name: string, value: AttributeSpec): void {
  message(writer, field, (attribute) => {
    text(attribute, 1, name);
    writeAttribute(attribute, value);
  });
}

const writeSparse = (writer: Writer, tensor: TensorSpec): void =>
  message(writer, 1, (values) => writeTensor(values, tensor));

function writeAttribute(writer: Writer, value: AttributeSpec): void {
  const type = (kind: number): void => integer(writer, 20, kind);
  if (typeof value === 'number') {
    integer(writer, 3, value);
    type(2);
  } else if (typeof value === 'string') {
    text(writer, 4, value);
    type(3);
  } else if ('float' in value) {
    writer.uint32((2 << 3) | 5).float(value.float);
    type(1);
  } else if ('floats' in value) {
    for (const item of value.floats) writer.uint32((7 << 3) | 5).float(item);
    type(6);
  } else if ('tensor' in value) {
    message(writer, 5, (inner) => writeTensor(inner, value.tensor));
    type(4);
  } else if ('tensors' in value) {
    for (const tensor of value.tensors) message(writer, 10, (inner) => writeTensor(inner, tensor));
    type(9);
  } else if ('sparse' in value) {
    message(writer, 22, (inner) => writeSparse(inner, value.sparse));
    type(11);
  } else if ('graph' in value) {
    message(writer, 6, (inner) => writeGraph(inner, value.graph));
    type(5);
  } else {
    for (const item of value) integer(writer, 8, item);
    type(7);
  }
}

function writeValue(writer: Writer, value: ValueSpec): void {
  const { name, dtype = 'float32', shape, denotation, isSequence = false } = value;
  const writeTensorType = (type: Writer): void =>
    message(type, 1, (tensor) => {
      integer(tensor, 1, dataTypes[dtype]);
      if (shape) message(tensor, 2, (inner) => writeShape(inner, shape));
    });
  text(writer, 1, name);
  message(writer, 2, (type) => {
    if (isSequence) message(type, 4, (sequence) => message(sequence, 1, writeTensorType));
    else writeTensorType(type);
    if (denotation) text(type, 6, denotation);
  });
}

function writeShape(writer: Writer, shape: readonly (number | string)[]): void {
  for (const dimension of shape) {
    message(writer, 1, (inner) => {
      if (typeof dimension === 'number') integer(inner, 1, dimension);
      else if (dimension !== '') text(inner, 2, dimension);
    });
  }
}

function writeTensor(
  writer: Writer,
  { name, dtype = 'float32', dims, values, raw, strings, external }: TensorSpec,
): void {
  for (const dimension of dims) integer(writer, 1, dimension);
  integer(writer, 2, dataTypes[dtype]);
  for (const item of strings ?? []) writer.uint32((6 << 3) | 2).string(item);
  text(writer, 8, name);
  const bytes = raw ?? (values ? elementBytes(dtype, values) : undefined);
  if (bytes) writer.uint32((9 << 3) | 2).bytes(bytes);
  if (!external) return;
  writeEntry(writer, 13, 'location', external.location);
  if (external.offset !== undefined) writeEntry(writer, 13, 'offset', String(external.offset));
  if (external.length !== undefined) writeEntry(writer, 13, 'length', String(external.length));
  integer(writer, 14, 1);
}

/** Elements as little-endian bytes; float16 takes half bits. */
export function elementBytes(dtype: OnnxType, values: readonly number[]): Uint8Array {
  const array = ((): ArrayBufferView => {
    switch (dtype) {
      case 'float32':
        return Float32Array.from(values);
      case 'float64':
        return Float64Array.from(values);
      case 'int64':
        return BigInt64Array.from(values.map(BigInt));
      case 'uint64':
        return BigUint64Array.from(values.map(BigInt));
      case 'int32':
        return Int32Array.from(values);
      case 'uint32':
        return Uint32Array.from(values);
      case 'int16':
        return Int16Array.from(values);
      case 'uint16':
      case 'float16':
        return Uint16Array.from(values);
      case 'int8':
        return Int8Array.from(values);
      default:
        return Uint8Array.from(values);
    }
  })();
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
