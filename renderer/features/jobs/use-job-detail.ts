import { useEffect, useState } from 'react';
import { AppError, type WireError } from '../../../app/base/errors';
import type { JobDetail, JobView } from '../../../app/contract/job-calls';
import { useServices } from '../../services';
import { isActive } from '../../stores/jobs';

const everyMs = 1_000;

export interface LoadedDetail {
  readonly detail: JobDetail | null;
  readonly error: WireError | null;
}

/** Log, pace and versions of a job, read anew each second while it is at work, and whenever its state changes. */
export function useJobDetail({ id, state, progress }: JobView): LoadedDetail {
  const { client } = useServices();
  const [loaded, setLoaded] = useState<LoadedDetail>({ detail: null, error: null });
  const isAtWork = isActive({ state });
  // while it is at work the clock asks; afterwards the last figures do
  const finalCount = isAtWork ? 0 : progress.done;

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new state or the last figures ask anew
  useEffect(() => {
    let isGone = false;
    const load = (): void => {
      if (document.hidden) return;
      client.call('jobs.detail', { id }).then(
        (detail) => {
          if (!isGone) setLoaded({ detail, error: null });
        },
        (thrown: unknown) => {
          if (!isGone) setLoaded((before) => ({ ...before, error: AppError.from(thrown).toWire() }));
        },
      );
    };
    load();
    const timer = isAtWork ? setInterval(load, everyMs) : undefined;
    document.addEventListener('visibilitychange', load);
    return () => {
      isGone = true;
      clearInterval(timer);
      document.removeEventListener('visibilitychange', load);
    };
  }, [client, id, state, isAtWork, finalCount]);
  return loaded;
}
