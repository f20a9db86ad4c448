import { canAnswer, type Model, type Version } from '../../../app/contract/models';
import { useServices } from '../../services';
import { Button } from '../../ui/Button';
import { EmptyState } from '../../ui/EmptyState';
import { ErrorView } from '../../ui/ErrorView';
import styles from './NotReady.module.css';
import { newestAble } from './target';

export interface NotReadyProps {
  readonly model: Model;
  /** The version in sight; undefined when the model has none. */
  readonly version: Version | undefined;
  readonly onVersion: (version: number) => void;
}

const moving: readonly Version['lifecycle'][] = ['waiting', 'loading', 'unloading'];

/** Why this version cannot answer, and what makes one answer. */
export function NotReady({ model, version, onVersion }: NotReadyProps) {
  const { t, actions } = useServices();
  if (version === undefined) {
    return <EmptyState level={2} heading={t('playground.noneOnDisk', { model: model.name })} />;
  }
  const number = version.version;
  const able = newestAble(model);
  const isMoving = moving.includes(version.lifecycle);
  const load = (wanted: number): void => void actions.load({ model: model.name, version: wanted });

  if (version.lifecycle === 'failed' && version.error !== null) {
    const retry = (): void => void actions.retry({ model: model.name, version: number });
    return (
      <div className={styles['place']}>
        <ErrorView size="page" error={version.error} onRetry={retry} />
      </div>
    );
  }
  if (isMoving) {
    const state = t(`state.${version.lifecycle}`).toLocaleLowerCase();
    return (
      <EmptyState
        level={2}
        heading={t('playground.versionMoving', { version: number, state })}
        text={t('playground.versionMovingText')}
        actions={
          able && (
            <Button size="lg" onClick={() => onVersion(able.version)}>
              {t('playground.useVersion', { version: able.version })}
            </Button>
          )
        }
      />
    );
  }
  if (canAnswer(version)) {
    return (
      <EmptyState
        level={2}
        heading={t('playground.onDemand', { version: number })}
        text={t('playground.onDemandText')}
        actions={
          <Button size="lg" look="primary" onClick={() => load(number)}>
            {t('playground.loadVersion', { version: number })}
          </Button>
        }
      />
    );
  }
  if (able === undefined) {
    const newest = model.versions[0]?.version ?? number;
    return (
      <EmptyState
        level={2}
        heading={t('playground.noVersion')}
        text={t('playground.noVersionText', { model: model.name })}
        actions={
          <Button
            size="lg"
            look="primary"
            onClick={() => {
              onVersion(newest);
              load(newest);
            }}
          >
            {t('playground.loadVersion', { version: newest })}
          </Button>
        }
      />
    );
  }
  return (
    <EmptyState
      level={2}
      heading={t('playground.versionNotLoaded', { version: number })}
      text={t('playground.versionNotLoadedText', { available: able.version })}
      actions={
        <>
          <Button size="lg" look="primary" onClick={() => load(number)}>
            {t('playground.loadVersion', { version: number })}
          </Button>
          <Button size="lg" onClick={() => onVersion(able.version)}>
            {t('playground.useVersion', { version: able.version })}
          </Button>
        </>
      }
    />
  );
}
