import { Server, ServerCredentials, type sendUnaryData } from '@grpc/grpc-js';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { decode, encode } from '../support/proto-client';

// What somebody writes who needs no more: @grpc/grpc-js, protobufjs and onnxruntime in one process, answering PredictionService/Predict
// for Fashion-MNIST.

interface PredictRequest {
  readonly inputs: Readonly<Record<string, { readonly tensor_content: Buffer }>>;
}

const [modelFile = ''] = process.argv.slice(2);
const session = await InferenceSession.create(modelFile, { intraOpNumThreads: 1, interOpNumThreads: 1 });
const [input = ''] = session.inputNames;
const [output = ''] = session.outputNames;

async function predict({ inputs }: PredictRequest): Promise<Record<string, unknown>> {
  const bytes = Uint8Array.from(inputs[input]?.tensor_content ?? []); // aligned
  const data = new Float32Array(bytes.buffer);
  const answer = await session.run({ [input]: new Tensor('float32', data, [1, 1, 28, 28]) });
  const values = answer[output]?.data as Float32Array;
  const dim = [{ size: 1 }, { size: values.length }];
  return { outputs: { [output]: { dtype: 'DT_FLOAT', tensor_shape: { dim }, float_val: [...values] } } };
}

const server = new Server();
server.addService(
  {
    Predict: {
      path: '/tensorflow.serving.PredictionService/Predict',
      requestStream: false,
      responseStream: false,
      requestSerialize: (bytes: Buffer) => bytes,
      requestDeserialize: (bytes: Buffer) => decode('tensorflow.serving.PredictRequest', bytes),
      responseSerialize: (value: Record<string, unknown>) =>
        Buffer.from(encode('tensorflow.serving.PredictResponse', value)),
      responseDeserialize: (bytes: Buffer) => bytes,
    },
  },
  {
    Predict: (
      { request }: { readonly request: PredictRequest },
      answer: sendUnaryData<Record<string, unknown>>,
    ) => void predict(request).then((value) => answer(null, value), answer),
  },
);
server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (_error, port) =>
  process.send?.({ port }),
);
process.on('disconnect', () => process.exit(0));
