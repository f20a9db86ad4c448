import { AppError } from '../../../../app/base/errors';
import type { NumberArray } from '../../../runner/codecs/element-types';
import type { LookupAnswer, Neighbour } from '../../../runner/table-answers';
import type { Tensor } from '../../../runner/tensor';

/** Rows one after the other; texts for a table whose values are no numbers. */
export type TableValues = NumberArray | readonly string[];

/** A table in memory: to each key a row of `dimension` values. */
export class LookupTable {
  readonly #rows: ReadonlyMap<string, number>;
  readonly #keys: readonly string[];
  readonly #values: TableValues;
  readonly dtype: string;
  readonly dimension: number;
  /** What cosines are made of, once they are first asked for; integers of 64 bits are rounded for it. */
  #vectors: Vectors | undefined;
  /** Of each row. */
  #lengths: Float64Array | undefined;

  /** `keys` are distinct; `values` holds `keys.length * dimension` of them. */
  constructor(keys: readonly string[], values: TableValues, dimension: number, dtype: string) {
    this.#keys = keys;
    this.#rows = new Map(keys.map((key, row) => [key, row]));
    this.#values = values;
    this.dimension = dimension;
    this.dtype = dtype;
  }

  get rowCount(): number {
    return this.#keys.length;
  }

  lookup(keys: readonly string[]): LookupAnswer {
    const found = keys.filter((key) => this.#rows.has(key));
    const missing = keys.filter((key) => !this.#rows.has(key));
    const { data } = this.#gather(found);
    return { found, values: this.#tensor(data, [found.length]), missing };
  }

  /** A row for each key, zeros or empty texts for a key that is missing, and which keys were found. */
  rowsOf(
    keys: readonly string[],
    shape: readonly number[],
  ): { readonly values: Tensor; readonly found: Tensor } {
    const { data, found } = this.#gather(keys);
    return {
      values: this.#tensor(data, shape),
      found: { dtype: 'bool', shape: [...shape], data: found },
    };
  }

  /** Throws TABLE_KEY_UNKNOWN, TENSOR_MISMATCH for a vector of another dimension, TABLE_HAS_NO_VECTORS. */
  nearest(to: string | readonly number[], count: number): readonly Neighbour[] {
    if (!ArrayBuffer.isView(this.#values)) throw new AppError('TABLE_HAS_NO_VECTORS');
    this.#vectors ??= vectorsOf(this.#values);
    const values = this.#vectors;
    const own = typeof to === 'string' ? this.#rows.get(to) : undefined;
    if (typeof to === 'string' && own === undefined) {
      throw new AppError('TABLE_KEY_UNKNOWN', { key: to }, { detail: `The table has no key "${to}"` });
    }
    const vector = own === undefined ? Float64Array.from(to as readonly number[]) : this.#row(values, own);
    if (vector.length !== this.dimension) {
      const detail = `The vector has ${vector.length} numbers, and the rows have ${this.dimension}`;
      throw new AppError('TENSOR_MISMATCH', {}, { detail });
    }
    const length = Math.hypot(...vector);
    this.#lengths ??= this.#measure(values);
    const best: { row: number; similarity: number }[] = [];
    for (let row = 0; row < this.#keys.length; row++) {
      const scale = length * (this.#lengths[row] ?? 0);
      if (row === own || !(scale > 0)) continue; // a row of zeros points nowhere
      let product = 0;
      for (let at = 0; at < this.dimension; at++)
        product += (vector[at] ?? 0) * (values[row * this.dimension + at] ?? 0);
      insert(best, { row, similarity: product / scale }, count);
    }
    return best.map(({ row, similarity }) => ({ key: this.#keys[row] ?? '', similarity }));
  }

  #row(values: Vectors, row: number): Float64Array {
    return Float64Array.from(values.subarray(row * this.dimension, (row + 1) * this.dimension));
  }

  #measure(values: Vectors): Float64Array {
    const lengths = new Float64Array(this.#keys.length);
    for (let row = 0; row < lengths.length; row++) {
      let sum = 0;
      for (let at = row * this.dimension; at < (row + 1) * this.dimension; at++)
        sum += (values[at] ?? 0) ** 2;
      lengths[row] = Math.sqrt(sum);
    }
    return lengths;
  }

  #gather(keys: readonly string[]): { readonly data: Tensor['data']; readonly found: Uint8Array } {
    const { dimension } = this;
    const found = new Uint8Array(keys.length);
    const values = this.#values;
    const texts: string[] = [];
    const data = ArrayBuffer.isView(values) ? emptyLike(values, keys.length * dimension) : texts;
    for (const [index, key] of keys.entries()) {
      const row = this.#rows.get(key);
      found[index] = row === undefined ? 0 : 1;
      if (!ArrayBuffer.isView(values) || !ArrayBuffer.isView(data)) {
        for (let at = 0; at < dimension; at++)
          texts.push(row === undefined ? '' : String(values[row * dimension + at]));
      } else if (row !== undefined) {
        const rowValues = values.subarray(row * dimension, (row + 1) * dimension);
        (data as Float32Array).set(rowValues as Float32Array, index * dimension); // of one type, whichever
      }
    }
    return { data, found };
  }

  #tensor(data: Tensor['data'], shape: readonly number[]): Tensor {
    return { dtype: this.dtype, shape: [...shape, this.dimension], data };
  }
}

type Vectors = Exclude<NumberArray, BigInt64Array | BigUint64Array>;

const vectorsOf = (values: NumberArray): Vectors =>
  values instanceof BigInt64Array || values instanceof BigUint64Array
    ? Float64Array.from(values, Number)
    : values;

const emptyLike = (values: NumberArray, length: number): NumberArray =>
  new (values.constructor as new (length: number) => NumberArray)(length);

/** Keeps the `count` most similar, best first; the earlier row wins a tie. */
function insert(
  best: { row: number; similarity: number }[],
  candidate: { row: number; similarity: number },
  count: number,
): void {
  const last = best[best.length - 1];
  if (best.length >= count && last && candidate.similarity <= last.similarity) return;
  const at = best.findIndex((it) => it.similarity < candidate.similarity);
  best.splice(at < 0 ? best.length : at, 0, candidate);
  if (best.length > count) best.pop();
}
