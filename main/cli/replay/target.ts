import { AppError } from '../../../app/base/errors';
import { type RawRequest, SlipwayClient } from '../../client/slipway-client';
import type { LoggedRequest } from '../../endpoints/request-file';
import type { Engine, VersionChoice } from '../../engine-api';
import { jsonLengthHeader } from '../../runner/codecs/oip-json';
import type { NamedVersion } from '../named-version';
import { remoteError } from '../remote-error';

/** What became of a request: an answer, a refusal, or nothing since it cannot be asked in this way. */
export type Outcome =
  | { readonly kind: 'answered'; readonly bytes: Uint8Array; readonly ms: number }
  | { readonly kind: 'refused'; readonly status: string; readonly ms: number }
  | { readonly kind: 'skipped' };

/** Asks a logged request again. Throws when nobody is there to ask. */
export type Ask = (request: LoggedRequest, signal: AbortSignal) => Promise<Outcome>;

/** What belongs to the connection or the body of then; everything else may matter to a route, and is sent again. */
const ownHeaders =
  /^(host|connection|keep-alive|te|upgrade|expect|origin|accept-encoding|content-.*|transfer-.*)$/;

/** Asks a server over HTTP; `model` in the place of the one that was logged. What came over gRPC is skipped. */
export function askServer(
  url: string,
  token: string | undefined,
  model: string | undefined,
  version: NamedVersion | undefined,
): Ask {
  const client = new SlipwayClient({ url, token });
  return async (request, signal) => {
    const raw = rawRequest(request, model ?? request.model, version);
    if (!raw) return { kind: 'skipped' };
    const startedAt = performance.now();
    const headers = { ...sentAgain(request), ...raw.headers };
    const { status, bytes } = await client.send({ ...raw, headers, signal }).catch((thrown: unknown) => {
      throw remoteError(thrown, url);
    });
    const ms = performance.now() - startedAt;
    return status === 200
      ? { kind: 'answered', bytes, ms }
      : { kind: 'refused', status: `HTTP ${status}`, ms };
  };
}

/** Asks a model of this engine, in whatever wire format it was. */
export const askEngine =
  (engine: Engine, model: string, version: VersionChoice): Ask =>
  async ({ codec, params, request: body }, signal) => {
    const startedAt = performance.now();
    try {
      const { bytes } = await engine.inference.infer({ model, version, codec, body, params }, signal);
      return { kind: 'answered', bytes, ms: performance.now() - startedAt };
    } catch (thrown) {
      return { kind: 'refused', status: AppError.from(thrown).status, ms: performance.now() - startedAt };
    }
  };

/** By its id and headers a route sends it where it would have sent it then. */
const sentAgain = ({ requestId, attributes }: LoggedRequest): Record<string, string> => ({
  ...Object.fromEntries(Object.entries(attributes?.headers ?? {}).filter(([name]) => !ownHeaders.test(name))),
  'x-request-id': requestId,
});

function rawRequest(
  { codec, params, request: body }: LoggedRequest,
  model: string,
  asked: NamedVersion | undefined,
): RawRequest | null {
  const name = encodeURIComponent(model);
  const version = asked && ('label' in asked ? encodeURIComponent(asked.label) : asked.version);
  const at = version === undefined ? name : `${name}/versions/${version}`; // the Open Inference Protocol's
  const tfsAt = asked && 'label' in asked ? `${name}/labels/${version}` : at;
  const post = (path: string, headers: Record<string, string>): RawRequest => ({
    method: 'POST',
    path,
    body,
    headers,
  });
  const lines = params.isLineDelimited ? { accept: 'application/x-ndjson' } : {};
  switch (codec) {
    case 'tfs-json':
    case 'table-json':
      return post(`/v1/models/${tfsAt}:${params.method}`, { 'content-type': 'application/json' });
    case 'image':
      return post(`/v1/models/${tfsAt}:classify${params.top === undefined ? '' : `?top=${params.top}`}`, {
        'content-type': params.contentType ?? 'application/octet-stream',
        ...lines,
      });
    case 'oip-json': {
      const length = params.jsonLength ?? null;
      return post(`/v2/models/${at}/infer`, length === null ? {} : { [jsonLengthHeader]: String(length) });
    }
    case 'tfs-proto':
    case 'oip-proto':
      return null;
  }
}
