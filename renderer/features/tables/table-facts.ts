import type { Description } from '../../../app/contract/inference';

export interface TableFacts {
  readonly rows: number;
  readonly dimension: number;
  readonly dtype: string;
  readonly file: string;
  readonly format: string;
  /** Can its rows be compared by their direction? One number has none to speak of, and a text none at all. */
  readonly hasVectors: boolean;
}

/** What a lookup table says of itself; null for every other model. */
export function tableFacts({ notClassifier, metadata, outputs }: Description): TableFacts | null {
  if (notClassifier?.reason !== 'notTable') return null;
  const dimension = Number(metadata['dimension']);
  const dtype = metadata['dtype'] ?? outputs[0]?.dtype ?? '';
  return {
    rows: Number(metadata['rows']),
    dimension,
    dtype,
    file: metadata['file'] ?? '',
    format: metadata['format'] ?? '',
    hasVectors: dimension > 1 && dtype !== 'string',
  };
}
