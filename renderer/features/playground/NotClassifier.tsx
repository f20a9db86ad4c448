import { CircleSlash2 } from 'lucide-react';
import type { InferenceNote } from '../../../app/contract/inference';
import { useServices } from '../../services';
import { Button } from '../../ui/Button';
import { NoteBox } from '../../ui/NoteBox';

/** Why a picture cannot be given to this version, with the way to its signature. */
export function NotClassifier({ model, note }: { readonly model: string; readonly note: InferenceNote }) {
  const { t, reason, router } = useServices();
  return (
    <NoteBox
      tone="warn"
      icon={CircleSlash2}
      buttons={
        <Button size="sm" onClick={() => router.navigate({ area: 'models', model, tab: 'signature' })}>
          {t('playground.showSignature')}
        </Button>
      }
    >
      <strong>{t('playground.notClassifier')}</strong>
      <p>{t('playground.notClassifierText', { reason: reason(note.reason, note.params) })}</p>
    </NoteBox>
  );
}
