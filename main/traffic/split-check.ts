/** Beyond so large a variance the normal distribution is as good, and quicker. */
const exactUpTo = 400;
const usual = { tail: 0.025, z: 1.959964 };
const rare = { tail: 0.0005, z: 3.290527 };

export interface ShareCheck {
  /** 0 to 1. */
  readonly low: number;
  readonly high: number;
  readonly isKept: boolean;
}

/**
 * Where the share of something that falls to us with the probability `expected` lies by chance alone, 95 of 100 times, in `of` trials of
 * which `got` did; and whether what we got is within what chance gives 999 of 1000 times. `sumOfSquares` is `of` when every trial is on
 * its own, and more when some belong together.
 */
export function checkShare(expected: number, got: number, of: number, sumOfSquares: number): ShareCheck {
  // So many trials on their own would vary as much.
  const trials = Math.max(1, Math.round((of * of) / Math.max(of, sumOfSquares)));
  const [low, high] = interval(expected, trials, usual);
  const [least, most] = interval(expected, trials, rare);
  const share = of === 0 ? expected : got / of;
  const isKept = share >= least - 1e-12 && share <= most + 1e-12;
  return { low, high, isKept };
}

function interval(p: number, n: number, { tail, z }: typeof usual): readonly [number, number] {
  if (p <= 0) return [0, 0];
  if (p >= 1) return [1, 1];
  const variance = n * p * (1 - p);
  if (variance > exactUpTo) {
    const half = (z * Math.sqrt(variance)) / n;
    return [Math.max(0, p - half), Math.min(1, p + half)];
  }
  return binomialInterval(p, n, tail);
}

/** The middle of the binomial distribution that leaves at most `tail` on either side. `n` may be large while n·p·(1−p) is not. */
function binomialInterval(p: number, n: number, tail: number): readonly [number, number] {
  if (p > 0.5) {
    const [low, high] = binomialInterval(1 - p, n, tail);
    return [1 - high, 1 - low];
  }
  let probability = Math.exp(n * Math.log1p(-p));
  let below = 0;
  let low = 0;
  for (let k = 0; k <= n; k++) {
    if (below + probability <= tail) low = k + 1;
    below += probability;
    if (1 - below <= tail) return [low / n, k / n];
    probability *= ((n - k) / (k + 1)) * (p / (1 - p));
  }
  return [low / n, 1];
}
