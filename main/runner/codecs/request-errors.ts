import { AppError } from '../../../app/base/errors';

const maxMessageLength = 1024;
const truncationMark = '...TRUNCATED';

/** Cuts a message as TensorFlow Serving does: at 1,024 characters, with a mark. */
export const truncateMessage = (message: string): string =>
  message.length <= maxMessageLength ? message : message.slice(0, maxMessageLength) + truncationMark;

/** What a client sent cannot be understood or does not fit the model: INVALID_ARGUMENT. */
export const badRequest = (detail: string): AppError =>
  new AppError('INVALID_ARGUMENT', {}, { detail: truncateMessage(detail) });

/** What a client asked for is legal but not offered: UNIMPLEMENTED. */
export const unimplemented = (detail: string): AppError =>
  new AppError('INVALID_ARGUMENT', {}, { detail: truncateMessage(detail), status: 'UNIMPLEMENTED' });

/** What was asked needs something that this model does not have: FAILED_PRECONDITION. */
export const failedPrecondition = (detail: string): AppError =>
  new AppError('FAILED_PRECONDITION', {}, { detail: truncateMessage(detail) });

/** The text is no JSON, whatever it was meant to say: INVALID_ARGUMENT. */
export class MalformedJson extends AppError {
  constructor(reason: string, offset: number) {
    super('INVALID_ARGUMENT', {}, { detail: `JSON Parse error: ${reason} at offset: ${offset}` });
  }
}

/** The same failure as INVALID_ARGUMENT, with where it happened in front. Broken JSON stays as it is: it is nowhere in particular. */
export function prefixed(thrown: unknown, prefix: string): unknown {
  if (thrown instanceof MalformedJson || !(thrown instanceof AppError)) return thrown;
  return badRequest(`${prefix} Error: ${thrown.status}: ${thrown.message}`);
}
