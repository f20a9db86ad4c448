import { createServer, type ListenOptions } from 'node:net';
import {
  logVerbosity,
  Metadata,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
  setLogVerbosity,
} from '@grpc/grpc-js';
import { reportUnexpected } from '../../../app/base/errors';
import type { StatusCode } from '../../../app/base/status';
import { truncateMessage } from '../../runner/codecs/request-errors';
import { assertRoom, requestIdOf, unavailable } from '../admission';
import { type Gate, ScopeMissing } from '../auth/gate';
import type { EndpointLimits } from '../limits';
import { OpenConnections } from '../open-connections';
import { type ObserveRequest, type RequestFacts, requestRecord } from '../request-record';
import { clientError, codeOf } from '../statuses';
import type { TlsFiles } from '../tls';
import {
  FailedCall,
  type FeedMethod,
  type GrpcCall,
  type GrpcMethod,
  type StreamMethod,
  type UnaryMethod,
} from './grpc-call';
import { type AnyCall, IncomingCall } from './incoming-call';

export interface GrpcServerOptions {
  readonly methods: readonly GrpcMethod[];
  readonly gate: Gate;
  readonly limits: EndpointLimits;
  readonly observe: ObserveRequest;
  readonly tls: TlsFiles | null;
}

// Its failures reach whoever asked; on the console they would only be noise.
setLogVerbosity(logVerbosity.NONE);

/** Messages stay the bytes that they are: the main process decodes no tensors. */
const asBytes = (bytes: Buffer): Buffer => bytes;
const bufferOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** A gRPC server of methods that take and give bytes, with the same gate and limits as over HTTP. */
export class GrpcEndpoint {
  readonly #options: GrpcServerOptions;
  readonly #server: Server;
  #inFlight = 0;
  readonly #closing = new AbortController();
  readonly #listeners: OpenConnections[] = [];

