import { AppError } from '../../../app/base/errors';
import type { FindRoute, HttpCall, HttpRoute } from '../http/http-call';
import { readJson } from '../http/json-body';
import { jsonReply } from '../http/replies';
import type { InferencePort } from '../inference-port';
import { modelRequestSchema } from './models-messages';

const path = /^\/v1\/config\/models\/([^/:?]+)$/;
const maxBodyBytes = 2 ** 20;

/** Single models over HTTP: added or changed with PUT, removed with DELETE, whatever else is served. */
export function createModelsApi(port: Pick<InferencePort, 'configure'>): FindRoute {
  return (method, url): HttpRoute | null => {
    const [, encoded] = (['PUT', 'DELETE'].includes(method) && path.exec(url)) || [];
    if (encoded === undefined) return null;
    const model = decoded(encoded);
    const isSaved = method === 'PUT';
    return {
      api: isSaved ? 'SaveModel' : 'RemoveModel',
      model,
      scope: 'admin',
      handle: async (call) =>
        jsonReply(await port.configure(model, isSaved ? await readModel(model, call) : null), { model }),
    };
  };
}

async function readModel(model: string, call: HttpCall) {
  const request = await readJson(call, modelRequestSchema, maxBodyBytes);
  const { name = model } = request;
  if (name !== model) throw badRequest(`The body names the model ${name}, the URL ${model}`);
  return { ...request, name };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // Its only failure: a `%` that is followed by no byte, or bytes that are no UTF-8.
    throw badRequest('The path is not percent-encoded UTF-8');
  }
}

const badRequest = (detail: string): AppError => new AppError('INVALID_ARGUMENT', {}, { detail });
