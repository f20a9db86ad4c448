import { AppError } from '../../../app/base/errors';
import { labelNameSchema } from '../../../app/contract/models';
import type { VersionChoice } from '../../engine-api';

/** What a URL of the Open Inference Protocol asks for. */
export type OipUrl =
  | { readonly kind: 'server' | 'live' | 'ready' | 'index' }
  /** A URL of the protocol, asked in another way than it can be. */
  | { readonly kind: 'otherMethod'; readonly allowed: 'GET' | 'POST' }
  | { readonly kind: 'load' | 'unload'; readonly model: string }
  | { readonly kind: 'stats'; readonly model: string | null; readonly version: VersionChoice }
  | {
      readonly kind: 'metadata' | 'modelReady' | 'infer' | 'config';
      readonly model: string;
      readonly version: VersionChoice;
    };

const fixed: Readonly<Record<string, OipUrl>> = {
  'GET /v2': { kind: 'server' },
  'GET /v2/': { kind: 'server' },
  'GET /v2/health/live': { kind: 'live' },
  'GET /v2/health/ready': { kind: 'ready' },
  'GET /v2/models/stats': { kind: 'stats', model: null, version: 'latest' },
  'POST /v2/repository/index': { kind: 'index' },
};
const modelPath = /^\/v2\/models\/([^/]+)(?:\/versions\/([^/]+))?(?:\/(ready|infer|config|stats))?$/;
const repositoryPath = /^\/v2\/repository\/models\/([^/]+)\/(load|unload)$/;

/** Reads method and URL; a query is ignored. Null for what is not of this protocol. Throws INVALID_ARGUMENT for a version that is neither a number nor a label. */
export function parseOipUrl(method: string, url: string): OipUrl | null {
  if (!url.startsWith('/v2')) return null;
  const [path = ''] = url.split('?', 1);
  const known = fixed[`${method} ${path}`];
  if (known) return known;
  const [, loaded, action] = repositoryPath.exec(path) ?? [];
  if (loaded !== undefined && (action === 'load' || action === 'unload'))
    return method === 'POST'
      ? { kind: action, model: decoded(loaded) }
      : { kind: 'otherMethod', allowed: 'POST' };
  const [, name, version, what] = modelPath.exec(path) ?? [];
  if (name === undefined) return null;
  const allowed = what === 'infer' ? 'POST' : 'GET';
  if (method !== allowed) return { kind: 'otherMethod', allowed };
  const model = decoded(name);
  const choice = versionOf(version === undefined ? '' : decoded(version));
  if (what === undefined) return { kind: 'metadata', model, version: choice };
  if (what === 'ready') return { kind: 'modelReady', model, version: choice };
  if (what === 'infer' || what === 'config' || what === 'stats')
    return { kind: what, model, version: choice };
  return null;
}

/** The protocol's version is a string, empty for whichever is served: a number, else a label. Throws INVALID_ARGUMENT for what is neither. */
export function versionOf(version: string): VersionChoice {
  if (version === '') return 'latest';
  if (/^\d{1,15}$/.test(version)) return { version: Number(version) };
  if (!/^\d+$/.test(version) && labelNameSchema.safeParse(version).success) return { label: version };
  throw new AppError(
    'INVALID_ARGUMENT',
    {},
    {
      detail: `unexpected model version ${JSON.stringify(version.slice(0, 40))}, expecting a number or a label`,
    },
  );
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // Its only failure: a `%` that is followed by no byte, or bytes that are no UTF-8.
    throw new AppError('INVALID_ARGUMENT', {}, { detail: 'the path is not percent-encoded UTF-8' });
  }
}
