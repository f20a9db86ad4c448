import { FileDigit, FileText, FolderOpen, Images } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import { AppError, type WireError } from '../../../app/base/errors';
import { type BatchOffer, tensorFormatSchema } from '../../../app/contract/job-calls';
import type { Model } from '../../../app/contract/models';
import type { Translator } from '../../messages/translator';
import { useServices } from '../../services';
import type { BatchWish } from '../../stores/batching';
import { currentRoute, type Route } from '../../stores/router';
import { Button } from '../../ui/Button';
import { CheckBox } from '../../ui/CheckBox';
import { Dialog } from '../../ui/Dialog';
import { ErrorView } from '../../ui/ErrorView';
import { Field } from '../../ui/Field';
import { Picker } from '../../ui/Picker';
import { VersionSwatch } from '../../ui/VersionMark';
import { askableModels, type BatchDraft, draftFor, isAskable, readTop, topMost } from './batch-draft';
import styles from './NewBatch.module.css';

/** `dialog` "New batch", or what was dropped as its title: which pictures, which model, which versions. */
export function NewBatch() {
  const { batching, models, router } = useServices();
  const isOpen = useStore(batching.store, (state) => state.isOpen);
  const byName = useStore(models.store, (state) => state.byName);
  const route = useStore(router.store, currentRoute);
  // the draft begins with what is in sight when the sheet opens
  return isOpen ? <Sheet models={[...byName.values()]} route={route} /> : null;
}

interface SheetProps {
  readonly models: readonly Model[];
  readonly route: Route;
}

function Sheet({ models, route }: SheetProps) {
  const { t, batching } = useServices();
  const offer = useStore(batching.store, (state) => state.offer);
  const [draft, setDraft] = useState<BatchDraft>(() => draftFor(models, route));
  const [wasOffered] = useState(offer !== null);
  const [isStarting, setStarting] = useState(false);
  const [error, setError] = useState<WireError | null>(null);
  const top = readTop(draft.top);
  const unavailable = ((): string | null => {
    if (draft.model === null || draft.versions.length === 0) return t('jobs.sheetNeedsVersion');
    if (offer === null) return t('jobs.sheetNeedsInput');
    return top === null && offer.about === 'pictures' ? t('jobs.sheetNeedsTop') : null;
  })();
  const start = async (): Promise<void> => {
    const { model, versions } = draft;
    if (offer === null || model === null) return;
    const asked = { model, versions };
    const wish: BatchWish | null =
      offer.about === 'tensors'
        ? { ...asked, offer, target: draft.target }
        : top === null
          ? null
          : { ...asked, offer, top };
    if (wish === null) return;
    setStarting(true);
    setError(null);
    try {
      await batching.start(wish);
    } catch (thrown) {
      setError(AppError.from(thrown).toWire());
      setStarting(false);
    }
  };
  const title =
    wasOffered && offer?.about === 'pictures'
      ? t('jobs.sheetOffer', { pictures: offer.pictures, isCut: offer.isCut ? 'yes' : 'no' })
      : t('jobs.sheetTitle');
  return (
    <Dialog
      isOpen
      onClose={batching.close}
      title={title}
      description={t('jobs.sheetText', { about: offer?.about ?? 'pictures' })}
      footer={
        <>
          <Button size="lg" onClick={batching.close}>
            {t('common.cancel')}
          </Button>
          <Button
            size="lg"
            look="primary"
            isBusy={isStarting}
            unavailable={unavailable}
            onClick={() => void start()}
          >
            {t('jobs.sheetStart')}
          </Button>
        </>
      }
    >
      <div className={styles['form']}>
        {error && <ErrorView error={error} />}
        <InputChoice offer={offer} />
        <ModelChoice models={models} draft={draft} onChange={setDraft} />
        {offer?.about === 'tensors' ? (
          <TargetChoice draft={draft} onChange={setDraft} />
        ) : (
          <TopChoice draft={draft} onChange={setDraft} />
        )}
      </div>
    </Dialog>
  );
}

interface ChoiceProps {
  readonly draft: BatchDraft;
  readonly onChange: (draft: BatchDraft) => void;
}

function TopChoice({ draft, onChange }: ChoiceProps) {
  const { t } = useServices();
  return (
    <fieldset className={styles['line']} aria-label={t('jobs.sheetTop')}>
      <span className={styles['label']} aria-hidden="true">
        {t('jobs.sheetTop')}
      </span>
      <Field
        label={t('jobs.sheetTop')}
        inputMode="numeric"
        value={draft.top}
        problem={readTop(draft.top) === null ? t('jobs.sheetTopBad', { most: topMost }) : null}
        fieldClassName={styles['number']}
        onChange={(event) => onChange({ ...draft, top: event.target.value })}
      />
    </fieldset>
  );
}

