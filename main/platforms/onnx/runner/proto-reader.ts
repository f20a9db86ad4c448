import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** Bytes that are fetched by range, so that a file of gigabytes can be looked through without being loaded. */
export interface ByteSource {
  readonly size: number;
  /** What may still be read of it. */
  readonly budget: ReadBudget;
  /** The bytes `[start, end)`; the caller keeps to `size`. Valid until the next call. */
  read(start: number, end: number): Uint8Array;
}

/** The bytes are no protocol buffer, or end in the middle of one. */
export class ProtoError extends Error {
  override readonly name = 'ProtoError';
  readonly kind: 'truncated' | 'malformed' | 'limit';

  constructor(kind: ProtoError['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

/** As much as any model has by far; a file that was made to have more takes seconds and some hundred megabytes, no more. */
const most = { fields: 10_000_000, things: 1_000_000, textBytes: 256 * 1024 * 1024 } as const;

/** Bounds what is read of one file, whatever its structure. Each method throws `ProtoError` of the kind `limit`. */
export class ReadBudget {
  #fields = 0;
  #things = 0;
  #textBytes = 0;

  /** A field is walked over. */
  field(): void {
    if (++this.#fields > most.fields) throw new ProtoError('limit', `More than ${most.fields} fields`);
  }

  /** Something is kept: a node, a tensor, an attribute, a name. */
  keep(): void {
    if (++this.#things > most.things) throw new ProtoError('limit', `More than ${most.things} parts`);
  }

  /** So many bytes are kept as text. */
  text(bytes: number): void {
    this.#textBytes += bytes;
    if (this.#textBytes > most.textBytes)
      throw new ProtoError('limit', `More than ${most.textBytes} bytes of text`);
  }
}

/** One field of a message. `start` and `end` delimit the payload of a length-delimited or fixed-size field. */
export interface Field {
  readonly number: number;
  /** 0 varint, 1 eight bytes, 2 length-delimited, 5 four bytes. */
  readonly wire: 0 | 1 | 2 | 5;
  /** Of a varint, read as int64. */
  readonly value: bigint;
  readonly start: number;
  readonly end: number;
}

export const bytesSource = (bytes: Uint8Array): ByteSource => ({
  size: bytes.length,
  budget: new ReadBudget(),
  read: (start, end) => bytes.subarray(start, end),
});

const windowBytes = 64 * 1024;

/** A file read through a window that moves along with the walk. */
export class FileSource implements ByteSource {
  readonly #descriptor: number;
  readonly size: number;
  readonly budget = new ReadBudget();
  #window = new Uint8Array(0);
  #windowStart = 0;

  constructor(path: string) {
    this.#descriptor = openSync(path, 'r');
    this.size = fstatSync(this.#descriptor).size;
  }

  read(start: number, end: number): Uint8Array {
    const offset = start - this.#windowStart;
    if (offset >= 0 && end <= this.#windowStart + this.#window.length) {
      return this.#window.subarray(offset, end - this.#windowStart);
    }
    const wanted = new Uint8Array(Math.max(end - start, Math.min(windowBytes, this.size - start)));
    let filled = 0;
    while (filled < wanted.length) {
      const got = readSync(this.#descriptor, wanted, filled, wanted.length - filled, start + filled);
      if (got === 0) throw new ProtoError('truncated', 'The file became shorter while it was read');
      filled += got;
    }
    this.#window = wanted;
    this.#windowStart = start;
    return wanted.subarray(0, end - start);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

const maxTextBytes = 16 * 1024 * 1024;
const mostVarintBytes = 10;

/**
 * Walks the fields of the message in `[start, end)` without reading payloads. Throws `ProtoError`: `truncated` where the file
 * ends too early, `malformed` where a field leaves its message.
 */
export function* walk(source: ByteSource, start = 0, end = source.size): Generator<Field> {
  let at = start;
  const early = (what: string): ProtoError =>
    new ProtoError(end >= source.size ? 'truncated' : 'malformed', `${what} at byte ${at}`);
  const varint = (): bigint => {
    const bytes = source.read(at, Math.min(at + mostVarintBytes, end));
    const [first] = bytes;
    if (first !== undefined && first < 0x80) {
      at++;
      return BigInt(first);
    }
    let value = 0n;
    for (const [index, byte] of bytes.entries()) {
      value |= BigInt(byte & 0x7f) << BigInt(7 * index);
      if (byte >= 0x80) continue;
      at += index + 1;
      return BigInt.asIntN(64, value);
    }
    at += bytes.length;
    if (bytes.length < mostVarintBytes) throw early('The data ends inside a number');
    throw new ProtoError('malformed', `A number does not end at byte ${at}`);
  };
  const payload = (number: number, wire: 1 | 2 | 5, length: number): Field => {
    if (length < 0 || length > end - at) throw early(`Field ${number} is longer than what is left`);
    const field = { number, wire, value: 0n, start: at, end: at + length };
    at += length;
    return field;
  };
  while (at < end) {
    source.budget.field();
    const tag = Number(BigInt.asUintN(32, varint()));
    const number = tag >>> 3;
    if (number === 0) throw new ProtoError('malformed', `Field number 0 at byte ${at}`);
    switch (tag & 7) {
      case 0:
        yield { number, wire: 0, value: varint(), start: at, end: at };
        break;
      case 1:
        yield payload(number, 1, 8);
        break;
      case 2:
        yield payload(number, 2, Number(varint()));
        break;
      case 5:
        yield payload(number, 5, 4);
        break;
      default:
        throw new ProtoError('malformed', `Unknown wire type ${tag & 7} at byte ${at}`);
    }
  }
}

/** A copy of a field's payload. */
export const payloadOf = (source: ByteSource, { start, end }: Field): Uint8Array => {
  if (end - start > maxTextBytes) throw new ProtoError('limit', `A field of ${end - start} bytes`);
  return source.read(start, end).slice();
};

const utf8 = new TextDecoder();
export function textOf(source: ByteSource, field: Field): string {
  source.budget.text(field.end - field.start);
  return utf8.decode(payloadOf(source, field));
}

export function floatOf(source: ByteSource, field: Field): number {
  const bytes = payloadOf(source, field);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (field.wire === 5) return view.getFloat32(0, true);
  return field.wire === 1 ? view.getFloat64(0, true) : Number(field.value);
}

/** Integers of a repeated field, packed or one by one. Stops at `limit`. */
export function integersOf(source: ByteSource, field: Field, limit: number): number[] {
  if (field.wire === 0) return [Number(field.value)];
  const numbers: number[] = [];
  let at = field.start;
  while (at < field.end && numbers.length < limit) {
    let value = 0n;
    let byte = 0x80;
    for (let shift = 0n; byte >= 0x80; shift += 7n) {
      if (at >= field.end || shift > 63n)
        throw new ProtoError('malformed', `A packed number does not end at byte ${at}`);
      byte = source.read(at, at + 1)[0] ?? 0;
      at++;
      value |= BigInt(byte & 0x7f) << shift;
    }
    numbers.push(Number(BigInt.asIntN(64, value)));
  }
  return numbers;
}
