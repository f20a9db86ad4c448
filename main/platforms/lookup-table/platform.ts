import { forecastOf, type Platform } from '../platform';
import { findTable } from './table-file';

/** Tables of embeddings or values by key, in one file of a usual format. */
export const lookupTablePlatform: Platform = {
  name: 'lookup-table',
  isModel: (files) => findTable(files) !== undefined,
  // Rows take less than their decimal text, keys more; reading holds the text and the rows at once.
  forecastBytes: forecastOf(2.5),
};
