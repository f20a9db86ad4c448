import { Columns2 } from 'lucide-react';
import { useEffect, useState } from 'react';
import { AppError, type WireError } from '../../../app/base/errors';
import type { AnswerGist, DifferingAnswer } from '../../../app/contract/routes';
import { useServices } from '../../services';
import type { VersionRef } from '../../stores/router';
import { Button } from '../../ui/Button';
import { classes } from '../../ui/classes';
import { Dialog } from '../../ui/Dialog';
import { EmptyState } from '../../ui/EmptyState';
import { ErrorView } from '../../ui/ErrorView';
import { Skeleton } from '../../ui/Skeleton';
import tableStyles from '../../ui/Table.module.css';
import { VersionMark } from '../../ui/VersionMark';
import styles from './DryRunDialog.module.css';

export interface DifferingDialogProps {
  readonly route: string;
  /** How many differed in all; fewer are kept. */
  readonly count: number;
  readonly onClose: () => void;
}

const pageSize = 50;
const mostPictures = 100;
const mostNumbers = 4;

/** `dialog` "Answers that differ": what was answered and what the shadow would have said; pictures open in Compare. */
export function DifferingDialog({ route, count, onClose }: DifferingDialogProps) {
  const { t, client, compare, router, toasts } = useServices();
  const [answers, setAnswers] = useState<readonly DifferingAnswer[] | null>(null);
  const [isAll, setAll] = useState(false);
  const [error, setError] = useState<WireError | null>(null);
  const [isOpening, setOpening] = useState(false);

  const more = (before?: number): Promise<void> =>
    client
      .call('routes.differing', { route, limit: pageSize, ...(before === undefined ? {} : { before }) })
      .then(
        (found) => {
          setAnswers((known) => [...(before === undefined ? [] : (known ?? [])), ...found]);
          setAll(found.length < pageSize);
        },
        (thrown: unknown) => setError(AppError.from(thrown).toWire()),
      );
  // biome-ignore lint/correctness/useExhaustiveDependencies: read once; what comes later is not missed while one reads
  useEffect(() => {
    void more();
  }, [client, route]);

  const pictured = (answers ?? []).filter(({ hasPicture }) => hasPicture).slice(0, mostPictures);
  const open = async (): Promise<void> => {
    setOpening(true);
    try {
      const found = await client.call('routes.openDiffering', { route, ids: pictured.map(({ id }) => id) });
      compare.addPictures(found.map(({ picture }) => picture));
      onClose();
      router.navigate({ area: 'compare', versions: versionsOf(pictured) });
    } catch (thrown) {
      toasts.fail(thrown);
    } finally {
      setOpening(false);
    }
  };

  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t('routes.differingTitle')}
      description={t('routes.differingText', { count, name: route })}
      footer={
        <>
          <Button size="lg" onClick={onClose}>
            {t('common.close')}
          </Button>
          <Button
            size="lg"
            look="primary"
            icon={Columns2}
            isBusy={isOpening}
            unavailable={pictured.length === 0 ? t('routes.differingNoPictures') : null}
            onClick={() => void open()}
          >
            {t('routes.differingCompare', { count: pictured.length })}
          </Button>
        </>
      }
    >
      <div className={styles['body']}>
        {error && <ErrorView error={error} />}
        {answers === null && !error && <Skeleton rows={6} />}
        {answers?.length === 0 && <EmptyState size="flush" heading={t('routes.differingNone')} />}
        {answers !== null && answers.length > 0 && <Answers answers={answers} />}
        {answers !== null && answers.length > 0 && !isAll && (
          <div>
            <Button onClick={() => void more(answers.at(-1)?.id)}>{t('routes.differingMore')}</Button>
          </div>
        )}
      </div>
    </Dialog>
  );
}

/** The versions that answered, and those of the shadow: what Compare sets beside each other, oldest first. */
function versionsOf(answers: readonly DifferingAnswer[]): VersionRef[] {
  const refs = answers.flatMap(({ given, shadow }) => [given, shadow]);
  const byKey = new Map(refs.map(({ model, version }) => [`${model} ${version}`, { model, version }]));
  return [...byKey.values()].sort((a, b) => a.version - b.version);
}

function Answers({ answers }: { readonly answers: readonly DifferingAnswer[] }) {
  const { t, format } = useServices();
  return (
    <table
      className={classes(tableStyles['table'], tableStyles['tight'])}
      aria-label={t('routes.differingTitle')}
    >
      <thead>
        <tr>
          <th scope="col">{t('endpoints.column.time')}</th>
          <th scope="col">{t('routes.differingGiven')}</th>
          <th scope="col">{t('routes.differingShadow')}</th>
        </tr>
      </thead>
      <tbody>
        {answers.map(({ id, requestId, atMs, given, shadow }) => (
          <tr key={id}>
            <th scope="row" title={`${requestId}, ${format.dateTime(atMs)}`}>
              {format.preciseTime(atMs)}
            </th>
            {[given, shadow].map((answer, at) => (
              <td key={at === 0 ? 'given' : 'shadow'}>
                <span className={tableStyles['line']}>
                  <VersionMark version={answer.version} />
                  <GistText gist={answer.gist} />
                </span>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function GistText({ gist }: { readonly gist: AnswerGist }) {
  const { t, format } = useServices();
  if (gist.kind === 'numbers') {
    const shown = gist.values
      .slice(0, mostNumbers)
      .map((value) => (value === null ? t('common.none') : format.number(value)));
    return <span>{[...shown, ...(gist.values.length > mostNumbers ? ['…'] : [])].join(', ')}</span>;
  }
  const [first, ...rest] = gist.rows;
  if (first === undefined) return <span>{t('common.none')}</span>;
  const words = t('routes.answer', { label: first.label, share: format.probability(first.confidence) });
  return (
    <span title={gist.rows.map(({ label }) => label).join(', ')}>
      {rest.length === 0 ? words : t('routes.answerAndMore', { answer: words, count: rest.length })}
    </span>
  );
}
