import { getFloat16 } from '@petamoriken/float16';
import type { Tensor } from '../tensor';
import type { NumberArray } from './element-types';
import { badRequest, unimplemented } from './request-errors';

type ElementText = (index: number) => string;

/** How each element of a tensor is written in JSON. Throws UNIMPLEMENTED for a type that JSON cannot carry. */
export function elementTexts(
  tensor: Tensor,
  floatText: (value: number, isSingle: boolean) => string,
  stringText: (value: string) => string,
): ElementText {
  const { data, dtype } = tensor;
  if (isStrings(data)) return (index) => stringText(data[index] ?? '');
  if (data instanceof Float32Array) return (index) => floatText(data[index] ?? 0, true);
  if (data instanceof Float64Array) return (index) => floatText(data[index] ?? 0, false);
  if (dtype === 'float16') {
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    return (index) => floatText(getFloat16(view, index * 2, true), true);
  }
  if (dtype === 'bfloat16') throw unimplemented('Tensors of type bfloat16 cannot be answered as JSON.');
  if (dtype === 'bool' && data instanceof Uint8Array) return (index) => (data[index] ? 'true' : 'false');
  if (isIntegers(data)) return (index) => String(data[index] ?? 0);
  throw unimplemented(`Tensors of type ${dtype} cannot be answered as JSON.`);
}

const isStrings = (data: Tensor['data']): data is readonly string[] => Array.isArray(data);

type Integers = Exclude<NumberArray, Float32Array | Float64Array>;

const isIntegers = (data: ArrayBufferView | readonly string[]): data is Integers =>
  ArrayBuffer.isView(data) &&
  !(data instanceof Float32Array || data instanceof Float64Array || data instanceof DataView);

/** The number of elements that a shape has. */
export const elementCount = (shape: readonly number[]): number =>
  shape.reduce((product, size) => product * size, 1);

/** Nested lists of the elements from `start`, in row-major order; a bare value for an empty shape. */
export function nestedText(shape: readonly number[], start: number, text: ElementText): string {
  const [size, ...rest] = shape;
  if (size === undefined) return text(start);
  let list = '[';
  if (rest.length === 0) {
    for (let index = 0; index < size; index++) list += index === 0 ? text(start) : `,${text(start + index)}`;
    return `${list}]`;
  }
  const stride = elementCount(rest);
  for (let index = 0; index < size; index++)
    list += `${index === 0 ? '' : ','}${nestedText(rest, start + index * stride, text)}`;
  return `${list}]`;
}

/** Throws INVALID_ARGUMENT unless every output has rows, and all the same number of them. */
export function rowCountOf(outputs: readonly (readonly [string, Tensor])[]): number {
  const counts = outputs.map(([name, { shape }]) => {
    const [rows] = shape;
    if (rows === undefined) throw badRequest(`Tensor name: ${name} has no shape information`);
    return rows;
  });
  const [rows = 0] = counts;
  const odd = counts.findIndex((count) => count !== rows);
  if (odd >= 0)
    throw badRequest(
      `Tensor name: ${outputs[odd]?.[0]} has inconsistent batch size: ${counts[odd]} expecting: ${rows}`,
    );
  return rows;
}
