import type { IncomingHttpHeaders } from 'node:http';
import { AppError } from '../../../app/base/errors';
import type { ClientRequest } from '../../engine-api';
import type { CallParams, NonFinite } from '../../runner/codecs/codec';
import type { FindRoute, HttpRoute } from '../http/http-call';
import { inferReply } from '../http/infer-reply';
import { jsonReply } from '../http/replies';
import type { InferencePort, PortLabel } from '../inference-port';
import { metadataJson } from './model-metadata';
import { statusJson, statusOf } from './model-status';
import { malformed, parseTfsUrl, type RestMethod, type TfsUrl } from './tfs-url';

export interface TfsRestOptions {
  readonly port: InferencePort;
  readonly nonFinite: NonFinite;
}

const apis: Readonly<Record<RestMethod, string>> = {
  predict: 'Predict',
  classify: 'Classify',
  regress: 'Regress',
  lookup: 'Lookup',
  nearest: 'Nearest',
};
const pictureType = /^(image\/|multipart\/form-data\b)/i;
const lineDelimited = /\bapplication\/x-ndjson\b/i;
const maxTop = 100_000;

/** TensorFlow Serving's REST API. Source: spec §7. Beside it: a list of models, pictures posted as they are, and tables. */
export function createTfsRoutes({ port, nonFinite }: TfsRestOptions): FindRoute {
  return (method, url, headers) => {
    const asked = parseTfsUrl(method, url);
    if (!asked) return null;
    switch (asked.kind) {
      case 'infer':
        return inferRoute(port, asked, paramsOf(asked, url, headers, nonFinite));
      case 'status':
        return readRoute('GetModelStatus', asked.model, async () =>
          statusJson(statusOf(port, asked.model, asked.version)),
        );
      case 'metadata':
        return readRoute('GetModelMetadata', asked.model, async () => {
          const version = port.resolve(asked.model, asked.version);
          return metadataJson(await port.describe(asked.model, version));
        });
      case 'list':
        return readRoute('ListModels', '', async () => listJson(port));
    }
  };
}

function paramsOf(
  asked: Extract<TfsUrl, { kind: 'infer' }>,
  url: string,
  headers: IncomingHttpHeaders,
  nonFinite: NonFinite,
): Pick<ClientRequest, 'codec' | 'params'> {
  const contentType = headers['content-type'] ?? '';
  if (asked.method === 'classify' && pictureType.test(contentType))
    return { codec: 'image', params: pictureParams(asked.query, contentType, headers.accept) };
  // As in TensorFlow Serving, where the query is part of the path that has to match.
  if (url.includes('?')) throw malformed('POST', url);
  const { method } = asked;
  if (method === 'lookup' || method === 'nearest')
    return { codec: 'table-json', params: { method, nonFinite } };
  const { accept } = headers;
  const isLineDelimited = accept !== undefined && lineDelimited.test(accept);
  return {
    codec: 'tfs-json',
    params: { method, nonFinite, ...(isLineDelimited ? { isLineDelimited } : {}) },
  };
}

function pictureParams(query: string, contentType: string, accept: string | undefined): CallParams {
  const text = new URLSearchParams(query).get('top');
  const top = text === null ? null : Number(text);
  if (top !== null && !(Number.isInteger(top) && top > 0 && top <= maxTop))
    throw new AppError('INVALID_ARGUMENT', {}, { detail: 'top must be a whole number of at least 1.' });
  return {
    method: 'classify',
    contentType,
    isLineDelimited: lineDelimited.test(accept ?? ''),
    ...(top === null ? {} : { top }),
  };
}

const inferRoute = (
  port: InferencePort,
  { method, model, version }: Extract<TfsUrl, { kind: 'infer' }>,
  { codec, params }: Pick<ClientRequest, 'codec' | 'params'>,
): HttpRoute => ({
  api: apis[method],
  model,
  scope: 'infer',
  handle: (call) => inferReply(port, call, { model, version, codec, params }),
});

const readRoute = (api: string, model: string, read: () => Promise<unknown>): HttpRoute => ({
  api,
  model,
  scope: 'read',
  handle: async () => jsonReply(await read(), { model }),
});

/** Absent when nothing is pending. */
function pendingJson(labels: readonly PortLabel[]) {
  const pending = labels.flatMap(({ label, pendingVersion }) =>
    pendingVersion === undefined ? [] : [[label, String(pendingVersion)] as const],
  );
  return pending.length === 0 ? {} : { pending_labels: Object.fromEntries(pending) };
}

const listJson = (port: InferencePort) => ({
  models: port.models().map(({ name, platform, labels, versions }) => ({
    name,
    platform,
    labels: Object.fromEntries(labels.map(({ label, version }) => [label, String(version)])),
    ...pendingJson(labels),
    ...statusJson(versions),
  })),
});
