import { ImageUp } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import type { Preprocessing, TensorInfo } from '../../../app/contract/inference';
import type { Model } from '../../../app/contract/models';
import type { Picture } from '../../../app/contract/pictures';
import { keysLabel } from '../../commands/keys';
import { useServices } from '../../services';
import { usePlatform } from '../../shell/use-platform';
import type { DescriptionEntry } from '../../stores/descriptions';
import type { TakePictures } from '../../stores/pictures';
import { Button } from '../../ui/Button';
import { classes } from '../../ui/classes';
import { ErrorView } from '../../ui/ErrorView';
import { SectionHead } from '../../ui/Panel';
import { Skeleton } from '../../ui/Skeleton';
import { RefusedPictures } from '../pictures/RefusedPictures';
import columns from './Columns.module.css';
import styles from './InputColumn.module.css';
import { NotClassifier } from './NotClassifier';
import { PicturePair } from './PicturePair';
import { PreprocessingEditor } from './PreprocessingEditor';
import { PreprocessingTable } from './PreprocessingTable';
import { type PreprocessingDraft, readDraft, toDraft } from './preprocessing-form';
import { SamplePictures } from './SamplePictures';
import { type ShownChannel, useInputView } from './use-input-view';

export interface InputColumnProps {
  readonly model: Model;
  readonly version: number;
  readonly picture: Picture | null;
  readonly entry: DescriptionEntry | undefined;
  readonly onTake: TakePictures;
  /** Null goes back to what was inferred. */
  readonly onKeep: (preprocessing: Preprocessing | null) => Promise<void>;
  /** Opens the search for the right preprocessing. */
  readonly onFind: () => void;
  /** Opens the names of the classes. */
  readonly onName: () => void;
}

/** What goes in: the picture, the tensor that the model gets of it, and how the one becomes the other. */
export function InputColumn({
  model,
  version,
  picture,
  entry,
  onTake,
  onKeep,
  onFind,
  onName,
}: InputColumnProps) {
  const { t, pictures, toasts } = useServices();
  const platform = usePlatform();
  const isReading = useStore(pictures.store, (state) => state.isReading);
  const [channel, setChannel] = useState<ShownChannel>('all');
  const [editing, setEditing] = useState<{ readonly of: string; readonly draft: PreprocessingDraft } | null>(
    null,
  );

  const description = entry?.kind === 'ready' ? entry.description : undefined;
  const preprocessing = description?.preprocessing ?? null;
  const isClassifier = !description?.notClassifier;
  const of = `${model.name}@${version}`;
  const draft = editing?.of === of ? editing.draft : null;
  const read = draft === null ? null : readDraft(draft);
  const shown = read?.ok ? read.preprocessing : preprocessing;
  const shownChannel = shown?.channels === 'grey' ? 'all' : channel;
  const input = useInputView(
    picture === null || preprocessing === null
      ? null
      : {
          model: model.name,
          version,
          picture: picture.id,
          channel: shownChannel,
          ...(read?.ok ? { preprocessing: read.preprocessing } : {}),
        },
  );
  const tensor = description?.inputs[0];

  return (
    <section className={classes(columns['in'], columns['wide'])} aria-labelledby="input-heading">
      <SectionHead
        level={2}
        id="input-heading"
        title={tensor?.name ?? t('playground.input')}
        note={tensor && <TensorShape tensor={tensor} />}
      />
      {picture && preprocessing && (
        <PicturePair
          picture={picture}
          input={input}
          channels={shown?.channels ?? preprocessing.channels}
          channel={shownChannel}
          onChannel={setChannel}
        />
      )}
      {model.isSample && picture === null && <SamplePictures picture={picture} onTake={onTake} />}
      {picture === null && isClassifier && (
        <div className={styles['place']}>
          <strong>{t('playground.choosePlace')}</strong>
          <p>{t('playground.choosePlaceText', { keys: keysLabel('$mod+v', platform) })}</p>
        </div>
      )}
      {isClassifier && (
        <div className={styles['ways']}>
          <Button
            size="sm"
            look={picture === null && !model.isSample ? 'primary' : 'default'}
            icon={ImageUp}
            isBusy={isReading}
            onClick={() => pictures.choose().catch(toasts.fail)}
          >
            {t('playground.choose')}
          </Button>
          {picture !== null && (
            <span className={styles['hint']}>
              {t('playground.chooseHint', { keys: keysLabel('$mod+v', platform) })}
            </span>
          )}
        </div>
      )}
      <RefusedPictures />
      {model.isSample && picture !== null && <SamplePictures picture={picture} onTake={onTake} />}
      {entry?.kind === 'failed' && <ErrorView error={entry.error} />}
      {entry?.kind === 'loading' && <Skeleton rows={6} />}
      {description?.notClassifier && <NotClassifier model={model.name} note={description.notClassifier} />}
      {description && preprocessing && draft === null && (
        <PreprocessingTable
          description={description}
          preprocessing={preprocessing}
          onChange={() => setEditing({ of, draft: toDraft(preprocessing) })}
          onFind={onFind}
          onName={onName}
        />
      )}
      {description && preprocessing && draft && read && (
        <PreprocessingEditor
          description={description}
          preprocessing={preprocessing}
          draft={draft}
          result={read}
          onDraft={(next) => setEditing({ of, draft: next })}
          onClose={() => setEditing(null)}
          onKeep={onKeep}
        />
      )}
    </section>
  );
}

function TensorShape({ tensor: { dtype, shape } }: { readonly tensor: TensorInfo }) {
  const { t } = useServices();
  const words = shape.map((size) => (size === '' ? t('playground.anySize') : String(size))).join(' × ');
  return <span title={words}>{t('playground.inputShape', { dtype, shape: words })}</span>;
}
