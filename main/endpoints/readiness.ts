import type { InferencePort } from './inference-port';

/**
 * Nothing is on its way, and something answers, unless nothing is wanted to. A model that failed makes the server no less ready for the
 * others; its own readiness tells of it.
 */
export function isServerReady(port: InferencePort): boolean {
  const outlooks = new Set(port.models().map(({ outlook }) => outlook));
  return !outlooks.has('onItsWay') && (outlooks.has('answers') || !outlooks.has('failed'));
}
