import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fractionOf, murmur32, seedOf } from '../../../main/traffic/murmur';
import { movedShare, rendezvous } from '../../../main/traffic/rendezvous';

/** The text whose UTF-16 code units are these bytes, low first. */
const textOf = (...bytes: number[]): string => {
  const units: number[] = [];
  for (let at = 0; at < bytes.length; at += 2) units.push((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8));
  return String.fromCharCode(...units);
};

test('the hash is MurmurHash3_x86_32: its published test vectors', () => {
  expect(murmur32('', 0)).toBe(0);
  expect(murmur32('', 1)).toBe(0x514e28b7);
  expect(murmur32('', 0xffffffff)).toBe(0x81f16f39);
  expect(murmur32(textOf(0xff, 0xff, 0xff, 0xff), 0)).toBe(0x76293b50);
  expect(murmur32(textOf(0x21, 0x43, 0x65, 0x87), 0)).toBe(0xf55b516b);
  expect(murmur32(textOf(0x21, 0x43, 0x65, 0x87), 0x5082edee)).toBe(0x2362f9de);
  expect(murmur32(textOf(0x21, 0x43), 0)).toBe(0xa0f7b07a);
  expect(murmur32(textOf(0, 0, 0, 0), 0)).toBe(0x2362f9de);
  expect(murmur32(textOf(0, 0), 0)).toBe(0x30f4c306);
});

test('keys that differ little fall evenly between 0 and 1, each seed for itself', () => {
  const seeds = [seedOf('shop', 'a'), seedOf('shop', 'b')] as const;
  const cells = new Array<number>(100).fill(0);
  const n = 50_000;
  for (let user = 0; user < n; user++) {
    const [x, y] = seeds.map((seed) => Math.floor(fractionOf(`user-${user}`, seed) * 10));
    cells[(x ?? 0) * 10 + (y ?? 0)] = (cells[(x ?? 0) * 10 + (y ?? 0)] ?? 0) + 1;
  }
  const expected = n / 100;
  const chiSquare = cells.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  expect(chiSquare).toBeLessThan(170); // 99 degrees of freedom: above it once in 100,000
});

const keyCount = 4_000;
const keys = Array.from({ length: keyCount }, (_, user) => `user-${user}`);
/** Five standard deviations: chance leaves it once in two million times. */
const slack = (share: number): number => 5 * Math.sqrt((share * (1 - share)) / keyCount) + 1e-9;

type Weights = ReadonlyMap<string, number>;
const seeds = new Map(['a', 'b', 'c', 'd', 'e'].map((name) => [name, seedOf('shop', name)]));
const assign = (weights: Weights, key: string): string | undefined =>
  rendezvous(
    [...weights]
      .filter(([, weight]) => weight > 0)
      .map(([name, weight]) => ({ name, weight, seed: seeds.get(name) ?? seedOf(name) })),
    key,
  )?.name;

/** Two to five candidates whose weights sum to 100. */
const weightsArb = fc
  .array(fc.integer({ min: 1, max: 100 }), { minLength: 2, maxLength: 5 })
  .map((raw): Weights => {
    const sum = raw.reduce((total, it) => total + it, 0);
    return new Map(raw.map((it, index) => ['abcde'[index] ?? 'a', (it / sum) * 100]));
  });

test('each gets its share of keys, within what chance allows', () => {
  fc.assert(
    fc.property(weightsArb, (weights) => {
      const counts = new Map<string | undefined, number>();
      for (const key of keys) counts.set(assign(weights, key), (counts.get(assign(weights, key)) ?? 0) + 1);
      for (const [name, weight] of weights) {
        const share = weight / 100;
        expect(Math.abs((counts.get(name) ?? 0) / keyCount - share)).toBeLessThanOrEqual(slack(share));
      }
    }),
    { numRuns: 30 },
  );
});

test('the order of the candidates decides nothing', () => {
  fc.assert(
    fc.property(weightsArb, fc.string(), (weights, key) => {
      expect(assign(new Map([...weights].reverse()), key)).toBe(assign(weights, key));
    }),
  );
});

test('when one weight changes against all others, keys move to it or from it and nowhere else', () => {
  fc.assert(
    fc.property(weightsArb, fc.integer({ min: 0, max: 99 }), (before, newWeight) => {
      const was = before.get('a') ?? 0;
      const rest = (100 - newWeight) / (100 - was);
      const after = new Map([...before].map(([name, it]) => [name, name === 'a' ? newWeight : it * rest]));
      let moved = 0;
      for (const key of keys) {
        const [from, to] = [assign(before, key), assign(after, key)];
        if (from === to) continue;
        moved++;
        expect(newWeight > was ? to : from).toBe('a');
      }
      const least = Math.abs(newWeight - was) / 100;
      expect(Math.abs(moved / keyCount - least)).toBeLessThanOrEqual(slack(least));
      expect(movedShare(before, after)).toBeCloseTo(least, 9);
    }),
    { numRuns: 30 },
  );
});

test('whatever changes, no more moves than the best rule without a memory must move, and as much as is foretold', () => {
  fc.assert(
    fc.property(weightsArb, weightsArb, (before, after) => {
      const names = new Set([...before.keys(), ...after.keys()]);
      let least = 0;
      for (const name of names) least += Math.abs((before.get(name) ?? 0) - (after.get(name) ?? 0)) / 200;
      const foretold = movedShare(before, after);
      expect(foretold).toBeGreaterThanOrEqual(least - 1e-9);
      expect(foretold).toBeLessThanOrEqual((2 * least) / (1 + least) + 1e-9);
      const moved = keys.filter((key) => assign(before, key) !== assign(after, key)).length / keyCount;
      expect(Math.abs(moved - foretold)).toBeLessThanOrEqual(slack(foretold));
    }),
    { numRuns: 30 },
  );
});

test('a lone candidate gets everything, and none gets nothing', () => {
  expect(rendezvous([{ weight: 1, seed: seedOf('a') }], 'x')).toMatchObject({ weight: 1 });
  expect(rendezvous([], 'x')).toBeUndefined();
});
