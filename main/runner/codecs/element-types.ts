import { unimplemented } from './request-errors';

/** The typed arrays that carry a tensor's numbers; float16 and bfloat16 as their bit patterns. */
export type NumberArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

interface ArrayMaker {
  readonly BYTES_PER_ELEMENT: number;
  new (length: number): NumberArray;
  new (buffer: ArrayBuffer, byteOffset: number, length: number): NumberArray;
}

/** One element type under its three names: onnxruntime's, TensorFlow's and the Open Inference Protocol's. */
export interface ElementType {
  /** As `TensorInfo.dtype` and `Tensor.dtype` say it. */
  readonly dtype: string;
  /** Source: tensorflow/core/framework/types.proto. */
  readonly tensorflow: string;
  readonly tensorflowNumber: number;
  /** Null where the protocol has no name for it. */
  readonly openInference: string | null;
  /** Null for strings, which have no fixed width. */
  readonly array: ArrayMaker | null;
}

const types: readonly ElementType[] = [
  {
    dtype: 'float32',
    tensorflow: 'DT_FLOAT',
    tensorflowNumber: 1,
    openInference: 'FP32',
    array: Float32Array,
  },
  {
    dtype: 'float64',
    tensorflow: 'DT_DOUBLE',
    tensorflowNumber: 2,
    openInference: 'FP64',
    array: Float64Array,
  },
  { dtype: 'int32', tensorflow: 'DT_INT32', tensorflowNumber: 3, openInference: 'INT32', array: Int32Array },
  { dtype: 'uint8', tensorflow: 'DT_UINT8', tensorflowNumber: 4, openInference: 'UINT8', array: Uint8Array },
  { dtype: 'int16', tensorflow: 'DT_INT16', tensorflowNumber: 5, openInference: 'INT16', array: Int16Array },
  { dtype: 'int8', tensorflow: 'DT_INT8', tensorflowNumber: 6, openInference: 'INT8', array: Int8Array },
  { dtype: 'string', tensorflow: 'DT_STRING', tensorflowNumber: 7, openInference: 'BYTES', array: null },
  {
    dtype: 'int64',
    tensorflow: 'DT_INT64',
    tensorflowNumber: 9,
    openInference: 'INT64',
    array: BigInt64Array,
  },
  { dtype: 'bool', tensorflow: 'DT_BOOL', tensorflowNumber: 10, openInference: 'BOOL', array: Uint8Array },
  {
    dtype: 'bfloat16',
    tensorflow: 'DT_BFLOAT16',
    tensorflowNumber: 14,
    openInference: 'BF16',
    array: Uint16Array,
  },
  {
    dtype: 'uint16',
    tensorflow: 'DT_UINT16',
    tensorflowNumber: 17,
    openInference: 'UINT16',
    array: Uint16Array,
  },
  {
    dtype: 'float16',
    tensorflow: 'DT_HALF',
    tensorflowNumber: 19,
    openInference: 'FP16',
    array: Uint16Array,
  },
  {
    dtype: 'uint32',
    tensorflow: 'DT_UINT32',
    tensorflowNumber: 22,
    openInference: 'UINT32',
    array: Uint32Array,
  },
  {
    dtype: 'uint64',
    tensorflow: 'DT_UINT64',
    tensorflowNumber: 23,
    openInference: 'UINT64',
    array: BigUint64Array,
  },
];

const byDtype = new Map(types.map((type) => [type.dtype, type]));
const byTensorflowNumber = new Map(types.map((type) => [type.tensorflowNumber, type]));
const byOpenInference = new Map(types.map((type) => [type.openInference, type]));

/** The element type that a model declares. Throws UNIMPLEMENTED for one that no protocol here can carry. */
export function elementType(dtype: string): ElementType {
  const type = byDtype.get(dtype);
  if (!type) throw unimplemented(`Tensors of type ${dtype} cannot be sent or answered.`);
  return type;
}

/** Undefined when the number names no type that is served here. */
export const elementTypeOfTensorflow = (number: number): ElementType | undefined =>
  byTensorflowNumber.get(number);

/** Undefined when the name is not one of the Open Inference Protocol's. */
export const elementTypeOfOpenInference = (name: string): ElementType | undefined =>
  byOpenInference.get(name);
