import type { JobView, ResultRow } from '../../app/contract/job-calls';

/** A batch at work, with what the test says differently. */
export const aJobView = (id: string, differences: Partial<JobView> = {}): JobView => ({
  id,
  kind: 'batchClassification',
  title: `Batch: ${id}`,
  model: 'digits',
  versions: [1, 3],
  state: 'running',
  priority: 0,
  progress: { done: 310, total: 500, failed: 0 },
  rate: 142,
  remainingMs: 132_000,
  createdAtMs: 1_000_000,
  startedAtMs: 1_000_000,
  endedAtMs: null,
  elapsedMs: 220_000,
  error: null,
  batch: { input: { kind: 'folder', name: id }, top: 5 },
  prediction: null,
  ...differences,
});

/** A batch that came to its end. */
export const aFinishedJob = (id: string, differences: Partial<JobView> = {}): JobView =>
  aJobView(id, {
    state: 'done',
    progress: { done: 500, total: 500, failed: 0 },
    rate: null,
    remainingMs: null,
    endedAtMs: 1_500_000,
    ...differences,
  });

const answer = (version: number, said: string | null, probability: number): ResultRow['answers'][number] =>
  said === null
    ? { version, class: null, probability: null, error: 'PICTURE_UNREADABLE' }
    : { version, class: said, probability, error: null };

/** What versions 1 and 3 say of a picture; null says nothing. */
export const aResultRow = (item: number, one: string | null, three: string | null): ResultRow => ({
  item,
  name: `${String(item).padStart(3, '0')}.png`,
  thumb: `slipway://app/batches/job/${item}/thumb`,
  answers: [answer(1, one, 0.75), answer(3, three, 0.9)],
});
