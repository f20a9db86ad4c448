import { getFloat16, setFloat16 } from '@petamoriken/float16';
import { describe, expect, test } from 'vitest';
import type { Preprocessing } from '../../../../app/contract/inference';
import {
  createEncoder,
  decodeNumbers,
  pictureShape,
} from '../../../../main/platforms/onnx/runner/preprocess';
import { fromHalf, toHalf } from '../../../../main/platforms/onnx/runner/tensor-types';

/** Two pixels: (1, 2, 3) and (4, 5, 6). */
const rgb = Uint8Array.of(1, 2, 3, 4, 5, 6);
const plain = { scale: 1, mean: [0], std: [1] };
const encode = (fed: Partial<Preprocessing>, dtype = 'float32'): number[] => {
  const encoder = createEncoder({ layout: 'nchw', channels: 'rgb', values: plain, ...fed }, dtype);
  const data = encoder.make(2 * encoder.channelCount);
  encoder.encode(rgb, data, 0);
  return [...decodeNumbers(data, dtype)];
};

describe('a picture as numbers', () => {
  test.each<[Partial<Preprocessing>, number[]]>([
    [{ layout: 'nchw' }, [1, 4, 2, 5, 3, 6]],
    [{ layout: 'flat' }, [1, 4, 2, 5, 3, 6]],
    [{ layout: 'nhwc' }, [1, 2, 3, 4, 5, 6]],
    [{ layout: 'nchw', channels: 'bgr' }, [3, 6, 2, 5, 1, 4]],
    [{ layout: 'nhwc', channels: 'bgr' }, [3, 2, 1, 6, 5, 4]],
  ])('%j', (fed, numbers) => {
    expect(encode(fed)).toEqual(numbers);
  });

  test('values are scaled, less the mean, over the deviation, each channel in the model’s order', () => {
    const values = { scale: 2, mean: [1, 2, 3], std: [1, 2, 4] };
    expect(encode({ layout: 'nhwc', channels: 'bgr', values })).toEqual([5, 1, -0.25, 11, 4, 1.25]);
  });

  test('grey is PIL’s brightness, and exact for what is grey already', () => {
    const encoder = createEncoder({ layout: 'nchw', channels: 'grey', values: plain }, 'uint8');
    const data = encoder.make(4);
    encoder.encode(Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 77, 77, 77), data, 0);
    expect([...data]).toEqual([76, 150, 29, 77]);
  });

  test('every element type holds it', () => {
    for (const dtype of [
      'float16',
      'float64',
      'uint8',
      'int8',
      'uint16',
      'int16',
      'uint32',
      'int32',
      'int64',
    ]) {
      expect(encode({ layout: 'nhwc' }, dtype), dtype).toEqual([1, 2, 3, 4, 5, 6]);
    }
  });

  test('whole numbers are rounded and kept within their type', () => {
    expect(encode({ layout: 'nhwc', values: { scale: 100.4, mean: [0], std: [1] } }, 'uint8')).toEqual([
      100, 201, 255, 255, 255, 255,
    ]);
  });
});

test.each<[Preprocessing['layout'], Preprocessing['channels'], number, number[]]>([
  ['nchw', 'rgb', 4, [2, 3, 7, 5]],
  ['nhwc', 'grey', 4, [2, 7, 5, 1]],
  ['nchw', 'rgb', 3, [3, 7, 5]],
  ['nhwc', 'rgb', 3, [7, 5, 3]],
  ['hw', 'grey', 3, [2, 7, 5]],
  ['flat', 'rgb', 2, [2, 105]],
])(
  'two pictures 5 wide and 7 high as %s of %s at rank %i have the shape %j',
  (layout, channels, rank, shape) => {
    expect(pictureShape({ layout, channels, width: 5, height: 7 }, rank, 2)).toEqual(shape);
  },
);

test('half precision agrees with @petamoriken/float16 on every bit pattern, and on numbers between them', () => {
  const view = new DataView(new ArrayBuffer(2));
  for (let bits = 0; bits < 65_536; bits++) {
    view.setUint16(0, bits, true);
    const value = getFloat16(view, 0, true);
    if (Number.isNaN(value)) expect(fromHalf(bits)).toBeNaN();
    else if (fromHalf(bits) !== value || toHalf(value) !== bits)
      expect([bits, fromHalf(bits), toHalf(value)]).toEqual([bits, value, bits]);
    for (const near of [value * 1.0004, value * 1.00048828125]) {
      const single = Math.fround(near);
      if (Number.isNaN(single)) continue;
      setFloat16(view, 0, single, true);
      if (toHalf(single) !== view.getUint16(0, true))
        expect([single, toHalf(single)]).toEqual([single, view.getUint16(0, true)]);
    }
  }
});
