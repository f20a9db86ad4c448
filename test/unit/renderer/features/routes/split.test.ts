import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Share } from '../../../../../app/contract/routes';
import {
  evenly,
  readWeight,
  withoutShare,
  withShare,
  withWeight,
} from '../../../../../renderer/features/routes/split';

const split = (...weights: number[]): Share[] => weights.map((weight, at) => ({ arm: `a${at}`, weight }));
const weights = (shares: readonly Share[]): number[] => shares.map(({ weight }) => weight);
const hundredths = (shares: readonly Share[]): number =>
  shares.reduce((sum, { weight }) => sum + Math.round(weight * 100), 0);
/** A split of so many arms that sums to 100 in hundredths. */
const anySplit = fc
  .array(fc.nat(10_000), { minLength: 1, maxLength: 8 })
  .map((ratios) =>
    ratios.reduce((shares, ratio, at) => withWeight(shares, `a${at}`, ratio / 100), evenly(split(...ratios))),
  );

describe('a weight that is changed', () => {
  test.each([
    ['of two, the other gets the rest', [90, 10], 'a1', 25, [75, 25]],
    ['of three, the others keep their proportion', [60, 30, 10], 'a2', 40, [40, 20, 40]],
    [
      'what cannot be parted in whole per cents goes to the largest remainder',
      [50, 25, 25],
      'a0',
      49,
      [49, 26, 25],
    ],
    ['hundredths part the others in hundredths', [50, 25, 25], 'a0', 33.33, [33.33, 33.34, 33.33]],
    ['from everything to some, the others get equal parts', [100, 0, 0], 'a0', 50, [50, 25, 25]],
    ['to everything, the others get nothing', [50, 25, 25], 'a0', 100, [100, 0, 0]],
    ['alone it keeps all', [100], 'a0', 30, [100]],
    ['beyond its bounds it stops there', [50, 50], 'a0', 130, [100, 0]],
  ] as const)('%s', (_, before, arm, weight, after) => {
    expect(weights(withWeight(split(...before), arm, weight))).toEqual(after);
  });

  test('always leaves a sum of exactly 100, and nobody below nothing', () => {
    fc.assert(
      fc.property(anySplit, fc.nat(10_000), (shares, weight) => {
        const next = withWeight(shares, 'a0', weight / 100);
        expect(hundredths(next)).toBe(10_000);
        expect(Math.min(...weights(next))).toBeGreaterThanOrEqual(0);
        if (next.length > 1) expect(next[0]?.weight).toBe(weight / 100);
      }),
    );
  });
});

describe('arms of a split', () => {
  test('the first gets everything, a later one nothing yet', () => {
    expect(weights(withShare([], 'a0'))).toEqual([100]);
    expect(weights(withShare(split(90, 10), 'a2'))).toEqual([90, 10, 0]);
  });

  test('the others take over what one had, in their proportion', () => {
    expect(weights(withoutShare(split(50, 40, 10), 'a0'))).toEqual([80, 20]);
    expect(weights(withoutShare(split(100, 0, 0), 'a0'))).toEqual([50, 50]);
    expect(withoutShare(split(100), 'a0')).toEqual([]);
  });

  test('even parts differ by one per cent at most', () => {
    expect(weights(evenly(split(90, 5, 5)))).toEqual([34, 33, 33]);
  });
});

describe('a weight that is typed', () => {
  test.each([
    ['10', 10],
    [' 12.5 % ', 12.5],
    ['0,25', 0.25],
    ['100', 100],
  ])('%j is read', (text, weight) => expect(readWeight(text)).toBe(weight));

  test.each(['', 'ten', '101', '-1', '1.234', '1e1', '100.5'])('%j is none', (text) =>
    expect(readWeight(text)).toBeNull(),
  );
});
