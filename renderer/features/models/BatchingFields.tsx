import { useServices } from '../../services';
import { CheckBox } from '../../ui/CheckBox';
import { RunningField } from './RunningField';
import styles from './RunningTab.module.css';
import type { RunningDraft, RunningRead, RunningText } from './running-draft';

export interface BatchingFieldsProps {
  readonly draft: RunningDraft;
  readonly read: RunningRead;
  readonly onChange: (draft: RunningDraft) => void;
}

/** Batching as somebody wants it: TensorFlow Serving's parameters, with its defaults. */
export function BatchingFields({ draft, read, onChange }: BatchingFieldsProps) {
  const { t, format } = useServices();
  const form = { draft, read, onChange };
  const most = draft.texts.maxBatchSize || format.number(1_000);
  const fields: readonly {
    readonly field: Exclude<RunningText, 'instances' | 'intraOpThreads' | 'memoryCapMb'>;
    readonly standard: string;
    readonly unit?: string;
  }[] = [
    { field: 'maxBatchSize', standard: format.number(1_000) },
    { field: 'batchTimeoutMs', standard: '0', unit: t('running.ms') },
    { field: 'maxEnqueuedBatches', standard: '10' },
    { field: 'allowedBatchSizes', standard: t('running.batching.allowedBatchSizes.any') },
    ...(draft.isSplitting ? [{ field: 'maxExecutionBatchSize', standard: most } as const] : []),
  ];
  return (
    <div className={styles['batching']}>
      {fields.map(({ field, standard, unit }) => (
        <div key={field} className={styles['pair']}>
          <span aria-hidden="true">{t(`running.batching.${field}`)}</span>
          <RunningField
            {...form}
            field={field}
            label={t(`running.batching.${field}`)}
            standard={standard}
            unit={unit}
          />
        </div>
      ))}
      <CheckBox
        label={t('running.batching.split')}
        isChecked={draft.isSplitting}
        onChange={(isSplitting) => onChange({ ...draft, isSplitting })}
      >
        {t('running.batching.split')}
      </CheckBox>
      <CheckBox
        label={t('running.batching.pad')}
        isChecked={draft.isPadding}
        onChange={(isPadding) => onChange({ ...draft, isPadding })}
      >
        {t('running.batching.pad')}
      </CheckBox>
    </div>
  );
}
