import type { AppError } from '../../app/base/errors';
import type { OfferItem } from '../../app/contract/models';
import { DropScout, type Located } from './drop-scout';
import { type FileSystem, nodeFileSystem } from './file-system';
import type { ListedFile } from './folder-listing';
import { freeName } from './model-names';
import { type KnownModel, rankTargets } from './offer-targets';

export interface OfferContext {
  /** The models that are in the list already. */
  readonly known: readonly KnownModel[];
  /** Do these files, named relative to a version's folder, make a model? */
  readonly isModel: (files: readonly string[]) => boolean;
  /** Why these files, although a model, cannot be taken, such as their format. */
  readonly refusalOf?: (files: readonly string[], model: string, folder: string) => AppError | undefined;
  /** Resident bytes that loading files of these names and this size is expected to take. */
  readonly forecast: (files: readonly string[], sizeBytes: number) => number;
  readonly fileSystem?: FileSystem;
  /** `process.platform` of the machine that the paths are from. */
  readonly platform?: NodeJS.Platform;
}

/** One thing found, with what is needed to take it. */
export interface FoundItem {
  readonly item: OfferItem;
  /** Absolute and free of links; empty for what is refused. */
  readonly path: string;
  /** A model's folder, the folder of one version, a lone model file, or an archive of one. */
  readonly form: 'model' | 'versionFolder' | 'modelFile' | 'archive' | 'refused';
}

/**
 * Judges what a person dropped or chose, without touching it: models, versions that could join one, and what is refused, each with
 * its reason. Links are resolved; nothing behind a link that leaves the dropped folder is looked at, and no more than
 * 20,000 entries or 6 levels of it. Broken model files are offered: they fail visibly when they are loaded.
 */
export async function judgePaths(
  paths: readonly string[],
  context: OfferContext,
): Promise<readonly FoundItem[]> {
  const fileSystem = context.fileSystem ?? nodeFileSystem;
  const scoutContext = {
    fileSystem,
    isModel: context.isModel,
    refusalOf: context.refusalOf ?? (() => undefined),
    platform: context.platform ?? process.platform,
    homes: await homesOf(context.known, fileSystem),
    seen: new Set<string>(),
  };
  const located: Located[] = [];
  for (const path of paths) located.push(...(await new DropScout(path, scoutContext).judge()));
  const names = new Set(context.known.map((model) => model.name));
  const found: FoundItem[] = [];
  for (const [index, it] of located.entries())
    found.push(await itemOf(`item-${index + 1}`, it, names, fileSystem, context));
  return found;
}

async function itemOf(
  id: string,
  it: Located,
  names: Set<string>,
  fileSystem: FileSystem,
  { known, forecast }: OfferContext,
): Promise<FoundItem> {
  const { source } = it;
  if (it.form === 'refused')
    return { form: 'refused', path: '', item: { kind: 'refused', id, source, error: it.error.toWire() } };
  const name = freeName(it.name, names);
  names.add(name);
  if (it.form === 'model') {
    const { versions, form, path } = it;
    return {
      form,
      path,
      item: {
        kind: 'model',
        id,
        source,
        name,
        versions: versions.map(({ version }) => version),
        sizeBytes: totalBytes(versions),
        memoryBytes: versions.map(({ files, sizeBytes }) => forecast(namesOf(files), sizeBytes)),
      },
    };
  }
  const targets = await rankTargets(fileSystem, { name: it.name, files: it.files }, known);
  const sizeBytes = totalBytes(it.files);
  const memoryBytes = forecast(namesOf(it.files), sizeBytes);
  return {
    form: it.form,
    path: it.path,
    item: { kind: 'version', id, source, name, sizeBytes, memoryBytes, targets },
  };
}

const namesOf = (files: readonly ListedFile[]): readonly string[] => files.map(({ name }) => name);
const totalBytes = (them: readonly { readonly sizeBytes: number }[]): number =>
  them.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);

/** Where models live, free of links. */
async function homesOf(
  known: readonly KnownModel[],
  fileSystem: FileSystem,
): Promise<ReadonlyMap<string, string>> {
  const homes = new Map<string, string>();
  for (const { name, basePath } of known) {
    try {
      homes.set(await fileSystem.realPath(basePath), name);
    } catch {
      homes.set(basePath, name); // gone for now, so nothing that was dropped can lie in it
    }
  }
  return homes;
}
