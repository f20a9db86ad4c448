import { useServices } from '../../services';
import { Field } from '../../ui/Field';
import type { DraftField, PreprocessingDraft } from './preprocessing-form';
import styles from './ValuesEditor.module.css';

export interface ValuesEditorProps {
  readonly draft: PreprocessingDraft;
  readonly problem: (field: DraftField) => string | null;
  readonly onChange: (part: Partial<PreprocessingDraft>) => void;
}

const coloursOf = {
  rgb: ['r', 'g', 'b'],
  bgr: ['b', 'g', 'r'],
  grey: ['grey'],
} as const;

/** Scale, and a mean and a deviation for each channel, in the order in which the model takes them. */
export function ValuesEditor({ draft, problem, onChange }: ValuesEditorProps) {
  const { t } = useServices();
  const colours = coloursOf[draft.channels];
  const replace = (texts: readonly string[], at: number, text: string): readonly string[] =>
    texts.map((old, index) => (index === at ? text : old));
  return (
    <>
      <Field
        label={t('playground.scale')}
        inputMode="decimal"
        end={<span className={styles['unit']}>{t('playground.scale')}</span>}
        value={draft.scale}
        problem={problem('scale')}
        onChange={(event) => onChange({ scale: event.target.value })}
      />
      {(['mean', 'std'] as const).map((kind) => (
        <div key={kind} className={styles['group']}>
          <span className={styles['unit']} aria-hidden="true">
            {t(`playground.${kind}`)}
          </span>
          <div className={styles['channels']}>
            {colours.map((colour, at) => (
              <Field
                key={colour}
                label={t('playground.channelNumber', {
                  name: t(`playground.${kind}`),
                  channel: t(`playground.channel.${colour}`),
                })}
                inputMode="decimal"
                aria-invalid={problem(kind) !== null}
                value={draft[kind][at] ?? ''}
                onChange={(event) => onChange({ [kind]: replace(draft[kind], at, event.target.value) })}
              />
            ))}
          </div>
          {problem(kind) !== null && (
            <span role="alert" className={styles['problem']}>
              {problem(kind)}
            </span>
          )}
        </div>
      ))}
    </>
  );
}
