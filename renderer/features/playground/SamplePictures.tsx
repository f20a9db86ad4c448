import { useEffect } from 'react';
import { useStore } from 'zustand';
import type { Picture } from '../../../app/contract/pictures';
import { useServices } from '../../services';
import type { TakePictures } from '../../stores/pictures';
import { Button } from '../../ui/Button';
import { classes } from '../../ui/classes';
import { SectionHead } from '../../ui/Panel';
import styles from './SamplePictures.module.css';

export interface SamplePicturesProps {
  /** The picture at hand, if any. */
  readonly picture: Picture | null;
  readonly onTake: TakePictures;
}

/** The pictures that come with the sample model: one press runs one. */
export function SamplePictures({ picture, onTake }: SamplePicturesProps) {
  const { t, pictures, toasts } = useServices();
  const samples = useStore(pictures.store, (state) => state.samples);
  useEffect(() => {
    pictures.loadSamples().catch(toasts.fail);
  }, [pictures, toasts]);
  if (samples === null || samples.length === 0) return null;
  return (
    <section aria-labelledby="samples">
      <SectionHead
        id="samples"
        title={picture === null ? t('playground.samplesTry') : t('playground.samples')}
        note={picture === null ? t('playground.samplesText') : undefined}
      >
        <Button size="sm" look="quiet" onClick={() => onTake(samples)}>
          {t('playground.samplesRunAll')}
        </Button>
      </SectionHead>
      <ul className={classes(styles['samples'], picture === null && styles['large'])}>
        {samples.map((sample) => (
          <li key={sample.id}>
            <button
              type="button"
              className={styles['sample']}
              aria-label={t('playground.sampleRun', { name: sample.name })}
              aria-pressed={sample.id === picture?.id}
              title={sample.name}
              onClick={() => onTake([sample])}
            >
              <img src={sample.urls.thumb} alt="" />
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
