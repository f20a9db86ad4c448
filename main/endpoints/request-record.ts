import type { StatusCode } from '../../app/base/status';
import type { Routed } from '../routes-api';
import type { CallParams, CodecName } from '../runner/codecs/codec';
import type { RequestAttributes } from '../traffic/request-attributes';
import type { TokenScope } from './auth/token-scope';

/** What an endpoint knows of a request once it was answered. */
export interface RequestRecord {
  readonly requestId: string;
  readonly entrypoint: 'REST' | 'GRPC';
  /** Which call it was, such as `Predict`, `Classify`, `ModelInfer`, `GetModelStatus`. */
  readonly api: string;
  /** As it was called: method and URL without the query, or the full name of the method. */
  readonly path: string;
  /** What HTTP answered; null over gRPC. */
  readonly httpStatus: number | null;
  /** What a token must allow for it; null for what anybody may ask. */
  readonly scope: TokenScope | null;
  /** Who asked: a token's name; null where none is needed, or none was accepted. */
  readonly caller: string | null;
  /** A model or a route, as the call names it; empty where it names none. */
  readonly model: string;
  /** The version that answered; null when none did. */
  readonly version: number | null;
  /** Where a route sent it; null where none was called, or it chose none. */
  readonly routed: Routed | null;
  /** What of it can decide about its way; null where nothing is asked of a version. */
  readonly attributes: RequestAttributes | null;
  readonly status: StatusCode;
  readonly startedAtMs: number;
  readonly durationMs: number;
  /** Of inference only. */
  readonly timingsMs: {
    readonly parse: number;
    readonly queue: number;
    readonly run: number;
    readonly render: number;
  } | null;
  readonly exampleCount: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
  /** Of inference only. The bytes are those of the call itself: whoever keeps them keeps them alive. */
  readonly exchange: Exchange | null;
}

/** What was asked of a model and answered, in the wire format of the request. */
export interface Exchange {
  readonly codec: CodecName;
  readonly params: CallParams;
  readonly request: Uint8Array;
  /** Null when it failed. */
  readonly response: Uint8Array | null;
}

/** What is known only where a request was handled. */
export type RequestFacts = Pick<
  RequestRecord,
  'model' | 'version' | 'routed' | 'attributes' | 'timingsMs' | 'exampleCount' | 'exchange'
>;

/** What the server itself sees of a request. */
type SeenRequest = Omit<RequestRecord, keyof RequestFacts>;

/**
 * The whole record, also of what nothing is known about; `named` is what the call itself names. Field by field: made once a request, where
 * copying an object by spreading it takes 1 to 2 µs.
 */
export function requestRecord(seen: SeenRequest, known: Partial<RequestFacts>, named = ''): RequestRecord {
  const { model = named, version = null, routed = null, attributes = null } = known;
  const { timingsMs = null, exampleCount = 0, exchange = null } = known;
  return {
    requestId: seen.requestId,
    entrypoint: seen.entrypoint,
    api: seen.api,
    path: seen.path,
    httpStatus: seen.httpStatus,
    scope: seen.scope,
    caller: seen.caller,
    model,
    version,
    routed,
    attributes,
    status: seen.status,
    startedAtMs: seen.startedAtMs,
    durationMs: seen.durationMs,
    timingsMs,
    exampleCount,
    requestBytes: seen.requestBytes,
    responseBytes: seen.responseBytes,
    exchange,
  };
}

export type ObserveRequest = (record: RequestRecord) => void;
