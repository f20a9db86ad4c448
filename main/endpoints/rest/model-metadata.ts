import type { Description, TensorInfo } from '../../../app/contract/inference';
import { elementType } from '../../runner/codecs/element-types';
import { defaultSignatureName } from '../../runner/codecs/infer';

const predictMethod = 'tensorflow/serving/predict';

/** Source: tensorflow/core/protobuf/meta_graph.proto, `TensorInfo`, in the JSON of protocol buffers. */
const tensorJson = ({ name, dtype, shape }: TensorInfo) => ({
  dtype: typeName(dtype),
  name,
  tensor_shape: {
    dim: shape.map((size) =>
      typeof size === 'number' ? { size: String(size), name: '' } : { size: '-1', name: size },
    ),
    unknown_rank: false,
  },
});

function typeName(dtype: string): string {
  try {
    return elementType(dtype).tensorflow;
  } catch {
    // A type that cannot be served is still part of the description.
    return 'DT_INVALID';
  }
}

const tensorsJson = (infos: readonly TensorInfo[]) =>
  Object.fromEntries(infos.map((info) => [info.name, tensorJson(info)]));

/** The one signature of a model, as `SignatureDef`. */
export const signatureJson = ({ inputs, outputs }: Pick<Description, 'inputs' | 'outputs'>) => ({
  inputs: tensorsJson(inputs),
  outputs: tensorsJson(outputs),
  method_name: predictMethod,
});

/** Source: apis/get_model_metadata.proto. */
export const metadataJson = (description: Description) => ({
  model_spec: { name: description.model, signature_name: '', version: String(description.version) },
  metadata: {
    signature_def: {
      signature_def: { [defaultSignatureName]: { ...signatureJson(description), defaults: {} } },
    },
  },
});
