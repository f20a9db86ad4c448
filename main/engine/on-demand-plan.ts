import type { Plan } from '../../app/contract/models';
import { versionsByPolicy } from '../sources/version-policy';
import type { PlanInput } from './policy-plan';

export interface OnDemandPlanInput
  extends Pick<PlanInput, 'policy' | 'switching' | 'present' | 'chargedBytes' | 'budgetBytes'> {
  /** Versions that are loaded, with what they take. */
  readonly loaded: ReadonlyMap<number, number>;
  /** The version that requests mean now; undefined when none does. */
  readonly current: number | undefined;
  /** Memory that a version would take; null when nothing is known. */
  readonly forecastOf: (version: number) => number | null;
}

/** What a changed policy would do to a model that is loaded on demand: as `StreamManager` takes up a list. Pure. */
export function planOnDemand(input: OnDemandPlanInput): Plan {
  const { policy, switching, present, loaded, current, forecastOf, chargedBytes, budgetBytes } = input;
  const wanted = versionsByPolicy(present, policy);
  const [successor] = wanted;
  const step = (version: number, action: 'load' | 'unload' | 'keep', afterVersion: number | null = null) => ({
    version,
    action,
    bytes: loaded.get(version) ?? forecastOf(version),
    afterVersion,
    refusal: null,
  });
  const isFollowed =
    switching === 'availabilityPreserving' &&
    successor !== undefined &&
    successor !== current &&
    current !== undefined &&
    loaded.has(current);
  const loads = isFollowed && !loaded.has(successor) ? [step(successor, 'load')] : [];
  const kept = [...loaded.keys()].filter((version) => wanted.includes(version));
  const leaving = [...loaded.keys()].filter((version) => !wanted.includes(version));
  const loadedBytes = loads.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0);
  return {
    steps: [
      ...kept.map((version) => step(version, 'keep')),
      ...loads,
      ...leaving.map((version) => step(version, 'unload', loads.length > 0 ? (successor ?? null) : null)),
    ],
    peakBytes: chargedBytes + loadedBytes,
    budgetBytes,
    hasGap: wanted.length === 0 && loaded.size > 0,
  };
}
