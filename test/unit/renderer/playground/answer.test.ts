import { describe, expect, test } from 'vitest';
import {
  barsOf,
  closeCall,
  isUnsure,
  rawOutputText,
  tiedClasses,
} from '../../../../renderer/features/playground/answer';
import { classification } from '../compare/answers';

describe('bars', () => {
  test('show five classes, and the others as what is left to one', () => {
    const bars = barsOf(classification({ a: 0.5, b: 0.2, c: 0.1, d: 0.05, e: 0.05, f: 0.06, g: 0.04 }));
    expect(bars.top.map(({ label }) => label)).toEqual(['a', 'b', 'c', 'f', 'd']);
    expect(bars.others?.count).toBe(2);
    expect(bars.others?.probability).toBeCloseTo(0.09);
  });

  test('have no "others" when every class is shown, nor for independent sigmoids', () => {
    expect(barsOf(classification({ a: 0.6, b: 0.4 })).others).toBeNull();
    const many = classification({ a: 0.9, b: 0.8, c: 0.7, d: 0.6, e: 0.5, f: 0.4 });
    expect(barsOf({ ...many, output: { ...many.output, form: 'sigmoid' } }).others).toBeNull();
  });
});

test('a second class with half the probability of the first makes it a close call', () => {
  expect(closeCall(classification({ tabby: 0.517, 'tiger cat': 0.376 }))?.label).toBe('tiger cat');
  expect(closeCall(classification({ tabby: 0.8, 'tiger cat': 0.2 }))).toBeNull();
});

test('an exact tie is named as a tie, not as a close call', () => {
  const tied = classification({ a: 0.4, b: 0.4, c: 0.2 });
  expect(closeCall(tied)).toBeNull();
  expect(tiedClasses(tied).map(({ label }) => label)).toEqual(['a', 'b']);
  expect(tiedClasses(classification({ a: 0.6, b: 0.4 }))).toEqual([]);
});

test('no class with a third of the probability is an unsure answer', () => {
  expect(isUnsure(classification({ a: 0.3, b: 0.29, c: 0.21, d: 0.2 }))).toBe(true);
  expect(isUnsure(classification({ a: 0.4, b: 0.3, c: 0.3 }))).toBe(false);
});

test('the raw output copies as a table that spreadsheets paste', () => {
  const text = rawOutputText(classification({ a: 0.25, b: 0.75 }), ['Class', 'Label', 'Logit', 'Softmax']);
  expect(text).toBe('Class\tLabel\tLogit\tSoftmax\n1\tb\t0.75\t0.75\n0\ta\t0.25\t0.25');
});
