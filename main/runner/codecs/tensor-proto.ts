import protobuf from 'protobufjs/minimal';
import type { Tensor } from '../tensor';
import { type ElementType, elementType, elementTypeOfTensorflow, type NumberArray } from './element-types';
import {
  bytesOfNumbers,
  checkedCount,
  joined,
  numbersOfBytes,
  numbersOfVarints,
  varintsOfNumbers,
} from './packed-values';
import { badRequest, unimplemented } from './request-errors';
import { textOf } from './tensor-builder';
import { eachNestedField, type ProtoReader, readElements, readSafeInteger, wireTypes } from './wire';

/** The typed field of `tensorflow.TensorProto` that holds a type's elements. Source: tensorflow/core/framework/tensor.proto. */
const valueFields: Readonly<Record<string, number>> = {
  float32: 5,
  float64: 6,
  int32: 7,
  int16: 7,
  int8: 7,
  uint16: 7,
  uint8: 7,
  string: 8,
  int64: 10,
  bool: 11,
  float16: 13,
  bfloat16: 13,
  uint32: 16,
  uint64: 17,
};
const contentField = 4;
/** Every element that is sent on its own costs an object. */
const maxChunks = 2 ** 20;
const fixedWidth = new Set(['float32', 'float64']);

/** Reads the `tensorflow.TensorProto` at the cursor. `tensor_content` is not copied where it is aligned. */
export function readTensorProto(reader: ProtoReader): Tensor {
  let typeNumber = 0;
  let shape: readonly number[] = [];
  const chunks = new Map<number, Uint8Array[]>();
  eachNestedField(reader, (field, wireType) => {
    if (field === 1 && wireType === wireTypes.varint) typeNumber = reader.uint32();
    else if (field === 2 && wireType === wireTypes.bytes) shape = readShape(reader);
    else if (field >= contentField && field <= 17) {
      const elements = readElements(reader, wireType);
      const known = chunks.get(field);
      if (known && known.length >= maxChunks)
        throw badRequest('A tensor came in too many pieces; send its elements packed.');
      if (known) known.push(elements);
      else chunks.set(field, [elements]);
    } else return false;
    return true;
  });
  const type = elementTypeOfTensorflow(typeNumber);
  if (!type) throw unimplemented(`Tensors of TensorFlow's type number ${typeNumber} cannot be served.`);
  return { dtype: type.dtype, shape, data: elementsOf(type, shape, chunks) };
}

function readShape(reader: ProtoReader): readonly number[] {
  const shape: number[] = [];
  eachNestedField(reader, (field, wireType) => {
    if (field === 3 && wireType === wireTypes.varint && reader.bool())
      throw badRequest('A tensor of unknown rank cannot be served.');
    if (field === 3 && wireType === wireTypes.varint) return true;
    if (field !== 2 || wireType !== wireTypes.bytes) return false;
    let size = 0;
    eachNestedField(reader, (part, partType) => {
      if (part !== 1 || partType !== wireTypes.varint) return false;
      size = readSafeInteger(reader);
      return true;
    });
    shape.push(size);
    return true;
  });
  return shape;
}

function elementsOf(
  type: ElementType,
  shape: readonly number[],
  chunks: ReadonlyMap<number, readonly Uint8Array[]>,
): Tensor['data'] {
  const content = chunks.get(contentField)?.at(-1);
  if (!type.array) {
    if (content?.length)
      throw unimplemented('Strings in tensor_content cannot be read; send them as string_val.');
    const texts = (chunks.get(valueFields['string'] ?? 0) ?? []).map(textOf);
    return filled(texts, checkedCount(shape, 8), shape);
  }
  const count = checkedCount(shape, type.array.BYTES_PER_ELEMENT);
  if (content?.length) {
    const values = numbersOfBytes(type, content);
    if (values.length !== count) throw wrongCount(values.length, shape);
    return values;
  }
  const bytes = joined(chunks.get(valueFields[type.dtype] ?? 0) ?? []);
  const values = fixedWidth.has(type.dtype) ? numbersOfBytes(type, bytes) : numbersOfVarints(type, bytes);
  return filledNumbers(type, values, count, shape);
}

const wrongCount = (count: number, shape: readonly number[]): Error =>
  badRequest(`A tensor of shape [${shape}] was sent with ${count} elements.`);

/** The last element fills what the list lacks, as in TensorFlow. */
function filled(texts: readonly string[], count: number, shape: readonly number[]): readonly string[] {
  const last = texts.at(-1);
  if (texts.length > count || (last === undefined && count > 0)) throw wrongCount(texts.length, shape);
  return last === undefined || texts.length === count
    ? texts
    : [...texts, ...Array<string>(count - texts.length).fill(last)];
}

function filledNumbers(
  type: ElementType,
  values: NumberArray,
  count: number,
  shape: readonly number[],
): NumberArray {
  if (values.length === count) return values;
  if (values.length > count || values.length === 0 || !type.array) throw wrongCount(values.length, shape);
  const all = new type.array(count);
  all.set(values as never);
  all.fill((values[values.length - 1] ?? 0) as never, values.length);
  return all;
}

/** Writes a `tensorflow.TensorProto`, without a length in front, in its typed field: what clients read, and for floats a copy of bytes. */
export function writeTensorProto(writer: protobuf.Writer, tensor: Tensor): void {
  const type = elementType(tensor.dtype);
  writer.uint32((1 << 3) | wireTypes.varint).int32(type.tensorflowNumber);
  writer.uint32((2 << 3) | wireTypes.bytes).fork();
  for (const size of tensor.shape) {
    writer.uint32((2 << 3) | wireTypes.bytes).fork();
    writer.uint32((1 << 3) | wireTypes.varint).int64(size);
    writer.ldelim();
  }
  writer.ldelim();
  const tag = ((valueFields[type.dtype] ?? 0) << 3) | wireTypes.bytes;
  if (!isNumbers(tensor.data)) {
    for (const text of stringsOf(tensor)) writer.uint32(tag).string(text);
    return;
  }
  if (tensor.data.length === 0) return;
  const bytes = fixedWidth.has(type.dtype) ? bytesOfNumbers(tensor.data) : varintsOfNumbers(tensor.data);
  writer.uint32(tag).bytes(bytes);
}

/** A new writer, fit for the bundle as for Node. */
export const createWriter = (): protobuf.Writer => protobuf.Writer.create();

/** Are the elements numbers in their typed array? */
export const isNumbers = (data: Tensor['data']): data is NumberArray =>
  ArrayBuffer.isView(data) && !(data instanceof DataView);

/** The elements of a tensor of strings. */
export function stringsOf({ data, dtype }: Tensor): readonly string[] {
  if (ArrayBuffer.isView(data)) throw new Error(`A tensor of ${dtype} is not of strings`);
  return data;
}
