import { type ReactNode, useState } from 'react';
import { AppError, type WireError } from '../../../app/base/errors';
import {
  type Description,
  outputFormSchema,
  type Preprocessing,
  resizeSchema,
} from '../../../app/contract/inference';
import { useServices } from '../../services';
import { Button } from '../../ui/Button';
import { ErrorView } from '../../ui/ErrorView';
import { Field } from '../../ui/Field';
import { SectionHead } from '../../ui/Panel';
import { Picker } from '../../ui/Picker';
import styles from './PreprocessingEditor.module.css';
import {
  chooseChannels,
  choosePreset,
  type DraftField,
  type DraftResult,
  freedomOf,
  type PreprocessingDraft,
  presetsFor,
} from './preprocessing-form';
import { ValuesEditor } from './ValuesEditor';

export interface PreprocessingEditorProps {
  readonly description: Description;
  /** What is kept now. */
  readonly preprocessing: Preprocessing;
  readonly draft: PreprocessingDraft;
  readonly result: DraftResult;
  readonly onDraft: (draft: PreprocessingDraft) => void;
  readonly onClose: () => void;
  /** Null goes back to what was inferred. */
  readonly onKeep: (preprocessing: Preprocessing | null) => Promise<void>;
}

const resizeKinds = resizeSchema.options.map((option) => option.shape.kind.value);

/** Changes how a picture becomes the tensor. The tensor beside the picture shows the draft; nothing is kept before *Keep*. */
export function PreprocessingEditor({
  description,
  preprocessing,
  draft,
  result,
  onDraft,
  onClose,
  onKeep,
}: PreprocessingEditorProps) {
  const { t } = useServices();
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<WireError | null>(null);
  const freedom = freedomOf(description, preprocessing);
  const problems = result.ok ? {} : result.problems;
  const problem = (field: DraftField): string | null => {
    const found = problems[field];
    return found ? t(`playground.draft.${found}`) : null;
  };
  const change = (part: Partial<PreprocessingDraft>): void => onDraft({ ...draft, ...part });

  const keep = (next: Preprocessing | null): void => {
    setBusy(true);
    setError(null);
    onKeep(next).then(onClose, (thrown: unknown) => {
      setBusy(false);
      setError(AppError.from(thrown).toWire());
    });
  };

  return (
    <form
      aria-labelledby="preprocessing-editor"
      className={styles['form']}
      onSubmit={(event) => {
        event.preventDefault();
        if (result.ok) keep(result.preprocessing);
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !event.defaultPrevented) onClose();
      }}
    >
      <SectionHead
        id="preprocessing-editor"
        title={t('playground.changeName')}
        note={t('playground.editHint')}
      />
      {error && <ErrorView error={error} />}
      <Row name={t('playground.part.size')}>
        {freedom.isSizeFixed ? (
          <Fixed words={t('playground.size', { width: draft.width, height: draft.height })} />
        ) : (
          <span className={styles['pair']}>
            <Field
              label={t('playground.width')}
              inputMode="numeric"
              value={draft.width}
              problem={problem('width')}
              onChange={(event) => change({ width: event.target.value })}
            />
            <span aria-hidden="true">{t('playground.by')}</span>
            <Field
              label={t('playground.height')}
              inputMode="numeric"
              value={draft.height}
              problem={problem('height')}
              onChange={(event) => change({ height: event.target.value })}
            />
          </span>
        )}
      </Row>
      <Row name={t('playground.part.resize')}>
        <Picker
          label={t('playground.part.resize')}
          value={draft.resize}
          options={resizeKinds.map((kind) => ({ value: kind, label: t(`playground.resizeName.${kind}`) }))}
          onChange={(resize) => change({ resize })}
        />
        {draft.resize === 'shortSideCrop' && (
          <Field
            label={t('playground.shortSide')}
            inputMode="numeric"
            end={<span className={styles['unit']}>{t('playground.shortSide')}</span>}
            value={draft.shortSide}
            problem={problem('shortSide')}
            onChange={(event) => change({ shortSide: event.target.value })}
          />
        )}
      </Row>
      <Row name={t('playground.part.layout')}>
        {freedom.layouts.length > 1 ? (
          <Picker
            label={t('playground.part.layout')}
            value={draft.layout}
            options={freedom.layouts.map((layout) => ({
              value: layout,
              label: t(`playground.layout.${layout}`),
            }))}
            onChange={(layout) => change({ layout })}
          />
        ) : (
          <Fixed words={t(`playground.layout.${draft.layout}`)} />
        )}
      </Row>
      <Row name={t('playground.part.channels')}>
        {freedom.channels.length > 1 ? (
          <Picker
            label={t('playground.part.channels')}
            value={draft.channels}
            options={freedom.channels.map((channels) => ({
              value: channels,
              label: t(`playground.channels.${channels}`),
            }))}
            onChange={(channels) => onDraft(chooseChannels(draft, channels))}
          />
        ) : (
          <Fixed words={t(`playground.channels.${draft.channels}`)} />
        )}
      </Row>
      <Row name={t('playground.part.values')}>
        <Picker
          label={t('playground.part.values')}
          value={draft.preset}
          options={[...presetsFor(draft.channels), 'custom' as const].map((preset) => ({
            value: preset,
            label: t(`playground.preset.${preset}`),
          }))}
          onChange={(preset) => onDraft(choosePreset(draft, preset))}
        />
        {draft.preset === 'custom' && <ValuesEditor draft={draft} problem={problem} onChange={change} />}
      </Row>
      <Row name={t('playground.part.output')}>
        <Picker
          label={t('playground.part.output')}
          value={draft.output}
          options={outputFormSchema.options.map((form) => ({
            value: form,
            label: t(`playground.output.${form}`),
          }))}
          onChange={(output) => change({ output })}
        />
      </Row>
      <div className={styles['foot']}>
        <Button
          size="sm"
          look="quiet"
          className={styles['reset']}
          aria-label={t('playground.reset')}
          title={t('playground.reset')}
          unavailable={isBusy ? t('common.loading') : null}
          onClick={() => keep(null)}
        >
          {t('common.reset')}
        </Button>
        <Button size="sm" onClick={onClose}>
          {t('common.cancel')}
        </Button>
        <Button size="sm" type="submit" look="primary" isBusy={isBusy}>
          {t('playground.keep')}
        </Button>
      </div>
    </form>
  );
}

function Row({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div className={styles['row']}>
      <span className={styles['name']} aria-hidden="true">
        {name}
      </span>
      <div className={styles['controls']}>{children}</div>
    </div>
  );
}

function Fixed({ words }: { readonly words: string }) {
  const { t } = useServices();
  return (
    <span className={styles['fixed']}>
      {words}
      <span className={styles['unit']}>{t('playground.fixedBySignature')}</span>
    </span>
  );
}
