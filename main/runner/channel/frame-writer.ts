/** Longer bytes are sent from where they are, shorter ones are copied: one more part costs as much as copying so many. */
const longestCopied = 32 * 1024;
const firstCapacity = 16 * 1024;
const lengthBytes = 4;

/** Puts frames together for one write: each is its length (32 bits, little-endian), then so many bytes, the first of them its kind. */
export class FrameWriter {
  #buffer: Buffer = Buffer.allocUnsafeSlow(firstCapacity);
  #used = 0;
  #frameStart = 0;
  /** Bytes of the frame that stand in a part of their own. */
  #apart = 0;
  #parts: Uint8Array[] = [];
  /** Up to where the buffer went into a part. */
  #partedUpTo = 0;

  begin(kind: number): void {
    this.#apart = 0;
    this.#frameStart = this.#reserve(lengthBytes);
    this.byte(kind);
  }

  end(): void {
    this.#buffer.writeUInt32LE(this.#used - this.#frameStart - lengthBytes + this.#apart, this.#frameStart);
  }

  /** 0 to 255. */
  byte(value: number): void {
    const at = this.#reserve(1);
    this.#buffer[at] = value;
  }

  /** An integer from 0 to 2 ** 32 - 1. */
  integer(value: number): void {
    const at = this.#reserve(4);
    this.#buffer.writeUInt32LE(value, at);
  }

  /** Any number. */
  number(value: number): void {
    const at = this.#reserve(8);
    this.#buffer.writeDoubleLE(value, at);
  }

  text(value: string): void {
    const at = this.#reserve(lengthBytes + value.length * 3); // at most three bytes of UTF-8 for a unit of UTF-16
    const length = this.#buffer.write(value, at + lengthBytes);
    this.#buffer.writeUInt32LE(length, at);
    this.#used = at + lengthBytes + length;
  }

  /** The last bytes of a frame. They must stay as they are until they are sent. */
  rest(bytes: Uint8Array): void {
    if (bytes.length <= longestCopied) {
      const at = this.#reserve(bytes.length);
      this.#buffer.set(bytes, at);
      return;
    }
    this.#apart = bytes.length;
    this.#parts.push(this.#buffer.subarray(this.#partedUpTo, this.#used), bytes);
    this.#partedUpTo = this.#used;
  }

  /** The frames since the last time, in parts. The next frame overwrites them, unless `release` is called before. */
  take(): readonly Uint8Array[] {
    if (this.#used > this.#partedUpTo) this.#parts.push(this.#buffer.subarray(this.#partedUpTo, this.#used));
    const parts = this.#parts;
    this.#parts = [];
    this.#used = 0;
    this.#partedUpTo = 0;
    return parts;
  }

  /** Leaves what was taken last to whoever has it. */
  release(): void {
    this.#buffer = Buffer.allocUnsafeSlow(firstCapacity);
  }

  /** Where so many more bytes go. */
  #reserve(length: number): number {
    const at = this.#used;
    this.#used += length;
    if (this.#used > this.#buffer.length) {
      const larger = Buffer.allocUnsafeSlow(this.#used * 2);
      larger.set(this.#buffer.subarray(0, at));
      this.#buffer = larger; // parts keep the one that they are of
    }
    return at;
  }
}
