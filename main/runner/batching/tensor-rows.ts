import { AppError } from '../../../app/base/errors';
import type { Tensor } from '../tensor';

type Data = Tensor['data'];
/** Every array of numbers has these; which one it is follows from the tensor's dtype. */
type Numbers = Float32Array;

/** Element types that share bytes: their rows cannot be taken apart. */
const packed: ReadonlySet<string> = new Set(['int4', 'uint4']);
export const hasRows = ({ dtype, shape }: Tensor): boolean => shape.length > 0 && !packed.has(dtype);

const product = (dimensions: readonly number[]): number => dimensions.reduce((all, one) => all * one, 1);

const sliceOf = (data: Data, from: number, to: number): Data =>
  Array.isArray(data) ? data.slice(from, to) : (data as Numbers).slice(from, to);

function joined(parts: readonly Data[]): Data {
  const [first] = parts;
  if (Array.isArray(first)) return parts.flatMap((part) => part as readonly string[]);
  const numbers = parts as readonly Numbers[];
  const Make = (first as Numbers).constructor as new (length: number) => Numbers;
  const all = new Make(numbers.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of numbers) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Rows `[from, to)` of a tensor, copied. */
export function sliceRows({ dtype, shape, data }: Tensor, from: number, to: number): Tensor {
  const [, ...row] = shape;
  const perRow = product(row);
  return { dtype, shape: [to - from, ...row], data: sliceOf(data, from * perRow, to * perRow) };
}

/** Tensors of one dtype and one shape of rows, one below the other. */
export function concatRows(tensors: readonly Tensor[]): Tensor {
  const [first] = tensors;
  if (!first) throw new Error('There is nothing to put together');
  if (tensors.length === 1) return first;
  const rows = tensors.reduce((sum, { shape }) => sum + (shape[0] ?? 0), 0);
  const [, ...row] = first.shape;
  return { dtype: first.dtype, shape: [rows, ...row], data: joined(tensors.map(({ data }) => data)) };
}

/** The tensor's first row, `count` times. */
export function repeatFirstRow(tensor: Tensor, count: number): Tensor {
  const row = sliceRows(tensor, 0, 1);
  return concatRows(Array.from({ length: count }, () => row));
}

export const hasSameRows = (tensors: readonly Tensor[]): boolean => {
  const [first] = tensors;
  return tensors.every(
    ({ shape }) =>
      shape.length === first?.shape.length &&
      shape.every((size, axis) => axis === 0 || size === first.shape[axis]),
  );
};

const maxPaddedRank = 6;

/**
 * Brings tensors to the largest of their dimensions after the first, each filled up with its own first element.
 * Throws INVALID_ARGUMENT for ranks above 6, differing ranks and empty tensors.
 */
export function padToCommonRows(tensors: readonly Tensor[]): readonly Tensor[] {
  const rank = tensors[0]?.shape.length ?? 0;
  if (rank > maxPaddedRank) throw badPadding(`Only ranks from 1 to ${maxPaddedRank} are padded, not ${rank}`);
  if (tensors.some(({ shape }) => shape.length !== rank))
    throw badPadding('Tensors to be padded differ in rank');
  const common = Array.from({ length: rank }, (_, axis) =>
    Math.max(...tensors.map(({ shape }) => shape[axis] ?? 0)),
  );
  return tensors.map((tensor) => padRows(tensor, common));
}

function padRows({ dtype, shape, data }: Tensor, common: readonly number[]): Tensor {
  const target = [shape[0] ?? 0, ...common.slice(1)];
  if (target.every((size, axis) => size === shape[axis])) return { dtype, shape, data };
  if (product(shape) === 0) throw badPadding('An empty tensor has nothing to be padded with');
  let padded: { readonly data: Data; readonly shape: readonly number[] } = { data, shape };
  const filler = sliceOf(data, 0, 1);
  for (let axis = shape.length - 1; axis > 0; axis--)
    padded = padAxis(padded, axis, target[axis] ?? 0, filler);
  return { dtype, shape: target, data: padded.data };
}

function padAxis(
  { data, shape }: { readonly data: Data; readonly shape: readonly number[] },
  axis: number,
  size: number,
  filler: Data,
) {
  const block = product(shape.slice(axis));
  const missing = (size - (shape[axis] ?? 0)) * product(shape.slice(axis + 1));
  const parts: Data[] = [];
  const fill = missing > 0 ? joined(Array.from({ length: missing }, () => filler)) : filler;
  for (let at = 0; at < product(shape); at += block) {
    parts.push(sliceOf(data, at, at + block));
    if (missing > 0) parts.push(fill);
  }
  return { data: joined(parts), shape: shape.map((was, index) => (index === axis ? size : was)) };
}

const badPadding = (detail: string): AppError => new AppError('INVALID_ARGUMENT', {}, { detail });
