import { foreignModel } from './foreign-model';
import { lookupTablePlatform } from './lookup-table/platform';
import { onnxPlatform } from './onnx/platform';
import type { Platform } from './platform';
import { tfjsPlatform } from './tfjs/platform';

/** All platforms; of several that could take a folder the first does. */
export const platforms: readonly Platform[] = [onnxPlatform, tfjsPlatform, lookupTablePlatform];

/** Undefined for a name that is none, such as that of a platform to be found out. */
export const platformNamed = (name: string | undefined): Platform | undefined =>
  platforms.find((platform) => platform.name === name);

/** The platform whose model these files are. */
export const platformOfFiles = (files: readonly string[]): Platform | undefined =>
  platforms.find((platform) => platform.isModel(files));

/** Resident bytes that these files are expected to take once loaded; an archive, of which only its size is known, as if it held an ONNX model. */
export const forecastOfFiles = (files: readonly string[], sizeBytes: number): number =>
  (platformOfFiles(files) ?? onnxPlatform).forecastBytes(sizeBytes);

/** Why these files, although a model, are none that a platform runs; see `foreignModel`. */
export const refusalOf: typeof foreignModel = (files, model, folder) =>
  platformOfFiles(files) ? undefined : foreignModel(files, model, folder);

/** Can these files be loaded, or is there at least something to say of why not? */
export const isAnyModel = (files: readonly string[]): boolean =>
  platformOfFiles(files) !== undefined || foreignModel(files, '', '') !== undefined;

/** The platform of a model: that of its first version, which later ones are held to. Undefined when it has none that is known. */
export function platformOfModel(
  versions: readonly { readonly version: number; readonly files: readonly string[] }[],
): Platform | undefined {
  for (const { files } of oldestFirst(versions)) {
    const platform = platformOfFiles(files);
    if (platform) return platform;
  }
  return undefined;
}

/** Versions come newest first as a rule: then turning them round is enough. */
function oldestFirst<T extends { readonly version: number }>(versions: readonly T[]): readonly T[] {
  const isNewestFirst = versions.every(
    ({ version }, index) => index === 0 || version < (versions[index - 1]?.version ?? 0),
  );
  return isNewestFirst ? [...versions].reverse() : [...versions].sort((a, b) => a.version - b.version);
}
