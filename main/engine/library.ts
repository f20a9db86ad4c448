import { mkdir, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '../../app/base/errors';
import { hashVersion } from '../sources/content-hash';
import { freeName } from '../sources/model-names';
import { versionsAmong } from '../sources/version-folders';

/** The first version of a model whose files are copied. */
const firstVersion = 1;

/** Folders of our own for models whose files were copied: one for each, beside each other in the state folder. */
export class Library {
  readonly #folder: string | null;
  readonly #isUsed: (basePath: string) => boolean;
  readonly #deleting = new Set<Promise<void>>();

  /** `isUsed`: is this the folder of a model in the list? */
  constructor(stateFolder: string | null, isUsed: (basePath: string) => boolean) {
    this.#folder = stateFolder === null ? null : join(stateFolder, 'library');
    this.#isUsed = isUsed;
  }

  holds(basePath: string): boolean {
    return dirname(basePath) === this.#folder;
  }

  /** Where a new model goes: what an earlier one left is never mixed with it. Throws FAILED_PRECONDITION in a run that keeps nothing. */
  async folderFor(name: string): Promise<string> {
    if (this.#folder === null) {
      throw new AppError(
        'FAILED_PRECONDITION',
        {},
        { detail: 'This run keeps nothing, so it cannot take copies' },
      );
    }
    await mkdir(this.#folder, { recursive: true });
    return join(this.#folder, freeName(name, new Set(await readdir(this.#folder))));
  }

  /**
   * A folder that a removed model left under such a name, in which there is nothing but these very files as version 1; null when
   * there is none. `taken` are folders that are about to be used.
   */
  async leftover(name: string, contentHash: string, taken: ReadonlySet<string>): Promise<string | null> {
    if (this.#folder === null) return null;
    for (const left of await readdir(this.#folder)) {
      const folder = join(this.#folder, left);
      if (left !== name && !(left.startsWith(`${name}-`) && /^\d+$/.test(left.slice(name.length + 1))))
        continue;
      if (taken.has(folder) || this.#isUsed(folder)) continue;
      const versions = versionsAmong(await readdir(folder).catch(() => [])); // one that is just being deleted
      if (versions.size !== 1 || !versions.has(firstVersion)) continue;
      const hash = await hashVersion(join(folder, String(firstVersion))).catch(() => null); // damaged: not those files
      if (hash === contentHash) return folder;
    }
    return null;
  }

  /** Deletes a folder of the library unless a model in the list uses it. What cannot be deleted stays. */
  async delete(basePath: string): Promise<void> {
    if (!this.holds(basePath) || this.#isUsed(basePath)) return;
    const deleting = rm(basePath, { recursive: true, force: true }).catch(() => undefined);
    this.#deleting.add(deleting);
    await deleting;
    this.#deleting.delete(deleting);
  }

  /** Settles when nothing is being deleted any more. */
  async close(): Promise<void> {
    await Promise.all(this.#deleting);
  }
}
