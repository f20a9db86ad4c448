import { quickDecimal } from './decimal-numbers';
import { type FloatRun, readFloatRun } from './float-run';
import { badRequest, MalformedJson } from './request-errors';

const quote = 0x22;
const comma = 0x2c;
const minus = 0x2d;
const dot = 0x2e;
const zero = 0x30;
const nine = 0x39;
const colon = 0x3a;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
const upperE = 0x45;
const lowerE = 0x65;
const openBrace = 0x7b;
const closeBrace = 0x7d;
/** What reading past the end gives; no byte has this value. */
const end = -1;

const maxDigits = 19;
/** Of -9223372036854775808 and 18446744073709551615. */
const maxInteger64Length = 20;
const maxSkippedDepth = 512;
const maxShownLength = 64;

export type JsonKind = 'Object' | 'Array' | 'String' | 'Number' | 'True' | 'False' | 'Null';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const simpleEscapes: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};
const words: readonly (readonly [string, number])[] = [
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['Inf', Number.POSITIVE_INFINITY],
];

const isDigit = (byte: number): boolean => byte >= zero && byte <= nine;

/**
 * Walks over a JSON text byte by byte, so that tensors are read straight into typed arrays: no tree is built, integers keep
 * 64 bits, nesting costs no stack. Takes `NaN`, `Infinity`, `-Infinity` and `Inf` where a number may stand, as TensorFlow
 * Serving does. Every method throws INVALID_ARGUMENT, with the offset, when the text is not what it should be.
 */