function TargetChoice({ draft, onChange }: ChoiceProps) {
  const { t } = useServices();
  return (
    <fieldset className={styles['line']} aria-label={t('jobs.sheetTarget')}>
      <span className={styles['label']} aria-hidden="true">
        {t('jobs.sheetTarget')}
      </span>
      <Picker
        label={t('jobs.sheetTarget')}
        value={draft.target}
        options={tensorFormatSchema.options.map((format) => ({
          value: format,
          label: t(`jobs.tensors.${format}`),
        }))}
        onChange={(target) => onChange({ ...draft, target })}
        className={styles['picker']}
      />
    </fieldset>
  );
}

function InputChoice({ offer }: { readonly offer: BatchOffer | null }) {
  const { t, batching, compare } = useServices();
  const isLooking = useStore(batching.store, (state) => state.isLooking);
  const compared = useStore(compare.store, (state) => state.pictures);
  return (
    <fieldset className={styles['line']} aria-label={t('jobs.sheetInput')}>
      <span className={styles['label']} aria-hidden="true">
        {t('jobs.sheetInput')}
      </span>
      <div className={styles['input']}>
        <p role="status" className={offer === null ? styles['none'] : styles['chosen']}>
          {inputWords(offer, t)}
        </p>
        <div className={styles['buttons']}>
          <Button icon={FolderOpen} isBusy={isLooking} onClick={() => void batching.chooseInput('folder')}>
            {t('jobs.sheetFolder')}
          </Button>
          <Button
            icon={FileText}
            title={t('jobs.sheetListTitle')}
            onClick={() => void batching.chooseInput('list')}
          >
            {t('jobs.sheetList')}
          </Button>
          <Button
            icon={FileDigit}
            title={t('jobs.sheetTensorsTitle')}
            onClick={() => void batching.chooseInput('tensors')}
          >
            {t('jobs.sheetTensors')}
          </Button>
          {compared.length > 0 && (
            <Button icon={Images} onClick={() => void batching.takePictures(compared.map(({ id }) => id))}>
              {t('jobs.sheetFromCompare', { count: compared.length })}
            </Button>
          )}
        </div>
      </div>
    </fieldset>
  );
}

function inputWords(offer: BatchOffer | null, t: Translator['t']): string {
  if (offer === null) return t('jobs.sheetNoInput');
  if (offer.about === 'tensors')
    return t('jobs.sheetTensorsAre', { name: offer.name, format: t(`jobs.tensors.${offer.format}`) });
  const { name, others, pictures, isCut } = offer;
  return t('jobs.sheetInputIs', { name, others, pictures, isCut: isCut ? 'yes' : 'no' });
}

interface ModelChoiceProps extends ChoiceProps {
  readonly models: readonly Model[];
}

function ModelChoice({ models, draft, onChange }: ModelChoiceProps) {
  const { t } = useServices();
  const able = askableModels(models);
  const model = models.find(({ name }) => name === draft.model);
  if (able.length === 0) {
    return (
      <p role="alert" className={styles['problem']}>
        <strong>{t('jobs.sheetNoModel')}</strong> {t('jobs.sheetNoModelText')}
      </p>
    );
  }
  return (
    <>
      <fieldset className={styles['line']} aria-label={t('jobs.sheetModel')}>
        <span className={styles['label']} aria-hidden="true">
          {t('jobs.sheetModel')}
        </span>
        <Picker
          label={t('jobs.sheetModel')}
          placeholder={t('jobs.sheetChooseModel')}
          value={draft.model}
          options={able.map(({ name }) => ({ value: name, label: name }))}
          onChange={(name) => {
            const { top, target } = draft;
            onChange({ ...draftFor(models, { model: name }), top, target });
          }}
          className={styles['picker']}
        />
      </fieldset>
      {model && (
        <fieldset className={styles['line']} aria-label={t('jobs.sheetVersions')}>
          <span className={styles['label']} aria-hidden="true">
            {t('jobs.sheetVersions')}
          </span>
          <ul className={styles['versions']}>
            {[...model.versions]
              .sort((a, b) => a.version - b.version)
              .map((each) => ({ ...each, isAble: isAskable(each) }))
              .map(({ version, lifecycle, isAble }) => (
                <li key={version} className={styles['version']}>
                  <CheckBox
                    label={t('jobs.sheetVersion', { version })}
                    isChecked={draft.versions.includes(version)}
                    isDisabled={!isAble}
                    onChange={(isChecked) =>
                      onChange({
                        ...draft,
                        versions: isChecked
                          ? [...draft.versions, version].sort((a, b) => a - b)
                          : draft.versions.filter((each) => each !== version),
                      })
                    }
                  >
                    <VersionSwatch version={version} />
                    <span>{version}</span>
                    {lifecycle !== 'available' && (
                      <span className={styles['note']}>
                        {isAble ? t('jobs.sheetNotLoaded') : t(`state.${lifecycle}`)}
                      </span>
                    )}
                  </CheckBox>
                </li>
              ))}
          </ul>
        </fieldset>
      )}
    </>
  );
}
