import type { Tensor } from '../tensor';
import { numbersOfTensor } from '../tensor-numbers';
import type { Answer } from './codec';
import { type ElementType, elementType, elementTypeOfOpenInference } from './element-types';
import { bytesOfNumbers, checkedCount, numbersOfBytes } from './packed-values';
import { badRequest } from './request-errors';
import { textOf } from './tensor-builder';
import { elementCount } from './tensor-json';
import { isNumbers, stringsOf } from './tensor-proto';

/** An output that a request names, with what it wants of it. Source: Triton's classification and binary data extensions. */
export interface WantedOutput {
  readonly name: string;
  /** How many classes to name instead of numbers; 0 for the tensor itself. */
  readonly classCount: number;
  /** Null leaves it to the request as a whole. */
  readonly isBinary: boolean | null;
}

/** Throws INVALID_ARGUMENT for a datatype that the protocol does not have. */
export function typeOfDatatype(datatype: string, input: string): ElementType {
  const type = elementTypeOfOpenInference(datatype);
  if (!type) throw badRequest(`unexpected datatype ${JSON.stringify(datatype)} for input '${input}'`);
  return type;
}

/** The datatype under which an element type travels. */
export function datatypeOf(tensor: Tensor): string {
  const { openInference } = elementType(tensor.dtype);
  if (openInference === null)
    throw badRequest(`Tensors of type ${tensor.dtype} have no name in this protocol.`);
  return openInference;
}

const lengthBytes = 4;

/** A tensor from its raw little-endian elements; strings each have their length in front, in four bytes. */
export function tensorOfRaw(
  type: ElementType,
  shape: readonly number[],
  bytes: Uint8Array,
  input: string,
): Tensor {
  if (!type.array)
    return { dtype: type.dtype, shape, data: stringsOfRaw(bytes, checkedCount(shape, 8), input) };
  const width = type.array.BYTES_PER_ELEMENT;
  const count = checkedCount(shape, width);
  if (bytes.length !== count * width)
    throw badRequest(
      `unexpected total byte size ${bytes.length} for input '${input}', expecting ${count * width}`,
    );
  return { dtype: type.dtype, shape, data: numbersOfBytes(type, bytes) };
}

function stringsOfRaw(bytes: Uint8Array, count: number, input: string): readonly string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const texts: string[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (at + lengthBytes > bytes.length)
      throw badRequest(`incomplete string length in the data of input '${input}'`);
    const length = view.getUint32(at, true);
    at += lengthBytes;
    if (length > bytes.length - at)
      throw badRequest(`a string of ${length} bytes goes beyond the data of input '${input}'`);
    texts.push(textOf(bytes.subarray(at, at + length)));
    at += length;
  }
  if (texts.length !== count)
    throw badRequest(`expected ${count} strings in the data of input '${input}', got ${texts.length}`);
  return texts;
}

/** The raw form of a tensor; numbers are not copied. */
export function rawOfTensor(tensor: Tensor): Uint8Array {
  if (isNumbers(tensor.data)) return bytesOfNumbers(tensor.data);
  const parts: Buffer[] = [];
  for (const text of stringsOf(tensor)) {
    const bytes = Buffer.from(text);
    const length = Buffer.alloc(lengthBytes);
    length.writeUInt32LE(bytes.length);
    parts.push(length, bytes);
  }
  return Buffer.concat(parts);
}

/** The outputs as a request wants them: named ones in its order or all, with classes instead of numbers where it says so. */
export function wantedTensors(
  answer: Extract<Answer, { kind: 'predict' }>,
  wanted: readonly WantedOutput[],
): readonly { readonly name: string; readonly tensor: Tensor; readonly isBinary: boolean | null }[] {
  if (wanted.length === 0)
    return Object.entries(answer.outputs).map(([name, tensor]) => ({ name, tensor, isBinary: null }));
  return wanted.map(({ name, classCount, isBinary }) => {
    const tensor = answer.outputs[name];
    if (!tensor) throw badRequest(`unexpected inference output '${name}'`);
    return {
      name,
      tensor: classCount > 0 ? topClasses(tensor, classCount, answer.labels) : tensor,
      isBinary,
    };
  });
}

/** `value:index:label` of the highest classes of each row. Source: Triton's classification extension. */
function topClasses(tensor: Tensor, classCount: number, labels: readonly string[]): Tensor {
  const { shape } = tensor;
  const numbers = numbersOfTensor(tensor);
  if (!numbers) throw badRequest(`Output of type ${tensor.dtype} cannot be classified.`);
  const hasRows = shape.length > 1;
  const rowCount = hasRows ? (shape[0] ?? 0) : 1;
  const size = elementCount(hasRows ? shape.slice(1) : shape);
  const count = Math.min(classCount, size);
  const isInteger = !tensor.dtype.includes('float');
  const texts: string[] = [];
  for (let row = 0; row < rowCount; row++) {
    const values = Array.from({ length: size }, (_, index) => Number(numbers[row * size + index]));
    const order = values
      .map((_, index) => index)
      .sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0) || a - b);
    for (const index of order.slice(0, count)) {
      const label = labels[index];
      const value = isInteger ? String(values[index]) : values[index]?.toFixed(6);
      texts.push(`${value}:${index}${label === undefined ? '' : `:${label}`}`);
    }
  }
  return { dtype: 'string', shape: hasRows ? [rowCount, count] : [count], data: texts };
}
