import { AppError } from '../../../../app/base/errors';
import type { TensorInfo } from '../../../../app/contract/inference';
import type { Tensor } from '../../../runner/tensor';
import { shapeText } from './note';

/** Checks tensors against the model's signature before native code sees them. Throws TENSOR_MISMATCH. */
export function checkFeeds(feeds: Readonly<Record<string, Tensor>>, inputs: readonly TensorInfo[]): void {
  for (const name of Object.keys(feeds)) {
    if (!inputs.some((input) => input.name === name))
      throw mismatch(`The model has no input "${name}"`, name);
  }
  for (const { name, dtype, shape } of inputs) {
    const tensor = feeds[name];
    if (!tensor) throw mismatch(`Input "${name}" is missing`, name);
    if (tensor.dtype !== dtype) throw mismatch(`Input "${name}" takes ${dtype}, not ${tensor.dtype}`, name);
    if (!fits(tensor.shape, shape)) {
      throw mismatch(
        `Input "${name}" takes the shape ${shapeText(shape)}, not ${shapeText(tensor.shape)}`,
        name,
      );
    }
    const count = tensor.shape.reduce((product, dimension) => product * dimension, 1);
    const { length } = tensor.data as { readonly length?: number };
    const needed = dtype === 'int4' || dtype === 'uint4' ? Math.ceil(count / 2) : count; // two to a byte
    if (!(count >= 0) || length !== needed) {
      throw mismatch(`Input "${name}" of shape ${shapeText(tensor.shape)} has ${length ?? 0} elements`, name);
    }
  }
}

/** onnxruntime tells a scalar and a tensor of any rank alike: as no dimensions. The run itself refuses what does not fit. */
const fits = (given: readonly number[], declared: TensorInfo['shape']): boolean =>
  declared.length === 0 ||
  (given.length === declared.length &&
    declared.every((dimension, axis) => typeof dimension !== 'number' || dimension === given[axis]));

const mismatch = (detail: string, input: string): AppError =>
  new AppError('TENSOR_MISMATCH', { input }, { detail });
