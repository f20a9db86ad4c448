import { useMemo, useRef } from 'react';
import type { JobView } from '../../../app/contract/job-calls';
import type { Command } from '../../commands/registry';
import { useServices } from '../../services';
import { useCommands } from '../../ui/use-commands';
import { isOver } from './job-state';

/** Registers what can be done with the job in sight. */
export function useJobCommands(job: JobView | undefined, onRemove: () => void): void {
  const { t, jobActions } = useServices();
  const remove = useRef(onRemove);
  remove.current = onRemove;
  const { id, state, title } = job ?? { id: '', state: undefined, title: '' };
  const hasResults = job !== undefined && job.batch !== null;

  const commands = useMemo((): readonly Command[] => {
    if (state === undefined) return [];
    const over = isOver({ state });
    const only = (isPossible: boolean) => () => (isPossible ? null : t('command.jobStateForbids'));
    return [
      {
        id: 'jobs.pause',
        group: 'run',
        title: t('command.jobPause', { title }),
        unavailable: only(state === 'running' || state === 'queued'),
        run: () => void jobActions.pause(id),
      },
      {
        id: 'jobs.resume',
        group: 'run',
        title: t('command.jobResume', { title }),
        unavailable: only(state === 'paused' || state === 'interrupted'),
        run: () => void jobActions.resume(id),
      },
      {
        id: 'jobs.cancel',
        group: 'run',
        title: t('command.jobCancel', { title }),
        unavailable: only(!over && state !== 'cancelling'),
        run: () => void jobActions.cancel(id),
      },
      {
        id: 'run.again',
        group: 'run',
        title: t('command.jobAgain', { title }),
        keys: ['$mod+Enter'],
        unavailable: only(over),
        run: () => void jobActions.runAgain(id),
      },
      {
        id: 'jobs.retry',
        group: 'run',
        title: t('command.jobRetry', { title }),
        unavailable: only(state === 'failed' || state === 'cancelled'),
        run: () => void jobActions.retry(id),
      },
      {
        id: 'jobs.remove',
        group: 'run',
        title: t('command.jobRemove', { title }),
        keys: ['Delete'],
        scope: 'list',
        unavailable: only(over || state === 'interrupted'),
        run: () => remove.current(),
      },
      ...(hasResults
        ? (['csv', 'jsonl', 'parquet'] as const).map(
            (format): Command => ({
              id: `jobs.export.${format}`,
              group: 'run',
              title: t('command.jobExport', { title, format: t(`jobs.exportAs.${format}`) }),
              run: () => void jobActions.export({ id }, format),
            }),
          )
        : []),
    ];
  }, [id, state, title, hasResults, t, jobActions]);
  useCommands(commands);
}
