import type { VersionPolicy } from '../../app/contract/models';

/** What a person asked of single versions against the policy. */
export type Overrides = ReadonlyMap<number, 'load' | 'unload'>;
export const noOverrides: Overrides = new Map();

/** The versions that a policy asks for, of those that are there; newest first. A latest count under one means one. */
export function versionsByPolicy(present: Iterable<number>, policy: VersionPolicy): number[] {
  const newestFirst = sorted(present);
  switch (policy.kind) {
    case 'latest':
      return newestFirst.slice(0, Math.max(policy.count, 1));
    case 'all':
      return [...newestFirst];
    case 'specific': {
      const wanted = new Set(policy.versions);
      return newestFirst.filter((version) => wanted.has(version));
    }
  }
}

/** The aspired set: what the policy asks for and what a person loaded, less what a person unloaded; newest first. */
export function aspiredVersions(
  present: Iterable<number>,
  policy: VersionPolicy,
  overrides: Overrides,
): number[] {
  const versions = sorted(present);
  const byPolicy = versionsByPolicy(versions, policy);
  if (overrides.size === 0) return byPolicy;
  const wanted = new Set(byPolicy);
  return versions.filter((version) => {
    const override = overrides.get(version);
    return override === undefined ? wanted.has(version) : override === 'load';
  });
}

/** Newest first, each once; at no cost when it is so already. */
function sorted(present: Iterable<number>): readonly number[] {
  const versions = Array.isArray(present) ? (present as readonly number[]) : [...present];
  const isSorted = versions.every((version, index) => index === 0 || version < (versions[index - 1] ?? 0));
  return isSorted ? versions : [...new Set(versions)].sort((a, b) => b - a);
}

/** Versions that the policy names one by one and that are not there; in the policy's order. */
export function missingVersions(present: Iterable<number>, policy: VersionPolicy): number[] {
  if (policy.kind !== 'specific') return [];
  const there = new Set(present);
  return [...new Set(policy.versions)].filter((version) => !there.has(version));
}
