import { useState } from 'react';
import { AppError, type WireError } from '../../../app/base/errors';
import type { Model } from '../../../app/contract/models';
import { useServices } from '../../services';
import { ApplyPreview } from './ApplyPreview';
import { isLoaded } from './model-state';
import styles from './RunningTab.module.css';
import { needsReload, type RunningDraft, type RunningRead } from './running-draft';

export interface RunningPreviewProps {
  readonly model: Model;
  readonly draft: RunningDraft;
  readonly read: RunningRead;
  /** Applied or given up. */
  readonly onDone: () => void;
}

/** What applying the draft will do, and the buttons that do it or give it up. */
export function RunningPreview({ model, draft, read, onDone }: RunningPreviewProps) {
  const { t, format, actions, client } = useServices();
  const [error, setError] = useState<WireError | null>(null);
  const [isApplying, setApplying] = useState(false);
  const loaded = model.versions.filter(isLoaded).map(({ version }) => String(version));
  const consequence = !needsReload(draft, model.running)
    ? t('running.previewNow')
    : loaded.length === 0
      ? t('running.previewNext')
      : t('running.previewReload', { count: loaded.length, versions: format.list(loaded) });

  const apply = async (): Promise<void> => {
    if (!read.ok) return;
    setApplying(true);
    setError(null);
    try {
      const { undo } = await client.call('models.setRunning', { model: model.name, running: read.running });
      actions.offerUndo(t('running.changed', { model: model.name }), undo);
      onDone();
    } catch (thrown) {
      setError(AppError.from(thrown).toWire());
    } finally {
      setApplying(false);
    }
  };

  return (
    <div className={styles['preview']} data-foot-buttons="">
      <ApplyPreview
        label={t('running.preview')}
        error={error}
        isApplying={isApplying}
        unavailable={read.ok ? null : t('running.fixFirst')}
        onApply={() => void apply()}
        onCancel={onDone}
      >
        <p aria-live="polite">{consequence}</p>
      </ApplyPreview>
    </div>
  );
}
