import type { Version } from '../../../app/contract/models';
import type { EffectiveRunning, ProviderReport } from '../../../app/contract/running';
import type { Services } from '../../services';

type Words = Pick<Services, 't' | 'format'>;

/** What a loaded version does about each setting, in a sentence; undefined where there is nothing to say. */
export function nowWords(
  { version, residentBytes }: Version,
  { batching, instances, intraOpThreads, provider }: EffectiveRunning,
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
    executionProvider:
      provider === null
        ? t('running.executionProvider.now.nothing', { version })
        : providerWords(version, provider, { t, format }),
    memoryCapBytes:
      residentBytes === null
        ? undefined
        : t('running.memoryCapBytes.now', { version, bytes: format.bytes(residentBytes) }),
  };
}
export type NowWords = Partial<ReturnType<typeof nowWords>>;

function providerWords(
  version: number,
  { asked, used, parts, agreement }: ProviderReport,
  { t, format }: Words,
): string {
  const params = { version, asked, used };
  if (asked !== used) return t('running.executionProvider.now.fellBack', params);
  if (parts.length === 0 && agreement === null) return t('running.executionProvider.now', params);
  const told = {
    ...params,
    parts: parts
      .map(({ provider, operators }) => t('running.executionProvider.part', { count: operators, provider }))
      .join(', '),
  };
  if (agreement === null) return t('running.executionProvider.now.tried', told);
  return t(`running.executionProvider.now.${agreement.agrees ? 'same' : 'other'}`, {
    ...told,
    difference: format.percent(agreement.difference),
  });
}
