import { randomUUID } from 'node:crypto';
import { rm, rmdir } from 'node:fs/promises';
import { LRUCache } from 'lru-cache';
import { AppError, type WireError } from '../../app/base/errors';
import type { AddChoice, Offer } from '../../app/contract/models';
import type { ImportParams } from '../jobs/import/import-job';
import { forecastOfFiles, refusalOf } from '../platforms/registry';
import { hashVersion } from '../sources/content-hash';
import { type ImportedVersion, importVersion } from '../sources/library-source';
import { type FoundItem, judgePaths } from '../sources/offer';
import type { CopiedVersion } from './entry-patch';
import type { Library } from './library';
import { type ModelEntry, modelEntrySchema } from './model-registry';
import { prepareSample, type SampleAddition, type SampleOptions } from './sample';

export interface AdditionsOptions extends SampleOptions {
  readonly library: Library;
  readonly isModel: (files: readonly string[]) => boolean;
  /** Copies what is large as a job, which shows how far it is and can be cancelled. Throws CANCELLED, and why it failed. */
  readonly importAsJob: (params: ImportParams) => Promise<ImportedVersion>;
}

/** What came of taking offered things: entries to register, and what was copied. */
export interface Taken {
  readonly added: { id: string; model: string; version: number | null }[];
  readonly refused: { id: string; error: WireError }[];
  readonly entries: readonly ModelEntry[];
  readonly copies: readonly CopiedVersion[];
}

/** What is copied in a moment is no job. */
const largeBytes = 32_000_000;
/** The next hundred offers make this one expire. */
const offersKept = 100;

/** How things come in from outside: what was dropped, and the sample. Paths stay here; a ticket goes out. */
export class Additions {
  readonly #options: AdditionsOptions;
  readonly #offers = new LRUCache<string, ReadonlyMap<string, FoundItem>>({ max: offersKept });

  constructor(options: AdditionsOptions) {
    this.#options = options;
  }

  async offer(paths: readonly string[]): Promise<Offer> {
    const { registry, isModel } = this.#options;
    const known = [...registry.all()].map(({ name, basePath }) => ({
      name,
      basePath,
      canTakeVersions: true,
    }));
    const found = await judgePaths(paths, { known, isModel, refusalOf, forecast: forecastOfFiles });
    const ticket = randomUUID();
    this.#offers.set(ticket, new Map(found.map((it) => [it.item.id, it])));
    return { ticket, items: found.map(({ item }) => item) };
  }

  /** Takes what was chosen, each for itself: what cannot be taken is refused and the rest goes on. Throws DROP_EXPIRED. */
  async take(ticket: string, choices: readonly AddChoice[]): Promise<Taken> {
    const offer = this.#offers.get(ticket);
    if (!offer) throw new AppError('DROP_EXPIRED');
    const taken = {
      added: [] as Taken['added'],
      refused: [] as Taken['refused'],
      entries: [] as ModelEntry[],
      copies: [] as CopiedVersion[],
    };
    for (const choice of choices) {
      try {
        const found = offer.get(choice.id);
        if (!found || found.item.kind === 'refused') {
          throw new AppError('INVALID_ARGUMENT', {}, { detail: 'This was not offered' });
        }
        const one = await this.#takeOne(found, choice, taken.entries);
        taken.added.push({ id: choice.id, model: one.model, version: one.version });
        if (one.entry) taken.entries.push(one.entry);
        if (one.copy) taken.copies.push(one.copy);
      } catch (error) {
        taken.refused.push({ id: choice.id, error: AppError.from(error).toWire() });
      }
    }
    return taken;
  }

  /** Takes copies back, except those that are no longer what was copied. */
  async takeBack(copies: readonly CopiedVersion[]): Promise<void> {
    for (const { path, contentHash, madeFolder } of [...copies].reverse()) {
      const hash = await hashVersion(path).catch(() => null); // gone already, or unreadable: then it is not ours to delete
      if (hash === contentHash) await rm(path, { recursive: true, force: true });
      if (madeFolder !== null) await rmdir(madeFolder).catch(() => undefined); // something else is in there by now, and stays
    }
  }

  sample(): Promise<SampleAddition> {
    return prepareSample(this.#options);
  }

  async #takeOne(found: FoundItem, choice: AddChoice, earlier: readonly ModelEntry[]): Promise<TakenOne> {
    const { registry, library, defaults } = this.#options;
    if (choice.as === 'nextVersion') {
      const { basePath } = registry.get(choice.model);
      const { version, path, contentHash } = await this.#import(found, choice.model, basePath, false);
      return { model: choice.model, version, copy: { path, contentHash, madeFolder: null } };
    }
    const { name } = choice;
    if (registry.isTaken(name) || earlier.some((it) => it.name === name)) {
      throw new AppError('MODEL_NAME_TAKEN', { model: name }, { detail: `${name} is taken` });
    }
    const entryOf = (basePath: string): ModelEntry =>
      modelEntrySchema.parse({ ...defaults(), name, basePath });
    if (found.form === 'model') return { model: name, version: null, entry: entryOf(found.path) };
    const folder = await library.folderFor(name);
    const { version, path, contentHash } = await this.#import(found, name, folder, true);
    const taken = new Set([folder, ...earlier.map((it) => it.basePath)]);
    const left = await library.leftover(name, contentHash, taken);
    if (left !== null) {
      await library.delete(folder); // the same files are there already
      return { model: name, version, entry: entryOf(left) };
    }
    return {
      model: name,
      version,
      entry: entryOf(folder),
      copy: { path, contentHash, madeFolder: folder },
    };
  }

  #import(
    { form, path, item }: FoundItem,
    model: string,
    modelFolder: string,
    isNewModel: boolean,
  ): Promise<ImportedVersion> {
    if (form === 'model' || form === 'refused') {
      throw new AppError('INVALID_ARGUMENT', {}, { detail: 'Only a single version can join a model' });
    }
    const { isModel, importAsJob } = this.#options;
    const { source } = item;
    if ('sizeBytes' in item && item.sizeBytes >= largeBytes)
      return importAsJob({ model, form, path, source, modelFolder, isNewModel });
    return importVersion({ form, path, name: source, modelFolder, isNewModel, isModel });
  }
}

interface TakenOne {
  readonly model: string;
  readonly version: number | null;
  readonly entry?: ModelEntry;
  readonly copy?: CopiedVersion;
}
