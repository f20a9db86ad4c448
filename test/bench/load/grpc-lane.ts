import { type ClientHttp2Session, connect } from 'node:http2';
import type { Lane, LaneAnswer } from './http-lane';

/** Calls a unary method over a session of HTTP/2 that several lanes share. */
export class GrpcLane implements Lane {
  readonly #session: ClientHttp2Session;
  readonly #path: string;

  constructor(session: ClientHttp2Session, path: string) {
    this.#session = session;
    this.#path = path;
  }

  ask(message: Uint8Array): Promise<LaneAnswer> {
    return new Promise((resolve, reject) => {
      const stream = this.#session.request({
        ':method': 'POST',
        ':path': this.#path,
        'content-type': 'application/grpc',
        te: 'trailers',
      });
      const chunks: Buffer[] = [];
      let status: string | undefined;
      stream.on('response', (headers) => {
        status = headers['grpc-status']?.toString();
      });
      stream.on('trailers', (headers) => {
        status = headers['grpc-status']?.toString();
      });
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('error', reject);
      stream.on('close', () =>
        resolve({ isOk: status === '0', version: '', body: Buffer.concat(chunks).subarray(5) }),
      );
      const frame = Buffer.alloc(5 + message.length);
      frame.writeUInt32BE(message.length, 1);
      frame.set(message, 5);
      stream.end(frame);
    });
  }

  close(): void {
    this.#session.close();
  }
}

/** A session for lanes; one connection carries as many calls as a client of gRPC would put on it. */
export function openSession(port: number): ClientHttp2Session {
  const session = connect(`http://127.0.0.1:${port}`);
  session.on('error', () => undefined); // every call on it fails by itself
  return session;
}
