import { basename, isAbsolute, join, resolve } from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import { systemClock } from '../../app/base/clock';
import { AppError } from '../../app/base/errors';
import { labelNameSchema } from '../../app/contract/models';
import { UsageError } from './usage-error';

/** A version as the command line names it: its number, or a label. */
export type NamedVersion = { readonly version: number } | { readonly label: string };

const severalVersions =
  'It is one version. Several are compared with --versions by slipway classify and slipway batch.';

/** Throws `InvalidArgumentError`. */
export function parseNamedVersion(text: string): NamedVersion {
  if (/^\d{1,15}$/.test(text)) return { version: Number(text) };
  if (/^\d[\d\s]*,[\d\s,]*$/.test(text)) throw new InvalidArgumentError(severalVersions);
  if (/^\d+$/.test(text) || text.includes(',') || !labelNameSchema.safeParse(text).success)
    throw new InvalidArgumentError('A version is a whole number, such as 3, or a label, such as stable.');
  return { label: text };
}

/** `1,stable`, each once. Throws `InvalidArgumentError`. */
export function parseNamedVersions(text: string): readonly NamedVersion[] {
  const named = new Map(
    text.split(',').map((part) => [part.trim(), parseNamedVersion(part.trim())] as const),
  );
  return [...named.values()];
}

/** `--config FILE`: where the labels of a folder's model are written down. */
export const configOption = (): Option =>
  new Option('--config <FILE>', 'the configuration whose labels name versions of MODEL_DIR');

/**
 * The numbers of the versions that are named, each once. Labels are those that the configuration gives the model in this folder.
 * Throws `UsageError` for a label without a configuration, or one that it does not give, and CONFIG_INVALID.
 */
export async function versionNumbers(
  named: readonly NamedVersion[],
  basePath: string,
  config: string | undefined,
): Promise<readonly number[]> {
  const label = named.find((it) => 'label' in it)?.label;
  const labels = label === undefined ? new Map() : await labelsOf(basePath, config, label);
  const numbers = named.map((it) => {
    if ('version' in it) return it.version;
    const version = labels.get(it.label);
    if (version === undefined)
      throw new UsageError(`${basename(config ?? '')} gives this model no label ${it.label}`);
    return version;
  });
  return [...new Set(numbers)];
}

async function labelsOf(
  basePath: string,
  path: string | undefined,
  asked: string,
): Promise<ReadonlyMap<string, number>> {
  if (path === undefined)
    throw new UsageError(
      `${asked} is no version number, and a folder has no labels. Say where they are written down: --config FILE.`,
    );
  const { ConfigFile } = await import('../config/config-file');
  const config = await new ConfigFile({ path: resolve(path), clock: systemClock }).load().catch(asUsage);
  if (config.kind !== 'list') throw new UsageError(`${basename(path)} lists no models`);
  const absolute = (from: string): string =>
    resolve(isAbsolute(from) ? from : join(config.rootFolder ?? '', from));
  const model = config.models.find((it) => absolute(it.basePath) === basePath);
  if (!model) throw new UsageError(`${basename(path)} has no model in this folder`);
  return new Map(Object.entries(model.labels));
}

function asUsage(thrown: unknown): never {
  throw new UsageError(AppError.from(thrown).message);
}
