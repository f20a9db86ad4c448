import { cp, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../app/base/errors';
import { freeName } from '../sources/model-names';
import { type ModelEntry, type ModelRegistry, modelEntrySchema } from './model-registry';

export interface SampleOptions {
  readonly samplesFolder: string | null;
  readonly stateFolder: string | null;
  readonly registry: ModelRegistry;
  /** What new models start with. */
  readonly defaults: () => Pick<ModelEntry, 'switching'>;
}

export interface SampleAddition {
  readonly entry: ModelEntry;
  /** Is it in the list already? */
  readonly isHere: boolean;
}

/**
 * Copies the sample model that ships with the app to where a person may change it, and answers the entry to add. What is there
 * already from an earlier time is kept. Throws MODEL_NOT_FOUND when none ships.
 */
export async function prepareSample(options: SampleOptions): Promise<SampleAddition> {
  const { samplesFolder, stateFolder, registry, defaults } = options;
  const shipped = samplesFolder === null ? null : join(samplesFolder, 'models');
  const [name] = shipped === null ? [] : (await readdir(shipped)).sort();
  if (shipped === null || name === undefined) throw new AppError('MODEL_NOT_FOUND', { model: 'sample' });
  const basePath = join(stateFolder === null ? shipped : join(stateFolder, 'samples'), name);
  for (const entry of registry.all()) if (entry.basePath === basePath) return { entry, isHere: true };
  if (stateFolder !== null) {
    await mkdir(basePath, { recursive: true });
    await cp(join(shipped, name), basePath, { recursive: true, force: false, errorOnExist: false });
  }
  return {
    entry: modelEntrySchema.parse({
      ...defaults(),
      name: freeName(name, new Set([...registry.all()].map((it) => it.name))),
      basePath,
      isSample: true,
    }),
    isHere: false,
  };
}
