import { fractionOf, type Seed } from './murmur';

/** Something that can be picked, in proportion to its weight. */
export interface Weighted {
  /** Above 0. */
  readonly weight: number;
  readonly seed: Seed;
}

/**
 * The one that `key` belongs to: weighted rendezvous hashing. Every key has a draw for each candidate, an exponential one of the
 * candidate's rate, and the smallest wins: so each gets its part of all keys, whatever the keys are, and on every machine alike.
 *
 * When one candidate's weight rises or falls against all others, when it comes or goes, keys move to it or from it and nowhere else,
 * which is the least that can move. When several weights change at once, more than the least may move, but no rule that knows only
 * the weights moves less for all pairs of keys and weights. Undefined without candidates.
 *
 * Sources: Thaler and Ravishankar, “Using name-based mappings to increase hit rates” (IEEE/ACM Transactions on Networking, 1998);
 * Schindelhauer and Schomaker, “Weighted distributed hash tables” (SPAA 2005); Moulton and Jiang, “Maximally consistent sampling and
 * the Jaccard index of probability distributions” (ICDM 2018).
 */
export function rendezvous<T extends Weighted>(candidates: readonly T[], key: string): T | undefined {
  if (candidates.length < 2) return candidates[0];
  let best: T | undefined;
  let bestDraw = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const draw = -Math.log(fractionOf(key, candidate.seed)) / candidate.weight;
    if (draw < bestDraw) {
      bestDraw = draw;
      best = candidate;
    }
  }
  return best;
}

/**
 * The part of all keys that belongs to another candidate after a change of weights: exact. Weights need not sum to anything; what is in
 * one of the two only has the weight 0 in the other. Source: Moulton and Jiang, the probability Jaccard index.
 */
export function movedShare(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): number {
  const names = new Set([...before.keys(), ...after.keys()]);
  let stays = 0;
  for (const name of names) {
    const [was, is] = [before.get(name) ?? 0, after.get(name) ?? 0];
    if (was <= 0 || is <= 0) continue;
    let sum = 0;
    for (const other of names) sum += Math.max((before.get(other) ?? 0) / was, (after.get(other) ?? 0) / is);
    stays += 1 / sum;
  }
  return Math.max(0, 1 - stays);
}
