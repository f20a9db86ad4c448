/** A tensor on its way to or from a model. Strings travel as an array, everything else as its typed array (float16 as Uint16Array). */
export interface Tensor {
  /** As onnxruntime names it: `float32`, `uint8`, `int64`, `string`… */
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: ArrayBufferView | readonly string[];
}
