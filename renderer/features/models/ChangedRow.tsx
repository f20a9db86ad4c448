import { TriangleAlert } from 'lucide-react';
import type { Model } from '../../../app/contract/models';
import { useServices } from '../../services';
import { Button } from '../../ui/Button';
import { classes } from '../../ui/classes';
import { Icon } from '../../ui/Icon';
import styles from './VersionsTable.module.css';

export interface ChangedRowProps {
  readonly model: Model;
  readonly version: number;
  readonly columns: number;
}

/** The alarm under a loaded version whose files are no longer those it was loaded from, with *Reload*. */
export function ChangedRow({ model, version, columns }: ChangedRowProps) {
  const { t, actions } = useServices();
  const ref = { model: model.name, version };
  return (
    <tr className={styles['reason']} aria-label={t('changed.row', { version })}>
      <td colSpan={columns}>
        <div role="alert" className={classes(styles['reasonBox'], styles['changed'])}>
          <Icon of={TriangleAlert} />
          <div className={styles['words']}>
            <p>
              <strong>{t('common.sentence', { text: t('changed.title') })}</strong>{' '}
              {t('changed.text', { version })}
            </p>
          </div>
          <div className={styles['buttons']}>
            <Button
              size="sm"
              aria-label={t('changed.reloadNamed', ref)}
              onClick={() => void actions.retry(ref)}
            >
              {t('changed.reload')}
            </Button>
          </div>
        </div>
      </td>
    </tr>
  );
}
