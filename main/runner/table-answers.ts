import type { Tensor } from './tensor';

/** What a table has for some keys. */
export interface LookupAnswer {
  /** The keys that are in the table, in the order in which they were asked for. */
  readonly found: readonly string[];
  /** A row for each of `found`: `[found, dimension]`. */
  readonly values: Tensor;
  /** The keys that are not. */
  readonly missing: readonly string[];
}

/** The rows of a table that point the same way as a row of it, or as a vector. */
export interface NearestInput {
  readonly to: string | readonly number[];
  readonly count: number;
}

export interface Neighbour {
  readonly key: string;
  /** The cosine of the angle between the two: 1 for the same direction, 0 for a right angle. */
  readonly similarity: number;
}
