import { canAnswer, type Model } from '../../app/contract/models';
import { aspiredVersions } from '../sources/version-policy';

/**
 * Whether clients can count on a model: it answers, will as far as anybody knows, cannot without help, or is not wanted to.
 * `onItsWay` as well while nobody has looked into its folder, or while files there are still changing.
 */
export type Outlook = 'answers' | 'onItsWay' | 'failed' | 'atRest';

export function outlookOf({ versions, policy, problem, isLookedAt }: Model): Outlook {
  if (versions.some(canAnswer)) return 'answers';
  if (!isLookedAt || versions.some(({ lifecycle }) => lifecycle === 'waiting' || lifecycle === 'loading'))
    return 'onItsWay';
  const onDisk = versions.filter(({ isOnDisk }) => isOnDisk);
  const usable = onDisk.filter(({ harness, error }) => harness !== null || error === null);
  const overrides = new Map(
    versions.flatMap(({ version, override }) => (override === null ? [] : [[version, override] as const])),
  );
  const wanted = new Set(
    aspiredVersions(
      usable.map(({ version }) => version),
      policy,
      overrides,
    ),
  );
  if (usable.some(({ version, harness }) => wanted.has(version) && harness === null)) return 'onItsWay';
  const isNothingWanted =
    (policy.kind === 'specific' && policy.versions.length === 0) ||
    (onDisk.length > 0 && onDisk.every(({ override }) => override === 'unload'));
  return isNothingWanted && problem === null ? 'atRest' : 'failed';
}
