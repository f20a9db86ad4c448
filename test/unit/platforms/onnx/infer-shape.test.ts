import { describe, expect, test } from 'vitest';
import { classifierModel } from '../../../support/onnx-classifiers';
import { inferModel, inferred } from '../../../support/onnx-inference';
import type { ModelSpec, OnnxType } from '../../../support/onnx-writer';

type Shape = readonly (number | string)[];

describe('where a picture lies in the input', () => {
  test.each<[Shape, string, number, number, string]>([
    [[1, 3, 224, 192], 'nchw', 192, 224, 'rgb'],
    [['batch', 3, 128, 128], 'nchw', 128, 128, 'rgb'],
    [['', 224, 224, 3], 'nhwc', 224, 224, 'rgb'],
    [[1, 1, 28, 28], 'nchw', 28, 28, 'grey'],
    [['n', 28, 28, 1], 'nhwc', 28, 28, 'grey'],
    [[1, 20, 28, 1], 'nhwc', 28, 20, 'grey'],
    [['n', 28, 28], 'hw', 28, 28, 'grey'],
    [[3, 64, 64], 'nchw', 64, 64, 'rgb'],
    [[64, 64, 3], 'nhwc', 64, 64, 'rgb'],
    [['n', 784], 'flat', 28, 28, 'grey'],
    [['n', 1024], 'flat', 32, 32, 'grey'],
    [['n', 3072], 'flat', 32, 32, 'rgb'],
  ])('an input of shape %j is %s, %i wide and %i high, %s', (shape, layout, width, height, channels) => {
    const { preprocessing } = inferred(classifierModel({ shape }));
    expect(preprocessing).toMatchObject({ layout, width, height, channels });
  });

  test('weights that an old file lists as inputs are not taken for the picture', () => {
    const spec = classifierModel({ shape: [1, 3, 32, 32], irVersion: 3 });
    const listed: ModelSpec = { ...spec, inputs: [{ name: 'weights', shape: [4] }, ...spec.inputs] };
    expect(inferred(listed).shape.input.name).toBe('input');
  });

  test('a free size is 224, and said to be a guess', () => {
    const { preprocessing, notes } = inferred(classifierModel({ shape: ['n', 3, 'h', 'w'] }));
    expect(preprocessing).toMatchObject({ width: 224, height: 224, layout: 'nchw' });
    expect(notes.size).toEqual({
      certainty: 'guess',
      reason: 'sizeFree',
      params: { width: '224', height: '224' },
    });
  });

  test.each([
    ['[320, 256]', 256, 320],
    ['[320]', 320, 320],
    ['96', 96, 96],
  ])('a free size is what the metadata’s imgsz %s says', (imgsz, width, height) => {
    const { preprocessing, notes } = inferred(
      classifierModel({ shape: ['n', 3, 'h', 'w'], metadata: { imgsz } }),
    );
    expect(preprocessing).toMatchObject({ width, height });
    expect(notes.size).toMatchObject({ certainty: 'certain', reason: 'sizeMetadata' });
  });

  test('a shape that is free altogether is read from the first convolution', () => {
    const base = classifierModel({
      shape: ['n', 'c', 'h', 'w'],
      start: [
        { op: 'Conv', inputs: ['input', 'kernel'], outputs: ['conv'] },
        { op: 'Relu', inputs: ['conv'], outputs: ['body'] },
      ],
      initializers: [{ name: 'kernel', dims: [2, 3, 1, 1], values: [1, 1, 1, 1, 1, 1] }],
    });
    expect(inferred(base).preprocessing).toMatchObject({ layout: 'nchw', channels: 'rgb' });
  });

  test('a transpose before the first convolution means channels last', () => {
    const spec = classifierModel({
      shape: ['n', 'h', 'w', 'c'],
      start: [
        { op: 'Transpose', inputs: ['input'], outputs: ['turned'], attributes: { perm: [0, 3, 1, 2] } },
        { op: 'Conv', inputs: ['turned', 'kernel'], outputs: ['body'] },
      ],
      initializers: [{ name: 'kernel', dims: [2, 1, 1, 1], values: [1, 1] }],
    });
    expect(inferred(spec).preprocessing).toMatchObject({ layout: 'nhwc', channels: 'grey' });
  });
});

describe('what is no picture', () => {
  test.each<[Shape, OnnxType, string]>([
    [[1, 10], 'float32', 'notInputShape'],
    [[1, 4, 64, 64], 'float32', 'notFourChannels'],
    [[1, 3, 5, 5], 'float32', 'notInputSize'],
    [[1, 3, 64, 64], 'bool', 'notInputType'],
    [[1, 3, 28, 3], 'float32', 'notInputShape'],
    [[1, 3, 2, 64, 64], 'float32', 'notInputShape'],
    [['n', 'sequence', 'features'], 'float32', 'notInputShape'],
    [[1, 16, 64, 64], 'float32', 'notInputShape'],
  ])('an input of shape %j and type %s is refused as %s', (shape, dtype, reason) => {
    expect(inferModel(classifierModel({ shape, dtype }))).toMatchObject({ ok: false, note: { reason } });
  });

  test('two inputs are one too many', () => {
    const spec = classifierModel({ shape: [1, 3, 32, 32] });
    const two: ModelSpec = { ...spec, inputs: [...spec.inputs, { name: 'mask', shape: [1] }] };
    expect(inferModel(two)).toMatchObject({
      ok: false,
      note: { reason: 'notSeveralInputs', params: { count: '2' } },
    });
  });
});
