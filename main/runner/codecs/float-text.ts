import type { NonFinite } from './codec';

const exactPowers = Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));
const shortDigits = 6;
const fullDigits = 9;
const fullDoubleDigits = 17;

const tenTo = (exponent: number): number | undefined => exactPowers[exponent];

/** A decimal with `digits` significant digits, as printf's `%g` lays it out, but with `.0` after a whole number. */
function layOut(significant: string, exponent: number, precision: number): string {
  const digits = significant.replace(/0+$/, '');
  if (exponent < -4 || exponent >= precision) {
    const fraction = digits.slice(1);
    const size = Math.abs(exponent);
    return `${digits[0]}${fraction ? `.${fraction}` : ''}e${exponent < 0 ? '-' : '+'}${size < 10 ? '0' : ''}${size}`;
  }
  if (exponent < 0) return `0.${'0'.repeat(-exponent - 1)}${digits}`;
  if (digits.length <= exponent + 1) return `${digits.padEnd(exponent + 1, '0')}.0`;
  return `${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`;
}

/** `value` rounded to a number of digits: a whole number of that many digits. Undefined where a double cannot scale it exactly. */
function scaled(value: number, exponent: number, digits: number): number | undefined {
  const shift = digits - 1 - exponent;
  const power = tenTo(Math.abs(shift));
  if (power === undefined) return undefined;
  return Math.round(shift < 0 ? value / power : value * power);
}

function fromPrecision(value: number, digits: number, precision: number): string {
  const [mantissa = '', exponent = '0'] = value.toExponential(digits - 1).split('e');
  return layOut(mantissa.replace('.', ''), Number(exponent), precision);
}

function positiveSingle(value: number): string {
  let exponent = Math.floor(Math.log10(value));
  const power = tenTo(Math.abs(exponent));
  // log10 may be off by one next to a power of ten.
  if (power !== undefined) {
    const unit = exponent < 0 ? 1 / power : power;
    if (value < unit) exponent--;
    else if (value >= unit * 10) exponent++;
  }
  for (const digits of [shortDigits, fullDigits]) {
    const whole = scaled(value, exponent, digits);
    if (whole === undefined) continue;
    const shift = digits - 1 - exponent;
    const back = shift < 0 ? whole * (tenTo(-shift) ?? 1) : whole / (tenTo(shift) ?? 1);
    if (Math.fround(back) !== value) continue;
    const text = String(whole);
    return layOut(text, exponent + text.length - digits, digits);
  }
  return fromPrecision(value, fullDigits, fullDigits);
}

function positiveDouble(value: number): string {
  if (Number(value.toPrecision(shortDigits)) === value) return fromPrecision(value, shortDigits, shortDigits);
  const [mantissa = '', exponent = '0'] = value.toExponential().split('e');
  return layOut(mantissa.replace('.', ''), Number(exponent), fullDoubleDigits);
}

function nonFiniteText(value: number, form: NonFinite): string {
  if (form === 'null') return 'null';
  const token = Number.isNaN(value) ? 'NaN' : value < 0 ? '-Infinity' : 'Infinity';
  return form === 'string' ? `"${token}"` : token;
}

/**
 * A number as TensorFlow Serving writes it in JSON: six digits when they give the same number back, else all that it takes; whole
 * numbers keep `.0`, so that a reader sees that they are no integers. Source: TensorFlow Serving, util/json_tensor.h.
 */
export function floatText(value: number, isSingle: boolean, nonFinite: NonFinite): string {
  if (Number.isInteger(value) && value < 1e6 && value > -1e6)
    return `${Object.is(value, -0) ? '-0' : value}.0`;
  if (!Number.isFinite(value)) return nonFiniteText(value, nonFinite);
  const size = Math.abs(value);
  const text = isSingle ? positiveSingle(size) : positiveDouble(size);
  return value < 0 ? `-${text}` : text;
}
