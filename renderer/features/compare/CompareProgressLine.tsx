import { useServices } from '../../services';
import type { CompareProgress } from '../../stores/compare';
import { Button } from '../../ui/Button';
import { ProgressBar } from '../../ui/ProgressBar';
import styles from './CompareProgressLine.module.css';

export interface CompareProgressLineProps {
  readonly progress: CompareProgress;
  readonly onCancel: () => void;
}

/** How many answers are there; without a number while only speed is still measured. */
export function CompareProgressLine({ progress, onCancel }: CompareProgressLineProps) {
  const { t } = useServices();
  const values = progress.phase === 'answering' ? { done: progress.done, total: progress.total } : null;
  return (
    <div className={styles['line']}>
      <ProgressBar
        label={t('compare.progress')}
        text={values ? t('compare.progressValue', values) : t('compare.measuring')}
        {...(values ?? { done: 0, total: null })}
        className={styles['bar']}
      />
      <span className={styles['text']} aria-hidden="true">
        {values ? t('compare.progressText', values) : t('compare.measuring')}
      </span>
      <Button size="sm" aria-label={t('compare.cancel')} onClick={onCancel}>
        {t('common.cancel')}
      </Button>
    </div>
  );
}
