import { randomUUID } from 'node:crypto';
import { AppError } from '../../app/base/errors';

/** What both servers do with a request, whatever it asks for. */

const plainId = /^[\w.-]{1,64}$/;

/** The id that the client gave, if it is a plain one; else one of ours. */
export const requestIdOf = (given: unknown): string =>
  typeof given === 'string' && plainId.test(given) ? given : randomUUID();

/** Why what is done for a client ends early. Made once: an abort without a reason makes an exception, with its stack, every time. */
export const clientLeft = new AppError('CANCELLED', {}, { detail: 'The client has left.' });

/** Of a server that will do later what it does not do now. */
export const unavailable = (detail: string): AppError =>
  new AppError('INVALID_ARGUMENT', {}, { detail, status: 'UNAVAILABLE' });

/** Lets no more than so many requests be answered at once. Throws UNAVAILABLE. */
export function assertRoom(inFlight: number, mostInFlight: number): void {
  if (inFlight > mostInFlight) throw unavailable('Too many requests at once.');
}
