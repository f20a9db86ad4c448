import { emptyRunnerBytes, type Platform } from '../platform';
import { findTable } from './table-file';
import { TableServable } from './table-servable';

/** Reading holds the text and the rows at once. */
const perFileByte = 2;
/** A key takes much more than its text, and in a small table most of the text is keys. It does not grow with long rows. */
const perSmallFileByte = 18;
const mostForKeys = 80_000_000;

const forecastBytes = (fileBytes: number): number =>
  Math.ceil(emptyRunnerBytes + perFileByte * fileBytes + Math.min(mostForKeys, perSmallFileByte * fileBytes));

/** Tables of embeddings or values by key, in one file of a usual format. */
export const lookupTablePlatform: Platform = {
  name: 'lookup-table',
  isModel: (files) => findTable(files) !== undefined,
  forecastBytes,
  servable: TableServable,
};
