import protobuf from 'protobufjs/minimal';
import { AppError } from '../../../app/base/errors';
import { badRequest } from './request-errors';

export type ProtoReader = protobuf.Reader;

/** Source: protobuf.dev/programming-guides/encoding. */
export const wireTypes = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/** Reads the field at the cursor, or returns false to have it passed over. */
export type VisitField = (field: number, wireType: number) => boolean;

/** Reads a whole protocol-buffer message. Throws INVALID_ARGUMENT, naming `what`, when the bytes are none. */
export function readMessage<T>(bytes: Uint8Array, what: string, read: (reader: ProtoReader) => T): T {
  try {
    return read(protobuf.Reader.create(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)));
  } catch (thrown) {
    // The reader throws plain errors for what it cannot read; a TypeError would be our bug.
    if (thrown instanceof AppError || thrown instanceof TypeError) throw thrown;
    throw badRequest(
      `${what} could not be read: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
    );
  }
}

/** Visits the fields up to `end`. */
export function eachField(reader: ProtoReader, end: number, visit: VisitField): void {
  while (reader.pos < end) {
    const tag = reader.uint32();
    const field = tag >>> 3;
    const wireType = tag & 7;
    if (!visit(field, wireType)) reader.skipType(wireType, 0, field);
  }
  if (reader.pos !== end) throw new RangeError('a field goes beyond its message');
}

/** Visits the fields of the message at the cursor, inside another. */
export function eachNestedField(reader: ProtoReader, visit: VisitField): void {
  const length = reader.uint32();
  const end = reader.pos + length;
  if (end > reader.len) throw new RangeError(`index out of range: ${end} > ${reader.len}`);
  eachField(reader, end, visit);
}

/** Reads an entry of a map whose keys are strings. `readValue` is called with the cursor at the value. */
export function readMapEntry<T>(
  reader: ProtoReader,
  readValue: () => T,
): { readonly key: string; readonly value: T | undefined } {
  let key = '';
  let value: T | undefined;
  eachNestedField(reader, (field, wireType) => {
    if (wireType !== wireTypes.bytes || field > 2) return false;
    if (field === 1) key = reader.string();
    else value = readValue();
    return true;
  });
  return { key, value };
}

/** The encoded element, or elements when packed, at the cursor: a slice without its tag and length. */
export function readElements(reader: ProtoReader, wireType: number): Uint8Array {
  if (wireType === wireTypes.bytes) return reader.bytes();
  const start = reader.pos;
  reader.skipType(wireType);
  return reader.buf.subarray(start, reader.pos);
}

/** An int64 that must be an exact JavaScript number, such as a dimension or a version. */
export function readSafeInteger(reader: ProtoReader): number {
  let value = 0;
  let scale = 1;
  for (let index = 0; index < 10; index++) {
    const byte = reader.buf[reader.pos++];
    if (byte === undefined || reader.pos > reader.len) throw new RangeError('index out of range');
    // The tenth byte holds the sign of a negative number, whose lower bits then do not matter here.
    if (index === 9) return Number.NEGATIVE_INFINITY;
    value += (byte & 0x7f) * scale;
    scale *= 128;
    if (byte < 0x80) return value;
  }
  throw new RangeError('varint is too long');
}
