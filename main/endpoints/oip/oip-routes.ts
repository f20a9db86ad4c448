import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { AppError } from '../../../app/base/errors';
import type { NonFinite } from '../../runner/codecs/codec';
import { jsonLengthHeader } from '../../runner/codecs/oip-json';
import type { FindRoute, HttpReply, HttpRoute } from '../http/http-call';
import { inferReply } from '../http/infer-reply';
import { readJson } from '../http/json-body';
import { errorText, jsonReply, jsonType } from '../http/replies';
import type { InferencePort } from '../inference-port';
import {
  type AskedModel,
  checkControlParameters,
  foundModel,
  foundVersion,
  isModelReady,
} from './asked-model';
import { extensions, modelConfig, modelMetadata, repositoryIndex, serverName } from './oip-metadata';
import { type OipUrl, parseOipUrl } from './oip-url';
import type { RequestStatistics } from './request-statistics';

export interface OipOptions {
  readonly port: InferencePort;
  readonly statistics: RequestStatistics;
  /** Does the server answer, with every model either loaded or failed? */
  readonly isReady: () => boolean;
  readonly nonFinite: NonFinite;
  /** Ours; shown to clients. */
  readonly version?: string;
}

const indexSchema = z.looseObject({ ready: z.boolean().optional() });
const loadSchema = z.looseObject({ parameters: z.record(z.string(), z.unknown()).optional() });
const methodNotAllowed = 405;
const unavailable = 503;
/** Beyond it nothing makes sense that is no inference, and reading it would hold up everybody. */
const maxControlBytes = 64 * 1024;

/** The Open Inference Protocol over HTTP. Source: spec/open-inference-protocol.md. */
export function createOipRoutes(options: OipOptions): FindRoute {
  return (method, url, headers) => {
    const asked = parseOipUrl(method, url);
    return asked && routeOf(options, asked, headers);
  };
}

function routeOf(options: OipOptions, asked: OipUrl, headers: IncomingHttpHeaders): HttpRoute {
  const { port, statistics, isReady } = options;
  switch (asked.kind) {
    case 'server':
      return read('ServerMetadata', null, async () => ({
        name: serverName,
        version: options.version ?? '',
        extensions,
      }));
    case 'live':
      return { api: 'ServerLive', model: '', scope: null, handle: async () => jsonReply({ live: true }) };
    case 'ready':
      return { api: 'ServerReady', model: '', scope: null, handle: async () => readiness(isReady()) };
    case 'index':
      return {
        api: 'RepositoryIndex',
        model: '',
        scope: 'read',
        handle: async (call) => {
          const { ready = false } = await readJson(call, indexSchema, maxControlBytes);
          return jsonReply(repositoryIndex(port.models(), ready));
        },
      };
    case 'load':
    case 'unload':
      return control(port, asked.kind, asked.model);
    case 'stats':
      return read('ModelStatistics', asked.model, async () =>
        statistics.of(port, asked.model === null ? null : { ...asked, model: asked.model }),
      );
    case 'metadata':
      return read('ModelMetadata', asked.model, async () => {
        const { model, version } = foundVersion(port, asked);
        return modelMetadata(model, await port.describe(model.name, version));
      });
    case 'config':
      return read('ModelConfig', asked.model, async () => {
        const { model, version } = foundVersion(port, asked);
        return modelConfig(model, await port.describe(model.name, version));
      });
    case 'modelReady':
      return {
        api: 'ModelReady',
        model: asked.model,
        scope: 'read', // who need not show a token must not learn names
        handle: async () => modelReadiness(port, asked),
      };
    case 'otherMethod':
      return {
        api: 'Unknown',
        model: '',
        scope: null,
        handle: async () => ({
          ...errorText(methodNotAllowed, `The method is ${asked.allowed}`),
          headers: { allow: asked.allowed },
          record: { status: 'UNIMPLEMENTED' },
        }),
      };
    case 'infer':
      return inferRoute(options, asked, headers);
  }
}

const read = (api: string, model: string | null, json: () => Promise<unknown>): HttpRoute => ({
  api,
  model: model ?? '',
  scope: 'read',
  handle: async () => jsonReply(await json(), { model: model ?? '' }),
});

/** Both keys, since the protocol's text and KServe differ on which one it is. */
const readiness = (isReady: boolean): HttpReply =>
  jsonReply({ live: isReady, ready: isReady }, {}, isReady ? 200 : unavailable);

function modelReadiness(port: InferencePort, asked: AskedModel): HttpReply {
  const { model } = asked;
  const isReady = isModelReady(port, asked);
  return jsonReply({ name: model, ready: isReady }, { model }, isReady ? 200 : unavailable);
}

const control = (port: InferencePort, action: 'load' | 'unload', model: string): HttpRoute => ({
  api: action === 'load' ? 'RepositoryModelLoad' : 'RepositoryModelUnload',
  model,
  scope: 'admin',
  handle: async (call) => {
    const { parameters = {} } = await readJson(call, loadSchema, maxControlBytes);
    checkControlParameters(parameters);
    foundModel(port, model);
    await port[action](model);
    return { status: 200, contentType: jsonType, body: '', record: { status: 'OK', model } };
  },
});

const inferRoute = (
  { port, nonFinite }: OipOptions,
  { model, version }: AskedModel,
  headers: IncomingHttpHeaders,
): HttpRoute => {
  const jsonLength = jsonLengthOf(headers);
  return {
    api: 'ModelInfer',
    model,
    scope: 'infer',
    handle: (call) =>
      inferReply(port, call, {
        model,
        version,
        codec: 'oip-json',
        params: { method: 'predict', jsonLength, nonFinite },
      }),
  };
};

/** Null when the header is absent: then all of the body is JSON. */
function jsonLengthOf(headers: IncomingHttpHeaders): number | null {
  const text = headers[jsonLengthHeader];
  if (text === undefined) return null;
  if (typeof text === 'string' && /^\d{1,15}$/.test(text)) return Number(text);
  throw new AppError(
    'INVALID_ARGUMENT',
    {},
    { detail: 'Inference-Header-Content-Length is no number of bytes' },
  );
}
