import { AppError } from '../../../app/base/errors';
import type { TensorInfo } from '../../../app/contract/inference';
import { elementType, type NumberArray } from '../codecs/element-types';
import { isNumbers } from '../codecs/tensor-proto';
import type { Tensor } from '../tensor';

/** Rows, brought to what a model takes. */
export interface FittedRows {
  readonly tensor: Tensor;
  /** The input has no dimension for rows: one goes in at a time, without its dimension. */
  readonly isUnbatched: boolean;
}

/** Types whose numbers the second holds all of, or, for floats, as well as it can. */
const widens: Readonly<Record<string, readonly string[]>> = {
  float64: ['float32'],
  float32: ['float64'],
  uint8: ['int16', 'uint16', 'int32', 'uint32', 'int64', 'uint64', 'float32', 'float64'],
  int8: ['int16', 'int32', 'int64', 'float32', 'float64'],
  uint16: ['int32', 'uint32', 'int64', 'uint64', 'float32', 'float64'],
  int16: ['int32', 'int64', 'float32', 'float64'],
  int32: ['int64', 'float32', 'float64'],
  uint32: ['int64', 'uint64', 'float32', 'float64'],
  int64: ['int32', 'float32', 'float64'],
  bool: ['uint8', 'float32', 'float64'],
};

/**
 * Rows of a file as the input takes them: another type of number where no number is lost by it, and dimensions of size 1 that are
 * missing or too many. Throws TENSOR_MISMATCH.
 */
export function fitRows(rows: Tensor, input: TensorInfo): FittedRows {
  const [count = 0, ...row] = rows.shape;
  const isUnbatched = !matches(row, input.shape.slice(1)) && matches(row, input.shape);
  const wanted = isUnbatched ? input.shape : input.shape.slice(1);
  const shape = isUnbatched || matches(row, wanted) ? fittedShape(row, wanted) : null;
  if (!shape) {
    throw mismatch(
      input,
      `Input "${input.name}" takes rows of shape [${input.shape.slice(1).join(', ')}], and the file has [${row.join(', ')}]`,
    );
  }
  return { isUnbatched, tensor: { ...converted(rows, input), shape: [count, ...shape] } };
}

const significant = (shape: readonly (number | string)[]): readonly (number | string)[] =>
  shape.filter((size) => size !== 1);

/** Are they the same but for dimensions of size 1, and sizes that the model leaves open? */
function matches(row: readonly number[], wanted: readonly (number | string)[]): boolean {
  if (row.length === wanted.length) return row.every((size, axis) => fits(size, wanted[axis]));
  const [a, b] = [significant(row), significant(wanted)];
  return a.length === b.length && a.every((size, axis) => fits(size, b[axis]));
}

const fits = (size: number | string, wanted: number | string | undefined): boolean =>
  typeof wanted === 'string' || wanted === size;

/** `row` with as many dimensions as `wanted` has; they match. */
function fittedShape(row: readonly number[], wanted: readonly (number | string)[]): number[] {
  if (row.length === wanted.length) return [...row];
  const sizes = row.filter((size) => size !== 1);
  let next = 0;
  return wanted.map((size) => (size === 1 ? 1 : (sizes[next++] ?? 1)));
}

function converted(rows: Tensor, input: TensorInfo): Tensor {
  if (rows.dtype === input.dtype) return rows;
  const type = elementType(input.dtype);
  const { data } = rows;
  if (!type.array || !isNumbers(data) || !widens[rows.dtype]?.includes(input.dtype))
    throw mismatch(input, `Input "${input.name}" takes ${input.dtype}, and the file has ${rows.dtype}`);
  const numbers = new type.array(data.length);
  if (numbers instanceof BigInt64Array || numbers instanceof BigUint64Array) {
    for (let index = 0; index < data.length; index++) numbers[index] = BigInt(data[index] ?? 0);
  } else {
    for (let index = 0; index < data.length; index++) numbers[index] = Number(data[index] ?? 0);
    if (rows.dtype === 'int64' && input.dtype === 'int32') assertKept(data, numbers, input);
  }
  return { ...rows, dtype: input.dtype, data: numbers };
}

/** Throws TENSOR_MISMATCH when a number is another one now. */
function assertKept(before: NumberArray, after: NumberArray, input: TensorInfo): void {
  for (let index = 0; index < before.length; index++)
    if (Number(before[index]) !== Number(after[index]))
      throw mismatch(input, `${before[index]} in the file does not fit input "${input.name}"`);
}

const mismatch = ({ name }: TensorInfo, detail: string): AppError =>
  new AppError('TENSOR_MISMATCH', { input: name }, { detail });
