import type { IncomingHttpHeaders } from 'node:http';
import type { StatusCode } from '../../../app/base/status';
import type { TokenScope } from '../auth/token-scope';
import type { RequestFacts } from '../request-record';

/** A request over HTTP that has been let in. */
export interface HttpCall {
  readonly method: string;
  /** Path and query, as they came. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly requestId: string;
  /** Who asks: a token's name, or null where none is needed. */
  readonly caller: string | null;
  /** Aborted when the client has left. */
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch after which the answer is too late. */
  readonly deadlineAtMs: number;
  /** The whole body, inflated; of at most `maxBytes` where they are fewer than the server takes. Throws `AppError` when it is too large, broken, or too slow. */
  body(maxBytes?: number): Promise<Uint8Array>;
}

export interface HttpReply {
  readonly status: number;
  readonly contentType: string;
  /** What comes piece by piece is sent as it comes, and no longer asked for once the client has left. */
  readonly body: Uint8Array | string | AsyncIterable<string>;
  readonly headers?: Readonly<Record<string, string>>;
  /** What the metrics and the log say of it; null for what nobody counts, such as a probe. */
  readonly record: Partial<RequestFacts> & { readonly status: StatusCode };
}

/** What a URL leads to. */
export interface HttpRoute {
  /** As it is counted. */
  readonly api: string;
  readonly model: string;
  /** What a token must allow; null for what anybody may ask. */
  readonly scope: TokenScope | null;
  handle(call: HttpCall): Promise<HttpReply>;
}

/** A protocol's part of the server: finds the route of a request, or null for what is not its own. Throws `AppError` for a URL that is its own but wrong. */
export type FindRoute = (method: string, url: string, headers: IncomingHttpHeaders) => HttpRoute | null;
