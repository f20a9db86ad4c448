import sharp, { type Metadata, type Sharp } from 'sharp';
import { AppError } from '../../app/base/errors';
import type { Preprocessing } from '../../app/contract/inference';
import { plainJpegSize } from './jpeg-size';

/** Many runners share the machine: one thread each, and no cache of pictures that never come back. */
sharp.concurrency(1);
sharp.cache(false);

/** Above this many pixels a picture is refused before it is decoded: a small file can hold a very large picture. */
export const maxPixels = 100_000_000;

/** With this filter the models in shared use give the figures that they were measured with; bilinear differs by up to 0.1. */
const kernel = 'cubic';

/** The picture formats that are read, as libvips names them. */
const formats: ReadonlySet<string> = new Set(['jpeg', 'png', 'webp', 'heif', 'gif', 'tiff']);

export interface PictureInfo {
  /** Upright size in pixels, EXIF orientation applied. */
  readonly width: number;
  readonly height: number;
  /** `jpeg`, `png`, `webp`, `avif`, `gif` or `tiff`. */
  readonly format: string;
}

/** A picture of the size that the model wants, 8-bit RGB interleaved: `[height, width, 3]`. */
export interface DecodedPicture {
  readonly rgb: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** The part of the upright picture that it shows, as fractions; beyond 0..1 where a letterbox adds bars. */
  readonly crop: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
}

export type PictureFit = Pick<Preprocessing, 'width' | 'height' | 'resize'>;

/** Reads the header only. Throws PICTURE_UNREADABLE, PICTURE_TOO_LARGE. */
export async function probePicture(picture: Uint8Array): Promise<PictureInfo> {
  if (picture.byteLength === 0) throw unreadable('The file is empty');
  let metadata: Metadata;
  try {
    metadata = await open(picture).metadata();
  } catch (thrown) {
    throw asPictureError(thrown);
  }
  const { format, compression } = metadata;
  if (!formats.has(format)) throw unreadable(`Pictures of format "${format}" are not read`);
  if (format === 'heif' && compression !== 'av1') throw unreadable('HEIC pictures are not read, only AVIF');
  const { width, height } = metadata.autoOrient;
  return { width, height, format: format === 'heif' ? 'avif' : format };
}

/**
 * Decodes, turns upright, and brings to the model's size as `fit.resize` says, with a cubic filter that averages when it
 * shrinks. Of an animation the first frame is taken; 16 bits, CMYK and grey become 8-bit sRGB.
 * What is transparent is laid on white: that is the page a cut-out picture is drawn for and shown on. Throws PICTURE_UNREADABLE,
 * PICTURE_TOO_LARGE.
 */
export async function decodePicture(picture: Uint8Array, fit: PictureFit): Promise<DecodedPicture> {
  const { width, height } = plainJpegSize(picture) ?? (await probePicture(picture));
  const upright = open(picture).autoOrient();
  const { pipeline, crop } = fitTo(upright, width, height, fit);
  try {
    const { data, info } = await pipeline
      .flatten({ background: 'white' })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    const rgb = info.channels === 3 ? data : spreadGrey(data, info.channels);
    return { rgb, width: fit.width, height: fit.height, crop };
  } catch (thrown) {
    throw asPictureError(thrown);
  }
}

/** Throws INVALID_ARGUMENT unless `rgb` is a picture as `decodePicture` gives it for `fit`. */
export function assertSize(rgb: Uint8Array, { width, height }: PictureFit): void {
  if (rgb.length === width * height * 3) return;
  const detail = `A picture of ${width} × ${height} has ${width * height * 3} bytes, not ${rgb.length}`;
  throw new AppError('INVALID_ARGUMENT', {}, { detail });
}

/** An upright drawing for the page, at most `maxSide` pixels a side, as WebP. Throws PICTURE_UNREADABLE, PICTURE_TOO_LARGE. */
export async function drawPicture(picture: Uint8Array, maxSide: number): Promise<Uint8Array> {
  await probePicture(picture);
  try {
    return await open(picture)
      .autoOrient()
      .resize({ width: maxSide, height: maxSide, fit: 'inside', withoutEnlargement: true })
      .flatten({ background: 'white' })
      .webp({ quality: 86, effort: 1 })
      .toBuffer();
  } catch (thrown) {
    throw asPictureError(thrown);
  }
}

