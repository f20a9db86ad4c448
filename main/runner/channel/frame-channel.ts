import type { Duplex } from 'node:stream';
import type { Batch, FromRunner, ToRunner } from '../protocol';
import { FrameCutter } from './frame-cutter';
import { FrameWriter } from './frame-writer';
import { readMessages, writeMessages } from './message-frames';

/**
 * Messages over a stream of bytes between engine and runner, all of a batch in one write. It costs a third of what Node's own channel
 * does, which describes every value of every message: docs/decisions/0011-frames-between-processes.md.
 */
export class FrameChannel<Out extends ToRunner | FromRunner, In extends ToRunner | FromRunner> {
  readonly #stream: Duplex;
  readonly #writer = new FrameWriter();

  /** `onBatch` is given what came together, in its order. */
  constructor(stream: Duplex, onBatch: (batch: Batch<In>) => void) {
    this.#stream = stream;
    let batch: (ToRunner | FromRunner)[] = [];
    const cutter = new FrameCutter((frame) => readMessages(frame, batch));
    stream.on('data', (piece: Buffer) => {
      cutter.take(piece);
      if (batch.length === 0) return;
      const whole = batch;
      batch = [];
      onBatch(whole as unknown as Batch<In>); // the other end is our own, and says nothing else
    });
    stream.on('error', () => undefined); // the other end has gone: its process's exit, or `close`, tells the rest
  }

  /** Nothing is sent once the other end has gone. */
  send(batch: Batch<Out>): void {
    const stream = this.#stream;
    if (!stream.writable) return;
    writeMessages(batch, this.#writer);
    const parts = this.#writer.take();
    if (parts.length > 1) stream.cork();
    for (const part of parts) stream.write(part);
    if (parts.length > 1) stream.uncork();
    if (stream.writableLength > 0) this.#writer.release(); // the system has not taken it all yet
  }
}
