import { AppError } from '../../app/base/errors';
import { formatServableRequest, type ServableRequest } from './manager';
import { formatServableId, type ServableId } from './servable-id';

export function servableNotFound(request: ServableRequest): AppError {
  const params: Record<string, string> = { name: request.name };
  if (request.kind === 'specific') params['version'] = String(request.version);
  return new AppError('SERVABLE_NOT_FOUND', params, {
    detail: `Servable not found for request: ${formatServableRequest(request)}`,
  });
}

export const labelUnknown = (model: string, label: string): AppError =>
  new AppError(
    'LABEL_UNKNOWN',
    { model, label },
    { detail: `Unrecognized servable version label: ${label}` },
  );

/** It is in a state in which this cannot be done. */
export const servablePrecondition = (id: ServableId, reason: string): AppError =>
  new AppError(
    'FAILED_PRECONDITION',
    { name: id.name, version: String(id.version) },
    { detail: `${formatServableId(id)}: ${reason}` },
  );

export const servableCancelled = (id: ServableId, cause?: unknown): AppError =>
  new AppError(
    'CANCELLED',
    { name: id.name, version: String(id.version) },
    { detail: `The load of ${formatServableId(id)} was cancelled`, cause },
  );
