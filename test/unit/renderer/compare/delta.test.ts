import { describe, expect, test } from 'vitest';
import {
  costDelta,
  memoryDelta,
  probabilityDelta,
  sizeDelta,
  summariseTimings,
  timingDelta,
} from '../../../../renderer/features/compare/delta';
import { answer } from './answers';

describe('a picture', () => {
  test("is measured by the probability of the baseline's own answer, and no direction is better", () => {
    const delta = probabilityDelta(
      answer({ barracouta: 0.84, tench: 0.15 }),
      answer({ barracouta: 0.26, tench: 0.69 }),
    );
    expect(delta?.value).toBeCloseTo(-0.58);
    expect(delta).toMatchObject({ direction: 'down', verdict: 'neutral' });
  });

  test('is the same inside the noise band', () => {
    const delta = probabilityDelta(answer({ a: 0.996, b: 0.004 }), answer({ a: 0.999, b: 0.001 }));
    expect(delta?.direction).toBe('same');
  });

  test('finds the class by its label when the other model orders its classes differently', () => {
    const delta = probabilityDelta(answer({ cat: 0.9, dog: 0.1 }), answer({ dog: 0.7, cat: 0.3 }));
    expect(delta?.value).toBeCloseTo(-0.6);
  });

  test('has no delta when the other version does not know the class', () => {
    expect(probabilityDelta(answer({ cat: 0.9, dog: 0.1 }), answer({ bird: 0.7, dog: 0.3 }))).toBeNull();
  });
});

describe('a cost', () => {
  test('is better when lower and worse when higher', () => {
    expect(costDelta(8.6, 6.1, 0.05)).toMatchObject({ direction: 'down', verdict: 'better' });
    expect(sizeDelta(2_484_091, 3_655_640)).toMatchObject({ direction: 'up', verdict: 'worse' });
  });

  test('of memory ignores what processes do by themselves', () => {
    expect(memoryDelta(111_000_000, 110_000_000)).toMatchObject({ direction: 'same', verdict: 'neutral' });
    expect(memoryDelta(111_000_000, 97_000_000)).toMatchObject({ direction: 'down', verdict: 'better' });
    expect(memoryDelta(1_000_000_000, 1_015_000_000).direction).toBe('same');
  });

  test('of size on disk is exact', () => {
    expect(sizeDelta(100, 101).direction).toBe('up');
    expect(sizeDelta(100, 100).direction).toBe('same');
  });
});

describe('timings', () => {
  test('come to a median with the width of its notch', () => {
    const summary = summariseTimings([5, 1, 3, 2, 4]);
    expect(summary).toMatchObject({ medianMs: 3, count: 5 });
    expect(summary?.noiseMs).toBeCloseTo((1.57 * 2) / Math.sqrt(5));
  });

  test('without a run come to nothing', () => {
    expect(summariseTimings([])).toBeNull();
  });

  test('that scatter more than they differ are the same; steady ones are not', () => {
    const near = { medianMs: 6.4, count: 20, noiseMs: 0.3 };
    const far = { medianMs: 6.7, count: 20, noiseMs: 0.3 };
    expect(timingDelta(near, far).direction).toBe('same');
    expect(timingDelta({ ...near, noiseMs: 0.1 }, { ...far, noiseMs: 0.1 })).toMatchObject({
      verdict: 'worse',
    });
  });
});
