import type { Model, Switching, VersionPolicy } from '../../../app/contract/models';

/** A policy being put together: what each kind would say is kept while another is looked at. */
export interface PolicyDraft {
  readonly kind: VersionPolicy['kind'];
  /** Null while what is typed is no count. */
  readonly count: number | null;
  readonly versions: readonly number[];
  readonly switching: Switching;
}

/** Starts from what holds now; *Specific* starts from what is wanted now. */
export function draftOf({ policy, switching, versions }: Model): PolicyDraft {
  return {
    kind: policy.kind,
    count: policy.kind === 'latest' ? policy.count : 1,
    versions:
      policy.kind === 'specific'
        ? policy.versions
        : versions.filter((version) => version.isAspired).map((version) => version.version),
    switching,
  };
}

/** Null while it cannot be applied. */
export function policyOf({ kind, count, versions }: PolicyDraft): VersionPolicy | null {
  if (kind === 'latest') return count === null ? null : { kind, count };
  return kind === 'all' ? { kind } : { kind, versions: [...versions].sort((a, b) => a - b) };
}

const isSamePolicy = (a: VersionPolicy, b: VersionPolicy): boolean => {
  if (a.kind === 'latest' && b.kind === 'latest') return a.count === b.count;
  if (a.kind === 'specific' && b.kind === 'specific') {
    return a.versions.length === b.versions.length && a.versions.every((each) => b.versions.includes(each));
  }
  return a.kind === b.kind;
};

/** Would applying the draft change anything? */
export function isChanged(draft: PolicyDraft, model: Model): boolean {
  const policy = policyOf(draft);
  return policy === null || draft.switching !== model.switching || !isSamePolicy(policy, model.policy);
}
