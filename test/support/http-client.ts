import { type IncomingHttpHeaders, request } from 'node:http';
import type { Socket } from 'node:net';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly text: string;
  json(): unknown;
}

export interface HttpAsk {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** One request on a connection of its own, with the headers exactly as given. */
export function ask(
  port: number,
  path: string,
  { method, headers = {}, body }: HttpAsk = {},
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: '127.0.0.1',
        port,
        path,
        method: method ?? (body === undefined ? 'GET' : 'POST'),
        headers,
        agent: false,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const whole = Buffer.concat(chunks);
          const text = whole.toString();
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: whole,
            text,
            json: () => JSON.parse(text),
          });
        });
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

/**
 * Sends a request to its last byte before it reads anything, as many clients do, and resolves with the answer up to the end of the
 * connection. Rejects when the connection is reset.
 */
export function sendThenRead(socket: Socket, head: string, body: Uint8Array): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = '';
    socket.on('error', reject);
    socket.on('close', () => resolve(received));
    socket.pause();
    socket.write(`${head}\r\nContent-Length: ${body.length}\r\n\r\n`);
    socket.write(body, () => {
      socket.on('data', (chunk: Buffer) => {
        received += chunk.toString('latin1');
      });
      socket.resume();
    });
  });
}
