/** Walks over the bytes of one frame, in the order in which a `FrameWriter` put them in. */
export class FrameReader {
  readonly #bytes: Buffer;
  #at: number;
  readonly #end: number;

  /** Reads `bytes` from `start` to `end`. */
  constructor(bytes: Buffer, start: number, end: number) {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
  }

  byte(): number {
    return this.#bytes[this.#at++] ?? 0;
  }

  integer(): number {
    this.#at += 4;
    return this.#bytes.readUInt32LE(this.#at - 4);
  }

  number(): number {
    this.#at += 8;
    return this.#bytes.readDoubleLE(this.#at - 8);
  }

  text(): string {
    const length = this.integer();
    this.#at += length;
    return this.#bytes.toString('utf8', this.#at - length, this.#at);
  }

  /** What is left, without a copy. */
  rest(): Buffer {
    return this.#bytes.subarray(this.#at, this.#end);
  }
}
