import { z } from 'zod';
import type { InferMethod } from '../../runner/codecs/codec';
import { defaultSignatureName } from '../../runner/codecs/infer';
import { badRequest } from '../../runner/codecs/request-errors';
import type { InferencePort } from '../inference-port';
import { signatureJson } from '../rest/model-metadata';
import type { GrpcMethod, GrpcReply } from './grpc-call';
import { inferBytes } from './infer-bytes';
import { decodeMessage, encodeMessage } from './messages';
import { readFirstTask, readModelSpec } from './model-spec';

const service = '/tensorflow.serving.PredictionService';
const signatureField = 'signature_def';

const methods: readonly (readonly [string, InferMethod])[] = [
  ['Predict', 'predict'],
  ['Classify', 'classify'],
  ['Regress', 'regress'],
  ['MultiInference', 'multiInference'],
];

const metadataRequestSchema = z.looseObject({ metadata_field: z.array(z.string()) });

/** Source: tensorflow_serving/apis/prediction_service.proto. */
export const predictionService = (port: InferencePort): readonly GrpcMethod[] => [
  ...methods.map(
    ([name, method]): GrpcMethod => ({
      kind: 'unary',
      path: `${service}/${name}`,
      scope: 'infer',
      handle: (body, call) => {
        const { model, version } = method === 'multiInference' ? readFirstTask(body) : readModelSpec(body);
        return inferBytes(port, call, { model, version, codec: 'tfs-proto', body, params: { method } });
      },
    }),
  ),
  {
    kind: 'unary',
    path: `${service}/GetModelMetadata`,
    scope: 'read',
    handle: (body) => metadata(port, body),
  },
];

async function metadata(port: InferencePort, body: Uint8Array): Promise<GrpcReply> {
  const { model, version: choice } = readModelSpec(body);
  const { metadata_field: fields } = decodeMessage(
    'tensorflow.serving.GetModelMetadataRequest',
    body,
    metadataRequestSchema,
  );
  if (fields.length === 0)
    throw badRequest('GetModelMetadataRequest must specify at least one metadata_field');
  const strange = fields.find((field) => field !== signatureField);
  if (strange !== undefined) throw badRequest(`Metadata field ${strange} is not supported`);
  const version = port.resolve(model, choice);
  const signature = signatureJson(await port.describe(model, version));
  const value = encodeMessage('tensorflow.serving.SignatureDefMap', {
    signature_def: { [defaultSignatureName]: signature },
  });
  const bytes = encodeMessage('tensorflow.serving.GetModelMetadataResponse', {
    model_spec: { name: model, version: { value: version } },
    metadata: {
      [signatureField]: { type_url: 'type.googleapis.com/tensorflow.serving.SignatureDefMap', value },
    },
  });
  return { bytes, record: { model, version } };
}
