import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { decodePicture, drawPicture, maxPixels, probePicture } from '../../../main/runner/decode';

/** 4 wide, 2 high: the left half red, the right half blue. */
const halves = Buffer.from(
  [...[255, 0, 0], ...[255, 0, 0], ...[0, 0, 255], ...[0, 0, 255]].concat([
    ...[255, 0, 0],
    ...[255, 0, 0],
    ...[0, 0, 255],
    ...[0, 0, 255],
  ]),
);
const picture = (width = 4, height = 2) =>
  sharp(halves, { raw: { width: 4, height: 2, channels: 3 } }).resize(width, height, {
    kernel: 'nearest',
    fit: 'fill',
  });
const at = (rgb: Uint8Array, pixel: number): number[] => [...rgb.subarray(pixel * 3, pixel * 3 + 3)];
const squash = (width: number, height: number) => ({ width, height, resize: { kind: 'squash' as const } });

const isRed = ([red = 0, green = 0, blue = 0]: number[]): boolean => red > 200 && green < 60 && blue < 60;
const isBlue = ([red = 0, green = 0, blue = 0]: number[]): boolean => blue > 200 && green < 60 && red < 60;

describe('formats', () => {
  test.each(['jpeg', 'png', 'webp', 'avif', 'gif', 'tiff'] as const)('%s is read', async (format) => {
    const bytes = await picture(64, 32).toFormat(format, { quality: 100 }).toBuffer();
    expect(await probePicture(bytes)).toEqual({ width: 64, height: 32, format });
    const { rgb } = await decodePicture(bytes, squash(64, 32));
    expect(rgb.length).toBe(64 * 32 * 3);
    expect(isRed(at(rgb, 64 * 16 + 4))).toBe(true);
    expect(isBlue(at(rgb, 64 * 16 + 60))).toBe(true);
  });

  test('of an animation the first frame', async () => {
    const frames = Buffer.concat([
      Buffer.alloc(8 * 8 * 3, Buffer.from([255, 0, 0])),
      Buffer.alloc(8 * 8 * 3, Buffer.from([0, 0, 255])),
    ]);
    const bytes = await sharp(frames, { raw: { width: 8, height: 16, channels: 3, pageHeight: 8 } })
      .gif({ delay: [100, 100] })
      .toBuffer();
    expect(await probePicture(bytes)).toMatchObject({ width: 8, height: 8 });
    const { rgb } = await decodePicture(bytes, squash(8, 8));
    expect(isRed(at(rgb, 0)) && isRed(at(rgb, 63))).toBe(true);
  });

  test('grey, 16 bits and CMYK become 8-bit RGB', async () => {
    const grey = await sharp(Buffer.alloc(64, 90), { raw: { width: 8, height: 8, channels: 1 } })
      .png()
      .toBuffer();
    expect(at((await decodePicture(grey, squash(8, 8))).rgb, 5)).toEqual([90, 90, 90]);
    const deep = await sharp(Buffer.alloc(8 * 8 * 3, 128), { raw: { width: 8, height: 8, channels: 3 } })
      .toColourspace('rgb16')
      .png()
      .toBuffer();
    expect(at((await decodePicture(deep, squash(8, 8))).rgb, 5)).toEqual([128, 128, 128]);
    const cmyk = await picture(16, 16).toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer();
    expect((await decodePicture(cmyk, squash(8, 8))).rgb.length).toBe(8 * 8 * 3);
  });

  test('what is transparent lies on white', async () => {
    const clear = await sharp({
      create: { width: 8, height: 8, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } },
    })
      .png()
      .toBuffer();
    expect(at((await decodePicture(clear, squash(8, 8))).rgb, 0)).toEqual([255, 255, 255]);
    expect(at((await decodePicture(clear, squash(4, 4))).rgb, 0)).toEqual([255, 255, 255]);
  });

  test('EXIF orientation is honoured', async () => {
    const turned = await picture(64, 32).jpeg({ quality: 100 }).withMetadata({ orientation: 6 }).toBuffer();
    expect(await probePicture(turned)).toMatchObject({ width: 32, height: 64 });
    const { rgb } = await decodePicture(turned, squash(32, 64));
    expect(isRed(at(rgb, 32 * 4 + 16))).toBe(true);
    expect(isBlue(at(rgb, 32 * 60 + 16))).toBe(true);
  });
});

