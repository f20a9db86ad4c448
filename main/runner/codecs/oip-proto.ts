import type protobuf from 'protobufjs/minimal';
import type { Tensor } from '../tensor';
import type { Answer, Exchange, ModelFace, Rendered } from './codec';
import { type ElementType, elementType } from './element-types';
import {
  datatypeOf,
  rawOfTensor,
  tensorOfRaw,
  typeOfDatatype,
  type WantedOutput,
  wantedTensors,
} from './oip-tensors';
import {
  bytesOfNumbers,
  checkedCount,
  joined,
  numbersOfBytes,
  numbersOfVarints,
  varintsOfNumbers,
} from './packed-values';
import { badRequest } from './request-errors';
import { textOf } from './tensor-builder';
import { createWriter, isNumbers, stringsOf } from './tensor-proto';
import { expectKind } from './tfs-json';
import {
  eachField,
  eachNestedField,
  type ProtoReader,
  readElements,
  readMapEntry,
  readMessage,
  readSafeInteger,
  wireTypes,
} from './wire';

const contentType = 'application/grpc';
const nested = (field: number): number => (field << 3) | wireTypes.bytes;

/** The field of `InferTensorContents` that holds a type; half precision has none and travels raw. */
const contentsFields: Readonly<Record<string, number>> = {
  bool: 1,
  int8: 2,
  int16: 2,
  int32: 2,
  int64: 3,
  uint8: 4,
  uint16: 4,
  uint32: 4,
  uint64: 5,
  float32: 6,
  float64: 7,
  string: 8,
};
const fixedWidth = new Set(['float32', 'float64']);
/** Every element that is sent on its own costs an object. */
const maxChunks = 2 ** 20;

interface TypedInput {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  /** Null when the input has no typed contents. */
  readonly contents: ReadonlyMap<number, readonly Uint8Array[]> | null;
}

/** `inference.ModelInferRequest` and its answer: typed contents for typed, raw for raw. */
export function openOipProto(body: Uint8Array, face: ModelFace): Exchange {
  let id = '';
  const inputs: TypedInput[] = [];
  const outputs: WantedOutput[] = [];
  const raw: Uint8Array[] = [];
  readMessage(body, 'ModelInferRequest', (reader) =>
    eachField(reader, reader.len, (field, wireType) => {
      if (wireType !== wireTypes.bytes) return false;
      if (field === 3) id = reader.string();
      else if (field === 5) inputs.push(readInput(reader));
      else if (field === 6) outputs.push(readOutput(reader));
      else if (field === 7) raw.push(reader.bytes());
      else return false;
      return true;
    }),
  );
  const tensors = tensorsOf(inputs, raw);
  return {
    call: {
      kind: 'predict',
      inputs: tensors,
      outputs: outputs.map(({ name }) => name),
      wantsLabels: outputs.some(({ classCount }) => classCount > 0),
    },
    render: (answer) => render(expectKind(answer, 'predict'), id, outputs, raw.length > 0, face),
  };
}

function readInput(reader: ProtoReader): TypedInput {
  let name = '';
  let datatype = '';
  const shape: number[] = [];
  let contents: Map<number, Uint8Array[]> | null = null;
  eachNestedField(reader, (field, wireType) => {
    if (field === 1 && wireType === wireTypes.bytes) name = reader.string();
    else if (field === 2 && wireType === wireTypes.bytes) datatype = reader.string();
    else if (field === 3) readSizes(reader, wireType, shape);
    else if (field === 5 && wireType === wireTypes.bytes) {
      contents ??= new Map();
      readContents(reader, contents);
    } else return false;
    return true;
  });
  return { name, datatype, shape, contents };
}

function readSizes(reader: ProtoReader, wireType: number, shape: number[]): void {
  if (wireType === wireTypes.varint) shape.push(readSafeInteger(reader));
  else if (wireType === wireTypes.bytes) {
    const length = reader.uint32();
    const end = reader.pos + length;
    while (reader.pos < end) shape.push(readSafeInteger(reader));
  } else reader.skipType(wireType);
}

function readContents(reader: ProtoReader, contents: Map<number, Uint8Array[]>): void {
  eachNestedField(reader, (field, wireType) => {
    if (field > 8) return false;
    const chunks = contents.get(field) ?? [];
    if (chunks.length >= maxChunks)
      throw badRequest('A tensor came in too many pieces; send its elements packed.');
    chunks.push(readElements(reader, wireType));
    contents.set(field, chunks);
    return true;
  });
}

