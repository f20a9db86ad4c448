import { ImageUp, X } from 'lucide-react';
import { useMemo } from 'react';
import { useStore } from 'zustand';
import type { Picture } from '../../../app/contract/pictures';
import { useServices } from '../../services';
import { Button } from '../../ui/Button';
import { ComboBox } from '../../ui/ComboBox';
import { IconButton } from '../../ui/IconButton';
import { RefusedPictures } from '../pictures/RefusedPictures';
import styles from './FindPreprocessing.module.css';

/** A picture, and which class it shows as far as somebody has said it. */
export interface LabelledPicture {
  readonly picture: Picture;
  readonly label: number | null;
}

export interface LabelledPicturesProps {
  readonly pictures: readonly LabelledPicture[];
  readonly classNames: readonly string[];
  readonly onChange: (pictures: readonly LabelledPicture[]) => void;
  readonly onChoose: () => void;
}

/** The pictures to try on, each with the choice of its class. */
export function LabelledPictures({ pictures, classNames, onChange, onChoose }: LabelledPicturesProps) {
  const { t, pictures: intake } = useServices();
  const isReading = useStore(intake.store, (state) => state.isReading);
  const options = useMemo(() => classNames.map((label, value) => ({ value, label })), [classNames]);
  return (
    <section aria-label={t('preparation.pictures')}>
      <RefusedPictures />
      {pictures.length > 0 && (
        <ul className={styles['pictures']}>
          {pictures.map(({ picture, label }) => (
            <li key={picture.id} className={styles['picture']}>
              <img src={picture.urls.thumb} alt="" />
              <span className={styles['name']} title={picture.name}>
                {picture.name}
              </span>
              <ComboBox
                label={t('preparation.classOf', { picture: picture.name })}
                placeholder={t('preparation.chooseClass')}
                emptyText={t('preparation.noClass')}
                options={options}
                value={label}
                className={styles['class']}
                onChange={(next) =>
                  onChange(
                    pictures.map((each) =>
                      each.picture.id === picture.id ? { ...each, label: next } : each,
                    ),
                  )
                }
              />
              <IconButton
                size="sm"
                icon={X}
                label={t('preparation.removeNamed', { picture: picture.name })}
                onClick={() => onChange(pictures.filter((each) => each.picture.id !== picture.id))}
              />
            </li>
          ))}
        </ul>
      )}
      <div className={styles['ways']}>
        <Button size="sm" icon={ImageUp} isBusy={isReading} onClick={onChoose}>
          {t('playground.choose')}
        </Button>
        <span className={styles['hint']}>{t('preparation.chooseHint')}</span>
      </div>
    </section>
  );
}
