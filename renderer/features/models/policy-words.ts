import type { VersionPolicy } from '../../../app/contract/models';
import type { Services } from '../../services';

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
