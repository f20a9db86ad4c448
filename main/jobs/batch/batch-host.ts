import type { BatchAnswer } from '../../runner/protocol';

/** What a version was when the batch began: all of its answers must come from the same. */
export interface BatchVersion {
  readonly version: number;
  /** SHA-256 of its content. */
  readonly hash: string;
  /** How pictures were prepared for it, as JSON. */
  readonly settings: string;
}

/** Versions that were loaded for a batch alone. */
export interface BatchSession {
  /** In the order in which they were asked for. */
  readonly versions: readonly BatchVersion[];
  /** So many questions at once keep it busy. */
  readonly lanes: number;
  /** For each picture file the answers of all versions, in their order. Throws what ends the batch: pictures have errors of their own. */
  classify(
    paths: readonly string[],
    top: number,
    signal: AbortSignal,
  ): Promise<readonly (readonly BatchAnswer[])[]>;
  /** Resolves when its memory is free. Never rejects. */
  close(): Promise<void>;
}

/** Where a batch has its versions from. */
export interface BatchHost {
  /** Throws MODEL_NOT_FOUND, VERSION_NOT_FOUND, MEMORY_EXHAUSTED, CANCELLED, and what loading throws. */
  open(model: string, versions: readonly number[], signal: AbortSignal): Promise<BatchSession>;
}
