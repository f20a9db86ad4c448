import { quickDecimal } from './decimal-numbers';

const end = -1;
/** More than 19 digits were accumulated; the quick way is not for them. */
const maxMantissa = 1e19;

/** Where a run of numbers ended and how many elements the target then held. */
export interface FloatRun {
  at: number;
  count: number;
}

/**
 * Reads comma-separated plain decimals from `run.at` into `values` from `run.count` on, until something else comes or `values` is
 * full. Leaves `run.at` just after the last number that it took. This loop decides what a JSON request costs: it reads 784 numbers
 * in less than half the time of `JSON.parse`, which makes an object of each.
 */
export function readFloatRun(bytes: Uint8Array, values: Float32Array | Float64Array, run: FloatRun): void {
  const isSingle = values instanceof Float32Array;
  let count = run.count;
  let at = run.at;
  let after = at;
  while (count < values.length) {
    let byte = bytes[at] ?? end;
    while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) byte = bytes[++at] ?? end;
    const isNegative = byte === 0x2d;
    if (isNegative) byte = bytes[++at] ?? end;
    let digit = byte - 0x30;
    if (digit < 0 || digit > 9) break;
    let mantissa = digit;
    byte = bytes[++at] ?? end;
    if (digit !== 0) {
      digit = byte - 0x30;
      while (digit >= 0 && digit <= 9) {
        mantissa = mantissa * 10 + digit;
        byte = bytes[++at] ?? end;
        digit = byte - 0x30;
      }
    } else if (byte >= 0x30 && byte <= 0x39) break;
    let exponent = 0;
    if (byte === 0x2e) {
      const fraction = ++at;
      byte = bytes[at] ?? end;
      digit = byte - 0x30;
      while (digit >= 0 && digit <= 9) {
        mantissa = mantissa * 10 + digit;
        byte = bytes[++at] ?? end;
        digit = byte - 0x30;
      }
      exponent = fraction - at;
      if (exponent === 0) break;
    }
    if (byte === 0x65 || byte === 0x45 || mantissa > maxMantissa) break;
    const value = mantissa === 0 ? 0 : quickDecimal(mantissa, exponent, isSingle);
    if (Number.isNaN(value)) break;
    values[count++] = isNegative ? -value : value;
    after = at;
    while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) byte = bytes[++at] ?? end;
    if (byte !== 0x2c) break;
    at++;
  }
  run.at = after;
  run.count = count;
}