function readOutput(reader: ProtoReader): WantedOutput {
  let name = '';
  let classCount = 0;
  eachNestedField(reader, (field, wireType) => {
    if (wireType !== wireTypes.bytes) return false;
    if (field === 1) name = reader.string();
    else if (field === 2) {
      const { key, value } = readMapEntry(reader, () => readIntegerParameter(reader));
      if (key === 'classification') classCount = value ?? 0;
    } else return false;
    return true;
  });
  return { name, classCount, isBinary: null };
}

function readIntegerParameter(reader: ProtoReader): number {
  let value = 0;
  eachNestedField(reader, (field, wireType) => {
    if (field !== 2 || wireType !== wireTypes.varint) return false;
    value = readSafeInteger(reader);
    return true;
  });
  return value;
}

function tensorsOf(
  inputs: readonly TypedInput[],
  raw: readonly Uint8Array[],
): Readonly<Record<string, Tensor>> {
  if (raw.length > 0 && raw.length !== inputs.length)
    throw badRequest(`expected ${inputs.length} entries in raw_input_contents, got ${raw.length}`);
  const tensors = new Map<string, Tensor>();
  inputs.forEach(({ name, datatype, shape, contents }, index) => {
    if (tensors.has(name)) throw badRequest(`input '${name}' is given twice`);
    const type = typeOfDatatype(datatype, name);
    const bytes = raw[index];
    if (bytes && contents)
      throw badRequest(`contents field must not be specified when using raw_input_contents for '${name}'`);
    tensors.set(
      name,
      bytes ? tensorOfRaw(type, shape, bytes, name) : typedTensor(type, shape, contents, name),
    );
  });
  return Object.fromEntries(tensors);
}

function typedTensor(
  type: ElementType,
  shape: readonly number[],
  contents: TypedInput['contents'],
  name: string,
): Tensor {
  const field = contentsFields[type.dtype];
  if (field === undefined)
    throw badRequest(`input '${name}' of type ${type.openInference} must be sent in raw_input_contents`);
  const strange = [...(contents?.keys() ?? [])].find((key) => key !== field);
  if (strange !== undefined)
    throw badRequest(`input '${name}' has contents that do not fit datatype ${type.openInference}`);
  const chunks = contents?.get(field) ?? [];
  const count = checkedCount(shape, type.array?.BYTES_PER_ELEMENT ?? 8);
  const data = type.array ? numbersOf(type, joined(chunks)) : chunks.map(textOf);
  if (data.length !== count)
    throw badRequest(`unexpected number of elements ${data.length} for input '${name}', expecting ${count}`);
  return { dtype: type.dtype, shape, data };
}

const numbersOf = (type: ElementType, bytes: Uint8Array) =>
  fixedWidth.has(type.dtype) ? numbersOfBytes(type, bytes) : numbersOfVarints(type, bytes);

function render(
  answer: Extract<Answer, { kind: 'predict' }>,
  id: string,
  wanted: readonly WantedOutput[],
  isRawRequest: boolean,
  face: ModelFace,
): Rendered {
  const outputs = wantedTensors(answer, wanted);
  // One message must not mix the forms, and half precision has only the raw one.
  const isRaw = isRawRequest || outputs.some(({ tensor }) => contentsFields[tensor.dtype] === undefined);
  const writer = createWriter();
  writer.uint32(nested(1)).string(face.model);
  writer.uint32(nested(2)).string(String(face.version));
  if (id !== '') writer.uint32(nested(3)).string(id);
  for (const { name, tensor } of outputs) {
    writer.uint32(nested(5)).fork();
    writer.uint32(nested(1)).string(name);
    writer.uint32(nested(2)).string(datatypeOf(tensor));
    if (tensor.shape.length > 0) {
      writer.uint32(nested(3)).fork();
      for (const size of tensor.shape) writer.int64(size);
      writer.ldelim();
    }
    if (!isRaw) writeContents(writer, tensor);
    writer.ldelim();
  }
  if (isRaw) for (const { tensor } of outputs) writer.uint32(nested(6)).bytes(rawOfTensor(tensor));
  return { bytes: writer.finish(), contentType, headers: {} };
}

function writeContents(writer: protobuf.Writer, tensor: Tensor): void {
  const tag = nested(contentsFields[tensor.dtype] ?? 0);
  writer.uint32(nested(5)).fork();
  if (!isNumbers(tensor.data)) for (const text of stringsOf(tensor)) writer.uint32(tag).string(text);
  else if (tensor.data.length > 0)
    writer
      .uint32(tag)
      .bytes(
        fixedWidth.has(elementType(tensor.dtype).dtype)
          ? bytesOfNumbers(tensor.data)
          : varintsOfNumbers(tensor.data),
      );
  writer.ldelim();
}
