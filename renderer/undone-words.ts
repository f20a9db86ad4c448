import type { Translator } from './messages/translator';

const known = [
  'policyApplied',
  'labelSet',
  'labelRemoved',
  'settingChanged',
  'loadRequested',
  'unloadRequested',
  'pinned',
  'unpinned',
  'preprocessingSet',
  'classNamesSet',
  'modelAdded',
  'modelRemoved',
  'routeAdded',
  'routeChanged',
  'routeRemoved',
  'armStopped',
  'armStarted',
] as const;

/** What was taken back, by the kind of the event that recorded it. */
export function undoneWords(action: string | undefined, t: Translator['t']): string {
  const kind = known.find((each) => each === action);
  return kind ? t(`undone.${kind}`) : t('event.undone');
}
