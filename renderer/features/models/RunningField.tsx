import { useServices } from '../../services';
import { Field } from '../../ui/Field';
import styles from './RunningTab.module.css';
import { bounds, type RunningDraft, type RunningRead, type RunningText } from './running-draft';

export interface RunningFieldProps {
  readonly draft: RunningDraft;
  readonly read: RunningRead;
  readonly field: RunningText;
  readonly label: string;
  /** What holds while nothing is typed. */
  readonly standard: string;
  readonly unit?: string | undefined;
  readonly onChange: (draft: RunningDraft) => void;
}

/** One number, or a few, of how a model is run; empty stands for the default. */
export function RunningField({ draft, read, field, label, standard, unit, onChange }: RunningFieldProps) {
  const { t, format } = useServices();
  const problemOf = (): string => {
    if (field === 'allowedBatchSizes') return t('running.badSizes');
    const { least, most } = bounds[field];
    return t('running.between', { least: format.number(least), most: format.number(most) });
  };
  return (
    <Field
      label={label}
      inputMode={field === 'allowedBatchSizes' ? 'text' : 'decimal'}
      placeholder={standard}
      value={draft.texts[field]}
      problem={read.ok || !read.wrong.includes(field) ? null : problemOf()}
      end={unit === undefined ? undefined : <span className={styles['unit']}>{unit}</span>}
      fieldClassName={styles['field']}
      onChange={(event) => onChange({ ...draft, texts: { ...draft.texts, [field]: event.target.value } })}
    />
  );
}
