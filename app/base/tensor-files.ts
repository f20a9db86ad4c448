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

/** Does the name alone say that it holds tensors? A file of lines may hold anything. */
export function isTensorFile(path: string): boolean {
  const format = tensorFormatOf(path);
  return format !== null && format !== 'jsonl';
}
