import { Copy } from 'lucide-react';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { JobLogLine } from '../../../app/contract/jobs';
import { useServices } from '../../services';
import { classes } from '../../ui/classes';
import { IconButton } from '../../ui/IconButton';
import { SectionHead } from '../../ui/Panel';
import { SegmentedControl } from '../../ui/SegmentedControl';
import styles from './JobLog.module.css';
import { logWords } from './job-words';

export interface JobLogProps {
  readonly log: readonly JobLogLine[];
  /** More lines may come. */
  readonly isLive: boolean;
}

type Shown = 'all' | 'warnings';

/** So near to its end the log counts as being read there. */
const nearEnd = 8;

/** `log`: the last lines, following unless one has scrolled up to read. */
export function JobLog({ log, isLive }: JobLogProps) {
  const services = useServices();
  const { t, format, actions } = services;
  const box = useRef<HTMLDivElement>(null);
  const [shown, setShown] = useState<Shown>('all');
  const [follows, setFollows] = useState(true);
  const lines = shown === 'all' ? log : log.filter(({ level }) => level === 'warning');

  // biome-ignore lint/correctness/useExhaustiveDependencies: each new line moves the end
  useLayoutEffect(() => {
    if (follows && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [follows, lines.length]);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const look = (): void =>
      setFollows(element.scrollHeight - element.scrollTop - element.clientHeight <= nearEnd);
    element.addEventListener('scroll', look);
    return () => element.removeEventListener('scroll', look);
  }, []);

  const text = (line: JobLogLine): string => logWords(line, services);
  const note = !isLive ? '' : t(follows ? 'jobs.log.follows' : 'jobs.log.stands');
  return (
    <section className={styles['section']} aria-labelledby="job-log">
      <SectionHead id="job-log" title={t('jobs.log')} note={note}>
        <SegmentedControl<Shown>
          size="sm"
          kind="view"
          label={t('jobs.log.of')}
          value={shown}
          onChange={setShown}
          segments={[
            { value: 'all', label: t('jobs.log.all') },
            { value: 'warnings', label: t('jobs.log.warnings') },
          ]}
        />
        <IconButton
          size="sm"
          icon={Copy}
          label={t('jobs.log.copy')}
          onClick={() =>
            void actions.copy(
              lines.map((line) => `${format.preciseTime(line.atMs)}  ${text(line)}`).join('\n'),
            )
          }
        />
      </SectionHead>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a part that scrolls must be reachable by keyboard */}
      <div ref={box} role="log" aria-labelledby="job-log" tabIndex={0} className={styles['log']}>
        {lines.length === 0 ? (
          <p className={styles['none']}>{t(shown === 'all' ? 'jobs.log.none' : 'jobs.log.noWarnings')}</p>
        ) : (
          lines.map((line, at) => (
            <p
              // biome-ignore lint/suspicious/noArrayIndexKey: lines have no name of their own and never change places
              key={`${line.atMs} ${at}`}
              className={classes(styles['entry'], line.level === 'warning' && styles['warning'])}
            >
              <time className={styles['time']} dateTime={new Date(line.atMs).toISOString()}>
                {format.preciseTime(line.atMs)}
              </time>
              <span>{text(line)}</span>
            </p>
          ))
        )}
      </div>
    </section>
  );
}
