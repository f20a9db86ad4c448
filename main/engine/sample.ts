import { randomUUID } from 'node:crypto';
import { cp, mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
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
  if (stateFolder !== null) await copyWhole(join(shipped, name), basePath);
  return {
    entry: modelEntrySchema.parse({
      ...defaults(),
      name: freeName(name, registry.names()),
      basePath,
      isSample: true,
    }),
    isHere: false,
  };
}

/** All of it appears in one step, so that nobody sees some of its versions before the others; what is there already stays. */
async function copyWhole(from: string, to: string): Promise<void> {
  const left = await readdir(to).catch(() => []); // not there: the common case
  if (left.length > 0) return;
  await mkdir(dirname(to), { recursive: true });
  const scratch = join(dirname(to), `.${basename(to)}-${randomUUID()}`);
  try {
    await cp(from, scratch, { recursive: true, preserveTimestamps: true });
    await rmdir(to).catch(() => undefined); // an empty one would be in the way on some systems
    await rename(scratch, to);
  } catch (error) {
    await rm(scratch, { recursive: true, force: true });
    throw error;
  }
}
