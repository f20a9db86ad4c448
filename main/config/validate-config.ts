import { isAbsolute, join } from 'node:path';
import { AppError } from '../../app/base/errors';
import { labelNameSchema, modelNameSchema } from '../../app/contract/models';
import { platforms } from '../platforms/registry';
import { batchingParameters } from '../runner/batching/batching-parameters';
import { configError } from './config-error';
import { foundOut, type ModelConfig } from './config-schema';
import type { RawModelConfig, ServerConfig } from './server-config';

/** What a platform may be called in a configuration, and which one that is. */
export type PlatformNames = ReadonlyMap<string, string>;

/** TensorFlow Serving's configurations say `tensorflow` for every model: what a folder holds is found out when it is looked at. */
export const defaultPlatformNames: PlatformNames = new Map([
  [foundOut, foundOut],
  ['tensorflow', foundOut],
  ...platforms.map(({ name }) => [name, name] as const),
]);

/** A configuration that makes sense as a whole: names are unique, base paths absolute, platforms known. */
export interface ValidConfig {
  readonly models: ReadonlyMap<string, ModelConfig>;
}

/**
 * Checks the rules that hold for any list of models. Throws CONFIG_INVALID.
 * Source: TensorFlow Serving, server_core.cc (`ValidateModelConfigList`, `UpdateModelConfigListRelativePaths`).
 */
export function validateModels(
  config: ServerConfig & { readonly kind: 'list' },
  names: PlatformNames,
): ValidConfig {
  const { rootFolder } = config;
  if (rootFolder !== null && !isAbsolute(rootFolder))
    throw configError('rootFolder', 'the folder where base paths begin must be absolute');
  const models = new Map<string, ModelConfig>();
  for (const raw of config.models) {
    const model = validModel(raw, rootFolder, names);
    if (models.has(model.name)) throw configError(raw.where, `the name ${model.name} is used twice`);
    models.set(model.name, model);
  }
  return { models };
}

function validModel(raw: RawModelConfig, rootFolder: string | null, names: PlatformNames): ModelConfig {
  const { where, modelType, logging: _endpoints, ...model } = raw;
  const name = modelNameSchema.safeParse(model.name);
  if (!name.success)
    throw configError(where, 'a name has 1 to 128 characters, without slashes and colons', name.error);
  if (model.basePath === '') throw configError(where, 'no base path');
  checkLabels(model, where);
  checkBatching(model, where);
  return {
    ...model,
    basePath: absolute(model.basePath, rootFolder, where),
    platform: platformOf(model.platform, modelType ?? '', names, where),
  };
}

function checkLabels({ labels }: ModelConfig, where: string): void {
  const wrong = Object.keys(labels).find((label) => !labelNameSchema.safeParse(label).success);
  if (wrong !== undefined)
    throw configError(
      `${where}.labels`,
      `the label ${JSON.stringify(wrong.slice(0, 40))} does not have 1 to 128 characters, without slashes and colons`,
    );
}

function checkBatching({ running: { batching } }: ModelConfig, where: string): void {
  if (batching === undefined || batching === 'off') return;
  try {
    batchingParameters(batching);
  } catch (thrown) {
    throw configError(`${where}.running.batching`, AppError.from(thrown).message, thrown);
  }
}

function absolute(basePath: string, rootFolder: string | null, where: string): string {
  if (isAbsolute(basePath)) return basePath;
  if (rootFolder === null) throw configError(where, `the base path ${basePath} is relative`);
  return join(rootFolder, basePath);
}

function platformOf(platform: string, modelType: string, names: PlatformNames, where: string): string {
  if (platform !== '' && modelType !== '')
    throw configError(where, 'both a model type and a model platform are given');
  if (platform === '' && modelType === '')
    throw configError(where, 'neither a model platform nor a model type is given');
  const known = names.get(platform || modelType.toLowerCase());
  if (known === undefined) throw configError(where, `the platform ${platform || modelType} is not known`);
  return known;
}
