import { AppError } from '../../../../app/base/errors';
import type { Preprocessing } from '../../../../app/contract/inference';
import { fromHalf, toHalf } from './tensor-types';

/** The numbers of a picture tensor; float16 as half bits. */
export type PictureData =
  | Float32Array
  | Float64Array
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | BigInt64Array;

interface Element {
  readonly make: (length: number) => PictureData;
  readonly encode: (value: number) => number | bigint;
  readonly decode: (stored: number | bigint) => number;
}

const floating = (make: Element['make']): Element => ({ make, encode: (value) => value, decode: Number });
const whole = (make: Element['make'], low: number, high: number): Element => ({
  make,
  encode: (value) => Math.min(high, Math.max(low, Math.round(value))),
  decode: Number,
});

/** The element types in which a picture can be fed. */
const elements: Readonly<Record<string, Element>> = {
  float32: floating((length) => new Float32Array(length)),
  float64: floating((length) => new Float64Array(length)),
  float16: {
    make: (length) => new Uint16Array(length),
    encode: toHalf,
    decode: (stored) => fromHalf(Number(stored)),
  },
  uint8: whole((length) => new Uint8Array(length), 0, 255),
  int8: whole((length) => new Int8Array(length), -128, 127),
  uint16: whole((length) => new Uint16Array(length), 0, 65_535),
  int16: whole((length) => new Int16Array(length), -32_768, 32_767),
  uint32: whole((length) => new Uint32Array(length), 0, 4_294_967_295),
  int32: whole((length) => new Int32Array(length), -2_147_483_648, 2_147_483_647),
  int64: {
    make: (length) => new BigInt64Array(length),
    encode: (value) => BigInt(Math.round(value)),
    decode: Number,
  },
};

function elementOf(dtype: string): Element {
  const element = elements[dtype];
  if (!element)
    throw new AppError('MODEL_NOT_A_CLASSIFIER', {}, { detail: `Pictures cannot be fed as ${dtype}` });
  return element;
}

type Fed = Pick<Preprocessing, 'channels' | 'layout' | 'values'>;

/** For each channel in the model's order, what each of the 256 values is fed as: computed once, looked up for every pixel. */
export interface PictureEncoder {
  /** `rgb` is `[height, width, 3]`; the numbers go to `into` from `offset` on. */
  readonly encode: (rgb: Uint8Array, into: PictureData, offset: number) => void;
  readonly make: (length: number) => PictureData;
  /** Numbers of one picture for each pixel. */
  readonly channelCount: 1 | 3;
}

/** How 8-bit pixels become the numbers that `fed` describes, as elements of `dtype`. */
export function createEncoder(fed: Fed, dtype: string): PictureEncoder {
  const element = elementOf(dtype);
  const { scale, mean, std } = fed.values;
  const table = (channel: number): PictureData => {
    const values = element.make(256);
    const channelMean = mean[channel] ?? mean[0] ?? 0;
    const channelStd = std[channel] ?? std[0] ?? 1;
    for (let value = 0; value < 256; value++) {
      values[value] = element.encode((value * scale - channelMean) / channelStd);
    }
    return values;
  };
  if (fed.channels === 'grey') {
    const grey = table(0);
    return {
      channelCount: 1,
      make: element.make,
      encode: (rgb, into, offset) => encodeGrey(rgb, grey, into, offset),
    };
  }
  const tables = [table(0), table(1), table(2)] as const;
  const order = fed.channels === 'bgr' ? ([2, 1, 0] as const) : ([0, 1, 2] as const);
  const isInterleaved = fed.layout === 'nhwc';
  return {
    channelCount: 3,
    make: element.make,
    encode: (rgb, into, offset) => encodeColours(rgb, into, offset, { tables, order, isInterleaved }),
  };
}

interface Colours {
  /** By channel of the model. */
  readonly tables: readonly [PictureData, PictureData, PictureData];
  /** Which part of a pixel each channel is. */
  readonly order: readonly [number, number, number];
  /** Channels last; else plane after plane. */
  readonly isInterleaved: boolean;
}

/** All channels in one pass: what is read and written then stays near. */
function encodeColours(
  rgb: Uint8Array,
  into: PictureData,
  offset: number,
  { tables: [first, second, third], order: [one, two, three], isInterleaved }: Colours,
): void {
  const step = isInterleaved ? 3 : 1;
  const apart = isInterleaved ? 1 : rgb.length / 3;
  for (let source = 0, at = offset; source < rgb.length; source += 3, at += step) {
    into[at] = first[rgb[source + one] ?? 0] ?? 0;
    into[at + apart] = second[rgb[source + two] ?? 0] ?? 0;
    into[at + 2 * apart] = third[rgb[source + three] ?? 0] ?? 0;
  }
}

/** Brightness as PIL's `convert('L')` has it (ITU-R 601-2), exact for pictures that are grey already. */
function encodeGrey(rgb: Uint8Array, values: PictureData, into: PictureData, offset: number): void {
  for (let source = 0, at = offset; source < rgb.length; source += 3, at++) {
    const red = rgb[source] ?? 0;
    const green = rgb[source + 1] ?? 0;
    const blue = rgb[source + 2] ?? 0;
    into[at] = values[(red * 19_595 + green * 38_470 + blue * 7_471 + 0x8000) >> 16] ?? 0;
  }
}

/** The numbers of a picture tensor as plain numbers. */
export function decodeNumbers(data: PictureData, dtype: string): Float64Array {
  const { decode } = elementOf(dtype);
  const numbers = new Float64Array(data.length);
  for (let index = 0; index < data.length; index++) numbers[index] = decode(data[index] ?? 0);
  return numbers;
}

/** The tensor's shape for `batch` pictures; `rank` is that of the model's input, where a batch dimension may be missing. */
export function pictureShape(
  { layout, channels, width, height }: Pick<Preprocessing, 'layout' | 'channels' | 'width' | 'height'>,
  rank: number,
  batch: number,
): number[] {
  const channelCount = channels === 'grey' ? 1 : 3;
  switch (layout) {
    case 'nchw':
      return rank === 3 ? [channelCount, height, width] : [batch, channelCount, height, width];
    case 'nhwc':
      return rank === 3 ? [height, width, channelCount] : [batch, height, width, channelCount];
    case 'hw':
      return [batch, height, width];
    case 'flat':
      return [batch, channelCount * height * width];
  }
}
