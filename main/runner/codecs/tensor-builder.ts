import { setFloat16 } from '@petamoriken/float16';
import type { Tensor } from '../tensor';
import { decodeBase64 } from './base64';
import { type ElementType, elementType, type NumberArray } from './element-types';
import type { JsonScanner } from './json-scanner';
import { badRequest, unimplemented } from './request-errors';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** The fewest bytes that one element and its comma take in JSON. */
const minBytesPerElement = 2;
const firstCapacity = 1024;

/** Text of a string element's bytes; models take text, so other bytes are refused. */
export function textOf(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw badRequest('A string element is not UTF-8 text, which is all that this model takes.');
  }
}

/** Collects the elements of one tensor from JSON, converting each to the model's element type. */
export interface TensorBuilder {
  readonly type: ElementType;
  /**
   * Reads the value at the cursor, which is no array, and perhaps its neighbours; gives how many, with the cursor after the last.
   * Throws INVALID_ARGUMENT when one does not fit the type.
   */
  read(scanner: JsonScanner): number;
  build(shape: readonly number[]): Tensor;
}

interface IntegerRange {
  readonly min: bigint;
  readonly max: bigint;
}

const integerRanges: Readonly<Record<string, IntegerRange>> = {
  int8: { min: -(2n ** 7n), max: 2n ** 7n - 1n },
  uint8: { min: 0n, max: 2n ** 8n - 1n },
  int16: { min: -(2n ** 15n), max: 2n ** 15n - 1n },
  uint16: { min: 0n, max: 2n ** 16n - 1n },
  int32: { min: -(2n ** 31n), max: 2n ** 31n - 1n },
  uint32: { min: 0n, max: 2n ** 32n - 1n },
  int64: { min: -(2n ** 63n), max: 2n ** 63n - 1n },
  uint64: { min: 0n, max: 2n ** 64n - 1n },
};

const typeNames: Readonly<Record<string, string>> = { float32: 'float', float64: 'double', float16: 'half' };

function wrongType(scanner: JsonScanner, dtype: string): Error {
  const kind = scanner.peekKind();
  if (kind === 'Number') {
    // A broken token is a parse error, not a wrong type.
    const start = scanner.offset;
    scanner.readNumber(false);
    scanner.rewind(start);
  }
  return badRequest(
    `JSON Value: ${scanner.show()} Type: ${kind} is not of expected type: ${typeNames[dtype] ?? dtype}`,
  );
}

abstract class NumberBuilder<A extends NumberArray> {
  readonly type: ElementType;
  protected values: A;
  protected count = 0;
  readonly #make: (length: number) => A;
  readonly #maxCount: number;

  constructor(type: ElementType, make: (length: number) => A, maxCount: number) {
    this.type = type;
    this.#make = make;
    this.#maxCount = maxCount;
    this.values = make(Math.min(firstCapacity, maxCount));
  }

  build(shape: readonly number[]): Tensor {
    const data = this.values.length === this.count ? this.values : (this.values.subarray(0, this.count) as A);
    return { dtype: this.type.dtype, shape, data };
  }

  protected grow(): void {
    const bigger = this.#make(Math.min(this.#maxCount, Math.max(firstCapacity, this.values.length * 4)));
    bigger.set(this.values as never);
    this.values = bigger;
  }
}

class FloatBuilder extends NumberBuilder<Float32Array | Float64Array> implements TensorBuilder {
  readonly #isSingle = this.type.dtype === 'float32';

  read(scanner: JsonScanner): number {
    if (this.count === this.values.length) this.grow();
    const before = this.count;
    this.count = scanner.readFloats(this.values, before);
    if (this.count > before) return this.count - before;
    if (scanner.peekKind() !== 'Number') throw wrongType(scanner, this.type.dtype);
    this.values[this.count++] = scanner.readNumber(this.#isSingle);
    return 1;
  }
}

class HalfBuilder extends NumberBuilder<Uint16Array> implements TensorBuilder {
  readonly #scratch = new DataView(new ArrayBuffer(2));

  read(scanner: JsonScanner): number {
    if (scanner.peekKind() !== 'Number') throw wrongType(scanner, this.type.dtype);
    if (this.count === this.values.length) this.grow();
    setFloat16(this.#scratch, 0, scanner.readNumber(false), true);
    this.values[this.count++] = this.#scratch.getUint16(0, true);
    return 1;
  }
}

type SmallIntegers = Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array;

class IntegerBuilder extends NumberBuilder<SmallIntegers> implements TensorBuilder {
  readonly #min: number;
  readonly #max: number;

