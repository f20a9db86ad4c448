import { AppError } from '../../app/base/errors';
import { RefusedError, UnreachableError } from '../client/slipway-client';

export const refusedByServer = (detail: string): AppError =>
  new AppError('REMOTE_REFUSED', { detail }, { detail });

/** What a call to the server at `url` threw, as people are told it. */
export function remoteError(thrown: unknown, url: string): AppError {
  if (thrown instanceof RefusedError) return refusedByServer(`${thrown.message} (HTTP ${thrown.status})`);
  if (thrown instanceof UnreachableError)
    return new AppError('REMOTE_UNREACHABLE', { url }, { detail: thrown.message, cause: thrown });
  return AppError.from(thrown);
}
