import { useEffect, useMemo, useRef, useState } from 'react';
import { isCancelled, reportUnexpected } from '../../../app/base/errors';
import type { JobView } from '../../../app/contract/job-calls';
import type { ResultCounts, ResultFilter } from '../../../app/contract/jobs';
import { useServices } from '../../services';
import { isActive } from '../../stores/jobs';
import { createResultPages, type ResultPages } from './result-pages';

/** While results come in they are looked at anew this often, */
const everyMs = 2_000;
/** but rests are so many times longer than looks: a batch of a hundred thousand pictures needs the processor for itself. */
const restFactor = 10;

export interface Results {
  readonly pages: ResultPages;
  /** Null until they are known. */
  readonly counts: ResultCounts | null;
}

/** The results of a batch under a filter, and what there is to filter by; both follow the batch while it runs. */
export function useResults(job: JobView, filter: ResultFilter): Results {
  const { client, now } = useServices();
  const { id, progress } = job;
  const pages = useMemo(() => createResultPages(client, id, filter), [client, id, filter]);
  const [counts, setCounts] = useState<ResultCounts | null>(null);
  const latest = useRef(progress.done);
  latest.current = progress.done;
  const isAtWork = isActive(job);
  // while it is at work the clock asks; afterwards the last figures do
  const finalCount = isAtWork ? 0 : progress.done;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the last figures ask anew
  useEffect(() => {
    let isGone = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let seen = -1;
    const count = async (): Promise<void> => {
      const found = await client.call('jobs.counts', { id });
      if (!isGone) setCounts(found);
    };
    const look = async (): Promise<void> => {
      const startedAtMs = now();
      if (latest.current !== seen && !document.hidden) {
        seen = latest.current;
        await Promise.all([pages.refresh(), count()]);
      }
      if (!isAtWork || isGone) return;
      timer = setTimeout(start, Math.max(everyMs, (now() - startedAtMs) * restFactor));
    };
    const start = (): void => {
      look().catch((thrown: unknown) => {
        if (!isCancelled(thrown)) reportUnexpected(thrown);
      });
    };
    start();
    return () => {
      isGone = true;
      clearTimeout(timer);
    };
  }, [client, id, pages, now, isAtWork, finalCount]);
  return { pages, counts };
}
