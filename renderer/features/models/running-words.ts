import type { Version } from '../../../app/contract/models';
import type { EffectiveRunning } from '../../../app/contract/running';
import type { Services } from '../../services';

type Words = Pick<Services, 't' | 'format'>;

/** What a loaded version does about each setting, in a sentence; undefined where there is nothing to say. */
export function nowWords(
  { version, residentBytes }: Version,
  { batching, instances, intraOpThreads }: EffectiveRunning,
  { t, format }: Words,
) {
  return {
    batching:
      batching === null
        ? t('running.batching.now.nothing', { version })
        : t(`running.batching.now.${batching.source}`, { version, size: batching.maxBatchSize }),
    instances: t('running.instances.now', { version, count: instances }),
    intraOpThreads:
      intraOpThreads === null
        ? undefined
        : t('running.intraOpThreads.now', { version, count: intraOpThreads }),
    memoryCapBytes:
      residentBytes === null
        ? undefined
        : t('running.memoryCapBytes.now', { version, bytes: format.bytes(residentBytes) }),
  };
}
export type NowWords = Partial<ReturnType<typeof nowWords>>;
