import { TriangleAlert } from 'lucide-react';
import type { Model, Version } from '../../../app/contract/models';
import { useServices } from '../../services';
import { Button } from '../../ui/Button';
import { NoteBox } from '../../ui/NoteBox';
import styles from './VersionsTable.module.css';

export interface ChangedRowProps {
  readonly model: Model;
  readonly version: Version;
  readonly columns: number;
}

/**
 * The alarm under a loaded version whose files are no longer those it was loaded from, with *Reload*; or which was loaded from other files
 * than before, unasked, with *Keep it*.
 */
export function ChangedRow({ model, version: { version, isChangedOnDisk }, columns }: ChangedRowProps) {
  const { t, actions } = useServices();
  const ref = { model: model.name, version };
  return (
    <tr className={styles['reason']} aria-label={t('changed.row', { version })}>
      <td colSpan={columns}>
        <NoteBox
          tone="warn"
          icon={TriangleAlert}
          role="alert"
          buttons={
            <Button
              size="sm"
              aria-label={t(isChangedOnDisk ? 'changed.reloadNamed' : 'replaced.keepNamed', ref)}
              onClick={() => void actions.retry(ref)}
            >
              {t(isChangedOnDisk ? 'changed.reload' : 'replaced.keep')}
            </Button>
          }
        >
          <p>
            <strong>
              {t('common.sentence', { text: t(isChangedOnDisk ? 'changed.title' : 'replaced.title') })}
            </strong>{' '}
            {t(isChangedOnDisk ? 'changed.text' : 'replaced.text', { version })}
          </p>
        </NoteBox>
      </td>
    </tr>
  );
}
