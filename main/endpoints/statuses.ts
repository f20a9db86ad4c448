import { AppError, reportUnexpected } from '../../app/base/errors';
import type { StatusCode } from '../../app/base/status';
import { statusCodes } from '../../app/base/status';
import { explainError } from '../../app/contract/messages/error-text';

/** Source: TensorFlow Serving, model_servers/http_rest_api_handler and util/net_http. */
const httpStatuses: Readonly<Record<StatusCode, number>> = {
  OK: 200,
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  OUT_OF_RANGE: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  ABORTED: 409,
  RESOURCE_EXHAUSTED: 429,
  CANCELLED: 499,
  UNKNOWN: 500,
  INTERNAL: 500,
  DATA_LOSS: 500,
  UNIMPLEMENTED: 501,
  UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 504,
};

export const httpStatusOf = (status: StatusCode): number => httpStatuses[status];

/** The number that gRPC and TensorFlow give a status: they are listed in its order. */
export const codeOf = (status: StatusCode): number => statusCodes.indexOf(status);

/** The technical text; where there is none, what people are told. */
export const messageOf = (error: AppError): string =>
  error.message === error.code ? explainError(error.toWire()) : error.message;

/** A failure as a client may see it. What is no `AppError` is our bug: reported, and answered without its text, which may hold anything. */
export function clientError(thrown: unknown): { readonly status: StatusCode; readonly message: string } {
  if (thrown instanceof AppError && thrown.code !== 'INTERNAL')
    return { status: thrown.status, message: messageOf(thrown) };
  if (thrown instanceof Error && thrown.name === 'AbortError')
    return { status: 'CANCELLED', message: 'The client has left.' };
  reportUnexpected(thrown);
  return { status: 'INTERNAL', message: 'Internal error' };
}
