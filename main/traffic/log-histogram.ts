const growth = 1.07;
const logGrowth = Math.log(growth);
const smallest = 0.001;

/** How long things took, in bins that each are 7 % wider than the one before: any quantile within 4 %, from 1 µs on. */
export class LogHistogram {
  readonly #bins = new Map<number, number>();
  #count = 0;

  /** As `toJSON` gave it. */
  static from(bins: readonly (readonly [number, number])[]): LogHistogram {
    const histogram = new LogHistogram();
    for (const [bin, count] of bins) histogram.#add(bin, count);
    return histogram;
  }

  get count(): number {
    return this.#count;
  }

  /** Takes a time in milliseconds. */
  record(ms: number): void {
    this.#add(ms <= smallest ? 0 : Math.round(Math.log(ms / smallest) / logGrowth), 1);
  }

  add(other: LogHistogram): void {
    for (const [bin, count] of other.#bins) this.#add(bin, count);
  }

  /** In milliseconds; null of nothing. `share` is 0 to 1. */
  quantile(share: number): number | null {
    if (this.#count === 0) return null;
    const rank = Math.max(1, Math.ceil(share * this.#count));
    let seen = 0;
    for (const [bin, count] of this.toJSON()) {
      seen += count;
      if (seen >= rank) return smallest * growth ** bin;
    }
    return null;
  }

  /** Bins with something in them, ascending. */
  toJSON(): [number, number][] {
    return [...this.#bins].sort(([one], [other]) => one - other);
  }

  #add(bin: number, count: number): void {
    this.#bins.set(bin, (this.#bins.get(bin) ?? 0) + count);
    this.#count += count;
  }
}
