import type { MemoryShortage } from '../serving/resource-tracker';
import type { ServableSnapshot } from '../serving/servable-snapshot';
import type { Occasion } from './chronicle';

/** Who or what is behind a rule that is not the policy's. */
const causesOfRules: Readonly<Record<string, Occasion['cause']>> = {
  CM1: 'request',
  CM7: 'idle',
  CM8: 'memory',
  CM14: 'person',
};

/** Of what it waits for, as events and explanations tell it. */
export const shortageParams = ({
  needBytes,
  freeBytes,
  totalBytes,
}: MemoryShortage): Readonly<Record<string, string>> => ({
  needBytes: String(needBytes),
  freeBytes: String(freeBytes),
  totalBytes: String(totalBytes),
});

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
    return { cause: 'memory', params: shortageParams(waitingFor) };
  }
  if (error && error.code !== 'CANCELLED') {
    if (error.code === 'MEMORY_EXHAUSTED') return { cause: 'memory', params: error.params };
    return { cause: error.code.startsWith('RUNNER_') ? 'runner' : 'content', params: error.params };
  }
  const isDecision = state === 'loadRequested' || state === 'loading' || state === 'unloadRequested';
  return { cause: wish, ...(rule !== undefined && isDecision ? { params: { rule } } : {}) };
}
