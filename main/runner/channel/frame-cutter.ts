import { FrameReader } from './frame-reader';

const lengthBytes = 4;

/** Cuts frames out of a stream that comes in pieces as the system likes. */
export class FrameCutter {
  readonly #onFrame: (frame: FrameReader) => void;
  /** A frame of which some is missing: filled up to `#used`, and as long as it will be, or as its length if that is not known yet. */
  #partial: Buffer | null = null;
  #used = 0;

  constructor(onFrame: (frame: FrameReader) => void) {
    this.#onFrame = onFrame;
  }

  /** Takes the next piece, and gives out every frame that is whole with it. They share the piece's memory. */
  take(piece: Buffer): void {
    let at = 0;
    while (this.#partial && at < piece.length) at += this.#fill(this.#partial, piece, at);
    for (;;) {
      const start = at + lengthBytes;
      if (start > piece.length) break;
      const end = start + piece.readUInt32LE(at);
      if (end > piece.length) break;
      this.#onFrame(new FrameReader(piece, start, end));
      at = end;
    }
    if (at === piece.length) return;
    const left = piece.length - at;
    const whole = left < lengthBytes ? lengthBytes : lengthBytes + piece.readUInt32LE(at);
    this.#partial = Buffer.allocUnsafeSlow(whole);
    this.#used = piece.copy(this.#partial, 0, at);
  }

  /** Copies into the partial frame what belongs to it, and gives it out once it is whole. Returns how many bytes it took. */
  #fill(partial: Buffer, piece: Buffer, at: number): number {
    const taken = piece.copy(partial, this.#used, at);
    this.#used += taken;
    if (this.#used < partial.length) return taken;
    const whole = lengthBytes + partial.readUInt32LE(0);
    if (partial.length < whole) {
      this.#partial = Buffer.allocUnsafeSlow(whole);
      partial.copy(this.#partial);
      return taken;
    }
    this.#partial = null;
    this.#onFrame(new FrameReader(partial, lengthBytes, whole));
    return taken;
  }
}
