/** Powers of ten that a double holds exactly. */
const exactPowers = Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));
const maxExactPower = 22;
const maxExactMantissa = 2 ** 53;
/** Beyond the rounding of up to 19 accumulated digits and one multiplication or division by a power of ten. */
const singleMargin = 2 ** -48;

/**
 * The number `mantissa * 10 ** exponent`, or NaN where this quick way could differ from correct rounding.
 * `mantissa` may have been accumulated from up to 19 digits. Source: W. D. Clinger, How to read floating point numbers accurately.
 */
export function quickDecimal(mantissa: number, exponent: number, isSingle: boolean): number {
  if (exponent === 0 && mantissa <= maxExactMantissa) return mantissa;
  if (exponent < -maxExactPower || exponent > maxExactPower) return Number.NaN;
  const power = exactPowers[exponent < 0 ? -exponent : exponent] ?? 1;
  const value = exponent < 0 ? mantissa / power : mantissa * power;
  if (mantissa <= maxExactMantissa) return value;
  if (!isSingle) return Number.NaN;
  // A float32 is settled when every double near the true number rounds to it.
  const low = Math.fround(value * (1 - singleMargin));
  return low === Math.fround(value * (1 + singleMargin)) ? low : Number.NaN;
}
