/** A message in protobuf's text format, read without a schema: every field is a list, since any may be repeated. */
export interface TextMessage {
  readonly [field: string]: readonly TextValue[];
}
export type TextValue = string | number | boolean | TextMessage;

const token =
  /(?:[ \t\r\n,;]|#[^\n]*)*(?:([A-Za-z_][\w.]*)|("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|([+-]?(?:\d[\w.+-]*|\.\d[\w.+-]*))|([{}[\]<>:])|$)/y;

type Token =
  | { readonly kind: 'word' | 'text' | 'symbol'; readonly value: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'end' };

class Malformed extends Error {}

const maxDepth = 32;

/** Reads text such as Triton's `config.pbtxt`; undefined when it is malformed. Source: protobuf.dev, text format specification. */
export function parseTextFormat(text: string): TextMessage | undefined {
  try {
    return new TextParser(text).message('end', 0);
  } catch (thrown) {
    if (thrown instanceof Malformed) return undefined;
    throw thrown;
  }
}

class TextParser {
  readonly #text: string;
  #at = 0;
  #peeked: Token | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  message(closing: 'end' | '}' | '>', depth: number): TextMessage {
    if (depth > maxDepth) throw new Malformed();
    const fields: Record<string, TextValue[]> = Object.create(null) as Record<string, TextValue[]>;
    for (;;) {
      const next = this.#take();
      if (next.kind === 'end' && closing === 'end') return fields;
      if (next.kind === 'symbol' && next.value === closing) return fields;
      if (next.kind !== 'word') throw new Malformed();
      const values = this.#values(depth);
      fields[next.value] = [...(fields[next.value] ?? []), ...values];
    }
  }

  #values(depth: number): TextValue[] {
    this.#skip(':');
    if (!this.#skip('[')) return [this.#value(depth)];
    const values: TextValue[] = [];
    while (!this.#skip(']')) values.push(this.#value(depth));
    return values;
  }

  #value(depth: number): TextValue {
    if (this.#skip('{')) return this.message('}', depth + 1);
    if (this.#skip('<')) return this.message('>', depth + 1);
    const next = this.#take();
    if (next.kind === 'number') return next.value;
    if (next.kind === 'word')
      return next.value === 'true' ? true : next.value === 'false' ? false : next.value;
    if (next.kind !== 'text') throw new Malformed();
    let text = next.value;
    for (let more = this.#peek(); more.kind === 'text'; more = this.#peek()) {
      text += more.value; // adjacent strings are one
      this.#take();
    }
    return text;
  }

  #skip(symbol: string): boolean {
    const next = this.#peek();
    if (next.kind !== 'symbol' || next.value !== symbol) return false;
    this.#take();
    return true;
  }

  #take(): Token {
    const next = this.#peek();
    this.#peeked = undefined;
    return next;
  }

  #peek(): Token {
    this.#peeked ??= this.#read();
    return this.#peeked;
  }

  #read(): Token {
    token.lastIndex = this.#at;
    const match = token.exec(this.#text);
    if (!match) throw new Malformed();
    this.#at = token.lastIndex;
    const [, word, quoted, number, symbol] = match;
    if (word !== undefined) return { kind: 'word', value: word };
    if (quoted !== undefined) return { kind: 'text', value: quoted.slice(1, -1).replace(/\\(.)/g, '$1') };
    if (number !== undefined) return { kind: 'number', value: Number.parseFloat(number) };
    if (symbol !== undefined) return { kind: 'symbol', value: symbol };
    return { kind: 'end' };
  }
}

/** The messages among a field's values. */
export const messagesOf = (message: TextMessage, field: string): TextMessage[] =>
  (message[field] ?? []).filter((value): value is TextMessage => typeof value === 'object');

/** A field's first string. */
export const textOfField = (message: TextMessage, field: string): string | undefined =>
  (message[field] ?? []).find((value): value is string => typeof value === 'string');
