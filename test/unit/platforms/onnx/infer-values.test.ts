import { describe, expect, test } from 'vitest';
import { usualValues } from '../../../../main/platforms/onnx/runner/usual-values';
import { type ClassifierSpec, classifierModel } from '../../../support/onnx-classifiers';
import { inferred } from '../../../support/onnx-inference';
import type { NodeSpec, TensorSpec } from '../../../support/onnx-writer';

const colour: ClassifierSpec = { shape: [1, 3, 32, 32] };
const grey: ClassifierSpec = { shape: [1, 1, 28, 28] };
const valuesOf = (spec: ClassifierSpec) => {
  const { preprocessing, notes } = inferred(classifierModel(spec));
  return { values: preprocessing.values, ...notes.values };
};

describe('metadata', () => {
  test.each([
    ['NominalRange_0_255', usualValues.bytes],
    ['Normalized_0_1', usualValues.unit],
    ['Normalized_1_1', usualValues.plusMinusOne],
  ])('a nominal pixel range of %s is believed', (range, values) => {
    const found = valuesOf({
      ...colour,
      producer: 'pytorch',
      metadata: { 'Image.NominalPixelRange': range },
    });
    expect(found).toMatchObject({ values, certainty: 'certain', reason: 'valuesPixelRange' });
  });

  test('an Ultralytics classifier takes 0 to 1 and the centre square', () => {
    const metadata = { task: 'classify', names: "{0: 'cat'}" };
    const { preprocessing, notes } = inferred(
      classifierModel({ shape: [1, 3, 224, 224], producer: 'pytorch', metadata }),
    );
    expect(preprocessing.values).toEqual(usualValues.unit);
    expect(preprocessing.resize).toEqual({ kind: 'shortSideCrop', shortSide: 224 });
    expect([notes.values.reason, notes.resize.reason]).toEqual(['valuesUltralytics', 'resizeUltralytics']);
  });

  test('Deepness’ mean and deviation are of values up to 1', () => {
    const metadata = { standardization_mean: '[0.1, 0.2, 0.3]', standardization_std: '[0.5, 0.6, 0.7]' };
    expect(valuesOf({ ...colour, metadata })).toMatchObject({
      values: { scale: 1 / 255, mean: [0.1, 0.2, 0.3], std: [0.5, 0.6, 0.7] },
      certainty: 'certain',
    });
  });

  test('a deviation of 0 is not believed', () => {
    const metadata = { standardization_mean: '[0.1]', standardization_std: '[0]' };
    expect(valuesOf({ ...colour, metadata }).reason).toBe('valuesUnknown');
  });

  test('Windows ML’s Bgr8 puts blue first, and the values with it', () => {
    const { preprocessing } = inferred(
      classifierModel({ ...colour, producer: 'pytorch', metadata: { 'Image.BitmapPixelFormat': 'Bgr8' } }),
    );
    expect(preprocessing).toMatchObject({ channels: 'bgr', values: { mean: [0.406, 0.456, 0.485] } });
  });
});

test('an input of uint8 takes pixels as they are', () => {
  expect(valuesOf({ ...colour, dtype: 'uint8', producer: 'pytorch' })).toMatchObject({
    values: usualValues.bytes,
    certainty: 'certain',
    reason: 'valuesBytes',
  });
});

describe('the first quantization', () => {
  const quantized = (
    low: number,
    high: number,
    base = colour,
    zeroType: 'uint8' | 'int8' = 'uint8',
  ): ClassifierSpec => {
    const scale = (high - low) / 255;
    const zero = Math.round(-low / scale) + (zeroType === 'int8' ? -128 : 0);
    return {
      ...base,
      producer: 'onnx.quantize',
      start: [
        { op: 'QuantizeLinear', inputs: ['input', 'scale', 'zero'], outputs: ['q'] },
        { op: 'DequantizeLinear', inputs: ['q', 'scale', 'zero'], outputs: ['body'] },
      ],
      initializers: [
        { name: 'scale', dims: [], values: [scale] },
        { name: 'zero', dtype: zeroType, dims: [], values: [zero] },
      ],
    };
  };

  test.each([
    [-2.12, 2.64, usualValues.imageNet],
    [-2.43, 2.75, usualValues.cifar],
    [-1, 1, usualValues.plusMinusOne],
    [0, 1, usualValues.unit],
    [0, 255, usualValues.bytes],
  ])('a range from %f to %f names its values with certainty', (low, high, values) => {
    for (const zeroType of ['uint8', 'int8'] as const) {
      expect(valuesOf(quantized(low, high, colour, zeroType))).toMatchObject({
        values,
        certainty: 'certain',
        reason: 'valuesQuantization',
      });
    }
  });

  test('a range near none of them, from a calibration on noise, is left aside', () => {
    expect(valuesOf(quantized(-5.3, 5.7))).toMatchObject({
      values: usualValues.imageNet,
      certainty: 'guess',
    });
  });

  test('for one channel MNIST’s own mean is among them', () => {
    expect(valuesOf(quantized(-0.424, 2.82, grey)).values).toEqual(usualValues.mnist);
  });
});

