import type { CallContext } from '../../main/runner/runner-module';

/** A call that nobody leaves, and of whose stages nobody hears. */
export const callContext = (): CallContext => ({
  signal: new AbortController().signal,
  arrivedAt: 0,
  enter: async () => undefined,
});
