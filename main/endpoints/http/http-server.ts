import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { reportUnexpected } from '../../../app/base/errors';
import { assertRoom, clientLeft, requestIdOf } from '../admission';
import { type Caller, type Gate, ScopeMissing } from '../auth/gate';
import type { EndpointLimits } from '../limits';
import { OpenConnections } from '../open-connections';
import { type ObserveRequest, requestRecord } from '../request-record';
import type { TlsFiles } from '../tls';
import { corsHeaders, preflight } from './cors';
import type { FindRoute, HttpCall, HttpReply, HttpRoute } from './http-call';
import { createOriginPolicy } from './origin-policy';
import { type BodyLimits, dropBody, readBody } from './read-body';
import { errorReply, errorText } from './replies';

export interface HttpServerOptions {
  /** Asked in order; the first that knows the URL handles it. */
  readonly protocols: readonly FindRoute[];
  readonly gate: Gate;
  readonly limits: EndpointLimits;
  readonly observe: ObserveRequest;
  readonly allowedHosts: readonly string[] | null;
  /** Asked for each request. */
  readonly isCorsEnabled: () => boolean;
  /** Null serves in the clear. */
  readonly tls: TlsFiles | null;
}

const compress = promisify(gzip);
/** Smaller answers fit a packet anyhow. */
const minCompressedBytes = 1_400;
/** How often, while it closes, it looks whether all is answered. */
const lookEveryMs = 20;
/** What came for no route, and was refused: also that is told. */
const nowhere: Pick<HttpRoute, 'api' | 'model' | 'scope'> = { api: 'Unknown', model: '', scope: null };

/** An HTTP server with limits on everything a client may take, in front of the protocols it speaks. */
export class HttpEndpoint {
  readonly #options: HttpServerOptions;
  readonly #server: Server;
  readonly #connections: OpenConnections;
  readonly #checkOrigin: (headers: IncomingMessage['headers']) => void;
  readonly #signals = new WeakMap<Socket, AbortSignal>();
  #inFlight = 0;
  #isDraining = false;