export class JsonScanner {
  readonly #bytes: Buffer;
  #at = 0;
  #isIntegerToken = false;
  readonly #run: FloatRun = { at: 0, count: 0 };

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (bytes.length === 0) throw new MalformedJson('The document is empty', 0);
    if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) this.#at = 3;
  }

  /** Where the cursor is, to come back to with `rewind`. */
  get offset(): number {
    return this.#at;
  }

  rewind(offset: number): void {
    this.#at = offset;
  }

  /** Bytes from the cursor to the end. */
  get remaining(): number {
    return this.#bytes.length - this.#at;
  }

  /** Was the number last read written without fraction and exponent? */
  get isIntegerToken(): boolean {
    return this.#isIntegerToken;
  }

  /** Skips white space and tells what kind of value starts here. */
  peekKind(): JsonKind {
    switch (this.#peek()) {
      case openBrace:
        return 'Object';
      case openBracket:
        return 'Array';
      case quote:
        return 'String';
      case 0x74:
        return 'True';
      case 0x66:
        return 'False';
      case 0x6e:
        return 'Null';
      default:
        return 'Number';
    }
  }

  /** Steps into the array that starts here; false, and no step, when something else does. */
  tryOpenArray(): boolean {
    return this.#tryTake(openBracket);
  }

  /** Steps out of an array that has no elements. */
  tryCloseArray(): boolean {
    return this.#tryTake(closeBracket);
  }

  /** After an element: true when another follows, false when the array is closed. */
  hasNextInArray(): boolean {
    const byte = this.#peek();
    if (byte !== comma && byte !== closeBracket)
      throw this.malformed('Missing a comma or ] after an array element.');
    this.#at++;
    return byte === comma;
  }

  /** Reads an object: calls `onMember` with each key and the cursor before its value, which it must read or skip. */
  readObject(onMember: (key: string) => void): void {
    this.#take(openBrace, 'Invalid value.');
    if (this.#tryTake(closeBrace)) return;
    for (;;) {
      const key = this.readString();
      this.#take(colon, 'Missing a colon after a name of object member.');
      onMember(key);
      if (this.#tryTake(comma)) continue;
      this.#take(closeBrace, 'Missing a comma or } after an object member.');
      return;
    }
  }

  /** Throws when anything but white space follows. */
  finish(): void {
    if (this.#peek() !== end) throw this.malformed('The document root must not be followed by other values.');
  }

  readString(): string {
    if (this.#peek() !== quote) throw this.malformed('Missing a name for object member.');
    const bytes = this.#bytes;
    const start = this.#at + 1;
    let at = start;
    let isPlain = true;
    let hasEscapes = false;
    for (;;) {
      const byte = bytes[at] ?? end;
      if (byte === quote) break;
      if (byte < 0x20) {
        this.#at = at;
        throw this.malformed('Missing a closing quotation mark in string.');
      }
      if (byte >= 0x80) isPlain = false;
      if (byte === backslash) {
        hasEscapes = true;
        at++;
      }
      at++;
    }
    this.#at = at + 1;
    const text = isPlain ? bytes.toString('latin1', start, at) : this.#decode(start, at);
    return hasEscapes ? this.#unescape(text) : text;
  }

  /** Reads `true` or `false`. */
  readBoolean(): boolean {
    if (this.#tryWord('true')) return true;
    if (this.#tryWord('false')) return false;
    throw this.malformed('Invalid value.');
  }

  /** Reads a number, correctly rounded; with `isSingle`, such that rounding it to a float32 is correct. */
  readNumber(isSingle: boolean): number {
    const bytes = this.#bytes;
    let byte = this.#peek();
    const start = this.#at;
    let at = start;
    const isNegative = byte === minus;
    if (isNegative) byte = bytes[++at] ?? end;
    if (!isDigit(byte)) return this.#readWord(isNegative);
    let mantissa = 0;
    let digits = 0;
    let exponent = 0;
    if (byte === zero) {
      byte = bytes[++at] ?? end;
      if (isDigit(byte)) throw this.malformed('Invalid value.');
    }
    while (byte >= zero && byte <= nine) {
      if (digits < maxDigits) {
        mantissa = mantissa * 10 + (byte - zero);
        digits++;
      } else exponent++;
      byte = bytes[++at] ?? end;
    }
    this.#isIntegerToken = true;
    if (byte === dot) {
      this.#isIntegerToken = false;
      byte = bytes[++at] ?? end;
      if (!isDigit(byte)) throw this.malformed('Missing fraction part in number.');
      while (byte >= zero && byte <= nine) {
        if (digits < maxDigits) {
          mantissa = mantissa * 10 + (byte - zero);
          exponent--;
          if (mantissa !== 0) digits++;
        }
        byte = bytes[++at] ?? end;
      }
    }
    if (byte === lowerE || byte === upperE) {
      this.#isIntegerToken = false;
      this.#at = at + 1;
      exponent += this.#readExponent();
      at = this.#at;
    }
    this.#at = at;
    const quick = mantissa === 0 ? 0 : quickDecimal(mantissa, exponent, isSingle);
    if (!Number.isNaN(quick)) return isNegative ? -quick : quick;
    return Number(bytes.toString('latin1', start, at));
  }

  /** Reads plain numbers of the array here into `values` from `count` on, as far as they go, and gives the new count. */
  readFloats(values: Float32Array | Float64Array, count: number): number {
    const run = this.#run;
    run.at = this.#at;
    run.count = count;
    readFloatRun(this.#bytes, values, run);
    this.#at = run.at;
    return run.count;
  }

  /** Reads an integer exactly. Null, and no step, when the number here is none, or has too many digits for 64 bits. */
  tryReadInteger(): bigint | null {
    this.#peek();
    const start = this.#at;
    const value = this.readNumber(false);
    if (this.#isIntegerToken && Number.isSafeInteger(value)) return BigInt(value);
    if (this.#isIntegerToken && this.#at - start <= maxInteger64Length)
      return BigInt(this.#bytes.toString('latin1', start, this.#at));
    this.#at = start;
    return null;
  }

  /** Passes over one value of any kind, whatever its depth up to 512. */
  skipValue(): void {
    const open: number[] = [];
    for (;;) {
      const byte = this.#peek();
      if (byte === openBrace || byte === openBracket) {
        if (open.length >= maxSkippedDepth)
          throw badRequest(`JSON is nested deeper than ${maxSkippedDepth} levels.`);
        this.#at++;
        const close = byte === openBrace ? closeBrace : closeBracket;
        if (!this.#tryTake(close)) {
          open.push(close);
          if (close === closeBrace) this.#skipName();
          continue;
        }
      } else if (byte === quote) this.readString();
      else if (byte === 0x74 || byte === 0x66) this.readBoolean();
      else if (byte === 0x6e) this.readNull();
      else this.readNumber(false);
      for (;;) {
        const close = open.at(-1);
        if (close === undefined) return;
        if (this.#tryTake(comma)) {
          if (close === closeBrace) this.#skipName();
          break;
        }
        this.#take(close, `Missing a comma or ${String.fromCharCode(close)}.`);
        open.pop();
      }
    }
  }

  /** Reads a small value of any kind, in plain JSON, into objects and lists. */
  readValue(): unknown {
    this.#peek();
    const start = this.#at;
    this.skipValue();
    try {
      return JSON.parse(this.#bytes.toString('utf8', start, this.#at));
    } catch {
      // What the scanner took and JSON.parse does not, such as NaN.
      throw this.malformed('Invalid value.');
    }
  }

  readNull(): void {
    if (!this.#tryWord('null')) throw this.malformed('Invalid value.');
  }

  /** The first characters of the value here, for a message. */
  show(): string {
    this.#peek();
    const shown = this.#bytes.toString('utf8', this.#at, this.#at + maxShownLength);
    if (this.peekKind() === 'String') return /^"(?:[^"\\]|\\.)*"/.exec(shown)?.[0] ?? `${shown}…`;
    if (this.peekKind() === 'Array' || this.peekKind() === 'Object')
      return this.remaining > maxShownLength ? `${shown}…` : shown;
    return /^[^\s,\]}]*/.exec(shown)?.[0] ?? shown;
  }

  malformed(reason: string): MalformedJson {
    return new MalformedJson(reason, this.#at);
  }

  #skipName(): void {
    this.readString();
    this.#take(colon, 'Missing a colon after a name of object member.');
  }

  #peek(): number {
    const bytes = this.#bytes;
    let at = this.#at;
    let byte = bytes[at] ?? end;
    while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) byte = bytes[++at] ?? end;
    this.#at = at;
    return byte;
  }

  #tryTake(wanted: number): boolean {
    if (this.#peek() !== wanted) return false;
    this.#at++;
    return true;
  }

  #take(wanted: number, otherwise: string): void {
    if (!this.#tryTake(wanted)) throw this.malformed(otherwise);
  }

  #tryWord(word: string): boolean {
    this.#peek();
    if (this.#bytes.toString('latin1', this.#at, this.#at + word.length) !== word) return false;
    this.#at += word.length;
    return true;
  }

  #readWord(isNegative: boolean): number {
    const start = this.#at;
    if (isNegative) this.#at++;
    this.#isIntegerToken = false;
    // No white space between a sign and its word.
    for (const [word, value] of words) {
      if (this.#bytes.toString('latin1', this.#at, this.#at + word.length) !== word) continue;
      this.#at += word.length;
      return isNegative ? -value : value;
    }
    this.#at = start;
    throw this.malformed('Invalid value.');
  }

  #readExponent(): number {
    const sign = this.#bytes[this.#at] ?? end;
    if (sign === minus || sign === 0x2b) this.#at++;
    const start = this.#at;
    let exponent = 0;
    let byte = this.#bytes[this.#at] ?? end;
    while (isDigit(byte)) {
      exponent = Math.min(exponent * 10 + (byte - zero), 99_999);
      byte = this.#bytes[++this.#at] ?? end;
    }
    if (this.#at === start) throw this.malformed('Missing exponent in number.');
    return sign === minus ? -exponent : exponent;
  }

  #decode(start: number, stop: number): string {
    try {
      return utf8.decode(this.#bytes.subarray(start, stop));
    } catch {
      // The decoder's only failure: it names no place, so the string's start is given.
      this.#at = start;
      throw this.malformed('Invalid encoding in string.');
    }
  }

  #unescape(text: string): string {
    return text.replace(
      /\\(?:u([0-9a-fA-F]{4})|(.?))/gs,
      (_, hex: string | undefined, letter: string | undefined) => {
        if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
        const plain = simpleEscapes[letter ?? ''];
        if (plain === undefined) throw this.malformed('Invalid escape character in string.');
        return plain;
      },
    );
  }
}
