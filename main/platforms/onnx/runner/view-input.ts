import sharp from 'sharp';
import type { InputView, Preprocessing } from '../../../../app/contract/inference';
import { decodePicture } from '../../../runner/decode';
import type { ViewInputRequest } from '../../../runner/protocol';
import type { PictureClassifier } from './picture-classifier';
import { decodeNumbers } from './preprocess';

/** Draws the tensor that the model is fed, its numbers mapped back to 8 bits by the inverse of the preprocessing. */
export async function viewInput(
  classifier: PictureClassifier,
  { picture, channel, preprocessing = classifier.preprocessing }: ViewInputRequest,
): Promise<InputView> {
  const decoded = await decodePicture(picture, preprocessing);
  const { data, dtype } = classifier.tensorOf(decoded.rgb, preprocessing);
  const numbers = decodeNumbers(data, dtype);
  const channelCount = preprocessing.channels === 'grey' ? 1 : 3;
  const shown = shownChannels(channel, preprocessing.channels);
  const { width, height } = preprocessing;
  const pixels = new Uint8Array(width * height * shown.length);
  const isInterleaved = preprocessing.layout === 'nhwc';
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (const [position, from] of shown.entries()) {
      const at = isInterleaved ? pixel * channelCount + from : from * width * height + pixel;
      pixels[pixel * shown.length + position] = toByte(numbers[at] ?? 0, from, preprocessing.values);
    }
  }
  const channels = shown.length === 3 ? 3 : 1;
  const png = await sharp(pixels, { raw: { width, height, channels } })
    .png({ compressionLevel: 3 })
    .toBuffer();
  return {
    width,
    height,
    png,
    crop: decoded.crop,
    min: numbers.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
    max: numbers.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
  };
}

/** The tensor's channels to draw: in true colour red first, or a single one as the model counts them. */
function shownChannels(
  channel: ViewInputRequest['channel'],
  order: Preprocessing['channels'],
): readonly number[] {
  if (order === 'grey') return [0];
  if (channel !== 'all') return [Number(channel)];
  return order === 'bgr' ? [2, 1, 0] : [0, 1, 2];
}

function toByte(number: number, channel: number, { scale, mean, std }: Preprocessing['values']): number {
  const value = (number * (std[channel] ?? std[0] ?? 1) + (mean[channel] ?? mean[0] ?? 0)) / scale;
  return Math.min(255, Math.max(0, Math.round(value)));
}
