import type { Plan, Switching, VersionPolicy } from '../../app/contract/models';
import type { SimulationStep } from '../serving/rehearsal';
import type { ServableId } from '../serving/servable-id';
import type { ServableSnapshot } from '../serving/servable-snapshot';
import { simulate } from '../serving/simulate';
import type { PolicyChoice } from '../serving/stream-policies';
import { versionsByPolicy } from '../sources/version-policy';

export interface PlanInput {
  readonly model: string;
  readonly policy: VersionPolicy;
  readonly switching: Switching;
  /** The versions among which the policy chooses. */
  readonly present: readonly number[];
  /** Everything managed, in managed order. */
  readonly servables: readonly ServableSnapshot[];
  readonly policyOf: (name: string) => PolicyChoice;
  /** Memory that a version would take; null when nothing is known. */
  readonly forecastOf: (id: ServableId) => number | null;
  /** All that is charged now, and the most that may be. */
  readonly chargedBytes: number;
  readonly budgetBytes: number;
}

/** What a changed policy would do, in order: the manager's own code decides, in a rehearsal. */
export async function planPolicy(input: PlanInput): Promise<Plan> {
  const { model, policy, switching, present, servables, policyOf, chargedBytes, budgetBytes } = input;
  const rivals = new Set(servables.filter(wasRefused).map(({ id }) => id.name));
  const involved = servables.filter(({ id }) => id.name === model || rivals.has(id.name));
  const bytesOf = (id: ServableId): number | null =>
    involved.find((it) => it.id.name === id.name && it.id.version === id.version)?.reservedBytes ??
    input.forecastOf(id);
  const { steps, peakBytes, gaps } = await simulate({
    servables: involved,
    wanted: new Map([[model, versionsByPolicy(present, policy)]]),
    policyOf: (name) => (name === model ? switching : policyOf(name)),
    bytesOf: (id) => bytesOf(id) ?? 0,
    otherBytes: involved.reduce((sum, { reservedBytes }) => sum - (reservedBytes ?? 0), chargedBytes),
    budgetBytes,
  });
  const own = steps.filter(({ id }) => id.name === model);
  const unloaded = new Set(own.filter(({ kind }) => kind === 'unload').map(({ id }) => id.version));
  const stepOf = ({ id, kind, after, refusal }: SimulationStep): Plan['steps'][number] => ({
    version: id.version,
    action: kind,
    bytes: bytesOf(id),
    afterVersion: after?.version ?? null,
    refusal,
  });
  const kept = involved
    .filter(({ id, state }) => id.name === model && state === 'ready' && !unloaded.has(id.version))
    .map(({ id }) => ({
      version: id.version,
      action: 'keep' as const,
      bytes: bytesOf(id),
      afterVersion: null,
      refusal: null,
    }));
  return { steps: [...kept, ...own.map(stepOf)], peakBytes, budgetBytes, hasGap: gaps.has(model) };
}

/** It takes what room a change makes, perhaps before those that the change is about. */
const wasRefused = ({ isAspired, error }: ServableSnapshot): boolean =>
  isAspired && error?.code === 'MEMORY_EXHAUSTED';
