import type { TensorFormat } from '../../../app/base/tensor-files';
import type { BatchAnswer, FailedRow, UnpackInput } from '../../runner/protocol';
import type { TensorBlock, WriteTensorsInput } from '../../runner/tensors/tensor-blocks';

/** What a version was when the batch began: all of its answers must come from the same. */
export interface BatchVersion {
  readonly version: number;
  /** SHA-256 of its content. */
  readonly hash: string;
  /** How pictures were prepared for it, as JSON; `null` for what takes none. */
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

/** Versions that were loaded for a file of rows. */
export interface RowSession extends Omit<BatchSession, 'classify'> {
  readonly rows: number;
  readonly blocks: readonly TensorBlock[];
  /** Keeps the answers about a block, and says which of its rows have none. Throws what ends the batch. */
  predict(block: TensorBlock, signal: AbortSignal): Promise<readonly FailedRow[]>;
}

export interface OpenRows {
  readonly model: string;
  readonly versions: readonly number[];
  readonly outputs: readonly string[];
  readonly input: { readonly format: TensorFormat; readonly path: string };
  readonly target: TensorFormat;
  /** Where the answers go. */
  readonly folder: string;
}

/** Where a batch has its versions from. */
export interface BatchHost {
  /** Throws MODEL_NOT_FOUND, VERSION_NOT_FOUND, MEMORY_EXHAUSTED, CANCELLED, and what loading throws. */
  open(model: string, versions: readonly number[], signal: AbortSignal): Promise<BatchSession>;
  /** Throws the same, INVALID_ARGUMENT for a file that makes no sense, TENSOR_MISMATCH for one that the versions do not take. */
  openRows(request: OpenRows, signal: AbortSignal): Promise<RowSession>;
  /** Makes one file of the answers about rows. Throws INVALID_ARGUMENT when they do not fit the format. */
  writeRows(request: WriteTensorsInput): Promise<void>;
  /** Takes the pictures out of the body of a request; resolves to their number. Throws INVALID_ARGUMENT. */
  unpack(input: UnpackInput): Promise<number>;
}
