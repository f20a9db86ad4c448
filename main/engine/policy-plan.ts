import type { Memory, Plan, Switching, VersionPolicy } from '../../app/contract/models';
import type { ServableSnapshot } from '../serving/servable-snapshot';
import { type Simulation, type SimulationInput, type SimulationStep, simulate } from '../serving/simulate';
import { versionsByPolicy } from '../sources/version-policy';

export interface PlanInput {
  readonly model: string;
  readonly policy: VersionPolicy;
  readonly switching: Switching;
  /** The versions among which the policy chooses. */
  readonly present: readonly number[];
  readonly servables: readonly ServableSnapshot[];
  /** Memory that a version takes, or is expected to take; null when nothing is known. */
  readonly bytesOf: (version: number) => number | null;
  readonly memory: Memory;
}

/** What a changed policy would do, in order: the manager's own code decides, in a rehearsal. */
export async function planPolicy(input: PlanInput): Promise<Plan> {
  const { model, policy, switching, present, servables, bytesOf, memory } = input;
  const wanted = versionsByPolicy(present, policy);
  const bytes = (version: number): number => bytesOf(version) ?? 0;
  const ownBytes = servables
    .filter((it) => it.reservedBytes !== null)
    .reduce((sum, { id }) => sum + bytes(id.version), 0);
  const rehearsal: SimulationInput = {
    servables,
    wanted: new Map([[model, wanted]]),
    policyOf: () => switching,
    bytesOf: ({ version }) => bytes(version),
    otherBytes: Math.max(0, memory.usedBytes + memory.reservedBytes - ownBytes),
    budgetBytes: memory.budgetBytes,
  };
  const within = await simulate(rehearsal);
  const isRefused = within.steps.some((it) => it.isRefused);
  // What does not fit is shown with what it would take.
  const needed: Simulation = isRefused ? await simulate({ ...rehearsal, budgetBytes: null }) : within;
  return {
    steps: [...kept(wanted, servables, bytesOf), ...needed.steps.map((it) => stepOf(it, bytesOf))],
    peakBytes: needed.peakBytes,
    budgetBytes: memory.budgetBytes,
    hasGap: needed.gaps.has(model),
    fits: needed.peakBytes <= memory.budgetBytes,
  };
}

type Bytes = PlanInput['bytesOf'];

const kept = (
  wanted: readonly number[],
  servables: readonly ServableSnapshot[],
  bytesOf: Bytes,
): Plan['steps'] =>
  servables
    .filter(({ id, state }) => state === 'ready' && wanted.includes(id.version))
    .map(({ id: { version } }) => ({ version, action: 'keep', bytes: bytesOf(version), afterVersion: null }));

const stepOf = ({ id, kind, after }: SimulationStep, bytesOf: Bytes): Plan['steps'][number] => ({
  version: id.version,
  action: kind,
  bytes: bytesOf(id.version),
  afterVersion: after?.version ?? null,
});
