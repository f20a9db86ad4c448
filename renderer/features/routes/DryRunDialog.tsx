import { type ReactNode, useEffect, useState } from 'react';
import { AppError, type WireError } from '../../../app/base/errors';
import type { DryRun } from '../../../app/contract/routes';
import { useServices } from '../../services';
import { Button } from '../../ui/Button';
import { classes } from '../../ui/classes';
import { Dialog } from '../../ui/Dialog';
import { EmptyState } from '../../ui/EmptyState';
import { ErrorView } from '../../ui/ErrorView';
import { Skeleton } from '../../ui/Skeleton';
import tableStyles from '../../ui/Table.module.css';
import { ArmName } from './ArmMark';
import { lookOf } from './arm-look';
import styles from './DryRunDialog.module.css';
import { useRouteEditor } from './use-route-editor';

/** `dialog` "Dry run": recorded requests sent through the changed route, but to nobody. */
export function DryRunDialog({ onClose }: { readonly onClose: () => void }) {
  const { t, client } = useServices();
  const { draft, name, keepDryRun } = useRouteEditor();
  const [result, setResult] = useState<DryRun | null>(null);
  const [error, setError] = useState<WireError | null>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: asked once, for the draft at hand
  useEffect(() => {
    let isWanted = true;
    client.call('routes.dryRun', { draft, replaces: name }).then(
      (dryRun) => {
        if (!isWanted) return;
        setResult(dryRun);
        keepDryRun(dryRun);
      },
      (thrown: unknown) => isWanted && setError(AppError.from(thrown).toWire()),
    );
    return () => {
      isWanted = false;
    };
  }, [client]);

  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t('routes.dryRunTitle', { name: name ?? draft.name })}
      description={t('routes.dryRunText')}
      footer={
        <Button size="lg" onClick={onClose}>
          {t('common.close')}
        </Button>
      }
    >
      <div className={styles['body']}>
        {error && <ErrorView error={error} />}
        {!error && result === null && <Skeleton rows={4} />}
        {result && (result.requests === 0 ? <NothingRecorded /> : <Result dryRun={result} />)}
      </div>
    </Dialog>
  );
}

function NothingRecorded() {
  const { t } = useServices();
  return <EmptyState size="flush" heading={t('routes.dryRunNone')} text={t('routes.dryRunNoneText')} />;
}

function Result({ dryRun }: { readonly dryRun: DryRun }) {
  const { t, format } = useServices();
  const { looks, draft } = useRouteEditor();
  const { requests, moved, unanswered, copied, fromMs, untilMs, arms, rules, examples } = dryRun;
  const share = (part: number): string => format.percent(part / requests);
  const nameOf = (arm: string | null): string =>
    arm === null ? t('routes.nobody') : lookOf(looks, arm).name;
  const everyone = t(draft.rules.length === 0 ? 'routes.everyone' : 'routes.everyoneElse');
  const ruleName = (rule: string | null): string =>
    rule === null ? everyone : (draft.rules.find(({ id }) => id === rule)?.name ?? rule);
  return (
    <>
      <p>
        <strong>{t('routes.dryRunMoved', { moved, requests, share: share(moved) })}</strong>
        {fromMs !== null && untilMs !== null && (
          <span className={styles['note']} title={format.dateTime(fromMs)}>
            {' '}
            {t('routes.dryRunWhen', { from: format.time(fromMs), until: format.time(untilMs) })}
          </span>
        )}
      </p>
      {unanswered > 0 && (
        <p className={styles['warning']}>{t('routes.dryRunUnanswered', { count: unanswered })}</p>
      )}
      {copied > 0 && <p>{t('routes.dryRunCopied', { count: copied })}</p>}
      <DryRunTable
        label={t('routes.dryRunArms')}
        columns={[
          t('routes.arm'),
          t('routes.dryRunBefore'),
          t('routes.dryRunAfter'),
          t('routes.dryRunShare'),
        ]}
        rows={arms.map(({ arm, before, after }) => ({
          key: arm,
          name: <ArmName look={lookOf(looks, arm)} />,
          figures: [format.number(before), format.number(after), share(after)],
        }))}
      />
      <DryRunTable
        label={t('routes.dryRunRules')}
        columns={[t('routes.rule'), t('routes.dryRunFit'), t('routes.dryRunShare')]}
        rows={rules.map(({ rule, requests: fitting }) => ({
          key: rule ?? '',
          name: ruleName(rule),
          figures: [format.number(fitting), share(fitting)],
        }))}
      />
      {examples.length > 0 && (
        <table
          className={classes(tableStyles['table'], tableStyles['tight'])}
          aria-label={t('routes.dryRunExamples')}
        >
          <thead>
            <tr>
              <th scope="col">{t('routes.dryRunExamples')}</th>
              <th scope="col">{t('routes.key')}</th>
              <th scope="col">{t('routes.dryRunFrom')}</th>
              <th scope="col">{t('routes.dryRunTo')}</th>
              <th scope="col">{t('routes.rule')}</th>
            </tr>
          </thead>
          <tbody>
            {examples.map(({ requestId, atMs, key, from, to, rule }) => (
              <tr key={requestId}>
                <th scope="row" title={`${requestId}, ${format.dateTime(atMs)}`}>
                  {format.preciseTime(atMs)}
                </th>
                <td title={key ?? undefined}>{key ?? t('common.none')}</td>
                <td>{nameOf(from)}</td>
                <td>{nameOf(to)}</td>
                <td>{ruleName(rule)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

interface DryRunTableProps {
  readonly label: string;
  /** What the rows are about, and their numbers. */
  readonly columns: readonly string[];
  readonly rows: readonly {
    readonly key: string;
    readonly name: ReactNode;
    readonly figures: readonly string[];
  }[];
}

function DryRunTable({ label, columns: [about, ...numbers], rows }: DryRunTableProps) {
  return (
    <table className={classes(tableStyles['table'], tableStyles['tight'])} aria-label={label}>
      <thead>
        <tr>
          <th scope="col">{about}</th>
          {numbers.map((name) => (
            <th key={name} scope="col" className={tableStyles['end']}>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ key, name, figures }) => (
          <tr key={key}>
            <th scope="row">{name}</th>
            {figures.map((figure, at) => (
              <td key={numbers[at]} className={tableStyles['end']}>
                {figure}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
