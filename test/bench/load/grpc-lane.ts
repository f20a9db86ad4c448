import { connect, type Socket } from 'node:net';
import type { Lane, LaneAnswer } from './http-lane';
import {
  decodeFields,
  encodeFields,
  type Frame,
  firstWindowBytes,
  frame,
  frameFlag,
  frameHeadBytes,
  frameType,
  openingFrames,
  readFrames,
} from './http2-frames';

interface Call {
  readonly resolve: (answer: LaneAnswer) => void;
  readonly reject: (error: Error) => void;
  readonly pieces: Buffer[];
}

const prefixBytes = 5;
const mostPayloadBytes = 16_384;

/** A connection that speaks as little HTTP/2 as unary calls need, so that the load costs the machine little; several lanes share it. */
export class GrpcConnection {
  readonly #socket: Socket;
  readonly #calls = new Map<number, Call>();
  /** By their encoded bytes: without a table, the same bytes always say the same. */
  readonly #statuses = new Map<string, string | undefined>();
  readonly #waiting: { readonly head: Buffer; readonly data: Buffer }[] = [];
  #window = firstWindowBytes;
  #received: Buffer = Buffer.alloc(0);
  #nextStreamId = 1;
  #failure: Error | null = null;

  constructor(port: number) {
    this.#socket = connect({ host: '127.0.0.1', port, noDelay: true });
    this.#socket.write(openingFrames());
    this.#socket.on('data', (chunk) => {
      const { frames, rest } = readFrames(
        this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]),
      );
      this.#received = rest;
      for (const it of frames) this.#take(it);
    });
    this.#socket.on('error', (error) => this.#fail(error));
    this.#socket.on('close', () => this.#fail(new Error('The connection was closed')));
  }

  ask(fields: Buffer, message: Uint8Array): Promise<LaneAnswer> {
    if (this.#failure) return Promise.reject(this.#failure);
    const body = Buffer.alloc(prefixBytes + message.length);
    if (body.length > mostPayloadBytes) throw new RangeError('A message of the load fits into one frame');
    body.writeUInt32BE(message.length, 1);
    body.set(message, prefixBytes);
    const id = this.#nextStreamId;
    this.#nextStreamId += 2;
    const head = frame(frameType.headers, frameFlag.endHeaders, id, fields);
    this.#waiting.push({ head, data: frame(frameType.data, frameFlag.endStream, id, body) });
    const answered = new Promise<LaneAnswer>((resolve, reject) =>
      this.#calls.set(id, { resolve, reject, pieces: [] }),
    );
    this.#send();
    return answered;
  }

  close(): void {
    this.#socket.destroy();
  }

  /** What the server's window has room for. */
  #send(): void {
    for (let next = this.#waiting[0]; next && next.data.length <= this.#window; next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#window -= next.data.length - frameHeadBytes;
      this.#socket.write(Buffer.concat([next.head, next.data]));
    }
  }

  #take({ type, flags, streamId, payload }: Frame): void {
    switch (type) {
      case frameType.data:
        this.#calls.get(streamId)?.pieces.push(payload);
        return;
      case frameType.headers:
        if ((flags & frameFlag.endStream) !== 0) this.#end(streamId, this.#statusOf(payload));
        return;
      case frameType.resetStream:
        this.#end(streamId, undefined);
        return;
      case frameType.windowUpdate:
        if (streamId !== 0) return;
        this.#window += payload.readUInt32BE();
        this.#send();
        return;
      case frameType.settings:
      case frameType.ping:
        if ((flags & frameFlag.acknowledge) === 0)
          this.#socket.write(
            frame(type, frameFlag.acknowledge, 0, type === frameType.ping ? payload : Buffer.alloc(0)),
          );
        return;
      case frameType.goAway:
        this.#fail(new Error('The server ended the connection'));
    }
  }

  #end(streamId: number, status: string | undefined): void {
    const call = this.#calls.get(streamId);
    this.#calls.delete(streamId);
    call?.resolve({
      isOk: status === '0',
      version: '',
      body: Buffer.concat(call.pieces).subarray(prefixBytes),
    });
  }

  #statusOf(block: Buffer): string | undefined {
    const key = block.toString('latin1');
    if (!this.#statuses.has(key)) this.#statuses.set(key, decodeFields(block)['grpc-status']);
    return this.#statuses.get(key);
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#calls.values()) reject(error);
    this.#calls.clear();
  }
}

/** Calls a unary method. */
export class GrpcLane implements Lane {
  readonly #connection: GrpcConnection;
  readonly #fields: Buffer;

  constructor(connection: GrpcConnection, path: string) {
    this.#connection = connection;
    this.#fields = encodeFields({
      ':method': 'POST',
      ':scheme': 'http',
      ':authority': 'localhost',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
    });
  }

  ask(message: Uint8Array): Promise<LaneAnswer> {
    return this.#connection.ask(this.#fields, message);
  }

  close(): void {
    this.#connection.close();
  }
}
