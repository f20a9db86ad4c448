import type { HarnessStateKind } from './harness-state';
import { type ServableId, servableKey } from './servable-id';

/** What a policy sees of one version. */
export interface AspiredServableStateSnapshot {
  readonly id: ServableId;
  readonly state: HarnessStateKind;
  readonly isAspired: boolean;
}

/** What should be done with one version, and the rule of SPEC.md that says so. */
export interface ServableAction {
  readonly kind: 'load' | 'unload';
  readonly id: ServableId;
  readonly rule: string;
}

/** The same for the same action. */
export const actionKey = ({ kind, id }: ServableAction): string => `${kind} ${servableKey(id)}`;

/**
 * Proposes the next step for one stream, given all its versions in managed order; null when there is nothing to do. Pure.
 * Source: TensorFlow Serving, core/aspired_version_policy.h.
 */
export type AspiredVersionPolicy = (
  versions: readonly AspiredServableStateSnapshot[],
) => ServableAction | null;

export type AspiredVersionPolicyKind = 'availabilityPreserving' | 'resourcePreserving';

const highestNewAspired = (
  versions: readonly AspiredServableStateSnapshot[],
): AspiredServableStateSnapshot | undefined =>
  versions
    .filter((it) => it.isAspired && it.state === 'new')
    .reduce<AspiredServableStateSnapshot | undefined>(
      (best, it) => (best && best.id.version >= it.id.version ? best : it),
      undefined,
    );

/**
 * Keeps at least one version serving: the old goes only when a new one is ready, at the price of holding both for a moment.
 * Source: TensorFlow Serving, core/availability_preserving_policy.cc.
 */
export const availabilityPreservingPolicy: AspiredVersionPolicy = (versions) => {
  const spare = versions.filter((it) => !it.isAspired && it.state === 'ready');
  const isCovered =
    !versions.some((it) => it.isAspired) ||
    versions.some((it) => it.isAspired && it.state === 'ready') ||
    spare.length > 1;
  const [lowest] = spare.sort((a, b) => a.id.version - b.id.version);
  if (isCovered && lowest) return { kind: 'unload', id: lowest.id, rule: 'PO1' };
  const next = highestNewAspired(versions);
  return next ? { kind: 'load', id: next.id, rule: 'PO2' } : null;
};

/**
 * Never holds old and new together: the new is loaded when the old are gone, at the price of a gap.
 * Source: TensorFlow Serving, core/resource_preserving_policy.cc.
 */
export const resourcePreservingPolicy: AspiredVersionPolicy = (versions) => {
  const spare = versions.find((it) => !it.isAspired && it.state === 'ready');
  if (spare) return { kind: 'unload', id: spare.id, rule: 'PO3' };
  if (versions.some((it) => !it.isAspired && it.state !== 'disabled' && it.state !== 'error')) return null;
  const next = highestNewAspired(versions);
  return next ? { kind: 'load', id: next.id, rule: 'PO5' } : null;
};

export const aspiredVersionPolicies: Readonly<Record<AspiredVersionPolicyKind, AspiredVersionPolicy>> = {
  availabilityPreserving: availabilityPreservingPolicy,
  resourcePreserving: resourcePreservingPolicy,
};

/** Unloads before loads: memory is freed before it is asked for. Source: TensorFlow Serving, `CompareActions`. */
export const unloadsFirst = (a: ServableAction, b: ServableAction): number =>
  Number(a.kind === 'load') - Number(b.kind === 'load');
