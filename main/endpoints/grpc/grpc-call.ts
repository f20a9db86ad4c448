import type { CancelSignal } from '../../../app/base/cancel-signal';
import type { TokenScope } from '../auth/token-scope';
import type { RequestFacts } from '../request-record';

/** A call over gRPC that has been let in. */
export interface GrpcCall {
  readonly requestId: string;
  readonly caller: string | null;
  /** Its metadata, by names in lower case; what is binary is left out. */
  readonly headers: Readonly<Record<string, string>>;
  /** Aborted when the client has left or its deadline has passed. */
  readonly signal: CancelSignal;
  /** Milliseconds since the epoch. */
  readonly deadlineAtMs: number;
  /** Aborted when the server begins to close: what would go on says its last. */
  readonly closing: AbortSignal;
}

export interface GrpcReply {
  readonly bytes: Uint8Array;
  readonly record?: Partial<RequestFacts>;
  /** Sent ahead of the answer. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** A failure with what is known of the request, so that it is counted for its model. */
export class FailedCall extends Error {
  override readonly name = 'FailedCall';
  readonly record: Partial<RequestFacts>;
  readonly metadata: Readonly<Record<string, string>>;

  constructor(
    cause: unknown,
    record: Partial<RequestFacts>,
    metadata: Readonly<Record<string, string>> = {},
  ) {
    super('A call failed', { cause });
    this.record = record;
    this.metadata = metadata;
  }
}

/** A method that takes one message and answers one, both as bytes: what is inside is nobody's business here. */
export interface UnaryMethod {
  readonly kind: 'unary';
  /** `/package.Service/Method`. */
  readonly path: string;
  /** What a token must allow; null for what anybody may ask. */
  readonly scope: TokenScope | null;
  handle(body: Uint8Array, call: GrpcCall): Promise<GrpcReply>;
}

/** A method that answers any number of messages to each that comes, until the client has said its last. */
export interface StreamMethod {
  readonly kind: 'stream';
  readonly path: string;
  readonly scope: TokenScope | null;
  /** Calls `send` as often as it likes; a failure ends the stream. */
  handle(
    body: Uint8Array,
    call: GrpcCall,
    send: (bytes: Uint8Array) => void,
  ): Promise<GrpcReply['record'] | undefined>;
}

/** A method that is asked once and goes on answering until the client leaves or the server closes. */
export interface FeedMethod {
  readonly kind: 'feed';
  readonly path: string;
  readonly scope: TokenScope | null;
  handle(body: Uint8Array, call: GrpcCall, send: (bytes: Uint8Array) => void): void;
}

export type GrpcMethod = UnaryMethod | StreamMethod | FeedMethod;
