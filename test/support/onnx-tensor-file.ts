import { Reader } from 'protobufjs/minimal';
import { fromHalf } from '../../main/platforms/onnx/runner/tensor-types';
import type { Tensor } from '../../main/runner/tensor';

// Reads whole tensors from `TensorProto` files, as onnx's own test data has them. Field numbers: onnx/onnx.proto.

interface RawTensor {
  readonly name: string;
  readonly dims: readonly number[];
  readonly type: number;
  readonly raw: Uint8Array | undefined;
  readonly numbers: readonly (number | bigint)[];
  readonly strings: readonly string[];
}

type Elements = Tensor['data'] & { [index: number]: unknown };
interface Kind {
  readonly dtype: string;
  readonly bytes: number;
  readonly over: (buffer: ArrayBuffer) => Tensor['data'];
  readonly from: (numbers: readonly (number | bigint)[]) => Tensor['data'];
}

const plain = (numbers: readonly (number | bigint)[]): number[] => numbers.map(Number);
const big = (numbers: readonly (number | bigint)[]): bigint[] => numbers.map(BigInt);

const kinds: Readonly<Record<number, Kind>> = {
  1: {
    dtype: 'float32',
    bytes: 4,
    over: (buffer) => new Float32Array(buffer),
    from: (list) => Float32Array.from(plain(list)),
  },
  2: {
    dtype: 'uint8',
    bytes: 1,
    over: (buffer) => new Uint8Array(buffer),
    from: (list) => Uint8Array.from(plain(list)),
  },
  3: {
    dtype: 'int8',
    bytes: 1,
    over: (buffer) => new Int8Array(buffer),
    from: (list) => Int8Array.from(plain(list)),
  },
  4: {
    dtype: 'uint16',
    bytes: 2,
    over: (buffer) => new Uint16Array(buffer),
    from: (list) => Uint16Array.from(plain(list)),
  },
  5: {
    dtype: 'int16',
    bytes: 2,
    over: (buffer) => new Int16Array(buffer),
    from: (list) => Int16Array.from(plain(list)),
  },
  6: {
    dtype: 'int32',
    bytes: 4,
    over: (buffer) => new Int32Array(buffer),
    from: (list) => Int32Array.from(plain(list)),
  },
  7: {
    dtype: 'int64',
    bytes: 8,
    over: (buffer) => new BigInt64Array(buffer),
    from: (list) => BigInt64Array.from(big(list)),
  },
  9: {
    dtype: 'bool',
    bytes: 1,
    over: (buffer) => new Uint8Array(buffer),
    from: (list) => Uint8Array.from(plain(list)),
  },
  10: {
    dtype: 'float16',
    bytes: 2,
    over: (buffer) => new Uint16Array(buffer),
    from: (list) => Uint16Array.from(plain(list)),
  },
  11: {
    dtype: 'float64',
    bytes: 8,
    over: (buffer) => new Float64Array(buffer),
    from: (list) => Float64Array.from(plain(list)),
  },
  12: {
    dtype: 'uint32',
    bytes: 4,
    over: (buffer) => new Uint32Array(buffer),
    from: (list) => Uint32Array.from(plain(list)),
  },
  13: {
    dtype: 'uint64',
    bytes: 8,
    over: (buffer) => new BigUint64Array(buffer),
    from: (list) => BigUint64Array.from(big(list)),
  },
};

/** The tensor in a `.pb` file; undefined for a type that JavaScript has no array for, or for what is no tensor. */
export function readTensorFile(
  bytes: Uint8Array,
): { readonly name: string; readonly tensor: Tensor } | undefined {
  const raw = readRaw(bytes);
  if (!raw) return undefined;
  const { name, dims, type } = raw;
  if (type === 8) return { name, tensor: { dtype: 'string', shape: dims, data: raw.strings } };
  const kind = kinds[type];
  if (!kind) return undefined;
  const count = dims.reduce((product, dimension) => product * dimension, 1);
  const data: Tensor['data'] = raw.raw
    ? kind.over(Uint8Array.from(raw.raw.subarray(0, count * kind.bytes)).buffer)
    : kind.from(raw.numbers);
  const { length } = data as Elements as unknown as { length: number };
  return length === count ? { name, tensor: { dtype: kind.dtype, shape: dims, data } } : undefined;
}

function readRaw(bytes: Uint8Array): RawTensor | undefined {
  const reader = Reader.create(bytes);
  const dims: number[] = [];
  const numbers: (number | bigint)[] = [];
  const strings: string[] = [];
  let name = '';
  let type = 0;
  let raw: Uint8Array | undefined;
  try {
    while (reader.pos < reader.len) {
      const tag = reader.uint32();
      const wire = tag & 7;
      const each = (read: () => number | bigint): void => {
        if (wire !== 2) return void numbers.push(read());
        for (const end = reader.uint32() + reader.pos; reader.pos < end; ) numbers.push(read());
      };
      switch (tag >>> 3) {
        case 1:
          if (wire === 2)
            for (const end = reader.uint32() + reader.pos; reader.pos < end; )
              dims.push(Number(reader.int64()));
          else dims.push(Number(reader.int64()));
          break;
        case 2:
          type = reader.int32();
          break;
        case 4:
          each(() => reader.float());
          break;
        case 5:
          each(() => reader.int32());
          break;
        case 6:
          strings.push(reader.string());
          break;
        case 7:
          each(() => BigInt(reader.int64().toString()));
          break;
        case 8:
          name = reader.string();
          break;
        case 9:
          raw = reader.bytes();
          break;
        case 10:
          each(() => reader.double());
          break;
        case 11:
          each(() => BigInt(reader.uint64().toString()));
          break;
        default:
          reader.skipType(wire);
      }
    }
  } catch {
    return undefined; // another message than TensorProto
  }
  return { name, dims, type, raw, numbers, strings };
}

/** Are two tensors the same, numbers within `tolerance` of each other (relative above 1)? NaN equals NaN. */
export function sameTensor(a: Tensor, b: Tensor, tolerance: number): boolean {
  if (a.dtype !== b.dtype || a.shape.join() !== b.shape.join()) return false;
  const left = Array.from(a.data as ArrayLike<unknown>);
  const right = Array.from(b.data as ArrayLike<unknown>);
  return (
    left.length === right.length &&
    left.every((value, index) => close(value, right[index], a.dtype, tolerance))
  );
}

function close(a: unknown, b: unknown, dtype: string, tolerance: number): boolean {
  if (Object.is(a, b) || a === b) return true;
  if (typeof a !== 'number' || typeof b !== 'number') return false;
  const [left, right] = dtype === 'float16' ? [fromHalf(a), fromHalf(b)] : [a, b];
  if (Number.isNaN(left) && Number.isNaN(right)) return true;
  return Math.abs(left - right) <= tolerance * Math.max(1, Math.abs(right));
}
