import { expect, test } from 'vitest';
import { classProbabilitySchema } from '../../app/contract/inference';

test('the number of a class may be infinite or no number at all: models give such', () => {
  for (const raw of [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, Number.NaN, -3.5]) {
    expect(classProbabilitySchema.parse({ index: 0, label: 'a', probability: 0, raw }).raw).toBe(raw);
  }
});
