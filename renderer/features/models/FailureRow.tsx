import { OctagonAlert } from 'lucide-react';
import { useState } from 'react';
import type { WireError } from '../../../app/base/errors';
import type { Model, Version } from '../../../app/contract/models';
import { useServices } from '../../services';
import { Button } from '../../ui/Button';
import { ErrorDetails } from '../../ui/ErrorView';
import { NoteBox } from '../../ui/NoteBox';
import styles from './VersionsTable.module.css';

export interface FailureRowProps {
  readonly model: Model;
  readonly version: Version;
  readonly error: WireError;
  readonly columns: number;
}

/** Why a version failed, in plain words right under it, with *Retry* and the technical part behind *Details*. */
export function FailureRow({ model, version, error, columns }: FailureRowProps) {
  const { t, errorWords, actions } = useServices();
  const [isOpen, setOpen] = useState(false);
  const { title, text, next } = errorWords(error);
  const ref = { model: model.name, version: version.version };
  return (
    <tr className={styles['reason']} aria-label={t('versions.reasonRow', { version: version.version })}>
      <td colSpan={columns}>
        <NoteBox
          tone="err"
          icon={OctagonAlert}
          buttons={
            <>
              <Button
                size="sm"
                look="quiet"
                aria-expanded={isOpen}
                aria-label={t('versions.detailsNamed', ref)}
                onClick={() => setOpen(!isOpen)}
              >
                {t('common.details')}
              </Button>
              <Button
                size="sm"
                aria-label={t('versions.retryNamed', ref)}
                onClick={() => void actions.retry(ref)}
              >
                {t('versions.retry')}
              </Button>
            </>
          }
        >
          <p>
            <strong>{t('common.sentence', { text: title })}</strong> {text}
          </p>
          {next !== null && <p className={styles['next']}>{next}</p>}
          {isOpen && <ErrorDetails error={error} />}
        </NoteBox>
      </td>
    </tr>
  );
}
