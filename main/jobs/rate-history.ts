import type { RatePoint } from '../../app/contract/jobs';

const mostPoints = 120;
const firstStepMs = 1_000;

/**
 * How fast a job was from its beginning, in at most 120 points: at first one a second; whenever there are too many, neighbours
 * become one and points come half as often. Pure: time comes in, and is the job's running time, so that pauses leave no gap.
 */
export class RateHistory {
  #points: readonly RatePoint[];
  #stepMs = firstStepMs;
  #lastMs: number;
  #lastDone = 0;

  /** Goes on from what an earlier run had. */
  constructor(kept: readonly RatePoint[], elapsedMs: number) {
    this.#points = kept;
    this.#lastMs = elapsedMs;
    while (elapsedMs / this.#stepMs > mostPoints) this.#stepMs *= 2;
  }

  /** Items that were finished before say nothing about the pace. */
  restart(elapsedMs: number, done: number): void {
    this.#lastMs = elapsedMs;
    this.#lastDone = done;
  }

  /** To be called as often as one likes; answers all points. */
  note(elapsedMs: number, done: number): readonly RatePoint[] {
    const tookMs = elapsedMs - this.#lastMs;
    if (tookMs < this.#stepMs) return this.#points;
    const points = [...this.#points, { elapsedMs, rate: (done - this.#lastDone) / (tookMs / 1_000) }];
    this.restart(elapsedMs, done);
    if (points.length <= mostPoints) this.#points = points;
    else {
      this.#points = halved(points);
      this.#stepMs *= 2;
    }
    return this.#points;
  }
}

/** Each two neighbours as one that lasts as long as both. */
function halved(points: readonly RatePoint[]): RatePoint[] {
  const merged: RatePoint[] = [];
  let fromMs = 0;
  for (let index = 0; index < points.length; index += 2) {
    const [first, second] = [points[index], points[index + 1]];
    if (!first) break;
    const end = second ?? first;
    const items =
      first.rate * (first.elapsedMs - fromMs) +
      (second ? second.rate * (second.elapsedMs - first.elapsedMs) : 0);
    merged.push({ elapsedMs: end.elapsedMs, rate: items / Math.max(1, end.elapsedMs - fromMs) });
    fromMs = end.elapsedMs;
  }
  return merged;
}
