import type { Memory, Plan, Switching, VersionPolicy } from '../../app/contract/models';
import { type AspiredServableStateSnapshot, aspiredVersionPolicies } from '../serving/aspired-version-policy';
import type { HarnessStateKind } from '../serving/harness-state';
import type { ServableSnapshot } from '../serving/servable-snapshot';
import type { ModelScan } from '../sources/model-folder';
import { versionsByPolicy } from '../sources/version-policy';

export interface PlanInput {
  readonly policy: VersionPolicy;
  readonly switching: Switching;
  readonly scan: ModelScan | undefined;
  readonly servables: readonly ServableSnapshot[];
  /** Memory that a version takes, or is expected to take; null when nothing is known. */
  readonly bytesOf: (version: number) => number | null;
  readonly memory: Memory;
}

type Step = Plan['steps'][number];

/**
 * What a changed policy would do, in order. The manager's own switching policy decides each step, on the assumption that every
 * load succeeds and every request ends.
 */
export function planPolicy(input: PlanInput): Plan {
  const { policy, switching, scan, servables, bytesOf, memory } = input;
  const usable = (scan?.versions ?? [])
    .filter((it) => it.isStable && it.error === null)
    .map((it) => it.version);
  const wanted = new Set(versionsByPolicy(usable, policy));
  const states = new Map<number, AspiredServableStateSnapshot>();
  const name = scan?.name ?? '';
  const put = (version: number, state: HarnessStateKind): void => {
    states.set(version, { id: { name, version }, state, isAspired: wanted.has(version) });
  };
  for (const { id, state } of servables) put(id.version, settledKind(state));
  for (const version of wanted) if (!states.has(version)) put(version, 'new');

  const isReady = (): boolean => [...states.values()].some((it) => it.state === 'ready');
  const hadReady = isReady();
  const kept = [...states.values()].filter((it) => it.isAspired && it.state === 'ready');
  const steps: Step[] = kept.map(({ id }) => ({
    version: id.version,
    action: 'keep',
    bytes: bytesOf(id.version),
    afterVersion: null,
  }));
  let usedBytes = memory.usedBytes + memory.reservedBytes;
  let peakBytes = usedBytes;
  let hasGap = false;
  let previous: { readonly kind: 'load' | 'unload'; readonly version: number } | null = null;
  const decide = aspiredVersionPolicies[switching];
  for (let action = decide([...states.values()]); action; action = decide([...states.values()])) {
    const { kind } = action;
    const { version } = action.id;
    const bytes = bytesOf(version);
    steps.push({
      version,
      action: kind,
      bytes,
      afterVersion: previous && previous.kind !== kind ? previous.version : null,
    });
    if (kind === 'load') put(version, 'ready');
    else states.delete(version);
    usedBytes += (kind === 'load' ? 1 : -1) * (bytes ?? 0);
    peakBytes = Math.max(peakBytes, usedBytes);
    hasGap ||= hadReady && !isReady();
    previous = { kind, version };
  }
  return {
    steps,
    peakBytes,
    budgetBytes: memory.budgetBytes,
    hasGap: hasGap && wanted.size > 0,
    fits: peakBytes <= memory.budgetBytes,
  };
}

/** Where a version on its way will have arrived when the plan begins. */
function settledKind(state: HarnessStateKind): HarnessStateKind {
  switch (state) {
    case 'loadRequested':
    case 'loadApproved':
    case 'loading':
      return 'ready';
    case 'unloadRequested':
    case 'quiescing':
    case 'quiesced':
    case 'unloading':
      return 'disabled';
    default:
      return state;
  }
}
