import { Server, type Socket } from 'node:net';
import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises';

/** So long after the last connection was taken, clients may still have requests under way that they sent before they knew of the end. */
const graceMs = 250;

/** The connections of a server, so that it can end without cutting anybody off. */
export class OpenConnections {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #taken = 0;
  /** Settles when no connection is left, once it has stopped. */
  #closed: Promise<void> = Promise.resolve();

  constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket: Socket) => {
      this.#taken++;
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  get count(): number {
    return this.#sockets.size;
  }

  /** Is there anything that a client has not fetched yet? */
  get isSending(): boolean {
    return [...this.#sockets].some(({ writableLength }) => writableLength > 0);
  }

  /** Takes those that the system has for us already, and no more. Then leaves a little time, within `withinMs`, for what is under way. */
  async stop(withinMs: number): Promise<void> {
    const endsAt = performance.now() + Math.min(graceMs, withinMs);
    const leftMs = (): number => Math.max(0, endsAt - performance.now());
    // What is refused now would be reset; the system gives one in a turn.
    for (let quietTurns = 0; quietTurns < 2 && leftMs() > 0; quietTurns++) {
      const before = this.#taken;
      await turn();
      if (this.#taken > before) quietTurns = 0;
    }
    // Not an HTTP server's own way to close, which ends connections whose requests were sent and not read yet.
    this.#closed = new Promise((resolve) => Server.prototype.close.call(this.#server, () => resolve()));
    await this.whenAllClosed(leftMs());
  }

  /** Resolves when no connection is left, or after `withinMs`. */
  async whenAllClosed(withinMs: number): Promise<void> {
    const enough = new AbortController();
    const { signal } = enough;
    await Promise.race([this.#closed, pause(withinMs, undefined, { signal }).catch(() => undefined)]);
    enough.abort();
  }

  /** Ends what is left. */
  async destroy(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await this.#closed;
  }
}
