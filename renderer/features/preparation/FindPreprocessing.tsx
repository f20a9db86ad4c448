import { useEffect, useRef, useState } from 'react';
import { AppError, type WireError } from '../../../app/base/errors';
import type { Description, Preprocessing, PreprocessingRanking } from '../../../app/contract/inference';
import type { Picture } from '../../../app/contract/pictures';
import { useServices } from '../../services';
import { picturesAtHand } from '../../stores/playground';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { ErrorView } from '../../ui/ErrorView';
import { usePictureIntake } from '../pictures/use-picture-intake';
import styles from './FindPreprocessing.module.css';
import { type LabelledPicture, LabelledPictures } from './LabelledPictures';
import { RankingTable } from './RankingTable';
import { suggestClass } from './suggest-class';

export interface FindPreprocessingProps {
  readonly description: Description;
  readonly onKeep: (preprocessing: Preprocessing) => Promise<void>;
  readonly onClose: () => void;
}

/** Each way in gives a file another id. */
const isSame = (one: Picture, other: Picture): boolean =>
  one.id === other.id || (one.name === other.name && one.bytes === other.bytes);

/** The contract takes no more in one go. */
const mostPictures = 200;

/** `dialog` "Find the right preprocessing": pictures whose class a person knows, the usual ways ranked on them, and the chosen one kept. */
export function FindPreprocessing({ description, onKeep, onClose }: FindPreprocessingProps) {
  const { t, client, pictures: intake, playground } = useServices();
  const { model, version } = description;
  const heading = useRef<HTMLDivElement>(null);
  const [names, setNames] = useState<readonly string[]>([]);
  const [pictures, setPictures] = useState<readonly LabelledPicture[]>([]);
  const [ranking, setRanking] = useState<PreprocessingRanking | null>(null);
  const [chosen, setChosen] = useState(0);
  const [isBusy, setBusy] = useState<'trying' | 'keeping' | null>(null);
  const [error, setError] = useState<WireError | null>(null);

  const add = (taken: readonly Picture[], classNames = names): void => {
    setRanking(null);
    setPictures((known) =>
      [
        ...known,
        ...taken
          .filter((each) => !known.some(({ picture }) => isSame(picture, each)))
          .map((picture) => ({ picture, label: suggestClass(picture.name, classNames) })),
      ].slice(0, mostPictures),
    );
  };
  const taker = useRef(add);
  taker.current = add;
  const [take] = useState(() => (taken: readonly Picture[]) => taker.current(taken));
  usePictureIntake(take);

  useEffect(() => {
    let isStale = false;
    client.call('models.classNames', { model, version, text: null }).then(
      ({ byClass }) => {
        if (isStale) return;
        const known = byClass.map((name, index) => name || t('preparation.classNumber', { index }));
        setNames(known);
        const atHand = picturesAtHand(playground.store.getState());
        setPictures(atHand.map((each) => ({ picture: each, label: suggestClass(each.name, byClass) })));
      },
      (thrown: unknown) => setError(AppError.from(thrown).toWire()),
    );
    return () => {
      isStale = true;
    };
  }, [client, model, playground, t, version]);

  const change = (next: readonly LabelledPicture[]): void => {
    setPictures(next);
    setRanking(null);
  };
  const attempt = (what: 'trying' | 'keeping', action: () => Promise<void>): void => {
    setBusy(what);
    setError(null);
    action()
      .catch((thrown: unknown) => setError(AppError.from(thrown).toWire()))
      .finally(() => setBusy(null));
  };
  const labelled = pictures.flatMap(({ picture, label }) =>
    label === null ? [] : [{ picture: picture.id, label }],
  );
  const find = (): void =>
    attempt('trying', async () => {
      const found = await client.call('inference.rankPreprocessings', { model, version, pictures: labelled });
      setRanking(found);
      setChosen(0);
    });
  const best = ranking?.ranked[chosen];
  const keep = (): void => {
    if (!best) return;
    attempt('keeping', async () => {
      await onKeep(best.preprocessing);
      onClose();
    });
  };

  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t('preparation.findTitle', { model, version })}
      description={t('preparation.findText')}
      initialFocus={heading}
      footer={
        <>
          <span className={styles['count']}>
            {t('preparation.labelled', { labelled: labelled.length, total: pictures.length })}
          </span>
          <Button size="lg" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          {best ? (
            <Button size="lg" look="primary" isBusy={isBusy === 'keeping'} onClick={keep}>
              {t('preparation.apply')}
            </Button>
          ) : (
            <Button
              size="lg"
              look="primary"
              isBusy={isBusy === 'trying'}
              unavailable={labelled.length === 0 ? t('preparation.noneLabelled') : null}
              onClick={find}
            >
              {t('preparation.start')}
            </Button>
          )}
        </>
      }
    >
      <div ref={heading} tabIndex={-1} className={styles['body']}>
        {error && <ErrorView error={error} />}
        <LabelledPictures
          pictures={pictures}
          classNames={names}
          onChange={change}
          onChoose={() =>
            intake.choose().catch((thrown: unknown) => setError(AppError.from(thrown).toWire()))
          }
        />
        {ranking && <RankingTable ranking={ranking} chosen={chosen} onChoose={setChosen} />}
      </div>
    </Dialog>
  );
}
