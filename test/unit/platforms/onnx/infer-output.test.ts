import { describe, expect, test } from 'vitest';
import { valuesIn } from '../../../../main/platforms/onnx/runner/infer-output';
import { classifierModel } from '../../../support/onnx-classifiers';
import { inferModel, inferred } from '../../../support/onnx-inference';
import type { ModelSpec } from '../../../support/onnx-writer';

const shape = [1, 3, 32, 32];

describe('the form of the numbers', () => {
  test.each([
    ['Softmax', 'probabilities', 'outputSoftmax'],
    ['LogSoftmax', 'logProbabilities', 'outputLogSoftmax'],
    ['Sigmoid', 'sigmoid', 'outputSigmoid'],
  ] as const)('an end in %s gives %s', (end, form, reason) => {
    const { preprocessing, notes } = inferred(classifierModel({ shape, end }));
    expect(preprocessing.output).toBe(form);
    expect(notes.output).toEqual({ certainty: 'certain', reason, params: {} });
  });

  test('what only passes numbers on is looked through', () => {
    const spec = classifierModel({
      shape,
      end: 'Softmax',
      tail: [
        { op: 'Cast', inputs: ['scores'], outputs: ['a'], attributes: { to: 1 } },
        { op: 'Reshape', inputs: ['a', 'dims'], outputs: ['b'] },
        { op: 'Identity', inputs: ['b'], outputs: ['output'] },
      ],
    });
    expect(inferred(spec).preprocessing.output).toBe('probabilities');
  });

  test('anything else gives logits, named by its operator', () => {
    const { preprocessing, notes } = inferred(classifierModel({ shape }));
    expect(preprocessing.output).toBe('logits');
    expect(notes.output).toMatchObject({ certainty: 'likely', params: { operator: 'Sub' } });
  });
});

describe('which output', () => {
  const withOutputs = (outputs: ModelSpec['outputs']): ModelSpec => ({
    ...classifierModel({ shape }),
    outputs,
  });

  test('the first that has one number for each class', () => {
    const { output } = inferred(
      withOutputs([
        { name: 'features', shape: [1, 64, 7, 7] },
        { name: 'label', dtype: 'int64', shape: [1] },
        { name: 'output', shape: [1, 4] },
      ]),
    );
    expect(output.name).toBe('output');
    expect(output.warnings).toEqual([]);
  });

  test('several that would do are told', () => {
    const { output } = inferred(
      withOutputs([
        { name: 'output', shape: [1, 4] },
        { name: 'aux', shape: [1, 4] },
      ]),
    );
    expect(output.warnings).toMatchObject([
      { reason: 'warnSeveralOutputs', params: { count: '2', output: 'output' } },
    ]);
  });

  test('a sequence of classes for each of several steps is no classifier', () => {
    expect(inferModel(withOutputs([{ name: 'text', shape: ['N', 'T', 31] }]))).toMatchObject({
      ok: false,
      note: { reason: 'notOutputShape', params: { output: 'text', shape: 'N × T × 31' } },
    });
  });

  test('whole numbers of 64 bits are no probabilities', () => {
    expect(inferModel(withOutputs([{ name: 'label', dtype: 'int64', shape: [1] }]))).toMatchObject({
      ok: false,
      note: { reason: 'notOutputType' },
    });
  });

  test('no output at all is said', () => {
    expect(inferModel(withOutputs([]))).toMatchObject({ ok: false, note: { reason: 'notNoOutput' } });
  });
});

test.each([
  [[1, 1000], 1000],
  [[1, 1000, 1, 1], 1000],
  [['n', 10], 10],
  [[128, 10], 10],
  [[10], 10],
  [['n'], 1],
  [['n', 1], 1],
  [[], 1],
  [[1, 'classes'], null],
  [null, null],
  [['n', 't', 31], undefined],
  [[1, 21, 64, 64], undefined],
])('an output of shape %j holds %s numbers for a picture', (declared, count) => {
  expect(valuesIn(declared)).toBe(count);
});
