import type { Model, VersionPolicy } from '../../../app/contract/models';
import type { Services } from '../../services';

/** The same of a model, which may be loaded on demand only. */
export const modelPolicyWords = (
  { policy, loaded }: Pick<Model, 'policy' | 'loaded'>,
  t: Services['t'],
): string =>
  loaded === 'always' ? policyWords(policy, t) : t('loading.policy', { policy: policyWords(policy, t) });

/** A policy as people call it: "Latest 1", "All", "Specific 1, 3", "None". */
export function policyWords(policy: VersionPolicy, t: Services['t']): string {
  switch (policy.kind) {
    case 'latest':
      return t('policy.words.latest', { count: policy.count });
    case 'all':
      return t('policy.words.all');
    case 'specific':
      if (policy.versions.length === 0) return t('policy.words.none');
      return t('policy.words.specific', { versions: policy.versions.join(', ') });
  }
}