  constructor(type: ElementType, make: (length: number) => SmallIntegers, maxCount: number) {
    super(type, make, maxCount);
    const range = integerRanges[this.type.dtype];
    this.#min = Number(range?.min);
    this.#max = Number(range?.max);
  }

  read(scanner: JsonScanner): number {
    if (scanner.peekKind() !== 'Number') throw wrongType(scanner, this.type.dtype);
    const start = scanner.offset;
    const value = scanner.readNumber(false);
    if (!scanner.isIntegerToken || value < this.#min || value > this.#max) {
      scanner.rewind(start);
      throw wrongType(scanner, this.type.dtype);
    }
    if (this.count === this.values.length) this.grow();
    this.values[this.count++] = value;
    return 1;
  }
}

class BigIntegerBuilder extends NumberBuilder<BigInt64Array | BigUint64Array> implements TensorBuilder {
  readonly #range = integerRanges[this.type.dtype];

  read(scanner: JsonScanner): number {
    if (scanner.peekKind() !== 'Number') throw wrongType(scanner, this.type.dtype);
    const start = scanner.offset;
    const value = scanner.tryReadInteger();
    if (value === null || !this.#range || value < this.#range.min || value > this.#range.max) {
      scanner.rewind(start);
      throw wrongType(scanner, this.type.dtype);
    }
    if (this.count === this.values.length) this.grow();
    this.values[this.count++] = value;
    return 1;
  }
}

class BooleanBuilder extends NumberBuilder<Uint8Array> implements TensorBuilder {
  read(scanner: JsonScanner): number {
    const kind = scanner.peekKind();
    if (kind !== 'True' && kind !== 'False') throw wrongType(scanner, this.type.dtype);
    if (this.count === this.values.length) this.grow();
    this.values[this.count++] = scanner.readBoolean() ? 1 : 0;
    return 1;
  }
}

class StringBuilder implements TensorBuilder {
  readonly type = elementType('string');
  readonly #values: string[] = [];

  read(scanner: JsonScanner): number {
    const kind = scanner.peekKind();
    if (kind === 'String') this.#values.push(scanner.readString());
    else if (kind === 'Object') this.#values.push(textOf(readBase64Object(scanner)));
    else throw wrongType(scanner, this.type.dtype);
    return 1;
  }

  build(shape: readonly number[]): Tensor {
    return { dtype: 'string', shape, data: this.#values };
  }
}

/** Reads `{"b64": "…"}`: exactly that one key. */
export function readBase64Object(scanner: JsonScanner): Uint8Array {
  const start = scanner.offset;
  let bytes: Uint8Array | null = null;
  let keys = 0;
  scanner.readObject((key) => {
    keys++;
    if (key === 'b64' && scanner.peekKind() === 'String') bytes = decodeBase64(scanner.readString());
    else scanner.skipValue();
  });
  if (bytes && keys === 1) return bytes;
  scanner.rewind(start);
  throw badRequest(`JSON Value: ${scanner.show()} not formatted correctly for base64 data`);
}

/** A builder for a model's element type. Throws UNIMPLEMENTED for a type that JSON cannot carry. */
export function createTensorBuilder(dtype: string, remainingBytes: number): TensorBuilder {
  const type = elementType(dtype);
  const maxCount = Math.ceil(remainingBytes / minBytesPerElement) + 1;
  switch (dtype) {
    case 'string':
      return new StringBuilder();
    case 'float32':
      return new FloatBuilder(type, (length) => new Float32Array(length), maxCount);
    case 'float64':
      return new FloatBuilder(type, (length) => new Float64Array(length), maxCount);
    case 'float16':
      return new HalfBuilder(type, (length) => new Uint16Array(length), maxCount);
    case 'bool':
      return new BooleanBuilder(type, (length) => new Uint8Array(length), maxCount);
    case 'int8':
      return new IntegerBuilder(type, (length) => new Int8Array(length), maxCount);
    case 'uint8':
      return new IntegerBuilder(type, (length) => new Uint8Array(length), maxCount);
    case 'int16':
      return new IntegerBuilder(type, (length) => new Int16Array(length), maxCount);
    case 'uint16':
      return new IntegerBuilder(type, (length) => new Uint16Array(length), maxCount);
    case 'int32':
      return new IntegerBuilder(type, (length) => new Int32Array(length), maxCount);
    case 'uint32':
      return new IntegerBuilder(type, (length) => new Uint32Array(length), maxCount);
    case 'int64':
      return new BigIntegerBuilder(type, (length) => new BigInt64Array(length), maxCount);
    case 'uint64':
      return new BigIntegerBuilder(type, (length) => new BigUint64Array(length), maxCount);
    default:
      throw unimplemented(`Conversion of JSON values to type ${dtype} is not supported.`);
  }
}
