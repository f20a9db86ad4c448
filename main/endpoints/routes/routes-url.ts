import { AppError } from '../../../app/base/errors';

/** What a URL under `/v1/routes` asks for. */
export type RoutesUrl =
  | { readonly kind: 'list' }
  | {
      readonly kind: 'read' | 'save' | 'remove' | 'dryRun' | 'feedback' | 'stop' | 'start';
      readonly route: string;
      readonly query: string;
    };

const path = /^\/v1\/routes(?:\/([^/:?]+))?(?::(dryRun|feedback|stop|start))?(?:\?(.*))?$/;
const kinds: Readonly<Record<string, 'read' | 'save' | 'remove'>> = {
  GET: 'read',
  PUT: 'save',
  DELETE: 'remove',
};

/** Reads method and URL. Null when it is not under `/v1/routes`; throws INVALID_ARGUMENT for what is, and matches nothing. */
export function parseRoutesUrl(method: string, url: string): RoutesUrl | null {
  if (!/^\/v1\/routes(?:[/?:]|$)/.test(url)) return null;
  const [, name, verb, query = ''] = path.exec(url) ?? [];
  if (name === undefined) {
    if (method === 'GET' && verb === undefined && /^\/v1\/routes(?:\?|$)/.test(url)) return { kind: 'list' };
    throw malformed(method, url);
  }
  const route = decoded(name, method, url);
  if (verb === 'dryRun' || verb === 'feedback' || verb === 'stop' || verb === 'start') {
    if (method === 'POST') return { kind: verb, route, query };
    throw malformed(method, url);
  }
  const kind = kinds[method];
  if (!kind) throw malformed(method, url);
  return { kind, route, query };
}

const malformed = (method: string, url: string): AppError =>
  new AppError('INVALID_ARGUMENT', {}, { detail: `Malformed request: ${method} ${url}` });

function decoded(part: string, method: string, url: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // Its only failure: a `%` that is followed by no byte, or bytes that are no UTF-8.
    throw malformed(method, url);
  }
}
