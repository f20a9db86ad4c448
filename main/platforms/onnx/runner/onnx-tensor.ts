import {
  type ByteSource,
  type Field,
  floatOf,
  integersOf,
  ProtoError,
  payloadOf,
  textOf,
  walk,
} from './proto-reader';
import { byteSize, fromHalf, typeName } from './tensor-types';

/** A `StringStringEntryProto`: entries of metadata and of external data. */
export function readEntry(source: ByteSource, message: Field): { key: string; value: string } {
  let key = '';
  let value = '';
  for (const field of walk(source, message.start, message.end)) {
    if (field.number === 1) key = textOf(source, field);
    else if (field.number === 2) value = textOf(source, field);
  }
  return { key, value };
}

/** Where a tensor keeps its elements outside of the model file. */
export interface ExternalData {
  /** A path relative to the model's folder, with slashes. */
  readonly location: string;
  readonly offset: number;
  readonly length: number | null;
}

/** A tensor in the file: what it is, and its elements when there are few of them. */
export interface TensorSummary {
  readonly name: string;
  readonly dtype: string;
  readonly dims: readonly number[];
  /** Elements stored in the file itself, in bytes; null where they are not stored as raw bytes. */
  readonly rawBytes: number | null;
  readonly external: ExternalData | null;
  /** The elements, up to `maxValues` of them; null when there are more, or none that are numbers. */
  readonly values: readonly number[] | null;
}

/** More elements than this are weights: they say nothing about how pictures go in. */
export const maxValues = 64;

/** Reads a `TensorProto` without its weights. Throws `ProtoError`. */
export function readTensor(source: ByteSource, message: Field): TensorSummary {
  let name = '';
  let dtype = 'type 0';
  const dims: number[] = [];
  let raw: Field | null = null;
  let isExternal = false;
  const entries: Record<string, string> = {};
  const values: number[] = [];
  let isLong = false;
  for (const field of walk(source, message.start, message.end)) {
    switch (field.number) {
      case 1:
        for (const dimension of integersOf(source, field, maxValues)) dims.push(dimension);
        if (dims.length > maxValues) throw new ProtoError('limit', `More than ${maxValues} dimensions`);
        break;
      case 2:
        dtype = typeName(Number(field.value));
        break;
      case 4:
      case 10:
        isLong ||= field.end - field.start > maxValues * 8 || values.length > maxValues;
        if (!isLong) values.push(...floats(source, field, field.number === 4 ? 4 : 8));
        break;
      case 5:
      case 7:
      case 11:
        isLong ||= field.end - field.start > maxValues * 10 || values.length > maxValues;
        if (!isLong) values.push(...integersOf(source, field, maxValues + 1));
        break;
      case 8:
        name = textOf(source, field);
        break;
      case 9:
        raw = field;
        break;
      case 13: {
        const { key, value } = readEntry(source, field);
        entries[key] = value;
        break;
      }
      case 14:
        isExternal = field.value === 1n;
        break;
    }
  }
  const fromRaw = raw ? rawValues(source, raw, dtype) : null;
  const typed = dtype === 'float16' ? values.map(fromHalf) : values;
  const few = !isLong && typed.length > 0 && typed.length <= maxValues ? typed : null;
  return {
    name,
    dtype,
    dims,
    rawBytes: raw ? raw.end - raw.start : null,
    external: isExternal ? externalData(entries) : null,
    values: fromRaw ?? few,
  };
}

function externalData(entries: Readonly<Record<string, string>>): ExternalData {
  const length = entries['length'];
  return {
    location: entries['location'] ?? '',
    offset: Number(entries['offset'] ?? 0),
    length: length === undefined ? null : Number(length),
  };
}

function floats(source: ByteSource, field: Field, bytes: 4 | 8): number[] {
  if (field.wire !== 2) return [floatOf(source, field)];
  const data = payloadOf(source, field);
  const view = new DataView(data.buffer);
  return Array.from({ length: Math.floor(data.length / bytes) }, (_, index) =>
    bytes === 4 ? view.getFloat32(index * 4, true) : view.getFloat64(index * 8, true),
  );
}

const readers: Readonly<Record<string, (view: DataView, at: number) => number>> = {
  float32: (view, at) => view.getFloat32(at, true),
  float64: (view, at) => view.getFloat64(at, true),
  float16: (view, at) => fromHalf(view.getUint16(at, true)),
  uint8: (view, at) => view.getUint8(at),
  int8: (view, at) => view.getInt8(at),
  uint16: (view, at) => view.getUint16(at, true),
  int16: (view, at) => view.getInt16(at, true),
  int32: (view, at) => view.getInt32(at, true),
  int64: (view, at) => Number(view.getBigInt64(at, true)),
};

function rawValues(source: ByteSource, raw: Field, dtype: string): number[] | null {
  const size = byteSize(dtype);
  const read = readers[dtype];
  const bytes = raw.end - raw.start;
  if (!size || !read || bytes === 0 || bytes > maxValues * size) return null;
  const data = payloadOf(source, raw);
  const view = new DataView(data.buffer);
  return Array.from({ length: Math.floor(bytes / size) }, (_, index) => read(view, index * size));
}
