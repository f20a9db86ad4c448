import { AppError } from '../../../app/base/errors';
import type { TokenScope } from './token-scope';
import type { TokenStore } from './token-store';

/** Who asks: the token's name, null where none is needed. */
export type Caller = string | null;

/** Lets a request in, or throws UNAUTHENTICATED (no or an unknown token) or PERMISSION_DENIED (a token without the scope). */
export type Gate = (authorization: string | undefined, scope: TokenScope | null) => Caller;

/** The token is known, and does not allow what was asked: whose it is, is known as well. */
export class ScopeMissing extends AppError {
  readonly caller: string;

  constructor(caller: string, scope: TokenScope) {
    super(
      'INVALID_ARGUMENT',
      {},
      { detail: `The access token does not allow "${scope}".`, status: 'PERMISSION_DENIED' },
    );
    this.caller = caller;
  }
}

/** For a server that only this machine reaches, or that knows its clients by their certificates. */
export const openGate: Gate = () => null;

/** Wants a bearer token for whatever needs a scope. `admin` includes the others. */
export function createTokenGate(tokens: TokenStore): Gate {
  return (authorization, scope) => {
    if (scope === null) return null;
    const [, token] = /^Bearer ([\w-]{1,256})$/i.exec(authorization ?? '') ?? [];
    const record = token === undefined ? undefined : tokens.find(token);
    if (!record)
      throw new AppError(
        'INVALID_ARGUMENT',
        {},
        { detail: 'A valid access token is needed.', status: 'UNAUTHENTICATED' },
      );
    if (!record.scopes.includes(scope) && !record.scopes.includes('admin'))
      throw new ScopeMissing(record.name, scope);
    return record.name;
  };
}
