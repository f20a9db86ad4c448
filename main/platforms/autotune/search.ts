import type { Clock } from '../../../app/base/clock';

/** One way to run a version. */
export interface TuningPoint {
  readonly instances: number;
  readonly intraOpThreads: number;
  readonly maxBatchSize: number;
  readonly batchTimeoutMicros: number;
}

/** What running it so under load gave. */
export interface Measurement {
  readonly requestsPerSecond: number;
  readonly p95Ms: number;
}

export interface TuningRow extends Measurement {
  readonly point: TuningPoint;
  /** Did it keep to the bound? */
  readonly isWithinBound: boolean;
}

export interface TuningResult {
  readonly baseline: TuningRow;
  /** The fastest that keeps to the bound; where none does, the one that comes nearest to it. */
  readonly best: TuningRow;
  /** Requests a second of the best as a multiple of the baseline's. */
  readonly gain: number;
  /** Every point that was measured, in that order. */
  readonly table: readonly TuningRow[];
  /** False when time ran out before every direction was tried. */
  readonly isComplete: boolean;
}

export interface TuningOptions {
  readonly baseline: TuningPoint;
  readonly space: TuningSpace;
  readonly p95BoundMs: number;
  /** No measurement is begun after so long. */
  readonly budgetMs: number;
  readonly clock: Clock;
  /** Runs the version so, under load, and measures. A point that cannot be run is answered with null and avoided. */
  readonly measure: (point: TuningPoint) => Promise<Measurement | null>;
  readonly onDidMeasure?: (row: TuningRow) => void;
  readonly signal?: AbortSignal;
}

/** The values that each setting may take, in rising order. */
export type TuningSpace = { readonly [K in keyof TuningPoint]: readonly number[] };

/** A gain below this is noise, and not worth more memory or another setting. */
const noise = 1.03;
/** In the order of what they usually gain; a delay is of use only once there is a batch to wait for. */
const dimensions = ['maxBatchSize', 'intraOpThreads', 'instances', 'batchTimeoutMicros'] as const;

/** What is sensible on a machine of `cores`, for a model that takes at most `mostBatch` at once. */
export function tuningSpace(cores: number, mostBatch: number): TuningSpace {
  const upTo = (most: number): number[] => {
    const powers = Array.from({ length: 12 }, (_, exponent) => 2 ** exponent).filter((power) => power < most);
    return [...powers, Math.max(1, most)];
  };
  return {
    instances: upTo(Math.min(cores, 8)),
    intraOpThreads: upTo(Math.min(cores, 16)),
    maxBatchSize: upTo(Math.min(mostBatch, 64)),
    batchTimeoutMicros: [0, 1_000, 4_000],
  };
}

/** More threads than cores only get in each other's way: what was not moved makes room for what was. */
function fitted(
  point: TuningPoint,
  moved: keyof TuningPoint,
  space: TuningSpace,
  cores: number,
): TuningPoint {
  if (point.instances * point.intraOpThreads <= cores) return point;
  const other = moved === 'instances' ? 'intraOpThreads' : 'instances';
  const room = cores / Math.max(1, point[moved === 'instances' ? 'instances' : 'intraOpThreads']);
  return { ...point, [other]: Math.max(1, ...space[other].filter((value) => value <= room)) };
}

/**
 * Looks for the fastest way to run a version under a bound on the 95th percentile of its latency. From the baseline one setting is moved at
 * a time, step by step for as long as that helps, and around again until no setting does: a fraction of all combinations is measured. It
 * throws nothing of its own; when it is aborted or time runs out the best so far is answered.
 */
export async function autotune(options: TuningOptions): Promise<TuningResult> {
  const { baseline, space, p95BoundMs, budgetMs, clock, measure, onDidMeasure, signal } = options;
  const endsAtMs = clock.now() + budgetMs;
  const cores = Math.max(...space.intraOpThreads, ...space.instances);
  const table: TuningRow[] = [];
  const measured = new Map<string, TuningRow | null>();
  const isOver = (): boolean => clock.now() >= endsAtMs || (signal?.aborted ?? false);

  async function rowOf(point: TuningPoint): Promise<TuningRow | null> {
    const key = JSON.stringify(point);
    const known = measured.get(key);
    if (known !== undefined) return known;
    const measurement = await measure(point);
    const row = measurement && { point, ...measurement, isWithinBound: measurement.p95Ms <= p95BoundMs };
    measured.set(key, row);
    if (row) {
      table.push(row);
      onDidMeasure?.(row);
    }
    return row;
  }

  const first = await rowOf(baseline);
  const start: TuningRow = first ?? {
    point: baseline,
    requestsPerSecond: 0,
    p95Ms: Number.POSITIVE_INFINITY,
    isWithinBound: false,
  };
  let best = start;
  let isComplete = false;

  /** Moves one setting in one direction for as long as that helps. True when it did. */
  async function climb(dimension: keyof TuningPoint, step: 1 | -1): Promise<boolean> {
    let hasGained = false;
    const values = space[dimension];
    for (let index = nearest(values, best.point[dimension]) + step; ; index += step) {
      const value = values[index];
      if (value === undefined || isOver()) return hasGained;
      const point = fitted({ ...best.point, [dimension]: value }, dimension, space, cores);
      const row = await rowOf(point);
      if (!row || !isBetter(row, best)) return hasGained;
      best = row;
      hasGained = true;
    }
  }

  for (let hasGained = true; hasGained && !isOver(); ) {
    hasGained = false;
    for (const dimension of dimensions) {
      if (dimension === 'batchTimeoutMicros' && best.point.maxBatchSize === 1) continue;
      const up = await climb(dimension, 1);
      const down = up ? false : await climb(dimension, -1);
      hasGained ||= up || down;
    }
    isComplete = !isOver();
  }
  const gain = start.requestsPerSecond > 0 ? best.requestsPerSecond / start.requestsPerSecond : 1;
  return { baseline: start, best, gain, table, isComplete };
}

/** Keeping to the bound comes first; then speed, by more than noise; beyond the bound the smaller latency. */
function isBetter(row: TuningRow, best: TuningRow): boolean {
  if (row.isWithinBound !== best.isWithinBound) return row.isWithinBound;
  if (!row.isWithinBound) return row.p95Ms * noise < best.p95Ms;
  return row.requestsPerSecond > best.requestsPerSecond * noise;
}

/** The index of the value that is nearest to `wanted`. */
const nearest = (values: readonly number[], wanted: number): number =>
  values.reduce(
    (best, value, index) =>
      Math.abs(value - wanted) < Math.abs((values[best] ?? 0) - wanted) ? index : best,
    0,
  );
