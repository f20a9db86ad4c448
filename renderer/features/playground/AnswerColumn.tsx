import { LoaderCircle } from 'lucide-react';
import { type ReactNode, useRef } from 'react';
import { useStore } from 'zustand';
import type { Classification } from '../../../app/contract/inference';
import { useServices } from '../../services';
import { Button } from '../../ui/Button';
import { classes } from '../../ui/classes';
import { EmptyState } from '../../ui/EmptyState';
import { ErrorView } from '../../ui/ErrorView';
import { Icon } from '../../ui/Icon';
import styles from './AnswerColumn.module.css';
import { closeCall, isUnsure, tiedClasses } from './answer';
import columns from './Columns.module.css';
import { ProbabilityBars } from './ProbabilityBars';
import { RawOutput } from './RawOutput';
import { RouteVerdict } from './RouteVerdict';
import { otherAnswers, type Run } from './recent-runs';
import { shortenerFor } from './short-label';
import { TimeSplit } from './TimeSplit';

export interface AnswerColumnProps {
  readonly run: Run | undefined;
  readonly hasPicture: boolean;
  /** What stands over the answer while there is none. */
  readonly heading: string;
  /** What is said of a picture that is at hand and was not run. */
  readonly notRun: string;
  /** What is said while a run is under way, where that is not only running. */
  readonly busy?: string | undefined;
  /** The keys that run, as people read them. */
  readonly runKeys: string;
  readonly onRunAgain: () => void;
  /** What is to be settled before the answer is believed. */
  readonly question?: ReactNode;
}

/** What came out: the answer first, then probabilities, time, raw output. */
export function AnswerColumn({
  run,
  hasPicture,
  heading,
  notRun,
  busy,
  runKeys,
  onRunAgain,
  question,
}: AnswerColumnProps) {
  const { t } = useServices();
  const scroller = useRef<HTMLElement>(null);
  return (
    <section ref={scroller} className={classes(columns['out'], columns['words'])} aria-labelledby="answer">
      {question}
      {run?.outcome.kind === 'answered' ? (
        <>
          <Answer run={run} classification={run.outcome.classification} />
          {run.outcome.by && <RouteVerdict run={run} by={run.outcome.by} />}
          <ProbabilityBars classification={run.outcome.classification} />
          <TimeSplit timings={run.outcome.classification.timingsMs} />
          <RawOutput classification={run.outcome.classification} scroller={scroller} />
        </>
      ) : (
        <>
          <h2 id="answer" className={styles['of']}>
            {heading}
          </h2>
          {run?.outcome.kind === 'failed' && <ErrorView error={run.outcome.error} onRetry={onRunAgain} />}
          {run && (run.outcome.kind === 'waiting' || run.outcome.kind === 'running') && (
            <p role="status" className={columns['busy']}>
              <Icon of={LoaderCircle} isSpinning />
              {busy ?? t(`playground.${run.outcome.kind}`)}
            </p>
          )}
          {!run && !hasPicture && (
            <EmptyState heading={t('playground.nothingYet')} text={t('playground.nothingYetText')} />
          )}
          {!run && hasPicture && (
            <EmptyState
              heading={notRun}
              text={t('playground.notRunText', { keys: runKeys })}
              actions={
                <Button size="lg" onClick={onRunAgain}>
                  {t('playground.run')}
                </Button>
              }
            />
          )}
        </>
      )}
    </section>
  );
}

function Answer({ run, classification }: { readonly run: Run; readonly classification: Classification }) {
  const { t, format, playground } = useServices();
  const runs = useStore(playground.store, (state) => state.runs);
  const first = classification.classes[0];
  const second = closeCall(classification);
  const tied = tiedClasses(classification);
  const short = shortenerFor(classification.classes);
  const sentences = [
    tied.length > 1
      ? t('playground.tied', { labels: format.list(tied.map(({ label }) => short(label))) })
      : null,
    second &&
      t('playground.close', { label: short(second.label), percent: format.probability(second.probability) }),
    isUnsure(classification) ? t('playground.unsure') : null,
    ...otherAnswers(runs, run).map((other) =>
      t('playground.otherVersion', { version: other.version, label: short(other.label) }),
    ),
  ].filter((sentence) => sentence !== null);
  if (first === undefined) return null;
  return (
    <div>
      <p className={styles['of']}>{t('playground.answerOf', { version: classification.version })}</p>
      <h2 id="answer" className={styles['answer']}>
        <span className={styles['label']}>{short(first.label)}</span>{' '}
        <span className={styles['percent']}>{format.probability(first.probability)}</span>
      </h2>
      {short(first.label) !== first.label && <p className={styles['of']}>{first.label}</p>}
      {sentences.length > 0 && <p className={styles['sentences']}>{sentences.join(' ')}</p>}
    </div>
  );
}
