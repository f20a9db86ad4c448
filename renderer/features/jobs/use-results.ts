import { useEffect, useMemo, useRef, useState } from 'react';
import { isCancelled, reportUnexpected } from '../../../app/base/errors';
import type { JobView } from '../../../app/contract/job-calls';
import type { ResultCounts, ResultFilter } from '../../../app/contract/jobs';
import { useServices } from '../../services';
import { createResultPages, type ResultPages } from './result-pages';

/** While results come in they are looked at anew this often. */
const everyMs = 2_000;

export interface Results {
  readonly pages: ResultPages;
  /** Null until they are known. */
  readonly counts: ResultCounts | null;
}

/** The results of a batch under a filter, and what there is to filter by; both follow the batch while it runs. */
export function useResults(job: JobView, filter: ResultFilter): Results {
  const { client } = useServices();
  const { id } = job;
  const pages = useMemo(() => createResultPages(client, id, filter), [client, id, filter]);
  const [counts, setCounts] = useState<ResultCounts | null>(null);
  const revision = useRevision(job);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new revision looks anew
  useEffect(() => pages.refresh(), [pages, revision]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new revision counts anew
  useEffect(() => {
    let isGone = false;
    client.call('jobs.counts', { id }).then(
      (now) => {
        if (!isGone) setCounts(now);
      },
      (thrown: unknown) => {
        if (!isCancelled(thrown)) reportUnexpected(thrown);
      },
    );
    return () => {
      isGone = true;
    };
  }, [client, id, revision]);
  return { pages, counts };
}

/** Another number when there are more results, every other second at most; at once when the job's state changes. */
function useRevision({ state, progress }: JobView): string {
  const latest = useRef(progress.done);
  latest.current = progress.done;
  const [seen, setSeen] = useState(progress.done);
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden) setSeen(latest.current);
    }, everyMs);
    return () => clearInterval(timer);
  }, []);
  return state === 'running' || state === 'cancelling' ? String(seen) : `${state} ${progress.done}`;
}
