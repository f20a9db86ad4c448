import { expect, test } from 'vitest';
import { shortenerFor } from '../../../../renderer/features/playground/short-label';

test('the first synonym stands for the class', () => {
  expect(shortenerFor(['tench, Tinca tinca', 'reel'])('tench, Tinca tinca')).toBe('tench');
});

test('unless another class begins with it', () => {
  const short = shortenerFor(['crane, bird', 'crane, machine', 'shirt, red']);
  expect(short('crane, bird')).toBe('crane, bird');
  expect(short('shirt, red')).toBe('shirt');
});
