import { encode } from '../../support/proto-client';
import { httpRequest } from './load-spec';

const side = 28;
const json = { 'content-type': 'application/json' };

/** The pixels of a small picture, another one for each `seed`; two decimals each. */
export function pixels(seed: number): readonly number[] {
  return Array.from({ length: side * side }, (_, at) => ((at * 7 + seed * 131) % 101) / 100);
}

/** TensorFlow Serving's REST. */
export function restPredict(path: string, seed: number): Uint8Array {
  const values = pixels(seed);
  const rows = Array.from({ length: side }, (_, row) => values.slice(row * side, (row + 1) * side));
  return httpRequest('POST', path, json, JSON.stringify({ instances: [[rows]] }));
}

/** The message of `PredictionService/Predict`. */
export const grpcPredict = (model: string, seed: number): Uint8Array =>
  encode('tensorflow.serving.PredictRequest', {
    model_spec: { name: model },
    inputs: {
      image: {
        dtype: 'DT_FLOAT',
        tensor_shape: { dim: [1, 1, side, side].map((size) => ({ size })) },
        tensor_content: bytesOf(seed),
      },
    },
  });

/** Open Inference Protocol with binary tensors both ways. */
export function oipInfer(path: string, seed: number): Uint8Array {
  const binary = bytesOf(seed);
  const head = Buffer.from(
    JSON.stringify({
      inputs: [
        {
          name: 'image',
          datatype: 'FP32',
          shape: [1, 1, side, side],
          parameters: { binary_data_size: binary.length },
        },
      ],
      parameters: { binary_data_output: true },
    }),
  );
  const headers = {
    'content-type': 'application/octet-stream',
    'inference-header-content-length': String(head.length),
  };
  return httpRequest('POST', path, headers, Buffer.concat([head, binary]));
}

const bytesOf = (seed: number): Buffer => Buffer.from(Float32Array.from(pixels(seed)).buffer);
