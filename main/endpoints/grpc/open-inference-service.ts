import { z } from 'zod';
import type { InferencePort } from '../inference-port';
import {
  type AskedModel,
  checkControlParameters,
  foundModel,
  foundVersion,
  isModelReady,
} from '../oip/asked-model';
import { extensions, modelConfig, modelMetadata, repositoryIndex, serverName } from '../oip/oip-metadata';
import { versionOf } from '../oip/oip-url';
import type { RequestStatistics } from '../oip/request-statistics';
import { clientError } from '../statuses';
import { FailedCall, type GrpcCall, type GrpcMethod, type GrpcReply, type UnaryMethod } from './grpc-call';
import { inferBytes } from './infer-bytes';
import { decodeMessage, encodeMessage } from './messages';
import { readInferTarget } from './model-spec';

const service = '/inference.GRPCInferenceService';

export interface OpenInferenceOptions {
  readonly port: InferencePort;
  readonly statistics: RequestStatistics;
  readonly isReady: () => boolean;
  /** Ours; shown to clients. */
  readonly version: string;
}

const namedSchema = z.looseObject({ name: z.string().default(''), version: z.string().default('') });
const indexSchema = z.looseObject({ ready: z.boolean().default(false) });
const controlSchema = z.looseObject({
  model_name: z.string().default(''),
  parameters: z.record(z.string(), z.unknown()),
});

const askedOf = ({ name, version }: z.infer<typeof namedSchema>): AskedModel => ({
  model: name,
  version: versionOf(version),
});

/** Source: the Open Inference Protocol's `grpc_predict_v2.proto`, with Triton's repository and stream extensions. */
export function openInferenceService({
  port,
  statistics,
  isReady,
  version: ownVersion,
}: OpenInferenceOptions): readonly GrpcMethod[] {
  const unary = (name: string, scope: UnaryMethod['scope'], handle: UnaryMethod['handle']): UnaryMethod => ({
    kind: 'unary',
    path: `${service}/${name}`,
    scope,
    handle,
  });
  const answer = (type: string, value: Readonly<Record<string, unknown>>): GrpcReply => ({
    bytes: encodeMessage(`inference.${type}`, value),
  });
  const control = (action: 'load' | 'unload', type: string): UnaryMethod =>
    unary(type, 'admin', async (body) => {
      const { model_name: model, parameters } = decodeMessage(
        `inference.${type}Request`,
        body,
        controlSchema,
      );
      checkControlParameters(parameters);
      foundModel(port, model);
      await port[action](model);
      return answer(`${type}Response`, {});
    });
  return [
    unary('ServerLive', null, async () => answer('ServerLiveResponse', { live: true })),
    unary('ServerReady', null, async () => answer('ServerReadyResponse', { ready: isReady() })),
    unary('ModelReady', 'read', async (body) => {
      const asked = askedOf(decodeMessage('inference.ModelReadyRequest', body, namedSchema));
      return answer('ModelReadyResponse', { ready: isModelReady(port, asked) });
    }),
    unary('ServerMetadata', 'read', async () =>
      answer('ServerMetadataResponse', { name: serverName, version: ownVersion, extensions }),
    ),
    unary('ModelMetadata', 'read', async (body) => {
      const asked = askedOf(decodeMessage('inference.ModelMetadataRequest', body, namedSchema));
      const { model, version } = foundVersion(port, asked);
      const description = await port.describe(model.name, version);
      return answer('ModelMetadataResponse', modelMetadata(model, description));
    }),
    unary('ModelConfig', 'read', async (body) => {
      const asked = askedOf(decodeMessage('inference.ModelConfigRequest', body, namedSchema));
      const { model, version } = foundVersion(port, asked);
      const description = await port.describe(model.name, version);
      return answer('ModelConfigResponse', { config: modelConfig(model, description) });
    }),
    unary('ModelStatistics', 'read', async (body) => {
      const asked = askedOf(decodeMessage('inference.ModelStatisticsRequest', body, namedSchema));
      return answer('ModelStatisticsResponse', statistics.of(port, asked.model === '' ? null : asked));
    }),
    unary('RepositoryIndex', 'read', async (body) => {
      const { ready } = decodeMessage('inference.RepositoryIndexRequest', body, indexSchema);
      return answer('RepositoryIndexResponse', { models: repositoryIndex(port.models(), ready) });
    }),
    control('load', 'RepositoryModelLoad'),
    control('unload', 'RepositoryModelUnload'),
    unary('ModelInfer', 'infer', (body, call) => modelInfer(port, body, call)),
    {
      kind: 'stream',
      path: `${service}/ModelStreamInfer`,
      scope: 'infer',
      handle: (body, call, send) => streamInfer(port, body, call, send),
    },
  ];
}

async function modelInfer(port: InferencePort, body: Uint8Array, call: GrpcCall): Promise<GrpcReply> {
  const { model, version } = readInferTarget(body);
  const params = { method: 'predict' } as const;
  return inferBytes(port, call, { model, version: versionOf(version), codec: 'oip-proto', body, params });
}

/** A request that fails is answered in the stream, which goes on. */
async function streamInfer(
  port: InferencePort,
  body: Uint8Array,
  call: GrpcCall,
  send: (bytes: Uint8Array) => void,
): Promise<GrpcReply['record'] | undefined> {
  try {
    const { bytes, record } = await modelInfer(port, body, call);
    // `infer_response` is field 2; the answer itself is passed on as the bytes that it is.
    send(Buffer.concat([lengthPrefixed(2, bytes.length), bytes]));
    return record;
  } catch (thrown) {
    const { message } = clientError(thrown instanceof FailedCall ? thrown.cause : thrown);
    send(encodeMessage('inference.ModelStreamInferResponse', { error_message: message }));
    return thrown instanceof FailedCall ? thrown.record : undefined;
  }
}

/** Tag and length of a field that holds a message. */
function lengthPrefixed(field: number, length: number): Uint8Array {
  const bytes = [(field << 3) | 2];
  let rest = length;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest & 0x7f) | 0x80);
  return Uint8Array.of(...bytes, rest);
}