/** A JPEG with as much to decode in it as a photo has: colours that change softly, and some grain. */
export async function makePicture(width: number, height: number): Promise<Uint8Array> {
  const pixels = new Uint8Array(width * height * 3);
  let grain = 1;
  for (let at = 0; at < pixels.length; at++) {
    const pixel = Math.floor(at / 3);
    grain = (grain * 1_103_515_245 + 12_345) & 0x7fffffff;
    const x = (pixel % width) / width;
    const y = pixel / width / height;
    pixels[at] = 128 + 90 * Math.sin(9 * x + (at % 3)) * Math.cos(7 * y) + ((grain >> 16) % 24);
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 85 })
    .toBuffer();
}

const open = (picture: Uint8Array): Sharp =>
  sharp(picture, { limitInputPixels: maxPixels, failOn: 'error', pages: 1, sequentialRead: true });

function fitTo(
  upright: Sharp,
  width: number,
  height: number,
  fit: PictureFit,
): { readonly pipeline: Sharp; readonly crop: DecodedPicture['crop'] } {
  switch (fit.resize.kind) {
    case 'squash':
      return {
        pipeline: upright.resize({ width: fit.width, height: fit.height, fit: 'fill', kernel }),
        crop: { x: 0, y: 0, width: 1, height: 1 },
      };
    case 'letterbox': {
      const scale = Math.min(fit.width / width, fit.height / height);
      const part = { width: fit.width / (width * scale), height: fit.height / (height * scale) };
      return {
        pipeline: upright.resize({
          width: fit.width,
          height: fit.height,
          fit: 'contain',
          background: 'black',
          kernel,
        }),
        crop: { x: (1 - part.width) / 2, y: (1 - part.height) / 2, ...part },
      };
    }
    case 'shortSideCrop': {
      // For an input that is not square, the "short side" is that of the smallest scaled input the picture covers.
      const enlarge = Math.max(1, fit.resize.shortSide / Math.min(fit.width, fit.height));
      const scale = Math.max((fit.width * enlarge) / width, (fit.height * enlarge) / height);
      const scaledWidth = Math.max(fit.width, Math.round(width * scale));
      const scaledHeight = Math.max(fit.height, Math.round(height * scale));
      const left = Math.floor((scaledWidth - fit.width) / 2);
      const top = Math.floor((scaledHeight - fit.height) / 2);
      return {
        pipeline: upright
          .resize({ width: scaledWidth, height: scaledHeight, fit: 'fill', kernel })
          .extract({ left, top, width: fit.width, height: fit.height }),
        crop: {
          x: left / scaledWidth,
          y: top / scaledHeight,
          width: fit.width / scaledWidth,
          height: fit.height / scaledHeight,
        },
      };
    }
  }
}

/** libvips gives one channel for a grey picture whatever the colour space asked for. */
function spreadGrey(data: Uint8Array, channels: number): Uint8Array {
  const pixels = data.length / channels;
  const rgb = new Uint8Array(pixels * 3);
  for (let pixel = 0; pixel < pixels; pixel++)
    rgb.fill(data[pixel * channels] ?? 0, pixel * 3, pixel * 3 + 3);
  return rgb;
}

const unreadable = (detail: string, cause?: unknown): AppError =>
  new AppError('PICTURE_UNREADABLE', {}, { detail, cause });

/** libvips reports only by text. */
function asPictureError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  const message = thrown instanceof Error ? (thrown.message.split('\n')[0] ?? '') : String(thrown);
  if (message.includes('exceeds pixel limit')) {
    return new AppError(
      'PICTURE_TOO_LARGE',
      { maxMegapixels: String(maxPixels / 1_000_000) },
      { detail: message, cause: thrown },
    );
  }
  return unreadable(message, thrown);
}
