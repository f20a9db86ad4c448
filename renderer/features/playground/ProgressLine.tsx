import { useServices } from '../../services';
import { Button } from '../../ui/Button';
import { ProgressBar } from '../../ui/ProgressBar';
import styles from './ProgressLine.module.css';
import type { QueueProgress } from './run-queue';

export interface ProgressLineProps {
  readonly progress: QueueProgress;
  readonly onCancel: () => void;
}

/** How far several pictures are, where they come in, with a way to stop the rest. One picture alone needs none. */
export function ProgressLine({ progress: { done, total }, onCancel }: ProgressLineProps) {
  const { t } = useServices();
  if (total < 2) return null;
  return (
    <div className={styles['line']}>
      <ProgressBar
        label={t('playground.progress')}
        text={t('playground.progressValue', { done, total })}
        done={done}
        total={total}
        className={styles['bar']}
      />
      <span className={styles['text']} aria-hidden="true">
        {t('playground.progressText', { done, total })}
      </span>
      <Button size="sm" look="quiet" aria-label={t('playground.cancelRuns')} onClick={onCancel}>
        {t('common.cancel')}
      </Button>
    </div>
  );
}
