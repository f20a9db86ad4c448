import type { ServableSnapshot } from '../serving/servable-snapshot';
import type { Occasion } from './chronicle';

/** Why a loaded or loading version changed: out of what happened to it, and who wanted it there. */
export function occasionOf(
  servable: ServableSnapshot | undefined,
  override: 'load' | 'unload' | null,
  rule: string | undefined,
): Occasion {
  const wish: Occasion['cause'] = override === null ? 'policy' : 'person';
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
