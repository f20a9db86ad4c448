import { FileText, FolderOpen, Images } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import { AppError, type WireError } from '../../../app/base/errors';
import type { BatchOffer } from '../../../app/contract/job-calls';
import type { Model } from '../../../app/contract/models';
import { useServices } from '../../services';
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
    return top === null ? t('jobs.sheetNeedsTop') : null;
  })();
  const start = async (): Promise<void> => {
    const { model, versions } = draft;
    if (offer === null || model === null || top === null) return;
    setStarting(true);
    setError(null);
    try {
      await batching.start(offer, { model, versions, top });
    } catch (thrown) {
      setError(AppError.from(thrown).toWire());
      setStarting(false);
    }
  };
  const title =
    wasOffered && offer !== null
      ? t('jobs.sheetOffer', { pictures: offer.pictures, isCut: offer.isCut ? 'yes' : 'no' })
      : t('jobs.sheetTitle');
  return (
    <Dialog
      isOpen
      onClose={batching.close}
      title={title}
      description={t('jobs.sheetText')}
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
        <fieldset className={styles['line']} aria-label={t('jobs.sheetTop')}>
          <span className={styles['label']} aria-hidden="true">
            {t('jobs.sheetTop')}
          </span>
          <Field
            label={t('jobs.sheetTop')}
            inputMode="numeric"
            value={draft.top}
            problem={top === null ? t('jobs.sheetTopBad', { most: topMost }) : null}
            fieldClassName={styles['number']}
            onChange={(event) => setDraft({ ...draft, top: event.target.value })}
          />
        </fieldset>
      </div>
    </Dialog>
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
          {offer === null
            ? t('jobs.sheetNoInput')
            : t('jobs.sheetInputIs', {
                name: offer.name,
                others: offer.others,
                pictures: offer.pictures,
                isCut: offer.isCut ? 'yes' : 'no',
              })}
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

interface ModelChoiceProps {
  readonly models: readonly Model[];
  readonly draft: BatchDraft;
  readonly onChange: (draft: BatchDraft) => void;
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
          onChange={(name) => onChange({ ...draftFor(models, { model: name }), top: draft.top })}
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
