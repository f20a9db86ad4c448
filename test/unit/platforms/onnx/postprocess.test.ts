import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  measuredForm,
  probabilitiesOf,
  rankClasses,
  scoresOf,
} from '../../../../main/platforms/onnx/runner/postprocess';

const scores = (...values: number[]): Float64Array => Float64Array.from(values);
const name = (index: number): string => `class ${index}`;

test('the first class alone is the first of all, however numbers tie or are none', () => {
  const numberArb = fc.oneof(
    fc.integer({ min: -3, max: 3 }),
    fc.constantFrom(Number.NaN, Number.NEGATIVE_INFINITY, 0.5),
  );
  fc.assert(
    fc.property(
      fc.array(numberArb, { minLength: 1, maxLength: 12 }),
      fc.constantFrom('logits' as const, 'probabilities' as const),
      (numbers, form) => {
        const all = rankClasses(scores(...numbers), form, numbers.length + 1, name);
        const first = rankClasses(scores(...numbers), form, 1, name);
        expect(first).toEqual({ ...all, classes: all.classes.slice(0, 1) });
      },
    ),
  );
});

describe('what form the numbers have', () => {
  test('none below 0 with a sum near 1 are probabilities, whatever the file says', () => {
    expect(measuredForm(scores(0.7, 0.2, 0.11), 'logits')).toBe('probabilities');
    expect(measuredForm(scores(0.7, 0.2, 0.2), 'probabilities')).toBe('logits');
  });
  test('none above 0 whose exponentials sum to 1 are log-probabilities', () => {
    expect(measuredForm(scores(Math.log(0.75), Math.log(0.25)), 'logits')).toBe('logProbabilities');
    expect(measuredForm(scores(-1, -2), 'logits')).toBe('logits');
  });
  test('numbers of a sigmoid need not sum to 1', () => {
    expect(measuredForm(scores(0.9, 0.8), 'sigmoid')).toBe('sigmoid');
    expect(measuredForm(scores(0.9, 1.8), 'sigmoid')).toBe('logits');
  });
  test('a single number says nothing', () => {
    expect(measuredForm(scores(1), 'logits')).toBe('logits');
  });
});

describe('probabilities', () => {
  test('a softmax over logits, also over large ones', () => {
    const [a, b] = probabilitiesOf(scores(1000, 1000 + Math.log(3)), 'logits');
    expect(a).toBeCloseTo(0.25);
    expect(b).toBeCloseTo(0.75);
  });
  test('no second softmax over probabilities', () => {
    expect([...probabilitiesOf(scores(0.9, 0.1), 'probabilities')]).toEqual([0.9, 0.1]);
  });
  test('exponentials of log-probabilities', () => {
    expect(probabilitiesOf(scores(Math.log(0.9), Math.log(0.1)), 'logProbabilities')[0]).toBeCloseTo(0.9);
  });
  test('a single number is that of class 1 of two', () => {
    expect([...probabilitiesOf(scores(0.75), 'sigmoid')]).toEqual([0.25, 0.75]);
    expect(probabilitiesOf(scores(Math.log(3)), 'logits')[1]).toBeCloseTo(0.75);
  });
});

describe('ranking', () => {
  test('most probable first, as many as asked', () => {
    const { classes, classCount, isTied } = rankClasses(scores(1, 3, 2), 'logits', 2, name);
    expect(classes.map(({ index, label, raw }) => [index, label, raw])).toEqual([
      [1, 'class 1', 3],
      [2, 'class 2', 2],
    ]);
    expect([classCount, isTied]).toEqual([3, false]);
  });
  test('a few of many are the same as the first of all of them, ties and what is no number included', () => {
    const number = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constant(Number.NaN), fc.double());
    fc.assert(
      fc.property(
        fc.array(number, { minLength: 3, maxLength: 200 }),
        fc.integer({ min: 1, max: 31 }),
        (raw, top) => {
          const all = rankClasses(Float64Array.from(raw), 'sigmoid', raw.length, name);
          const few = rankClasses(Float64Array.from(raw), 'sigmoid', top, name);
          expect(few).toEqual({ ...all, classes: all.classes.slice(0, top) });
        },
      ),
    );
  });
  test('exact ties come by class index and are marked', () => {
    const { classes, isTied } = rankClasses(scores(1, 5, 0, 5), 'logits', 4, name);
    expect(classes.map(({ index }) => index)).toEqual([1, 3, 0, 2]);
    expect(isTied).toBe(true);
  });
  test('ties further down are not marked', () => {
    expect(rankClasses(scores(5, 1, 1), 'logits', 3, name).isTied).toBe(false);
  });
  test('what is no number comes last', () => {
    expect(
      rankClasses(scores(Number.NaN, 1, 2), 'probabilities', 3, name).classes.map(({ index }) => index),
    ).toEqual([2, 1, 0]);
  });
});

describe('the tensor that came back', () => {
  const float32 = (shape: readonly number[], ...values: number[]) => ({
    dtype: 'float32',
    shape,
    data: Float32Array.from(values),
  });
  test('is read whatever dimensions of 1 it has', () => {
    for (const shape of [[1, 2, 1, 1], [1, 2], [2]]) {
      expect(scoresOf(float32(shape, 3, 4), 1).map((row) => [...row])).toEqual([[3, 4]]);
    }
  });
  test('holds one row a picture', () => {
    expect(scoresOf(float32([2, 2], 1, 2, 3, 4), 2).map((row) => [...row])).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });
  test('may be of half precision', () => {
    const [row] = scoresOf({ dtype: 'float16', shape: [1, 2], data: Uint16Array.of(0x3c00, 0xc000) }, 1);
    expect([...(row ?? [])]).toEqual([1, -2]);
  });
  test('is refused with more than one dimension of classes, or with text in it', () => {
    expect(() => scoresOf(float32([1, 2, 2], 1, 2, 3, 4), 1)).toThrow(
      expect.objectContaining({ code: 'MODEL_NOT_A_CLASSIFIER' }),
    );
    expect(() => scoresOf({ dtype: 'string', shape: [1, 1], data: ['cat'] }, 1)).toThrow(
      expect.objectContaining({ code: 'MODEL_NOT_A_CLASSIFIER' }),
    );
  });
});
