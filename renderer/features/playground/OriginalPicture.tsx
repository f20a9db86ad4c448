import type { CSSProperties, ReactNode } from 'react';
import type { Picture } from '../../../app/contract/pictures';
import { useServices } from '../../services';
import { classes } from '../../ui/classes';
import styles from './PicturePair.module.css';

export interface OriginalPictureProps {
  readonly picture: Picture;
  /** What lies over it, such as the frame of the part that is used. */
  readonly children?: ReactNode;
}

/** Below this many pixels a picture is enlarged with hard edges, as it is. */
export const fewPixels = 100;

/** The picture as it was given, with its name and size. */
export function OriginalPicture({ picture, children }: OriginalPictureProps) {
  const { t } = useServices();
  const { name, width, height } = picture;
  return (
    <figure aria-label={t('playground.original')} className={styles['figure']}>
      <div className={styles['tile']}>
        <div className={styles['fit']} style={fitInSquare(width, height)}>
          <img
            src={picture.urls.view}
            alt={t('playground.originalAlt', { name })}
            className={classes(styles['image'], Math.max(width, height) < fewPixels && styles['pixels'])}
          />
          {children}
        </div>
      </div>
      <figcaption className={styles['caption']} title={name}>
        {t('playground.originalSize', { name, width, height })}
      </figcaption>
    </figure>
  );
}

/** As large as a square allows, with its own proportions. */
export const fitInSquare = (width: number, height: number): CSSProperties =>
  width >= height
    ? { inlineSize: '100%', aspectRatio: `${width} / ${height}` }
    : { blockSize: '100%', aspectRatio: `${width} / ${height}` };