  constructor(options: HttpServerOptions) {
    this.#options = options;
    this.#checkOrigin = createOriginPolicy(options);
    const { limits, tls } = options;
    const settings = {
      maxHeaderSize: limits.maxHeaderBytes,
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      keepAliveTimeout: limits.idleTimeoutMs,
      // A second `Host` makes one that nobody serves, and a second token none that is known.
      joinDuplicateHeaders: true,
      connectionsCheckingInterval: Math.min(5_000, limits.headersTimeoutMs),
      noDelay: true,
    };
    const listener = (request: IncomingMessage, response: ServerResponse): void => {
      this.#serve(request, response).catch((thrown: unknown) => {
        reportUnexpected(thrown);
        response.destroy();
      });
    };
    this.#server = tls
      ? createTlsServer({ ...settings, ...tls }, listener)
      : createServer(settings, listener);
    this.#server.maxConnections = limits.maxConnections;
    this.#server.timeout = limits.idleTimeoutMs;
    this.#server.on('clientError', answerBrokenClient);
    this.#server.on('checkContinue', listener);
    this.#connections = new OpenConnections(this.#server);
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** Resolves to the port that it listens on. Rejects with the system's error, such as EADDRINUSE. */
  listen(host: string, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ host, port }, () => {
        this.#server.off('error', reject);
        this.#server.on('error', reportUnexpected);
        const address = this.#server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : port);
      });
    });
  }

  /** Takes no more connections, lets what was sent before and what is in flight finish within the time, then ends what is left. */
  async close(withinMs: number): Promise<void> {
    this.#isDraining = true;
    if (!this.#server.listening) return;
    const endsAt = performance.now() + withinMs;
    const leftMs = (): number => endsAt - performance.now();
    const connections = this.#connections;
    await connections.stop(withinMs);
    while (connections.count > 0 && leftMs() > 0 && (this.#inFlight > 0 || connections.isSending)) {
      if (!connections.isSending) this.#server.closeIdleConnections();
      await connections.whenAllClosed(Math.min(lookEveryMs, leftMs()));
    }
    await connections.destroy();
    this.#server.close(); // ends its watch over slow clients
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const startedAtMs = Date.now();
    const startedAt = performance.now();
    const { method = 'GET', url = '/', headers } = request;
    const requestId = requestIdOf(headers['x-request-id']);
    this.#inFlight++;
    let route: HttpRoute | null = null;
    let reply: HttpReply;
    let requestBytes = 0;
    let caller: Caller = null;
    const body = async (maxBytes?: number): Promise<Uint8Array> => {
      const { limits } = this.#options;
      const within = maxBytes === undefined ? limits : atMost(limits, maxBytes);
      const bytes = await readBody(request, within, () => {
        if (headers.expect !== undefined) response.writeContinue();
      });
      requestBytes = bytes.length;
      return bytes;
    };
    try {
      this.#checkOrigin(headers);
      reply = this.#options.isCorsEnabled() && method === 'OPTIONS' ? preflight(headers) : notFound;
      if (reply === notFound) {
        route = this.#find(method, url, headers);
        if (route) {
          caller = this.#options.gate(headers.authorization, route.scope);
          reply = await this.#handle(route, request, { requestId, caller, startedAtMs, body });
        }
      }
    } catch (thrown) {
      if (thrown instanceof ScopeMissing) caller = thrown.caller;
      reply = errorReply(thrown);
    }
    const responseBytes = await this.#send(request, response, reply, requestId);
    this.#inFlight--;
    const { api, scope, model } = route ?? nowhere;
    const { status } = reply.record;
    if (!route && status === 'OK') return;
    const seen = {
      requestId,
      entrypoint: 'REST',
      api,
      path: `${method} ${withoutQuery(url)}`,
      httpStatus: reply.status,
      scope,
      caller,
      status,
      startedAtMs,
      durationMs: performance.now() - startedAt,
      requestBytes,
      responseBytes,
    } as const;
    this.#options.observe(requestRecord(seen, reply.record, model));
  }

  /** One for a connection, since it carries one request after the other: when it closes, whoever asked has left. */
  #signalOf(socket: Socket): AbortSignal {
    let signal = this.#signals.get(socket);
    if (!signal) {
      const left = new AbortController();
      socket.once('close', () => left.abort(clientLeft));
      signal = left.signal;
      this.#signals.set(socket, signal);
    }
    return signal;
  }

  /** What GET would find is found for HEAD too, and Node sends its head alone. */
  #find(method: string, url: string, headers: IncomingMessage['headers']): HttpRoute | null {
    const asked = method === 'HEAD' ? 'GET' : method;
    for (const protocol of this.#options.protocols) {
      const route = protocol(asked, url, headers);
      if (route) return route;
    }
    return null;
  }

  async #handle(
    route: HttpRoute,
    request: IncomingMessage,
    known: Pick<HttpCall, 'requestId' | 'caller' | 'body'> & { readonly startedAtMs: number },
  ): Promise<HttpReply> {
    const { limits } = this.#options;
    const { method = 'GET', url = '/', headers } = request;
    if (route.scope === 'infer') assertRoom(this.#inFlight, limits.maxInFlight);
    return route.handle({
      method,
      url,
      headers,
      caller: known.caller,
      requestId: known.requestId,
      signal: this.#signalOf(request.socket),
      deadlineAtMs: known.startedAtMs + limits.answerTimeoutMs,
      body: known.body,
    });
  }

  async #send(
    request: IncomingMessage,
    response: ServerResponse,
    reply: HttpReply,
    requestId: string,
  ): Promise<number> {
    const { body } = reply;
    if (typeof body === 'object' && Symbol.asyncIterator in body && request.method !== 'HEAD')
      return this.#stream(request, response, { ...reply, body }, requestId);
    const bytes =
      typeof body === 'string' ? Buffer.from(body) : Symbol.asyncIterator in body ? nothing : body;
    if (response.destroyed) return bytes.length;
    const isCompressed =
      bytes.length >= minCompressedBytes && acceptsGzip(request.headers['accept-encoding']);
    const sent = isCompressed ? await compress(bytes) : bytes;
    const head = this.#headers(request, reply, requestId);
    head['content-length'] = sent.length;
    if (isCompressed) {
      head['content-encoding'] = 'gzip';
      head.vary = 'accept-encoding';
    }
    response.writeHead(reply.status, head);
    if (isHeldBack(request) || !hasUnreadBody(request)) response.end(sent);
    else {
      // Were it closed with bytes unread, the system would reset the connection, and the client lose the answer.
      response.write(sent);
      const { maxBodyBytes: maxBytes, headersTimeoutMs: withinMs } = this.#options.limits;
      void dropBody(request, { maxBytes, withinMs }).then(() => response.end());
    }
    return bytes.length;
  }

  /** Sends what comes as it comes. A failure on the way can only be told by breaking off. */
  async #stream(
    request: IncomingMessage,
    response: ServerResponse,
    reply: HttpReply & { readonly body: AsyncIterable<string> },
    requestId: string,
  ): Promise<number> {
    let bytes = 0;
    async function* counted(): AsyncGenerator<Buffer> {
      for await (const text of reply.body) {
        const piece = Buffer.from(text);
        bytes += piece.length;
        yield piece;
      }
    }
    response.writeHead(reply.status, this.#headers(request, reply, requestId));
    try {
      await pipeline(counted(), response);
    } catch {
      response.destroy(); // the client has left, or what was to be told could not be
    }
    return bytes;
  }

  #headers(request: IncomingMessage, reply: HttpReply, requestId: string): OutgoingHttpHeaders {
    const head: OutgoingHttpHeaders = { 'content-type': reply.contentType, 'x-request-id': requestId };
    if (this.#options.isCorsEnabled()) Object.assign(head, corsHeaders);
    // What is left of a body that was not read would be taken for the next request.
    if (this.#isDraining || hasUnreadBody(request)) head.connection = 'close';
    return Object.assign(head, reply.headers);
  }
}

const atMost = ({ maxBodyBytes, maxInflatedBytes }: BodyLimits, maxBytes: number): BodyLimits => ({
  maxBodyBytes: Math.min(maxBodyBytes, maxBytes),
  maxInflatedBytes: Math.min(maxInflatedBytes, maxBytes),
});

function withoutQuery(url: string): string {
  const at = url.indexOf('?');
  return at < 0 ? url : url.slice(0, at);
}

const hasUnreadBody = ({ complete, headers }: IncomingMessage): boolean =>
  !complete && (headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0);

/** Does the client wait to hear that its body is wanted, which nobody has said? */
const isHeldBack = ({ headers, readableFlowing }: IncomingMessage): boolean =>
  headers.expect !== undefined && readableFlowing === null;

const acceptsGzip = (header: string | string[] | undefined): boolean =>
  typeof header === 'string' && /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?(?:,|$))/i.test(header);

const notFound: HttpReply = { ...errorText(404, 'Not found'), record: { status: 'NOT_FOUND' } };

const nothing = new Uint8Array();

const brokenStatuses: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** Answers what is no HTTP, or too much or too slow of it, and hangs up. */
function answerBrokenClient(error: Error & { readonly code?: string }, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const status = brokenStatuses[error.code ?? ''] ?? '400 Bad Request';
  const body = `${JSON.stringify({ error: status.slice(4) })}\n`;
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
  );
}
