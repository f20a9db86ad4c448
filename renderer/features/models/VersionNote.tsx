import type { Model, Version } from '../../../app/contract/models';
import { useServices } from '../../services';
import { classes } from '../../ui/classes';
import styles from './VersionsTable.module.css';

export interface VersionNoteProps {
  readonly model: Model;
  readonly version: Version;
  readonly nowMs: number;
}

/** What a state's word alone does not say: how long, which try, for what it waits, since when. */
export function VersionNote({ model, version, nowMs }: VersionNoteProps) {
  const { t, format } = useServices();
  const { lifecycle, attempt, maxAttempts, waitingFor, inFlight, nextAttemptAtMs, sinceMs } = version;
  const hasTries = attempt !== null && maxAttempts !== null && attempt > 1;
  const tries = hasTries ? t('versions.try', { attempt, most: maxAttempts }) : null;
  const nextTry =
    nextAttemptAtMs !== null && nextAttemptAtMs > nowMs
      ? t('versions.nextTry', {
          duration: format.duration(Math.ceil((nextAttemptAtMs - nowMs) / 1_000) * 1_000),
        })
      : null;

  if (lifecycle === 'loading') {
    const elapsed = format.duration(Math.max(0, Math.floor((nowMs - sinceMs) / 1_000) * 1_000));
    const text = [nowMs - sinceMs >= 1_000 ? elapsed : null, tries, nextTry].filter((part) => part !== null);
    return (
      <span
        role="progressbar"
        className={styles['note']}
        aria-label={t('versions.loadProgress', { model: model.name, version: version.version })}
        aria-valuetext={text.join(', ') || t('state.loading')}
      >
        {text.join(', ')}
      </span>
    );
  }
  if (!version.isOnDisk) {
    return <span className={classes(styles['note'], styles['warning'])}>{t('versions.folderGone')}</span>;
  }
  if (version.isChangedOnDisk && lifecycle !== 'available') {
    return <span className={classes(styles['note'], styles['warning'])}>{t('versions.changedOnDisk')}</span>;
  }
  const text = ((): string | null => {
    switch (lifecycle) {
      case 'waiting':
        return waitingFor
          ? t('versions.forMemory', {
              need: format.bytes(waitingFor.needBytes),
              free: format.bytes(waitingFor.freeBytes),
            })
          : nextTry;
      case 'unloading':
        return t('versions.finishing', { count: inFlight });
      case 'onDisk':
        return version.loadsOnRequest ? t('loading.onFirst') : null;
      case 'unloaded':
        return version.loadsOnRequest
          ? t('loading.onNext')
          : t('versions.since', { time: format.time(sinceMs) });
      case 'failed':
        return [tries, nextTry].filter((part) => part !== null).join(', ') || null;
      default:
        return null;
    }
  })();
  return text === null ? null : (
    <span className={styles['note']} title={text}>
      {text}
    </span>
  );
}
