import { toJson } from '@bufbuild/protobuf';
import { fromText } from '@bufbuild/protobuf/txtpb';
import { z } from 'zod';
import { type VersionPolicy, versionNumberSchema } from '../../app/contract/models';
import { configError } from './config-error';
import { modelConfigSchema } from './config-schema';
import { protoLoggingSchema } from './logging-config';
import { modelServerConfigSchema } from './models-config-schema';
import type { RawModelConfig, ServerConfig } from './server-config';

/** 64-bit numbers are texts in protobuf's JSON, so that none loses digits. */
const versionText = z.string().transform(Number).pipe(versionNumberSchema);

const modelSchema = z.object({
  name: z.string().default(''),
  base_path: z.string().default(''),
  model_type: z.string().default('MODEL_TYPE_UNSPECIFIED'),
  model_platform: z.string().default(''),
  model_version_policy: z
    .object({
      latest: z.object({ num_versions: z.int().default(0) }).optional(),
      all: z.object({}).optional(),
      specific: z.object({ versions: z.array(versionText).default([]) }).optional(),
    })
    .default({}),
  version_labels: z.record(z.string(), versionText).default({}),
  logging_config: protoLoggingSchema,
});
const serverSchema = z.object({
  model_config_list: z.object({ config: z.array(z.unknown()).default([]) }).optional(),
  custom_model_config: z.unknown().optional(),
});

/**
 * Reads TensorFlow Serving's `models.config`: `ModelServerConfig` in protobuf's text format. What Slipway sets beyond it gets its default.
 * `rootFolder` is `model_config_list_root_dir`, null when that is not given.
 * Throws CONFIG_INVALID.
 */
export function readModelsConfig(
  text: string,
  rootFolder: string | null,
  fileName = 'models.config',
): ServerConfig {
  const config = serverSchema.parse(parseText(text, fileName));
  if (config.custom_model_config !== undefined) return { kind: 'custom' };
  if (config.model_config_list === undefined) return { kind: 'notSet' };
  const models = config.model_config_list.config.map(readModel);
  return { kind: 'list', models, rootFolder, resources: null, routes: null };
}

function parseText(text: string, fileName: string): unknown {
  const schema = modelServerConfigSchema();
  try {
    return toJson(schema, fromText(schema, text.replace(/^\uFEFF/, '')));
  } catch (thrown) {
    throw configError(fileName, thrown instanceof Error ? thrown.message : String(thrown), thrown);
  }
}

function readModel(raw: unknown, index: number): RawModelConfig {
  const where = `config[${index}]`;
  const parsed = modelSchema.safeParse(raw);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw configError([where, ...(issue?.path ?? [])].join('.'), issue?.message ?? '', parsed.error);
  }
  const { name, base_path, model_type, model_platform, model_version_policy, version_labels } = parsed.data;
  // Names and paths are judged with all other rules; the defaults are those of our own document.
  const defaults = modelConfigSchema.parse({ name: 'model', basePath: '/' });
  return {
    ...defaults,
    name,
    basePath: base_path,
    platform: model_platform,
    modelType: model_type === 'MODEL_TYPE_UNSPECIFIED' ? '' : model_type,
    policy: policyOf(model_version_policy),
    labels: version_labels,
    logging: parsed.data.logging_config,
    where: name === '' ? where : `${where} (${name})`,
  };
}

/** Unset is the latest one, and so is a latest count of zero. */
function policyOf(policy: z.infer<typeof modelSchema>['model_version_policy']): VersionPolicy {
  if (policy.all) return { kind: 'all' };
  if (policy.specific) return { kind: 'specific', versions: policy.specific.versions };
  return { kind: 'latest', count: Math.max(policy.latest?.num_versions ?? 1, 1) };
}
