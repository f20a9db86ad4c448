/** A rate, and how much longer it takes. Both are null until they can be told. */
export interface Pace {
  readonly rate: number | null;
  readonly remainingMs: number | null;
}

const unknown: Pace = { rate: null, remainingMs: null };
/** Estimates are made this often, from what happened in the last ten of such steps. */
const stepMs = 1_000;
const stepsLookedAt = 10;
const estimatesNeeded = 3;
/** Estimates of the end agree when they lie within this part of what remains. */
const tolerance = 0.25;

/** Tells the pace of a job out of how many items were finished when. Pure: time comes in. */
export class ProgressMeter {
  #marks: { readonly atMs: number; readonly done: number }[] = [];
  /** When the job would end, by the last estimates. */
  #ends: number[] = [];
  #pace = unknown;

  /** Begins anew, as after a pause: the time in between says nothing about the pace. */
  restart(atMs: number, done: number): void {
    this.#marks = [{ atMs, done }];
    this.#ends = [];
    this.#pace = unknown;
  }

  /** To be called as often as one likes. */
  note(atMs: number, done: number, total: number | null): Pace {
    const last = this.#marks.at(-1);
    if (!last) this.restart(atMs, done);
    if (!last || atMs - last.atMs < stepMs) return this.#pace;
    this.#marks = [...this.#marks.slice(-stepsLookedAt), { atMs, done }];
    const [first] = this.#marks;
    if (!first || done === first.done) {
      this.#ends = [];
      this.#pace = unknown;
      return this.#pace;
    }
    const rate = (done - first.done) / ((atMs - first.atMs) / 1_000);
    this.#pace = { rate, remainingMs: this.#remaining(atMs, done, total, rate) };
    return this.#pace;
  }

  #remaining(atMs: number, done: number, total: number | null, rate: number): number | null {
    if (total === null) return null;
    const remainingMs = Math.max(0, ((total - done) / rate) * 1_000);
    this.#ends = [...this.#ends, atMs + remainingMs].slice(-estimatesNeeded);
    const spreadMs = Math.max(...this.#ends) - Math.min(...this.#ends);
    const isAgreed =
      this.#ends.length === estimatesNeeded && spreadMs <= Math.max(stepMs, remainingMs * tolerance);
    return isAgreed ? remainingMs : null;
  }
}
