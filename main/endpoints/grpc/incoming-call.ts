import type { Metadata } from '@grpc/grpc-js';
import { CancelSource } from '../../../app/base/cancel-signal';
import type { GrpcCall } from './grpc-call';

/** What all kinds of calls have. */
export interface AnyCall {
  readonly metadata: Metadata;
  getDeadline(): Date | number;
  on(event: 'cancelled', listener: () => void): unknown;
}

export interface IncomingCallOptions extends Pick<GrpcCall, 'requestId' | 'caller' | 'closing'> {
  /** The longest that it may take, whatever the client allows. */
  readonly timeoutMs: number;
}

/**
 * A call as grpc-js gives it. A class, since an object literal with a getter would keep the call after its end:
 * docs/decisions/0016-garbage-that-keeps-garbage.md.
 */
export class IncomingCall implements GrpcCall {
  readonly #metadata: Metadata;
  readonly requestId: string;
  readonly caller: string | null;
  readonly signal = new CancelSource();
  readonly deadlineAtMs: number;
  readonly closing: AbortSignal;

  constructor(call: AnyCall, { requestId, caller, closing, timeoutMs }: IncomingCallOptions) {
    this.#metadata = call.metadata;
    this.requestId = requestId;
    this.caller = caller;
    this.deadlineAtMs = Math.min(Number(call.getDeadline()), Date.now() + timeoutMs);
    this.closing = closing;
    call.on('cancelled', () => this.signal.abort());
  }

  get headers(): Readonly<Record<string, string>> {
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(this.#metadata.getMap()))
      if (typeof value === 'string') headers[name] = value;
    return headers;
  }
}
