import type { ElementType, NumberArray } from './element-types';
import { badRequest } from './request-errors';

/** No tensor is larger than this, so that a few bytes cannot ask for gigabytes. */
export const maxTensorBytes = 256 * 2 ** 20;

/** The number of elements of a shape from outside. Throws INVALID_ARGUMENT for a negative or an absurd one. */
export function checkedCount(shape: readonly number[], bytesPerElement: number): number {
  let count = 1;
  for (const size of shape) {
    if (!Number.isSafeInteger(size) || size < 0)
      throw badRequest(`Shape [${shape}] has a dimension that is no size.`);
    count *= size;
  }
  if (count * bytesPerElement > maxTensorBytes)
    throw badRequest(`Shape [${shape}] asks for a tensor that is too large.`);
  return count;
}

/** Joins slices; a single one is not copied. */
export function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const [first] = chunks;
  return chunks.length === 1 && first ? first : Buffer.concat(chunks);
}

/** Little-endian bytes as numbers: a view of them where they are aligned, a copy where they are not. */
export function numbersOfBytes(type: ElementType, bytes: Uint8Array): NumberArray {
  if (!type.array) throw badRequest(`Tensors of type ${type.dtype} have no raw form.`);
  const width = type.array.BYTES_PER_ELEMENT;
  if (bytes.length % width !== 0)
    throw badRequest(`${bytes.length} bytes are no whole number of ${type.dtype} elements.`);
  const isAligned = bytes.byteOffset % width === 0 && bytes.buffer instanceof ArrayBuffer;
  const aligned = isAligned ? bytes : Uint8Array.from(bytes);
  return new type.array(aligned.buffer as ArrayBuffer, aligned.byteOffset, aligned.length / width);
}

/** The bytes of a tensor's numbers, without a copy. */
export const bytesOfNumbers = (data: ArrayBufferView): Uint8Array =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

/** Decodes varints into an array of the type, which they must fit. */
export function numbersOfVarints(type: ElementType, bytes: Uint8Array): NumberArray {
  if (!type.array) throw badRequest(`Tensors of type ${type.dtype} are no numbers.`);
  const count = bytes.reduce((total, byte) => (byte < 0x80 ? total + 1 : total), 0);
  const values = new type.array(count);
  const words =
    values instanceof BigInt64Array || values instanceof BigUint64Array
      ? new Uint32Array(values.buffer)
      : null;
  let at = 0;
  for (let index = 0; index < count; index++) {
    let low = 0;
    let high = 0;
    let shift = 0;
    let byte = 0x80;
    while (byte >= 0x80) {
      byte = bytes[at++] ?? 0;
      if (shift >= 70) throw badRequest('A number in a packed list is too long.');
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high |= bits >>> 4;
      } else high |= bits << (shift - 32);
      shift += 7;
    }
    if (words) {
      words[index * 2] = low;
      words[index * 2 + 1] = high;
    } else setSmall(values, index, low, type);
  }
  if (at !== bytes.length) throw badRequest('A packed list of numbers ends within a number.');
  return values;
}

function setSmall(values: NumberArray, index: number, low: number, type: ElementType): void {
  if (values instanceof BigInt64Array || values instanceof BigUint64Array) return;
  const value = type.dtype === 'bool' ? (low === 0 ? 0 : 1) : type.dtype === 'uint32' ? low >>> 0 : low;
  values[index] = value;
  if (values[index] !== value) throw badRequest(`${value} does not fit ${type.dtype}.`);
}

/** Encodes integers as varints, negative ones in ten bytes as protocol buffers do. */
export function varintsOfNumbers(data: NumberArray): Uint8Array {
  const bytes = Buffer.allocUnsafe(data.length * 10);
  let at = 0;
  const words = data instanceof BigInt64Array || data instanceof BigUint64Array ? wordsOf(data) : null;
  for (let index = 0; index < data.length; index++) {
    const small = words ? 0 : Number(data[index] ?? 0);
    let low = words ? (words[index * 2] ?? 0) : small >>> 0;
    let high = words ? (words[index * 2 + 1] ?? 0) : small < 0 ? 0xffff_ffff : 0;
    while (high !== 0 || low > 0x7f) {
      bytes[at++] = (low & 0x7f) | 0x80;
      low = ((low >>> 7) | (high << 25)) >>> 0;
      high >>>= 7;
    }
    bytes[at++] = low;
  }
  return bytes.subarray(0, at);
}

const wordsOf = (data: BigInt64Array | BigUint64Array): Uint32Array =>
  new Uint32Array(data.buffer, data.byteOffset, data.length * 2);
