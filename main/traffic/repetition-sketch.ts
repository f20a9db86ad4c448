import { murmur32 } from './murmur';

const counters = 64;

/**
 * How unevenly requests come from keys, without keeping the keys: an estimate of the sum over all keys of the square of each one's
 * number of requests, which is the number of requests when every key comes once. Its standard error is 18 %.
 * Source: Alon, Matias and Szegedy, “The space complexity of approximating the frequency moments” (STOC 1996), the tug-of-war sketch.
 */
export class RepetitionSketch {
  readonly #sums: number[];
  /** Requests that no key kept together. */
  #alone: number;

  constructor(sums: readonly number[] = [], alone = 0) {
    this.#sums = Array.from({ length: counters }, (_, at) => sums[at] ?? 0);
    this.#alone = alone;
  }

  /** Null for a request that was on its own. */
  add(key: string | null): void {
    if (key === null) {
      this.#alone++;
      return;
    }
    this.#tug(murmur32(key, 0x3c6ef372), 0);
    this.#tug(murmur32(key, 0x78dde6e4), 32);
  }

  merge(other: RepetitionSketch): void {
    other.#sums.forEach((sum, at) => {
      this.#sums[at] = (this.#sums[at] ?? 0) + sum;
    });
    this.#alone += other.#alone;
  }

  get sumOfSquares(): number {
    let squares = 0;
    for (const sum of this.#sums) squares += sum * sum;
    return squares / counters + this.#alone;
  }

  toJSON(): { readonly sums: readonly number[]; readonly alone: number } {
    return { sums: this.#sums, alone: this.#alone };
  }

  #tug(bits: number, from: number): void {
    for (let at = 0; at < 32; at++) {
      const index = from + at;
      this.#sums[index] = (this.#sums[index] ?? 0) + ((bits >>> at) & 1) * 2 - 1;
    }
  }
}
