import type { ModelPlatform } from '../runner/protocol';
import type { RunnerServable, ServableParts } from './runner-servable';

/** One kind of model: what the engine has to know of it. Its other half is a module that its runner executes. */
export interface Platform {
  /** As clients and the page name it, and as `main/runner/entry.ts` knows its module. */
  readonly name: ModelPlatform;
  /** Do these files, named relative to a version's folder, make a model of this kind? Only names are known, so a wrong one loads and fails. */
  readonly isModel: (files: readonly string[]) => boolean;
  /** Resident bytes that a loaded version is expected to take, its process included, from the bytes of its files. */
  readonly forecastBytes: (fileBytes: number) => number;
  /** A loaded version, where it answers more than every version does. */
  readonly servable?: new (
    parts: ServableParts,
  ) => RunnerServable;
}

/** A runner that answers for a model of next to nothing: Node, onnxruntime and sharp. Measured on Linux. */
export const emptyRunnerBytes = 122_000_000;

/** The forecast of a platform whose memory is a multiple of its files. */
export const forecastOf =
  (memoryPerFileByte: number): Platform['forecastBytes'] =>
  (fileBytes) =>
    emptyRunnerBytes + Math.ceil(memoryPerFileByte * fileBytes);
