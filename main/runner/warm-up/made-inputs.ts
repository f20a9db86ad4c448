import type { TensorInfo } from '../../../app/contract/inference';
import type { Tensor } from '../tensor';

const arrays: Readonly<Record<string, new (length: number) => Tensor['data'] & ArrayLike<unknown>>> = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
};
/** Larger than this nothing is made up: it would cost more than the first request gains. */
const mostElements = 16_000_000;

/** Zeros that fit the model's inputs, with 1 for dimensions of any size; undefined where none can be made. */
export function madeInputs(inputs: readonly TensorInfo[]): Record<string, Tensor> | undefined {
  const made: Record<string, Tensor> = {};
  for (const { name, dtype, shape } of inputs) {
    const dimensions = shape.map((dimension) => (typeof dimension === 'number' ? dimension : 1));
    const count = dimensions.reduce((product, dimension) => product * dimension, 1);
    if (!(count <= mostElements)) return undefined;
    if (dtype === 'string') {
      made[name] = { dtype, shape: dimensions, data: Array.from({ length: count }, () => '') };
      continue;
    }
    const Make = arrays[dtype];
    if (!Make) return undefined;
    made[name] = { dtype, shape: dimensions, data: new Make(count) };
  }
  return made;
}
