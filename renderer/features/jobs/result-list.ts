import type { JobView, ResultRow } from '../../../app/contract/job-calls';
import type { Results } from './use-results';

/** What table and gallery share. */
export interface ResultListProps {
  readonly job: JobView;
  readonly results: Results;
  readonly total: number;
  readonly selected: number;
  readonly onSelect: (index: number) => void;
  readonly onOpen: (row: ResultRow) => void;
}
