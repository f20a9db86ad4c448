import type { InferencePort, PortModel } from './inference-port';

/** Does a version answer, or is at least none of them on its way? */
const isSettled = ({ versions }: PortModel): boolean =>
  versions.some(({ state }) => state === 'AVAILABLE') ||
  versions.every(({ state }) => state !== 'START' && state !== 'LOADING');

/** A model that failed makes the server no less ready for the others; its own readiness tells of it. */
export const isServerReady = (port: InferencePort): boolean => port.models().every(isSettled);
