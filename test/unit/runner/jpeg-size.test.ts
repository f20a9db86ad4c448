import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { plainJpegSize } from '../../../main/runner/jpeg-size';

const plain = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: 'teal' } });

describe('the size of a JPEG', () => {
  test.each([
    ['baseline', () => plain(31, 7).jpeg()],
    ['progressive', () => plain(31, 7).jpeg({ progressive: true })],
    ['grey', () => plain(31, 7).greyscale().jpeg()],
    ['in four colours of print', () => plain(31, 7).toColourspace('cmyk').jpeg()],
    ['with a profile', () => plain(31, 7).withIccProfile('p3').jpeg()],
  ])('%s', async (_what, made) => {
    expect(plainJpegSize(await made().toBuffer())).toEqual({ width: 31, height: 7 });
  });

  test('is not told of one that may have to be turned', async () => {
    const turned = await plain(31, 7).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    expect(plainJpegSize(turned)).toBeUndefined();
  });

  test('is not told of what is none', async () => {
    expect(plainJpegSize(await plain(31, 7).png().toBuffer())).toBeUndefined();
    expect(plainJpegSize(new Uint8Array())).toBeUndefined();
  });

  test('is found, or not, whatever the bytes', async () => {
    const whole = await plain(31, 7).jpeg().toBuffer();
    fc.assert(
      fc.property(fc.nat({ max: whole.length }), fc.uint8Array({ maxLength: 60 }), (cut, noise) => {
        const size = plainJpegSize(Buffer.concat([whole.subarray(0, cut), noise]));
        if (size) expect(Math.min(size.width, size.height)).toBeGreaterThan(0);
      }),
      { numRuns: 500 },
    );
  });
});
