import type { ServableSnapshot } from '../serving/servable-snapshot';
import type { Occasion } from './chronicle';

/** Who or what is behind a rule that is not the policy's. */
const causesOfRules: Readonly<Record<string, Occasion['cause']>> = {
  CM1: 'request',
  CM7: 'idle',
  CM8: 'memory',
  CM14: 'person',
};

/** Why a loaded or loading version changed: out of what happened to it, and who wanted it there. */
export function occasionOf(
  servable: ServableSnapshot | undefined,
  override: 'load' | 'unload' | null,
  rule: string | undefined,
): Occasion {
  const decided = rule === undefined ? undefined : causesOfRules[rule];
  const wish: Occasion['cause'] = decided ?? (override === null ? 'policy' : 'person');
  if (!servable) return { cause: wish };
  const { error, waitingFor, state } = servable;
  if (waitingFor) {
    const { needBytes, freeBytes, totalBytes } = waitingFor;
    const params = {
      needBytes: String(needBytes),
      freeBytes: String(freeBytes),
      totalBytes: String(totalBytes),
    };
    return { cause: 'memory', params };
  }
  if (error && error.code !== 'CANCELLED') {
    if (error.code === 'MEMORY_EXHAUSTED') return { cause: 'memory', params: error.params };
    return { cause: error.code.startsWith('RUNNER_') ? 'runner' : 'content', params: error.params };
  }
  const isDecision = state === 'loadRequested' || state === 'loading' || state === 'unloadRequested';
  return { cause: wish, ...(rule !== undefined && isDecision ? { params: { rule } } : {}) };
}