describe('bringing to size', () => {
  test('a picture of the model’s size is passed on unchanged', async () => {
    const pixels = Buffer.from(Array.from({ length: 28 * 28 * 3 }, (_, index) => (index * 37) % 256));
    const bytes = await sharp(pixels, { raw: { width: 28, height: 28, channels: 3 } })
      .png()
      .toBuffer();
    expect(Buffer.from((await decodePicture(bytes, squash(28, 28))).rgb).equals(pixels)).toBe(true);
  });

  test('squash shows the whole picture', async () => {
    const bytes = await picture(400, 100).png().toBuffer();
    const { rgb, crop } = await decodePicture(bytes, squash(20, 20));
    expect(crop).toEqual({ x: 0, y: 0, width: 1, height: 1 });
    expect(isRed(at(rgb, 0)) && isBlue(at(rgb, 19))).toBe(true);
  });

  test('short side and crop cuts the centre', async () => {
    const bytes = await picture(400, 100).png().toBuffer();
    const { rgb, crop, width, height } = await decodePicture(bytes, {
      width: 80,
      height: 80,
      resize: { kind: 'shortSideCrop', shortSide: 100 },
    });
    expect([width, height, rgb.length]).toEqual([80, 80, 80 * 80 * 3]);
    expect(crop).toEqual({ x: 0.4, y: 0.1, width: 0.2, height: 0.8 });
    expect(isRed(at(rgb, 0)) && isBlue(at(rgb, 79))).toBe(true);
  });

  test('a short side below the input’s own never leaves a gap', async () => {
    const bytes = await picture(300, 101).png().toBuffer();
    const { rgb } = await decodePicture(bytes, {
      width: 64,
      height: 64,
      resize: { kind: 'shortSideCrop', shortSide: 10 },
    });
    expect(rgb.length).toBe(64 * 64 * 3);
  });

  test('an input that is not square is covered', async () => {
    const bytes = await picture(100, 100).png().toBuffer();
    const { crop, rgb } = await decodePicture(bytes, {
      width: 80,
      height: 40,
      resize: { kind: 'shortSideCrop', shortSide: 40 },
    });
    expect(rgb.length).toBe(80 * 40 * 3);
    expect(crop).toEqual({ x: 0, y: 0.25, width: 1, height: 0.5 });
  });

  test('letterbox shows all of it between black bars', async () => {
    const bytes = await picture(400, 100).png().toBuffer();
    const { rgb, crop } = await decodePicture(bytes, {
      width: 40,
      height: 40,
      resize: { kind: 'letterbox' },
    });
    expect(crop).toEqual({ x: 0, y: -1.5, width: 1, height: 4 });
    expect(at(rgb, 0)).toEqual([0, 0, 0]);
    expect(isRed(at(rgb, 40 * 20 + 2)) && isBlue(at(rgb, 40 * 20 + 37))).toBe(true);
  });

  test('one pixel is enough', async () => {
    const bytes = await picture(1, 1).png().toBuffer();
    expect(
      (
        await decodePicture(bytes, {
          width: 32,
          height: 32,
          resize: { kind: 'shortSideCrop', shortSide: 37 },
        })
      ).rgb.length,
    ).toBe(32 * 32 * 3);
  });
});

describe('what cannot be read', () => {
  const unreadable = expect.objectContaining({ code: 'PICTURE_UNREADABLE' });

  test.each([
    ['nothing', new Uint8Array()],
    ['text', Buffer.from('not a picture')],
    [
      'an SVG, which may hold anything',
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>'),
    ],
    ['a PDF', Buffer.from('%PDF-1.4\n')],
  ])('%s', async (_what, bytes) => {
    await expect(probePicture(bytes)).rejects.toEqual(unreadable);
    await expect(decodePicture(bytes, squash(8, 8))).rejects.toEqual(unreadable);
  });

  test('a picture cut in the middle', async () => {
    const whole = await sharp(
      Buffer.from(Array.from({ length: 300 * 300 * 3 }, (_, index) => (index * 7919) % 251)),
      { raw: { width: 300, height: 300, channels: 3 } },
    )
      .jpeg()
      .toBuffer();
    await expect(decodePicture(whole.subarray(0, whole.length / 2), squash(8, 8))).rejects.toEqual(
      unreadable,
    );
  });

  test('a small file of very many pixels is refused before it is decoded', async () => {
    const side = Math.ceil(Math.sqrt(maxPixels)) + 1;
    const bomb = await sharp({
      create: { width: side, height: side, channels: 3, background: 'black' },
      limitInputPixels: false,
    })
      .png({ compressionLevel: 1 })
      .toBuffer();
    await expect(probePicture(bomb)).rejects.toMatchObject({ code: 'PICTURE_TOO_LARGE' });
    await expect(decodePicture(bomb, squash(8, 8))).rejects.toMatchObject({ code: 'PICTURE_TOO_LARGE' });
  });
});

test('a drawing for the page is upright, fits the side, and never grows', async () => {
  const turned = await picture(640, 320).jpeg().withMetadata({ orientation: 6 }).toBuffer();
  const drawn = await sharp(await drawPicture(turned, 96)).metadata();
  expect([drawn.format, drawn.width, drawn.height]).toEqual(['webp', 48, 96]);
  const small = await sharp(await drawPicture(await picture().png().toBuffer(), 96)).metadata();
  expect([small.width, small.height]).toEqual([4, 2]);
});
