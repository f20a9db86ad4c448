import { z } from 'zod';
import { type VersionPolicy, versionPolicySchema } from '../../../app/contract/models';
import { protoLoggingSchema } from '../../config/logging-config';
import { badRequest } from '../../runner/codecs/request-errors';
import type { InferencePort, ServedModelConfig } from '../inference-port';
import { statusOf } from '../rest/model-status';
import { codeOf } from '../statuses';
import type { GrpcMethod } from './grpc-call';
import { decodeMessage, encodeMessage } from './messages';
import { readModelSpec } from './model-spec';

const service = '/tensorflow.serving.ModelService';

export interface ModelServiceOptions {
  readonly port: InferencePort;
  /** A counter of the metrics by TensorFlow Serving's name; 0 for one that is not there. */
  readonly counterValue: (metric: string) => Promise<number>;
}

const int64 = z
  .string()
  .regex(/^-?\d{1,19}$/)
  .transform(Number);
const policySchema = z
  .looseObject({
    latest: z.looseObject({ num_versions: z.number().optional() }).nullish(),
    all: z.looseObject({}).nullish(),
    specific: z.looseObject({ versions: z.array(int64) }).nullish(),
  })
  .nullish();
const modelConfigSchema = z.looseObject({
  name: z.string().default(''),
  base_path: z.string().default(''),
  model_type: z.string().default('MODEL_TYPE_UNSPECIFIED'),
  model_platform: z.string().default(''),
  model_version_policy: policySchema,
  version_labels: z.record(z.string(), int64),
  logging_config: protoLoggingSchema,
});
const reloadSchema = z.looseObject({
  config: z
    .looseObject({ model_config_list: z.looseObject({ config: z.array(modelConfigSchema) }).nullish() })
    .nullish(),
  metric_names: z.array(z.string()),
});
type ModelConfig = z.infer<typeof modelConfigSchema>;

/** Source: tensorflow_serving/apis/model_service.proto. */
export const modelService = ({ port, counterValue }: ModelServiceOptions): readonly GrpcMethod[] => [
  {
    kind: 'unary',
    path: `${service}/GetModelStatus`,
    scope: 'read',
    handle: async (body) => {
      const { model, version } = readModelSpec(body);
      const versions = statusOf(port, model, version);
      const bytes = encodeMessage('tensorflow.serving.GetModelStatusResponse', {
        model_version_status: versions.map(({ version: number, state, error }) => ({
          version: number,
          state,
          status: { error_code: codeOf(error?.status ?? 'OK'), error_message: error?.message ?? '' },
        })),
      });
      return { bytes, record: { model } };
    },
  },
  {
    kind: 'unary',
    path: `${service}/HandleReloadConfigRequest`,
    scope: 'admin',
    handle: async (body) => {
      const { config, metric_names: names } = decodeMessage(
        'tensorflow.serving.ReloadConfigRequest',
        body,
        reloadSchema,
      );
      const list = config?.model_config_list;
      if (!list) throw badRequest('ModelServerConfig type is not model_config_list');
      const before = await Promise.all(names.map(counterValue));
      await port.reload(list.config.map(servedModelConfig));
      const after = await Promise.all(names.map(counterValue));
      const bytes = encodeMessage('tensorflow.serving.ReloadConfigResponse', {
        status: { error_code: 0 },
        metric: names.map((name, index) => ({
          name,
          int64_value_increase: (after[index] ?? 0) - (before[index] ?? 0),
        })),
      });
      return { bytes };
    },
  },
];

/** What `model_type` stands for. */
const platformOfType: Readonly<Record<string, string>> = { TENSORFLOW: 'tensorflow', OTHER: 'other' };

/** Checks what can be checked without looking at the files. Throws INVALID_ARGUMENT. */
export function servedModelConfig(config: ModelConfig): ServedModelConfig {
  const typed = platformOfType[config.model_type] ?? '';
  if ((typed === '') === (config.model_platform === ''))
    throw badRequest(`Model ${config.name}: exactly one of model_type and model_platform must be set.`);
  return {
    name: config.name,
    basePath: config.base_path,
    platform: config.model_platform || typed,
    policy: policyOf(config),
    labels: config.version_labels,
    logging: config.logging_config,
  };
}

function policyOf({ name, model_version_policy: policy }: ModelConfig): VersionPolicy {
  const wanted = policy?.all
    ? { kind: 'all' }
    : policy?.specific
      ? { kind: 'specific', versions: policy.specific.versions }
      : { kind: 'latest', count: policy?.latest?.num_versions || 1 };
  const checked = versionPolicySchema.safeParse(wanted);
  if (!checked.success) throw badRequest(`Model ${name}: its version policy names what is no version.`);
  return checked.data;
}
