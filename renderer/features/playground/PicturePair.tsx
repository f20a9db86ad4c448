import type { CSSProperties } from 'react';
import type { InputView, Preprocessing } from '../../../app/contract/inference';
import type { Picture } from '../../../app/contract/pictures';
import { useServices } from '../../services';
import { classes } from '../../ui/classes';
import { ErrorView } from '../../ui/ErrorView';
import { SegmentedControl } from '../../ui/SegmentedControl';
import { fewPixels, fitInSquare, OriginalPicture } from './OriginalPicture';
import styles from './PicturePair.module.css';
import type { InputViewState, ShownChannel } from './use-input-view';

export interface PicturePairProps {
  readonly picture: Picture;
  readonly input: InputViewState;
  readonly channels: Preprocessing['channels'];
  readonly channel: ShownChannel;
  readonly onChannel: (channel: ShownChannel) => void;
}

/** The picture beside what the model gets of it; a frame shows the part that is used. */
export function PicturePair({ picture, input, channels, channel, onChannel }: PicturePairProps) {
  const { t, format } = useServices();
  const { shown, error } = input;
  const { name } = picture;
  const signed = (value: number): string => format.number(value, 2).replace('-', '−');
  const range = { min: signed(shown?.view.min ?? 0), max: signed(shown?.view.max ?? 0) };
  return (
    <div className={styles['pair']}>
      <OriginalPicture picture={picture}>
        {shown && <span className={styles['crop']} style={cropStyle(shown.view)} />}
      </OriginalPicture>
      <figure aria-label={t('playground.tensor')} className={styles['figure']}>
        {error ? (
          <ErrorView error={error} />
        ) : (
          <div className={styles['tile']}>
            {shown && (
              <div className={styles['fit']} style={fitInSquare(shown.view.width, shown.view.height)}>
                <img
                  src={shown.url}
                  alt={t(shown.isPreview ? 'playground.tensorPreviewAlt' : 'playground.tensorAlt', {
                    name,
                    width: shown.view.width,
                    height: shown.view.height,
                  })}
                  className={classes(
                    styles['image'],
                    Math.max(shown.view.width, shown.view.height) < fewPixels && styles['pixels'],
                  )}
                />
              </div>
            )}
          </div>
        )}
        <figcaption className={styles['line']}>
          {shown && (
            <span
              className={styles['caption']}
              title={t('playground.tensorSize', {
                width: shown.view.width,
                height: shown.view.height,
                ...range,
              })}
            >
              {t('playground.tensorRange', range)}
            </span>
          )}
          {channels !== 'grey' && (
            <SegmentedControl
              size="sm"
              label={t('playground.channelsShown')}
              value={channel}
              onChange={onChannel}
              segments={[
                { value: 'all', label: t('playground.channelAll'), name: t('playground.channelAllName') },
                ...(['Red', 'Green', 'Blue'] as const).map((colour, at) => ({
                  value: String(channels === 'bgr' ? 2 - at : at) as ShownChannel,
                  label: t(`playground.channel${colour}`),
                  name: t(`playground.channel${colour}Name`),
                })),
              ]}
            />
          )}
        </figcaption>
      </figure>
    </div>
  );
}

const cropStyle = ({ crop }: InputView): CSSProperties => ({
  left: `${crop.x * 100}%`,
  top: `${crop.y * 100}%`,
  width: `${crop.width * 100}%`,
  height: `${crop.height * 100}%`,
});
