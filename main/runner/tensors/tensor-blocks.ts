import type { WireError } from '../../../app/base/errors';
import type { TensorFormat } from '../../../app/base/tensor-files';

/** Rows that are asked about together. */
export interface TensorBlock {
  readonly from: number;
  readonly rows: number;
  /** Of a file of lines: where they are. */
  readonly bytes: { readonly at: number; readonly length: number } | null;
}

/** Why a row has no answer. */
export type RowError = Pick<WireError, 'code' | 'detail'>;

/** How the parts of a batch become one file. */
export interface WriteTensorsInput {
  /** Where the parts are. */
  readonly folder: string;
  readonly model: string;
  readonly versions: readonly { readonly version: number; readonly hash: string }[];
  readonly format: TensorFormat;
  readonly path: string;
}
