import type { WireError } from '../../../app/base/errors';

/** The files that hold tensors: NumPy's, one JSON value a line, and that of MNIST. */
export const tensorFormats = ['npy', 'npz', 'jsonl', 'idx'] as const;
export type TensorFormat = (typeof tensorFormats)[number];

const patterns: Readonly<Record<TensorFormat, RegExp>> = {
  npy: /\.npy$/i,
  npz: /\.npz$/i,
  jsonl: /\.(jsonl|ndjson)$/i,
  idx: /[.-]idx\d*(-ubyte)?(\.gz)?$/i, // train-images-idx3-ubyte.gz, x.idx
};

/** The format that a file's name says; null when it says none. */
export const tensorFormatOf = (path: string): TensorFormat | null =>
  tensorFormats.find((format) => patterns[format].test(path)) ?? null;

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
