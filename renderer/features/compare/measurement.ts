import type { Column } from './columns';

/** Runs before the first that counts: caches and allocators settle. */
export const warmUpRuns = 3;
/** How many timings a median should rest on; with fewer pictures than that they are run again, in the same order. */
export const wantedTimings = 20;
/** Measuring further ends here: a slow model must not keep people waiting for a finer figure. */
export const extraMeasuringMs = 1_000;

export interface Job {
  readonly column: Column;
  readonly pictureId: string;
}

/** Picture by picture, every version in turn, so that whatever disturbs the machine disturbs all versions alike. */
export function jobsFor(pictureIds: readonly string[], columns: readonly Column[]): readonly Job[] {
  return pictureIds.flatMap((pictureId) => columns.map((column) => ({ column, pictureId })));
}
