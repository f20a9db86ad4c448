import { connect, type Socket } from 'node:net';

/** What came back: `version` is the one that answered, where the server says it. */
export interface LaneAnswer {
  readonly isOk: boolean;
  readonly version: string;
  readonly body: Buffer;
}

/** One request at a time. Rejects when the connection breaks; the next request then opens another. */
export interface Lane {
  ask(bytes: Uint8Array): Promise<LaneAnswer>;
  close(): void;
}

const headEnd = Buffer.from('\r\n\r\n');

/** A kept connection that speaks as little HTTP as will do, so that the load costs the machine little. */
export class HttpLane implements Lane {
  readonly #port: number;
  #socket: Socket | null = null;
  #received: Buffer = Buffer.alloc(0);
  #waiting: { resolve: (answer: LaneAnswer) => void; reject: (error: Error) => void } | null = null;

  constructor(port: number) {
    this.#port = port;
  }

  ask(bytes: Uint8Array): Promise<LaneAnswer> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket ??= this.#open();
      this.#socket.write(bytes);
    });
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = null;
  }

  #open(): Socket {
    const socket = connect({ host: '127.0.0.1', port: this.#port, noDelay: true });
    const fail = (error: Error): void => {
      if (this.#socket === socket) this.#socket = null;
      this.#received = Buffer.alloc(0);
      const waiting = this.#waiting;
      this.#waiting = null;
      waiting?.reject(error);
    };
    socket.on('data', (chunk) => {
      this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
      this.#read();
    });
    socket.on('error', fail);
    socket.on('close', () => fail(new Error('The connection was closed')));
    return socket;
  }

  #read(): void {
    const end = this.#received.indexOf(headEnd);
    if (end < 0) return;
    const head = this.#received.toString('latin1', 0, end);
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
    const from = end + headEnd.length;
    if (this.#received.length < from + length) return;
    const body = this.#received.subarray(from, from + length);
    this.#received = this.#received.subarray(from + length);
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.resolve({
      isOk: head.startsWith('HTTP/1.1 200 '),
      version: /\r\nx-slipway-version: (\d+)/i.exec(head)?.[1] ?? '',
      body,
    });
  }
}
