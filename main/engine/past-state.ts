import type { PastState } from '../../app/contract/history';
import type { RecordedState } from './history';

/** One model in a state of the past, as people are shown it; `state` is undefined where the log does not reach back that far. */
export function pastStateOf(state: RecordedState | undefined, name: string): PastState {
  const model = state?.get(name);
  if (!model) return { isCovered: state !== undefined, model: null };
  const { policy, switching, labels, problem } = model.head;
  return {
    isCovered: true,
    model: {
      policy,
      switching,
      labels: labels.map(({ label, version, appliedVersion }) => ({ label, version, appliedVersion })),
      problem,
      versions: Object.entries(model.versions)
        .map(([version, { lifecycle, isAspired, error }]) => ({
          version: Number(version),
          lifecycle,
          isAspired,
          error,
        }))
        .sort((a, b) => b.version - a.version),
    },
  };
}
