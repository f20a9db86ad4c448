import { ImageUp } from 'lucide-react';
import { useStore } from 'zustand';
import type { Model } from '../../../app/contract/models';
import type { Picture } from '../../../app/contract/pictures';
import type { RouteView } from '../../../app/contract/routes';
import { keysLabel } from '../../commands/keys';
import { useServices } from '../../services';
import { usePlatform } from '../../shell/use-platform';
import type { TakePictures } from '../../stores/pictures';
import { Button } from '../../ui/Button';
import { classes } from '../../ui/classes';
import { SectionHead } from '../../ui/Panel';
import { RefusedPictures } from '../pictures/RefusedPictures';
import columns from './Columns.module.css';
import { HeadersEditor } from './HeadersEditor';
import styles from './InputColumn.module.css';
import { OriginalPicture } from './OriginalPicture';
import pair from './PicturePair.module.css';
import { SamplePictures } from './SamplePictures';

export interface RouteInputProps {
  readonly view: RouteView;
  readonly models: readonly Model[];
  readonly picture: Picture | null;
  readonly onTake: TakePictures;
}

/** What goes to a route: the picture, and what else a client would send that decides where it goes. */
export function RouteInput({ view, models, picture, onTake }: RouteInputProps) {
  const { t, pictures, toasts } = useServices();
  const platform = usePlatform();
  const isReading = useStore(pictures.store, (state) => state.isReading);
  const hasSamples = models.some(
    ({ name, isSample }) => isSample && view.route.arms.some(({ model }) => model === name),
  );
  const keys = keysLabel('$mod+v', platform);
  return (
    <section className={classes(columns['in'], columns['wide'])} aria-labelledby="input-heading">
      <SectionHead level={2} id="input-heading" title={t('playground.input')} />
      {picture && (
        <div className={pair['pair']}>
          <OriginalPicture picture={picture} />
        </div>
      )}
      {hasSamples && picture === null && <SamplePictures picture={picture} onTake={onTake} />}
      {picture === null && (
        <div className={styles['place']}>
          <strong>{t('playground.choosePlace')}</strong>
          <p>{t('playground.choosePlaceText', { keys })}</p>
        </div>
      )}
      <div className={styles['ways']}>
        <Button
          size="sm"
          look={picture === null && !hasSamples ? 'primary' : 'default'}
          icon={ImageUp}
          isBusy={isReading}
          onClick={() => pictures.choose().catch(toasts.fail)}
        >
          {t('playground.choose')}
        </Button>
        {picture !== null && <span className={styles['hint']}>{t('playground.chooseHint', { keys })}</span>}
      </div>
      <RefusedPictures />
      {hasSamples && picture !== null && <SamplePictures picture={picture} onTake={onTake} />}
      <HeadersEditor route={view.route} />
    </section>
  );
}
