import { CircleSlash2 } from 'lucide-react';
import type { InferenceNote } from '../../../app/contract/inference';
import { useServices } from '../../services';
import { Button } from '../../ui/Button';
import { Icon } from '../../ui/Icon';
import styles from './NotClassifier.module.css';

/** Why a picture cannot be given to this version, with the way to its signature. */
export function NotClassifier({ model, note }: { readonly model: string; readonly note: InferenceNote }) {
  const { t, reason, router } = useServices();
  return (
    <div className={styles['note']}>
      <Icon of={CircleSlash2} />
      <div>
        <strong>{t('playground.notClassifier')}</strong>
        <p>{t('playground.notClassifierText', { reason: reason(note.reason, note.params) })}</p>
        <Button size="sm" onClick={() => router.navigate({ area: 'models', model, tab: 'signature' })}>
          {t('playground.showSignature')}
        </Button>
      </div>
    </div>
  );
}