describe('a model that normalises for itself', () => {
  const through = (nodes: readonly NodeSpec[], initializers: readonly TensorSpec[] = []): ClassifierSpec => ({
    ...colour,
    producer: 'pytorch',
    start: nodes,
    initializers,
  });
  const scalar = (name: string, value: number): TensorSpec => ({ name, dims: [], values: [value] });
  const perChannel = (name: string, values: readonly number[]): TensorSpec => ({
    name,
    dims: [1, 3, 1, 1],
    values,
  });

  test.each<[string, ClassifierSpec]>([
    [
      'a division by 255',
      through([{ op: 'Div', inputs: ['input', 'c'], outputs: ['body'] }], [scalar('c', 255)]),
    ],
    [
      'a multiplication by 1/255',
      through([{ op: 'Mul', inputs: ['c', 'input'], outputs: ['body'] }], [scalar('c', 1 / 255)]),
    ],
    [
      'Caffe’s mean subtracted',
      through(
        [{ op: 'Sub', inputs: ['input', 'c'], outputs: ['body'] }],
        [perChannel('c', [103.9, 116.8, 123.7])],
      ),
    ],
    [
      'a cast, a division by 127.5 and 1 subtracted',
      through(
        [
          { op: 'Cast', inputs: ['input'], outputs: ['a'], attributes: { to: 1 } },
          {
            op: 'Constant',
            inputs: [],
            outputs: ['c'],
            attributes: { value: { tensor: scalar('', 127.5) } },
          },
          { op: 'Div', inputs: ['a', 'c'], outputs: ['b'] },
          { op: 'Sub', inputs: ['b', 'one'], outputs: ['body'] },
        ],
        [scalar('one', 1)],
      ),
    ],
  ])('%s wants 0 to 255', (_what, spec) => {
    expect(valuesOf(spec)).toMatchObject({
      values: usualValues.bytes,
      reason: 'valuesInGraphBytes',
      certainty: 'likely',
    });
  });

  test.each<[string, ClassifierSpec]>([
    [
      'ImageNet’s mean subtracted and its deviation divided by',
      through(
        [
          { op: 'Sub', inputs: ['input', 'm'], outputs: ['a'] },
          { op: 'Div', inputs: ['a', 's'], outputs: ['body'] },
        ],
        [perChannel('m', [0.485, 0.456, 0.406]), perChannel('s', [0.229, 0.224, 0.225])],
      ),
    ],
    [
      'doubling and 1 subtracted',
      through(
        [
          { op: 'Constant', inputs: [], outputs: ['two'], attributes: { value_float: { float: 2 } } },
          { op: 'Mul', inputs: ['input', 'two'], outputs: ['a'] },
          { op: 'Sub', inputs: ['a', 'one'], outputs: ['body'] },
        ],
        [scalar('one', 1)],
      ),
    ],
  ])('%s wants 0 to 1', (_what, spec) => {
    expect(valuesOf(spec)).toMatchObject({ values: usualValues.unit, reason: 'valuesInGraphUnit' });
  });

  test('a sum with something computed is no normalisation', () => {
    const spec = through([{ op: 'Add', inputs: ['input', 'input'], outputs: ['body'] }]);
    expect(valuesOf(spec).reason).toBe('valuesPytorch');
  });
});

describe('who made the file', () => {
  const clips = (count: number): NodeSpec[] =>
    Array.from({ length: count }, (_, index) => ({
      op: 'Clip',
      inputs: [index === 0 ? 'input' : `c${index - 1}`],
      outputs: [index === count - 1 ? 'body' : `c${index}`],
    }));

  test.each<[string, ClassifierSpec, object, string]>([
    ['CNTK with one channel', { ...grey, producer: 'CNTK' }, usualValues.bytes, 'likely'],
    ['anyone with one channel', { ...grey, producer: 'tf2onnx' }, usualValues.unit, 'guess'],
    [
      'tf2onnx with a MobileNet’s clips',
      { ...colour, producer: 'tf2onnx', start: clips(10) },
      usualValues.plusMinusOne,
      'likely',
    ],
    [
      'tf2onnx with few clips',
      { ...colour, producer: 'tf2onnx', start: clips(9) },
      usualValues.unit,
      'guess',
    ],
    ['PyTorch', { ...colour, producer: 'pytorch' }, usualValues.imageNet, 'guess'],
    ['the quantizer', { ...colour, producer: 'onnx.quantize' }, usualValues.imageNet, 'guess'],
    ['nobody known', { ...colour, producer: '' }, usualValues.imageNet, 'guess'],
  ])('%s', (_who, spec, values, certainty) => {
    expect(valuesOf(spec)).toMatchObject({ values, certainty });
  });

  test('Caffe takes blue first, less its mean in that order', () => {
    const { preprocessing } = inferred(classifierModel({ ...colour, producer: 'onnx-caffe2' }));
    expect(preprocessing).toMatchObject({
      channels: 'bgr',
      values: { scale: 1, mean: [103.939, 116.779, 123.68], std: [1] },
    });
  });

  test('Paddle takes blue first and −1 to 1', () => {
    const { preprocessing } = inferred(classifierModel({ ...colour, producer: 'PaddlePaddle' }));
    expect(preprocessing).toMatchObject({ channels: 'bgr', values: usualValues.plusMinusOne });
  });
});

describe('how a picture is brought to size', () => {
  test.each([
    [224, { kind: 'shortSideCrop', shortSide: 256 }],
    [128, { kind: 'shortSideCrop', shortSide: 146 }],
    [64, { kind: 'shortSideCrop', shortSide: 73 }],
    [32, { kind: 'squash' }],
  ])('to %i pixels a side', (side, resize) => {
    expect(inferred(classifierModel({ shape: [1, 3, side, side] })).preprocessing.resize).toEqual(resize);
  });
});
