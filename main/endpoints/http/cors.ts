import type { IncomingHttpHeaders } from 'node:http';
import type { HttpReply } from './http-call';
import { errorText } from './replies';

/** What lets a page of another site read an answer. */
export const corsHeaders = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'POST, GET',
  'access-control-expose-headers': '*',
};
/** What a page may send besides; routes may go by any header, so that whichever a page asks for is allowed. */
const usualHeaders = 'Content-Type, Authorization, X-Request-Id, Inference-Header-Content-Length';
const headerNames = /^[\w-]+(?:\s*,\s*[\w-]+)*$/;

/** The question of a browser whether a page may call. Source: TensorFlow Serving, `rest_api_enable_cors_support`. */
export function preflight({
  origin,
  'access-control-request-headers': wanted = '',
}: IncomingHttpHeaders): HttpReply {
  if (origin === undefined || !/^https?:\/\//i.test(origin))
    return {
      ...errorText(400, 'OPTIONS needs an http or https Origin'),
      record: { status: 'INVALID_ARGUMENT' },
    };
  const allowed = headerNames.test(wanted) ? `${usualHeaders}, ${wanted}` : usualHeaders;
  return {
    status: 200,
    contentType: 'application/json',
    body: '',
    headers: { 'access-control-allow-headers': allowed },
    record: { status: 'OK' },
  };
}
