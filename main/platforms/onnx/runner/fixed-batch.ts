import type { TensorInfo } from '../../../../app/contract/inference';
import type { BatchingParameters } from '../../../runner/batching/batching-parameters';
import type { Tensors } from '../../../runner/batching/batching-session';
import { concatRows, hasRows, sliceRows } from '../../../runner/batching/tensor-rows';
import type { Tensor } from '../../../runner/tensor';
import { madeInputs } from '../../../runner/warm-up/made-inputs';

/** The batch that all inputs and outputs of a model have as their first dimension; null when they have none, or no common one. */
export function fixedBatchOfAll(
  inputs: readonly TensorInfo[],
  outputs: readonly TensorInfo[],
): number | null {
  const [first] = inputs[0]?.shape ?? [];
  if (typeof first !== 'number' || first < 1) return null;
  const all = [...inputs, ...outputs];
  return outputs.length > 0 && all.every(({ shape }) => shape[0] === first) ? first : null;
}

/** The same inputs with any number of rows. */
export const freeRows = (inputs: readonly TensorInfo[]): readonly TensorInfo[] =>
  inputs.map((info) => ({ ...info, shape: ['', ...info.shape.slice(1)] }));

/** No caller's rows are refused for their number: they are cut, put together and filled up to what the model takes. */
export const fixedBatchParameters = (
  batch: number,
  {
    batchTimeoutMicros,
    maxEnqueuedBatches,
  }: Pick<BatchingParameters, 'batchTimeoutMicros' | 'maxEnqueuedBatches'>,
): BatchingParameters => ({
  maxBatchSize: Math.max(batch, mostRows),
  batchTimeoutMicros,
  maxEnqueuedBatches,
  numBatchThreads: 1,
  allowedBatchSizes: [batch],
  padVariableLengthInputs: false,
  enableLargeBatchSplitting: true,
  maxExecutionBatchSize: batch,
});

const mostRows = 1_000_000;
/** As a share of the largest number; what the order of additions explains. */
const tolerance = 2e-3;

/**
 * Are the first row's numbers the same whatever the other rows of its batch are? Only then may rows be filled up and put together. Two
 * runs over made-up rows tell; false also where a run fails or nothing can be made up.
 */
export async function isRowWise(
  batch: number,
  inputs: readonly TensorInfo[],
  run: (feeds: Tensors) => Promise<Tensors>,
): Promise<boolean> {
  if (batch === 1) return true;
  const made = madeInputs(inputs);
  if (!made || !Object.values(made).every(hasRows)) return false;
  const plain: Record<string, Tensor> = {};
  const changed: Record<string, Tensor> = {};
  for (const [name, tensor] of Object.entries(made)) {
    const first = varied(sliceRows(tensor, 0, 1), 3);
    const others = sliceRows(tensor, 1, batch);
    plain[name] = concatRows([first, others]);
    changed[name] = concatRows([first, varied(others, 7)]);
  }
  try {
    const [one, other] = [await run(plain), await run(changed)];
    return Object.entries(one).every(([name, tensor]) => hasSameFirstRow(tensor, other[name], batch));
  } catch {
    return false; // what is wrong with the model is told to whoever runs it
  }
}

/** Zeros and ones, which are in the range of whatever a model takes, in a pattern of this period. */
function varied(tensor: Tensor, period: number): Tensor {
  const { dtype, data } = tensor;
  const isOn = (at: number): boolean => at % period === 0;
  if (Array.isArray(data)) return { ...tensor, data: data.map((_, at) => (isOn(at) ? 'a' : '')) };
  const one = dtype === 'float16' ? halfOne : 1;
  if (data instanceof BigInt64Array || data instanceof BigUint64Array)
    return { ...tensor, data: data.map((_, at) => (isOn(at) ? 1n : 0n)) };
  return { ...tensor, data: (data as Float32Array).map((_, at) => (isOn(at) ? one : 0)) };
}

const halfOne = 0x3c00;

function hasSameFirstRow(tensor: Tensor, other: Tensor | undefined, batch: number): boolean {
  if (!other || tensor.shape[0] !== batch || !hasRows(tensor)) return false;
  const row = Array.from(sliceRows(tensor, 0, 1).data as ArrayLike<unknown>);
  const otherRow = Array.from(sliceRows(other, 0, 1).data as ArrayLike<unknown>);
  if (tensor.dtype !== 'float32' && tensor.dtype !== 'float64')
    return row.every((value, at) => value === otherRow[at]);
  const largest = row.reduce<number>((most, value) => Math.max(most, Math.abs(Number(value))), 0);
  return row.every((value, at) => Math.abs(Number(value) - Number(otherRow[at])) <= tolerance * largest);
}
