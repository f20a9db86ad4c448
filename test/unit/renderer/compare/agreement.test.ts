import { expect, test } from 'vitest';
import { agreementKind, agreementOf } from '../../../../renderer/features/compare/agreement';
import { answer } from './answers';

const tench = { topLabels: ['tench'] };
const reel = { topLabels: ['reel'] };

test('all versions with the same top label agree', () => {
  expect(agreementOf([tench, tench, tench])).toEqual({ agree: 3, of: 3 });
});

test('the largest group with one label counts', () => {
  expect(agreementOf([tench, reel, tench])).toEqual({ agree: 2, of: 3 });
  expect(agreementOf([tench, tench, reel, reel])).toEqual({ agree: 2, of: 4 });
});

test('versions that share no label all differ', () => {
  const agreement = agreementOf([tench, reel]);
  expect(agreement).toEqual({ agree: 1, of: 2 });
  expect(agreement && agreementKind(agreement)).toBe('allDiffer');
});

test('a tied version agrees with each label of its tie, since only the class index decided', () => {
  const tied = answer({ reel: 0.4, tench: 0.4, gar: 0.2 });
  expect(tied.topLabels).toEqual(['reel', 'tench']);
  expect(agreementOf([tied, tench])).toEqual({ agree: 2, of: 2 });
  expect(agreementOf([tied, { topLabels: ['gar'] }])).toEqual({ agree: 1, of: 2 });
});

test('a label that repeats inside a tie counts its version once', () => {
  expect(agreementOf([{ topLabels: ['crane', 'crane'] }, tench])).toEqual({ agree: 1, of: 2 });
});

test('one answer alone neither agrees nor differs', () => {
  expect(agreementOf([tench])).toBeNull();
  expect(agreementOf([])).toBeNull();
});
