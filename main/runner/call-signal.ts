/**
 * Says whether anybody still waits for an answer; an `AbortSignal` does. In a runner it is looked at, never listened to: a native run blocks
 * the event loop, so nobody could be told meanwhile, and a timer and a listener for each request cost more than a small run.
 */
export type CallSignal = Pick<AbortSignal, 'aborted' | 'reason'>;

/** Of what is done whoever leaves. */
export const nobodyLeaves: CallSignal = { aborted: false, reason: undefined };
