import { Tag } from 'lucide-react';
import { type FormEvent, useRef, useState } from 'react';
import { type Model, modelNameSchema } from '../../../app/contract/models';
import { useServices } from '../../services';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { Field } from '../../ui/Field';
import { Icon } from '../../ui/Icon';
import styles from './LabelsDialog.module.css';

export interface LabelsDialogProps {
  readonly model: Model;
  readonly version: number;
  readonly onClose: () => void;
}

/** `dialog` "Labels of digits version 2": adds labels, moves them here from other versions, takes them away. */
export function LabelsDialog({ model, version, onClose }: LabelsDialogProps) {
  const { t, actions } = useServices();
  const field = useRef<HTMLInputElement>(null);
  const here = model.labels.filter((each) => each.version === version);
  const elsewhere = model.labels.filter((each) => each.version !== version);
  return (
    <Dialog
      isOpen
      onClose={onClose}
      width="narrow"
      title={t('labels.title', { model: model.name, version })}
      description={t('labels.description')}
      initialFocus={field}
      footer={
        <Button size="lg" onClick={onClose}>
          {t('common.close')}
        </Button>
      }
    >
      <div className={styles['body']}>
        <NewLabel model={model} version={version} field={field} />
        <section aria-label={t('labels.here')}>
          <h3 className={styles['heading']}>{t('labels.here')}</h3>
          {here.length === 0 && <p className={styles['none']}>{t('labels.hereNone')}</p>}
          <ul>
            {here.map(({ label, isPending, appliedVersion }) => (
              <li key={label} className={styles['line']}>
                <Icon of={Tag} />
                <span className={styles['label']} title={label}>
                  {label}
                </span>
                {isPending && (
                  <span className={styles['note']} title={t('labels.pendingText')}>
                    {appliedVersion === null
                      ? t('labels.pending')
                      : t('labels.pendingFrom', { from: appliedVersion })}
                  </span>
                )}
                <Button
                  size="sm"
                  look="quiet"
                  aria-label={t('labels.removeNamed', { label })}
                  onClick={() => void actions.removeLabel(model, label)}
                >
                  {t('labels.remove')}
                </Button>
              </li>
            ))}
          </ul>
        </section>
        {elsewhere.length > 0 && (
          <section aria-label={t('labels.elsewhere')}>
            <h3 className={styles['heading']}>{t('labels.elsewhere')}</h3>
            <ul>
              {elsewhere.map((each) => (
                <li key={each.label} className={styles['line']}>
                  <Icon of={Tag} />
                  <span className={styles['label']} title={each.label}>
                    {each.label}
                  </span>
                  <span className={styles['note']}>{t('labels.at', { version: each.version })}</span>
                  <Button
                    size="sm"
                    look="quiet"
                    aria-label={t('labels.moveNamed', { label: each.label, version })}
                    onClick={() => void actions.setLabel(model, each.label, version)}
                  >
                    {t('labels.move')}
                  </Button>
                </li>
              ))}
            </ul>
          </section>
        )}
      </div>
    </Dialog>
  );
}

interface NewLabelProps {
  readonly model: Model;
  readonly version: number;
  readonly field: React.RefObject<HTMLInputElement | null>;
}

function NewLabel({ model, version, field }: NewLabelProps) {
  const { t, actions } = useServices();
  const [text, setText] = useState('');
  const label = text.trim();
  const known = model.labels.find((each) => each.label === label);
  const problem = ((): string | null => {
    if (label === '') return null;
    if (!modelNameSchema.safeParse(label).success) return t('labels.bad');
    return known?.version === version ? t('labels.isHere') : null;
  })();
  const add = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (label === '' || problem !== null) return;
    if (await actions.setLabel(model, label, version)) setText('');
  };
  return (
    <form className={styles['form']} onSubmit={(event) => void add(event)}>
      <Field
        ref={field}
        label={t('labels.name')}
        placeholder={t('labels.name')}
        maxLength={128}
        fieldClassName={styles['field']}
        value={text}
        problem={problem}
        onChange={(event) => setText(event.target.value)}
      />
      <Button type="submit" unavailable={label === '' ? t('labels.name') : problem}>
        {t(known && problem === null ? 'labels.move' : 'labels.add')}
      </Button>
      {known && problem === null && (
        <p className={styles['hint']} role="status">
          {t('labels.willMove', { version: known.version })}
        </p>
      )}
    </form>
  );
}
