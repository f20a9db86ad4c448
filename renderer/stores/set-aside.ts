import type { ModelEvent } from '../../app/contract/models';

/** The damaged files of ours that this run set aside when it started: what is in them is missing now. */
export function filesSetAside(events: readonly ModelEvent[]): readonly string[] {
  const starts = events.filter(({ kind }) => kind === 'started');
  const before = starts.at(-2)?.id ?? 0; // a file is set aside before its run says that it has started
  return events.flatMap(({ id, kind, params }) =>
    kind === 'fileSetAside' && id > before ? [params['file'] ?? ''] : [],
  );
}
