import { useEffect, useState } from 'react';
import { AppError, type WireError } from '../../../app/base/errors';
import type { PastModel, PastState } from '../../../app/contract/history';
import { useServices } from '../../services';
import { Button } from '../../ui/Button';
import { classes } from '../../ui/classes';
import { Dialog } from '../../ui/Dialog';
import { ErrorView } from '../../ui/ErrorView';
import { FactList } from '../../ui/FactList';
import { StateBadge } from '../../ui/StateBadge';
import tableStyles from '../../ui/Table.module.css';
import { VersionSwatch } from '../../ui/VersionMark';
import { policyWords } from '../models/policy-words';
import styles from './PastDialog.module.css';

export interface PastDialogProps {
  readonly model: string;
  readonly atMs: number;
  readonly onClose: () => void;
}

/** `dialog` "digits at 14:05:37.0": how the model stood then, rebuilt from the event log. */
export function PastDialog({ model, atMs, onClose }: PastDialogProps) {
  const { t, format, client } = useServices();
  const [state, setState] = useState<PastState | null>(null);
  const [error, setError] = useState<WireError | null>(null);
  useEffect(() => {
    let isWanted = true;
    client.call('models.pastState', { model, atMs }).then(
      (past) => {
        if (isWanted) setState(past);
      },
      (thrown: unknown) => {
        if (isWanted) setError(AppError.from(thrown).toWire());
      },
    );
    return () => {
      isWanted = false;
    };
  }, [client, model, atMs]);
  return (
    <Dialog
      isOpen
      onClose={onClose}
      width="narrow"
      title={t('past.title', { model, time: format.preciseTime(atMs) })}
      description={format.dateTime(atMs)}
      footer={
        <Button size="lg" onClick={onClose}>
          {t('common.close')}
        </Button>
      }
    >
      <div className={styles['body']} aria-live="polite">
        {error && <ErrorView error={error} />}
        {state && !state.isCovered && <p>{t('past.tooLongAgo')}</p>}
        {state?.isCovered && state.model === null && <p>{t('past.notInList')}</p>}
        {state?.model && <Past name={model} model={state.model} />}
      </div>
    </Dialog>
  );
}

/** Versions that only lie on disk are told by count. */
function Past({ name, model }: { readonly name: string; readonly model: PastModel }) {
  const { t, errorWords } = useServices();
  const shown = model.versions.filter(({ lifecycle, isAspired }) => lifecycle !== 'onDisk' || isAspired);
  const idle = model.versions.length - shown.length;
  const labels = model.labels.map(({ label, version, appliedVersion }) =>
    t('inspector.label', { label, version: appliedVersion ?? version }),
  );
  return (
    <>
      <FactList
        facts={[
          { name: t('inspector.policy'), value: policyWords(model.policy, t) },
          { name: t('inspector.switching'), value: t(`inspector.switching.${model.switching}`) },
          { name: t('inspector.labels'), value: labels.join(', ') || t('common.none') },
          ...(model.problem ? [{ name: t('past.problem'), value: errorWords(model.problem).title }] : []),
        ]}
      />
      {shown.length > 0 && (
        <table
          className={classes(tableStyles['table'], styles['versions'])}
          aria-label={t('past.versions', { model: name })}
        >
          <thead className="visually-hidden">
            <tr>
              <th scope="col">{t('versions.column.version')}</th>
              <th scope="col">{t('versions.column.state')}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map(({ version, lifecycle, error }) => (
              <tr key={version}>
                <th scope="row">
                  <span className={tableStyles['line']}>
                    <VersionSwatch version={version} />
                    {version}
                  </span>
                </th>
                <td title={error ? errorWords(error).title : undefined}>
                  <StateBadge state={lifecycle} isInColumn isQuiet />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {idle > 0 && <p className={styles['idle']}>{t('past.onDisk', { count: idle })}</p>}
      {model.versions.length === 0 && <p className={styles['idle']}>{t('past.none')}</p>}
    </>
  );
}
