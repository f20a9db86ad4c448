/** A request as it goes over the wire, and what its answer must be. */
export interface LoadRequest {
  /** HTTP/1.1: the whole request, head and body. gRPC: the message. */
  readonly bytes: Uint8Array;
  /** Answers by the version that gives them, exactly; null takes any that is no failure. */
  readonly expected: Readonly<Record<string, string>> | null;
}

export interface LoadSpec {
  readonly protocol: 'http' | 'grpc';
  readonly port: number;
  /** Of gRPC: `/package.Service/Method`. */
  readonly path: string;
  readonly requests: readonly LoadRequest[];
  /** Requests that are under way at once. */
  readonly concurrency: number;
  /** Not counted. */
  readonly warmUpMs: number;
  /** Ends after so long, or after so many requests, whichever comes last. */
  readonly durationMs: number;
  readonly count: number;
  /** Starts so many a second at most; null as many as go. */
  readonly perSecond: number | null;
}

export interface LoadResult {
  readonly completed: number;
  readonly failed: number;
  readonly wrong: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** All latencies in microseconds, as HdrHistogram's compressed base64: several results can be taken together. */
  readonly latencies: string;
  /** What failures and wrong answers said, most of them first, with how often; empty without one. */
  readonly troubles: readonly string[];
}

export const loadDefaults = {
  path: '',
  concurrency: 16,
  warmUpMs: 500,
  durationMs: 1_500,
  count: 0,
  perSecond: null,
} as const satisfies Partial<LoadSpec>;

/** A whole HTTP/1.1 request. */
export function httpRequest(
  method: 'GET' | 'POST',
  path: string,
  headers: Readonly<Record<string, string>>,
  body: Uint8Array | string = '',
): Uint8Array {
  const bytes = Buffer.from(body);
  const lines = Object.entries({ host: 'localhost', ...headers, 'content-length': String(bytes.length) });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return Buffer.concat([Buffer.from(`${method} ${path} HTTP/1.1\r\n${head}\r\n`), bytes]);
}
