const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;

/** Bytes that mean something outside of strings: 1; all others: 0. Commas and colons mean something in the outer object only. */
const tableOf = (marks: string): Uint8Array =>
  Uint8Array.from({ length: 256 }, (_, byte) => (marks.includes(String.fromCharCode(byte)) ? 1 : 0));
const outerMarks = tableOf('{}[]",:');
const innerMarks = tableOf('{}[]"');
const opens = (byte: number): boolean => byte === 0x7b || byte === 0x5b;

const maxKeyLength = 64;

/**
 * Finds members of a JSON object by skipping: brackets and strings are followed, numbers passed over byte by byte, nothing is made of
 * them. Goes on where it stopped, so that a long text can be walked in steps. What is no JSON is walked all the same, and has some
 * members or none.
 */
export class MemberScan {
  readonly #bytes: Buffer;
  readonly #wanted: Set<string>;
  readonly #found = new Map<string, string>();
  #at = 0;
  #depth = 0;
  #isKeyNext = true;
  #key: string | null = null;
  #valueStart = 0;

  constructor(text: Uint8Array, wanted: Iterable<string>) {
    this.#bytes = Buffer.from(text.buffer, text.byteOffset, text.byteLength);
    this.#wanted = new Set(wanted);
  }

  /** The texts of the members that were found, by their names; the first of each name. */
  get found(): ReadonlyMap<string, string> {
    return this.#found;
  }

  /** Walks on over about so many bytes. True when there is nothing left to look for. */
  step(count: number): boolean {
    const bytes = this.#bytes;
    const { length } = bytes;
    const until = Math.min(length, this.#at + count);
    while (this.#at < until) {
      const isMark = this.#depth === 1 ? outerMarks : innerMarks;
      let at = this.#at;
      while (at < until && isMark[bytes[at] as number] === 0) at++;
      this.#at = at;
      if (at === until) break;
      const byte = bytes[at];
      if (byte === quote) {
        this.#passString();
        continue;
      }
      if (byte === colon || byte === comma) this.#atMark(byte);
      else if (opens(byte as number)) this.#depth++;
      else {
        this.#depth--;
        if (this.#depth <= 0) {
          this.#endMember();
          this.#at = length;
          return true;
        }
      }
      this.#at++;
      if (this.#found.size === this.#wanted.size) return true;
    }
    return this.#at >= length;
  }

  #atMark(byte: number): void {
    if (byte === comma) {
      this.#endMember();
      this.#isKeyNext = true;
    } else if (this.#isKeyNext) {
      this.#isKeyNext = false;
      this.#valueStart = this.#at + 1;
    }
  }

  #endMember(): void {
    const key = this.#key;
    this.#key = null;
    if (key !== null && !this.#found.has(key))
      this.#found.set(key, this.#bytes.toString('utf8', this.#valueStart, this.#at));
  }

  /** Goes behind the string that starts here, which may be long. */
  #passString(): void {
    const bytes = this.#bytes;
    const start = this.#at + 1;
    let close = bytes.indexOf(quote, start);
    while (close > 0 && isEscaped(bytes, start, close)) close = bytes.indexOf(quote, close + 1);
    this.#at = close < 0 ? bytes.length : close + 1;
    if (this.#depth !== 1 || !this.#isKeyNext || close < 0 || close - start > maxKeyLength) return;
    const key = bytes.toString('utf8', start, close);
    this.#key = this.#wanted.has(key) ? key : null;
  }
}

/** Do an odd number of backslashes come before it? */
function isEscaped(bytes: Buffer, start: number, at: number): boolean {
  let first = at;
  while (first > start && bytes[first - 1] === backslash) first--;
  return (at - first) % 2 === 1;
}
