import { describe, expect, test } from 'vitest';
import { AppError } from '../../../app/base/errors';
import { gistOf, gistOfTensors, type Ranker } from '../../../main/runner/codecs/answer-gist';
import type { Tensor } from '../../../main/runner/tensor';

const tensor = (data: Float32Array | BigInt64Array | string[], ...shape: number[]): Tensor => ({
  dtype: data instanceof Float32Array ? 'float32' : data instanceof BigInt64Array ? 'int64' : 'string',
  shape: shape.length === 0 ? [data.length] : shape,
  data,
});

const asked: (number | undefined)[] = [];
const classifier: Ranker = {
  rank: async (_, rowCount, top) => {
    asked.push(top);
    return Array.from({ length: rowCount }, (_row, at) => [
      { index: at, label: `class ${at}`, probability: 0.5, raw: 1 },
    ]);
  },
};
const noClassifier: Ranker = {
  rank: async () => {
    throw new AppError('MODEL_NOT_A_CLASSIFIER');
  },
};
const outputs = { y: tensor(Float32Array.of(1, 2, Number.NaN)) };

describe('the gist of an answer', () => {
  test('of tensors that stand for classes: the first class of each row, and no more is ranked', async () => {
    expect(await gistOf({ kind: 'predict', outputs, labels: [] }, 2, classifier)).toEqual({
      kind: 'classes',
      rows: [
        { label: 'class 0', confidence: 0.5 },
        { label: 'class 1', confidence: 0.5 },
      ],
    });
    expect(asked).toEqual([1]);
  });

  test('of other tensors, or of very many rows: some of the numbers', async () => {
    const numbers = { kind: 'numbers', values: [1, 2, null] };
    expect(await gistOf({ kind: 'predict', outputs, labels: [] }, 1, noClassifier)).toEqual(numbers);
    expect(await gistOf({ kind: 'predict', outputs, labels: [] }, 1_000, classifier)).toEqual(numbers);
  });

  test('of examples and pictures: the first class of each; what failed has none', async () => {
    const classes = [[{ label: 'cat', score: 0.9 }], []];
    const rows = [
      { label: 'cat', confidence: 0.9 },
      { label: '', confidence: 0 },
    ];
    expect(await gistOf({ kind: 'classify', classes }, 2, noClassifier)).toEqual({ kind: 'classes', rows });
    const result = {
      classes: [{ index: 0, label: 'cat', probability: 0.9, raw: 1 }],
      classCount: 1,
      isTied: false,
      output: { name: 'y', dtype: 'float32', shape: [1], form: 'logits' },
      timingsMs: { queue: 0, decode: 0, preprocess: 0, run: 0 },
    } as const;
    const results = [
      { ...result, classes: [...result.classes], output: { ...result.output, shape: [1] } },
      { error: 'x' },
    ];
    expect(await gistOf({ kind: 'pictures', results }, 2, noClassifier)).toEqual({ kind: 'classes', rows });
  });

  test('of a regression: its numbers', async () => {
    expect(await gistOf({ kind: 'regress', values: [0.25] }, 1, noClassifier)).toEqual({
      kind: 'numbers',
      values: [0.25],
    });
  });

  test('of large tensors: 32 numbers at even distances, over all outputs by name, texts left out', () => {
    const values = Float32Array.from({ length: 100 }, (_, at) => at);
    const gist = gistOfTensors({
      b: tensor(values),
      a: tensor(BigInt64Array.of(7n, 8n)),
      c: tensor(['text']),
    });
    expect(gist.kind === 'numbers' && gist.values.length).toBeLessThanOrEqual(32);
    expect(gist.kind === 'numbers' && gist.values.slice(0, 4)).toEqual([7, 2, 6, 10]);
    expect(gistOfTensors({})).toEqual({ kind: 'numbers', values: [] });
  });
});
