import type { StatusCode } from '../../../app/base/status';
import { truncateMessage } from '../../runner/codecs/request-errors';
import { clientError, httpStatusOf } from '../statuses';
import type { HttpReply } from './http-call';
import { BodyTooLarge, EncodingUnknown } from './read-body';

export const jsonType = 'application/json';
const payloadTooLarge = 413;
const unsupportedMediaType = 415;
/** When there is no place, there will be one soon. */
const retryAfterS = '1';

/** A document in JSON. */
export const jsonReply = (
  value: unknown,
  record: Omit<HttpReply['record'], 'status'> = {},
  status = 200,
): HttpReply => ({
  status,
  contentType: jsonType,
  body: `${JSON.stringify(value, null, 1)}\n`,
  record: { ...record, status: 'OK' },
});

/** `{"error": …}`, which is what both protocols answer for a failure. */
export function errorReply(thrown: unknown, record: Omit<HttpReply['record'], 'status'> = {}): HttpReply {
  const { status, message } = clientError(thrown);
  const http =
    thrown instanceof BodyTooLarge
      ? payloadTooLarge
      : thrown instanceof EncodingUnknown
        ? unsupportedMediaType
        : httpStatusOf(status);
  return { ...errorText(http, message), record: { ...record, status }, headers: headersOf(status) };
}

export const errorText = (
  status: number,
  message: string,
): Pick<HttpReply, 'status' | 'contentType' | 'body'> => ({
  status,
  contentType: jsonType,
  body: `${JSON.stringify({ error: truncateMessage(message) })}\n`,
});

function headersOf(status: StatusCode): Readonly<Record<string, string>> {
  if (status === 'UNAVAILABLE' || status === 'RESOURCE_EXHAUSTED') return { 'retry-after': retryAfterS };
  if (status === 'UNAUTHENTICATED') return { 'www-authenticate': 'Bearer' };
  return {};
}
