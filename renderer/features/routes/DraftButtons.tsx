import { FlaskConical } from 'lucide-react';
import { useState } from 'react';
import { useServices } from '../../services';
import { Button } from '../../ui/Button';
import styles from './ChangeStrip.module.css';
import { DryRunDialog } from './DryRunDialog';
import { useRouteEditor } from './use-route-editor';

/** What can be done with changes that are not applied: try them on recorded requests, give them up, apply them. */
export function DraftButtons() {
  const { t } = useServices();
  const { name, cannotApply, isApplying, giveUp, apply } = useRouteEditor();
  const [isTrying, setTrying] = useState(false);
  return (
    <fieldset className={styles['buttons']} aria-label={t('routes.changes')}>
      <Button icon={FlaskConical} title={t('routes.dryRunText')} onClick={() => setTrying(true)}>
        {t('routes.dryRun')}
      </Button>
      <Button onClick={giveUp}>{t('common.cancel')}</Button>
      <Button look="primary" isBusy={isApplying} unavailable={cannotApply} onClick={apply}>
        {t(name === null ? 'routes.create' : 'common.apply')}
      </Button>
      {isTrying && <DryRunDialog onClose={() => setTrying(false)} />}
    </fieldset>
  );
}
