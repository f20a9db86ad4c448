import { median, quantileSorted } from 'simple-statistics';
import { type CellAnswer, probabilityOf } from './cell';

/** A difference to the baseline. `same`: inside the noise band. `neutral`: neither direction is better by itself. */
export interface Delta {
  readonly direction: 'up' | 'down' | 'same';
  readonly value: number;
  readonly verdict: 'better' | 'worse' | 'neutral';
}

/** Probabilities are shown with two decimals: what rounds to nothing is no difference. */
export const probabilityNoise = 0.005;

/** How the probability of the baseline's own answer changes. Null when there is nothing to compare. */
export function probabilityDelta(baseline: CellAnswer, other: CellAnswer): Delta | null {
  const compared = baseline.top[0];
  const probability = compared && probabilityOf(other, compared);
  if (compared === undefined || probability === undefined) return null;
  return { ...directed(probability - compared.probability, probabilityNoise), verdict: 'neutral' };
}

/** A quantity of which less is better: latency, memory, size. */
export function costDelta(baseline: number, other: number, noise: number): Delta {
  const { direction, value } = directed(other - baseline, noise);
  const verdict = direction === 'same' ? 'neutral' : direction === 'down' ? 'better' : 'worse';
  return { direction, value, verdict };
}

function directed(value: number, noise: number): Pick<Delta, 'direction' | 'value'> {
  if (Math.abs(value) <= noise) return { direction: 'same', value };
  return { direction: value > 0 ? 'up' : 'down', value };
}

/** What many timings of one version come to. */
export interface TimingSummary {
  readonly medianMs: number;
  readonly count: number;
  /** Half the width of the median's notch: how far the median itself may be off. */
  readonly noiseMs: number;
}

/** Below this no difference is shown: milliseconds are written with one decimal. */
const smallestTimeMs = 0.05;

/**
 * The notch is 1.57 times the interquartile range over the square root of the count, about a 95 % interval of the median.
 * Source: McGill, Tukey and Larsen, "Variations of box plots", The American Statistician 32 (1978).
 */
export function summariseTimings(runsMs: readonly number[]): TimingSummary | null {
  if (runsMs.length === 0) return null;
  const sorted = [...runsMs].sort((a, b) => a - b);
  const spread = quantileSorted(sorted, 0.75) - quantileSorted(sorted, 0.25);
  return {
    medianMs: median(sorted),
    count: sorted.length,
    noiseMs: (1.57 * spread) / Math.sqrt(sorted.length),
  };
}

export function timingDelta(baseline: TimingSummary, other: TimingSummary): Delta {
  const noise = Math.max(smallestTimeMs, Math.hypot(baseline.noiseMs, other.noiseMs));
  return costDelta(baseline.medianMs, other.medianMs, noise);
}

/** A process's resident memory moves by itself: two megabytes or two percent are no difference. */
export function memoryDelta(baselineBytes: number, otherBytes: number): Delta {
  return costDelta(baselineBytes, otherBytes, Math.max(2_000_000, 0.02 * baselineBytes));
}

/** Sizes on disk are exact. */
export const sizeDelta = (baselineBytes: number, otherBytes: number): Delta =>
  costDelta(baselineBytes, otherBytes, 0);
