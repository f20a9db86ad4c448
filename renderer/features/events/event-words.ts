import type { ModelEvent, VersionPolicy } from '../../../app/contract/models';
import { type RunningSettings, runningSettingsSchema } from '../../../app/contract/running';
import type { Services } from '../../services';
import { undoneWords } from '../../undone-words';
import { policyWords } from '../models/policy-words';

type Words = Pick<Services, 't' | 'format' | 'errorWords'>;
type CauseWords = Pick<Services, 't' | 'format' | 'rule'>;

/** What an event is about: a version, the policy, a label, the model, or the app. */
export function eventSubject({ version, kind, model }: ModelEvent, t: Services['t']): string {
  if (version !== null) return t('events.version', { version });
  if (kind === 'policyApplied') return t('events.policy');
  if (kind === 'labelSet' || kind === 'labelRemoved') return t('events.label');
  if (kind.startsWith('route') || kind.startsWith('arm')) return t('events.route');
  return model === '' ? t('events.app') : t('events.model');
}

function policyFrom(params: ModelEvent['params']): VersionPolicy {
  if (params['policy'] === 'latest') return { kind: 'latest', count: Number(params['count'] ?? 1) };
  if (params['policy'] !== 'specific') return { kind: 'all' };
  return { kind: 'specific', versions: (params['versions'] ?? '').split(', ').filter(Boolean).map(Number) };
}

/** What happened, in a few words. */
export function eventText(event: ModelEvent, { t, format, errorWords }: Words): string {
  const { kind, params, error } = event;
  switch (kind) {
    case 'onDisk':
      return params['versions'] === undefined
        ? t('event.onDisk')
        : t('event.onDiskVersions', { versions: params['versions'] });
    case 'available':
      return params['loadMs'] === undefined
        ? t('event.available')
        : t('event.availableAfter', { duration: format.duration(Number(params['loadMs'])) });
    case 'failed':
      return error === null ? t('event.failed') : t('event.failedWhy', { reason: errorWords(error).title });
    case 'policyApplied':
      return t('event.policyApplied', { policy: policyWords(policyFrom(params), t) });
    case 'labelSet':
      return t('event.labelSet', { label: params['label'] ?? '', version: params['version'] ?? '' });
    case 'labelRemoved':
      return t('event.labelRemoved', { label: params['label'] ?? '' });
    case 'routeAdded':
    case 'routeChanged':
      return t(`event.${kind}`, { split: params['split'] ?? '' });
    case 'armStopped':
    case 'armStarted':
      return t(`event.${kind}`, { arm: params['arm'] ?? '' });
    case 'settingChanged':
      return settingText(params, { t, format });
    case 'undone':
      return undoneWords(params['action'], t);
    case 'fileSetAside':
      return t('event.fileSetAside', { file: params['file'] ?? '' });
    case 'started':
      return t('event.started', { models: params['models'] ?? '0' });
    case 'contentRecorded':
    case 'contentReplaced':
      return t(`event.${kind}`, { hash: (params['hash'] ?? '').slice(0, 12) });
    case 'providerFellBack':
      return t('event.providerFellBack', { asked: params['asked'] ?? '', used: params['used'] ?? '' });
    default:
      return t(`event.${kind}`);
  }
}

const runningNames = Object.keys(runningSettingsSchema.shape) as readonly (keyof RunningSettings)[];

/** As the configuration and the log name what can be set about a model. */
const settingNames = [
  'basePath',
  'platform',
  'policy',
  'switching',
  'keepLastGood',
  'labels',
  'running',
  'problem',
] as const;

function settingText(params: ModelEvent['params'], { t, format }: Pick<Services, 't' | 'format'>): string {
  const { keepLastGood, loaded, idleUnloadMs, running, settings } = params;
  if (loaded === 'always') return t('event.loadedAlways');
  if (loaded !== undefined) {
    return idleUnloadMs
      ? t('event.loadedOnDemandIdle', { duration: format.duration(Number(idleUnloadMs)) })
      : t('event.loadedOnDemand');
  }
  if (running !== undefined) {
    const names = running.split(', ').flatMap((name) => runningNames.find((known) => known === name) ?? []);
    return t('event.runningChanged', { settings: format.list(names.map((name) => t(`running.${name}`))) });
  }
  if (keepLastGood !== undefined) {
    return t(keepLastGood === 'true' ? 'event.keepLastGoodOn' : 'event.keepLastGoodOff');
  }
  const named = (settings ?? '')
    .split(', ')
    .flatMap((name) => settingNames.find((known) => known === name) ?? []);
  return named.length === 0
    ? t('event.settingChanged')
    : t('event.settingsChanged', { settings: format.list(named.map((name) => t(`setting.${name}`))) });
}

/** Who or what asked for it, or which rule decided, with the figures where there are some. */
export function eventCause({ cause, params }: ModelEvent, { t, format, rule }: CauseWords): string {
  const { needBytes, freeBytes, rule: code } = params;
  if (cause === 'memory' && needBytes !== undefined && freeBytes !== undefined) {
    return t('cause.memoryShort', {
      need: format.bytes(Number(needBytes)),
      free: format.bytes(Number(freeBytes)),
    });
  }
  const why = t(`cause.${cause}`);
  const text = code === undefined ? null : rule(code);
  return text === null ? why : t('common.reasonFor', { title: why, reason: text });
}
