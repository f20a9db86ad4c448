import { useServices } from '../../services';
import type { CompareProgress } from '../../stores/compare';
import { Button } from '../../ui/Button';
import styles from './CompareProgressLine.module.css';

export interface CompareProgressLineProps {
  readonly progress: CompareProgress;
  readonly onCancel: () => void;
}

/** How many answers are there; without a number while only speed is still measured. */
export function CompareProgressLine({ progress, onCancel }: CompareProgressLineProps) {
  const { t } = useServices();
  const isAnswering = progress.phase === 'answering';
  const values = isAnswering ? { done: progress.done, total: progress.total } : null;
  return (
    <span className={styles['line']}>
      <span
        role="progressbar"
        tabIndex={-1}
        aria-label={t('compare.progress')}
        aria-valuemin={values ? 0 : undefined}
        aria-valuemax={values?.total}
        aria-valuenow={values?.done}
        aria-valuetext={values ? t('compare.progressValue', values) : t('compare.measuring')}
        className={styles['track']}
      >
        <span
          className={styles['bar']}
          style={{ inlineSize: values ? `${(values.done / values.total) * 100}%` : '100%' }}
        />
      </span>
      <span className={styles['text']} aria-hidden="true">
        {values ? t('compare.progressText', values) : t('compare.measuring')}
      </span>
      <Button size="sm" aria-label={t('compare.cancel')} onClick={onCancel}>
        {t('common.cancel')}
      </Button>
    </span>
  );
}
