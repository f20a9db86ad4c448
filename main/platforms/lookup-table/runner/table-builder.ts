import { AppError } from '../../../../app/base/errors';
import { LookupTable } from './table';
import { badRow } from './table-errors';

/**
 * Collects the rows of a text file into a table. One value a row makes a table of float64 or, when one of them is no number, of texts;
 * several make an embedding of float32.
 */
export class TableBuilder {
  readonly #file: string;
  readonly #isText: boolean;
  readonly #seen = new Map<string, string>();
  readonly #single: string[] = [];
  #numbers = new Float32Array(0);
  #used = 0;
  #dimension = 0;

  /** `isText` takes every value as it is written. */
  constructor(file: string, isText = false) {
    this.#file = file;
    this.#isText = isText;
  }

  /** `place` says where the row stands, such as `line 3`. Throws TABLE_ROW_INVALID. */
  add(key: string, values: readonly string[], place: string): void {
    const before = this.#seen.get(key);
    if (before !== undefined) throw this.#bad(place, `the key “${key}” stands at ${before} already`);
    if (values.length === 0) throw this.#bad(place, 'there is a key without a value');
    if (this.#seen.size === 0) this.#dimension = values.length;
    if (values.length !== this.#dimension) {
      throw this.#bad(place, `${values.length} values where the first row has ${this.#dimension}`);
    }
    if (this.#dimension === 1) this.#single.push(values[0] ?? '');
    else this.#push(values, place);
    this.#seen.set(key, place);
  }

  /** Throws TABLE_EMPTY. */
  build(): LookupTable {
    if (this.#seen.size === 0)
      throw new AppError('TABLE_EMPTY', { file: this.#file }, { detail: `${this.#file} has no rows` });
    const keys = [...this.#seen.keys()];
    if (this.#dimension > 1)
      return new LookupTable(keys, this.#numbers.slice(0, this.#used), this.#dimension, 'float32');
    if (this.#isText || !this.#single.every(isNumber))
      return new LookupTable(keys, this.#single, 1, 'string');
    const numbers = Float64Array.from(this.#single, (value) => numberOf(value) ?? Number.NaN);
    return new LookupTable(keys, numbers, 1, 'float64');
  }

  #push(values: readonly string[], place: string): void {
    if (this.#used + values.length > this.#numbers.length) {
      const grown = new Float32Array(Math.max(1024, (this.#used + values.length) * 2));
      grown.set(this.#numbers);
      this.#numbers = grown;
    }
    for (const value of values) {
      const number = numberOf(value);
      if (number === undefined) throw this.#bad(place, `“${value.slice(0, 40)}” is no number`);
      this.#numbers[this.#used++] = number;
    }
  }

  #bad(place: string, reason: string): AppError {
    return badRow(this.#file, place, reason);
  }
}

const special: Readonly<Record<string, number>> = {
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  '-inf': Number.NEGATIVE_INFINITY,
};

/** Is it a number as people and Python write it? */
export const isNumber = (text: string): boolean => numberOf(text) !== undefined;

function numberOf(text: string): number | undefined {
  const number = Number(text);
  if (number !== 0 && !Number.isNaN(number)) return number;
  const trimmed = text.trim();
  if (number === 0) return trimmed === '' ? undefined : 0;
  return special[trimmed.toLowerCase()];
}
