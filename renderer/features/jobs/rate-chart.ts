import type { RatePoint } from '../../../app/contract/jobs';

/** What the pace of a job comes to, for the caption of its chart. */
export type RateFinding =
  | { readonly kind: 'none' }
  /** From then on it stayed within a sixth of its mean. */
  | { readonly kind: 'steady'; readonly rate: number; readonly sinceMs: number }
  | { readonly kind: 'between'; readonly least: number; readonly most: number };

const tolerance = 1 / 6;
const fewestSteady = 3;

/** The longest steady end of the run, if it is most of it; else its bounds. */
export function rateFinding(rates: readonly RatePoint[]): RateFinding {
  if (rates.length === 0) return { kind: 'none' };
  let from = rates.length;
  let sum = 0;
  let [least, most] = [Number.POSITIVE_INFINITY, 0];
  for (let at = rates.length - 1; at >= 0; at--) {
    const rate = rates[at]?.rate ?? 0;
    const nextSum = sum + rate;
    const mean = nextSum / (rates.length - at);
    const [nextLeast, nextMost] = [Math.min(least, rate), Math.max(most, rate)];
    if (nextMost > mean * (1 + tolerance) || nextLeast < mean * (1 - tolerance)) break;
    [from, sum, least, most] = [at, nextSum, nextLeast, nextMost];
  }
  const count = rates.length - from;
  if (count >= fewestSteady && count * 2 >= rates.length) {
    return { kind: 'steady', rate: sum / count, sinceMs: rates[from - 1]?.elapsedMs ?? 0 };
  }
  const all = rates.map(({ rate }) => rate);
  return { kind: 'between', least: Math.min(...all), most: Math.max(...all) };
}

/** The highest value of the axis, and what stands on it: zero-based, in three lines. */
export function rateAxis(rates: readonly RatePoint[]): readonly [number, number, number] {
  const most = Math.max(1, ...rates.map(({ rate }) => rate));
  const unit = 10 ** Math.floor(Math.log10(most));
  const top = [1, 1.6, 2, 3, 4, 6, 8, 10].map((step) => step * unit).find((value) => value >= most) ?? most;
  return [0, top / 2, top];
}
