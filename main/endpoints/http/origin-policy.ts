import type { IncomingHttpHeaders } from 'node:http';
import { AppError } from '../../../app/base/errors';

const loopbackNames = new Set(['localhost', '127.0.0.1', '[::1]', '::1']);

export interface OriginPolicyOptions {
  /** Names, beside this machine's own, under which clients may call; null when any will do, since each must show a token. */
  readonly allowedHosts: readonly string[] | null;
  /** May web pages of any site call? Asked for each request. */
  readonly isCorsEnabled: () => boolean;
}

/**
 * Keeps web pages of other sites away from a server on this machine: a `Host` that is not ours tells of DNS rebinding, an `Origin`
 * of another site of a page that sends requests it cannot read the answers of. Throws PERMISSION_DENIED.
 */
export function createOriginPolicy({ allowedHosts, isCorsEnabled }: OriginPolicyOptions) {
  const extra = new Set(allowedHosts?.map((host) => host.toLowerCase()));
  const isKnown = (name: string): boolean => loopbackNames.has(name) || extra.has(name);
  return (headers: IncomingHttpHeaders): void => {
    if (headers.host?.includes(',')) throw denied('One host name is served at a time.');
    if (allowedHosts && !isKnown(nameOf(headers.host ?? '')))
      throw denied('This host name is not served here.');
    const { origin } = headers;
    if (origin === undefined || isCorsEnabled()) return;
    const [, host = ''] = /^https?:\/\/([^/]+)$/i.exec(origin) ?? [];
    if (!isKnown(nameOf(host)) || host.toLowerCase() !== headers.host?.toLowerCase())
      throw denied('Requests from web pages of other sites are not served.');
  };
}

/** Without the port, in lower case. */
const nameOf = (host: string): string => host.toLowerCase().replace(/:\d+$/, '');

const denied = (detail: string): AppError =>
  new AppError('INVALID_ARGUMENT', {}, { detail, status: 'PERMISSION_DENIED' });
