import type { Plan } from '../../app/contract/models';
import { type OnDemandServable, simulateOnDemand } from '../serving/simulate-on-demand';
import { versionsByPolicy } from '../sources/version-policy';
import type { PlanInput } from './policy-plan';

export interface OnDemandPlanInput
  extends Pick<
    PlanInput,
    'model' | 'policy' | 'switching' | 'present' | 'forecastOf' | 'chargedBytes' | 'budgetBytes'
  > {
  /** Of all models that are loaded on demand, with the memory charged to each, null before it is; in managed order. */
  readonly servables: readonly (OnDemandServable & { readonly chargedBytes: number | null })[];
  /** Of `chargedBytes`, what is being freed. */
  readonly leavingBytes: number;
  /** The versions of the model that requests can have loaded now. */
  readonly registered: readonly number[];
}

/** What a changed policy would do to a model that is loaded on demand: the manager's own code decides, in a rehearsal. */
export async function planOnDemand(input: OnDemandPlanInput): Promise<Plan> {
  const { model, policy, switching, present, servables, registered } = input;
  const { chargedBytes, leavingBytes, budgetBytes } = input;
  const wanted = versionsByPolicy(present, policy);
  const loaded = servables.filter(({ id, isLoaded }) => isLoaded && id.name === model);
  const bytesOf = (version: number, name = model): number | null =>
    servables.find(({ id, isLoaded }) => isLoaded && id.name === name && id.version === version)
      ?.chargedBytes ?? input.forecastOf({ name, version });
  const { steps, peakBytes } = await simulateOnDemand({
    name: model,
    servables,
    registered,
    wanted,
    policy: switching,
    bytesOf: ({ name, version }) => bytesOf(version, name) ?? 0,
    otherBytes: servables.reduce((sum, it) => sum - (it.chargedBytes ?? 0), chargedBytes - leavingBytes),
    budgetBytes,
  });
  const unloaded = new Set(steps.filter(({ kind }) => kind === 'unload').map(({ id }) => id.version));
  const kept = loaded.map(({ id }) => id.version).filter((version) => !unloaded.has(version));
  return {
    steps: [
      ...kept.map((version) => ({
        version,
        action: 'keep' as const,
        bytes: bytesOf(version),
        afterVersion: null,
        refusal: null,
      })),
      ...steps.map(({ id, kind, after, refusal }) => ({
        version: id.version,
        action: kind,
        bytes: bytesOf(id.version),
        afterVersion: after?.version ?? null,
        refusal,
      })),
    ],
    peakBytes: Math.max(peakBytes, chargedBytes),
    budgetBytes,
    hasGap: wanted.length === 0 && loaded.length > 0,
  };
}
