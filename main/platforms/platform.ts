import type { ModelPlatform } from '../runner/protocol';

/** One kind of model: what the engine has to know of it. Its other half is a module that its runner executes. */
export interface Platform {
  /** As clients and the page name it, and as `main/runner/entry.ts` knows its module. */
  readonly name: ModelPlatform;
  /** Do these files, named relative to a version's folder, make a model of this kind? Only names are known, so a wrong one loads and fails. */
  readonly isModel: (files: readonly string[]) => boolean;
  /** Resident memory that a loaded version takes, as a multiple of the size of its files. */
  readonly memoryPerFileByte: number;
}
