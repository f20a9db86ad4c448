const seconds = 10;

/** How many requests a second there were over the last ten seconds. */
export class RequestRate {
  readonly #counts = new Array<number>(seconds).fill(0);
  #second = 0;

  note(nowMs: number): void {
    this.#turnTo(nowMs);
    const at = this.#second % seconds;
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
  }

  perSecond(nowMs: number): number {
    this.#turnTo(nowMs);
    return this.#counts.reduce((sum, it) => sum + it, 0) / seconds;
  }

  /** Clears the seconds that have passed since. */
  #turnTo(nowMs: number): void {
    const second = Math.floor(nowMs / 1_000);
    const passed = Math.min(second - this.#second, seconds);
    for (let ago = 0; ago < passed; ago++) this.#counts[(second - ago) % seconds] = 0;
    this.#second = Math.max(second, this.#second);
  }
}