  constructor(options: GrpcServerOptions) {
    this.#options = options;
    const { limits } = options;
    this.#server = new Server({
      'grpc.max_receive_message_length': limits.maxBodyBytes,
      'grpc.max_send_message_length': -1,
      'grpc.enable_channelz': 0,
      'grpc.max_concurrent_streams': limits.maxInFlight,
      'grpc.max_connection_idle_ms': limits.idleTimeoutMs,
      'grpc-node.max_session_memory': 100,
    });
    for (const method of options.methods) this.#register(method);
  }

  /** Resolves to the port that it listens on. Rejects when it cannot. */
  listen(host: string, port: number): Promise<number> {
    return this.#listen({ host, port });
  }

  /** Listens on a UNIX socket. Rejects when it cannot. */
  async listenAtSocket(path: string): Promise<void> {
    await this.#listen({ path });
  }

  /** Takes the connections itself and hands them to gRPC's server, which knows no limit. */
  #listen(at: ListenOptions): Promise<number> {
    const { tls, limits } = this.#options;
    const credentials = tls
      ? ServerCredentials.createSsl(
          tls.ca ?? null,
          [{ private_key: tls.key, cert_chain: tls.cert }],
          tls.requestCert,
        )
      : ServerCredentials.createInsecure();
    const injector = this.#server.createConnectionInjector(credentials);
    const listener = createServer((socket) => injector.injectConnection(socket));
    listener.maxConnections = limits.maxConnections;
    return new Promise((resolve, reject) => {
      listener.once('error', reject);
      listener.listen(at, () => {
        listener.off('error', reject);
        listener.on('error', reportUnexpected);
        this.#listeners.push(new OpenConnections(listener));
        const address = listener.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
  }

  /** Takes no more calls, lets what is in flight finish within the time, then ends what is left. */
  async close(withinMs: number): Promise<void> {
    const endsAt = performance.now() + withinMs;
    const stopped = Promise.all(this.#listeners.map((listener) => listener.stop(withinMs)));
    this.#closing.abort();
    await stopped;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => this.#server.forceShutdown(), endsAt - performance.now());
      this.#server.tryShutdown(() => {
        clearTimeout(timer);
        resolve();
      });
    });
    await Promise.all(this.#listeners.map((listener) => listener.destroy()));
  }

  #register(method: GrpcMethod): void {
    const server = this.#server;
    switch (method.kind) {
      case 'unary':
        server.register(
          method.path,
          (call: ServerUnaryCall<Buffer, Buffer>, callback: sendUnaryData<Buffer>) =>
            void this.#unary(method, call, callback),
          asBytes,
          asBytes,
          'unary',
        );
        return;
      case 'stream':
        server.register(
          method.path,
          (call: ServerDuplexStream<Buffer, Buffer>) => this.#stream(method, call),
          asBytes,
          asBytes,
          'bidi',
        );
        return;
      case 'feed':
        server.register(
          method.path,
          (call: ServerWritableStream<Buffer, Buffer>) => this.#feed(method, call),
          asBytes,
          asBytes,
          'serverStream',
        );
    }
  }

  async #unary(
    method: UnaryMethod,
    call: ServerUnaryCall<Buffer, Buffer>,
    callback: sendUnaryData<Buffer>,
  ): Promise<void> {
    const requestId = idOf(call);
    const observed = this.#observe(method, requestId, call.request.length);
    let caller: string | null = null;
    try {
      const admitted = this.#admit(method, call, requestId);
      caller = admitted.caller;
      const { bytes, record = {}, metadata } = await method.handle(call.request, admitted);
      if (metadata) call.sendMetadata(metadataOf(metadata));
      call.removeAllListeners('cancelled'); // a call is called that as well when its stream has ended with its answer
      callback(null, bufferOf(bytes));
      observed('OK', record, bytes.length, caller);
    } catch (thrown) {
      if (thrown instanceof ScopeMissing) caller = thrown.caller;
      const { status, details, record, metadata } = failureOf(thrown);
      if (metadata) call.sendMetadata(metadataOf(metadata));
      callback({ code: codeOf(status), details });
      observed(status, record, 0, caller);
    }
  }

  #stream(method: StreamMethod, call: ServerDuplexStream<Buffer, Buffer>): void {
    let admitted: GrpcCall;
    try {
      admitted = this.#admit(method, call);
    } catch (thrown) {
      fail(call, thrown);
      return;
    }
    // Answers come in the order of the questions.
    let last = Promise.resolve();
    call.on('data', (body: Buffer) => {
      call.pause();
      last = last.then(() => this.#answerInStream(method, body, admitted, call)).finally(() => call.resume());
    });
    call.on('end', () => void last.then(() => call.end()));
    const end = (): void => void last.then(() => fail(call, unavailable('The server is shutting down.')));
    untilLeft(admitted, end);
    call.on('error', () => undefined);
  }

  async #answerInStream(
    method: StreamMethod,
    body: Buffer,
    admitted: GrpcCall,
    call: ServerDuplexStream<Buffer, Buffer>,
  ): Promise<void> {
    const observed = this.#observe(method, admitted.requestId, body.length);
    let sentBytes = 0;
    const send = (bytes: Uint8Array): void => {
      sentBytes += bytes.length;
      call.write(bufferOf(bytes));
    };
    try {
      const record = await method.handle(body, admitted, send);
      observed('OK', record ?? {}, sentBytes, admitted.caller);
    } catch (thrown) {
      const { status, record } = failureOf(thrown);
      observed(status, record, sentBytes, admitted.caller);
      fail(call, thrown);
    }
  }

  #feed(method: FeedMethod, call: ServerWritableStream<Buffer, Buffer>): void {
    try {
      const admitted = this.#admit(method, call);
      method.handle(call.request, admitted, (bytes) => call.write(bufferOf(bytes)));
      untilLeft(admitted, () => call.end());
    } catch (thrown) {
      fail(call, thrown);
    }
  }

  /** Lets a call in, or throws. */
  #admit(method: GrpcMethod, call: AnyCall, requestId = idOf(call)): GrpcCall {
    const { gate, limits } = this.#options;
    const caller = gate(textOf(call.metadata, 'authorization'), method.scope);
    if (method.scope === 'infer') assertRoom(this.#inFlight, limits.maxInFlight);
    const closing = this.#closing.signal;
    return new IncomingCall(call, { requestId, caller, closing, timeoutMs: limits.answerTimeoutMs });
  }

  /** Starts to watch a call; what it returns is called when it has been answered. */
  #observe({ path, scope }: GrpcMethod, requestId: string, requestBytes: number) {
    this.#inFlight++;
    const startedAtMs = Date.now();
    const startedAt = performance.now();
    return (
      status: StatusCode,
      facts: Partial<RequestFacts>,
      responseBytes: number,
      caller: string | null,
    ): void => {
      this.#inFlight--;
      const seen = {
        requestId,
        entrypoint: 'GRPC',
        api: path.slice(path.lastIndexOf('/') + 1),
        path,
        httpStatus: null,
        scope,
        caller,
        status,
        startedAtMs,
        durationMs: performance.now() - startedAt,
        requestBytes,
        responseBytes,
      } as const;
      this.#options.observe(requestRecord(seen, facts));
    };
  }
}

/** Has `end` called when the server begins to close, unless the client leaves before. */
function untilLeft({ closing, signal }: GrpcCall, end: () => void): void {
  closing.addEventListener('abort', end, { once: true });
  signal.addEventListener('abort', () => closing.removeEventListener('abort', end), { once: true });
}

const idOf = ({ metadata }: AnyCall): string => requestIdOf(textOf(metadata, 'x-request-id'));

function textOf(metadata: Metadata, key: string): string | undefined {
  const [value] = metadata.get(key);
  return value === undefined ? undefined : value.toString();
}

function metadataOf(marks: Readonly<Record<string, string>>): Metadata {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(marks)) metadata.set(name, value);
  return metadata;
}

function failureOf(thrown: unknown) {
  const { status, message } = clientError(thrown instanceof FailedCall ? thrown.cause : thrown);
  return {
    status,
    details: truncateMessage(message),
    record: thrown instanceof FailedCall ? thrown.record : {},
    metadata: thrown instanceof FailedCall ? thrown.metadata : undefined,
  };
}

/** Ends a stream with a failure. */
function fail(
  call: ServerDuplexStream<Buffer, Buffer> | ServerWritableStream<Buffer, Buffer>,
  thrown: unknown,
): void {
  const { status, details } = failureOf(thrown);
  call.emit('error', { code: codeOf(status), details });
}
