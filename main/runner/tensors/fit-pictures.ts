import type { Preprocessing, TensorInfo } from '../../../app/contract/inference';
import { createEncoder, pictureShape } from '../../platforms/onnx/runner/preprocess';
import type { Tensor } from '../tensor';

/**
 * Rows that are 8-bit pictures of the model's size, grey or RGB, as a picture file of them would be prepared; null for any other rows. Bytes
 * that a model which takes other numbers were fed as they are would be answered, and wrongly.
 */
export function fitPictures(
  rows: Tensor,
  input: TensorInfo,
  preprocessing: Preprocessing | null,
): Tensor | null {
  if (!preprocessing || rows.dtype !== 'uint8' || input.dtype === 'uint8') return null;
  if (!(rows.data instanceof Uint8Array)) return null;
  const [count = 0, ...row] = rows.shape;
  const channels = channelsOf(row, preprocessing);
  if (channels === null) return null;
  const encoder = createEncoder(preprocessing, input.dtype);
  const pixels = preprocessing.width * preprocessing.height;
  const perPicture = pixels * encoder.channelCount;
  const data = encoder.make(count * perPicture);
  for (let index = 0; index < count; index++) {
    const picture = rows.data.subarray(index * pixels * channels, (index + 1) * pixels * channels);
    encoder.encode(channels === 3 ? picture : spread(picture), data, index * perPicture);
  }
  return { dtype: input.dtype, shape: pictureShape(preprocessing, input.shape.length, count), data };
}

/** `[height, width]`, `[height, width, 1]` or `[height, width, 3]`. */
function channelsOf(row: readonly number[], { width, height }: Preprocessing): 1 | 3 | null {
  const [rowHeight, rowWidth, channels = 1, ...more] = row;
  if (rowHeight !== height || rowWidth !== width || more.length > 0) return null;
  return channels === 1 || channels === 3 ? channels : null;
}

function spread(grey: Uint8Array): Uint8Array {
  const rgb = new Uint8Array(grey.length * 3);
  for (let pixel = 0; pixel < grey.length; pixel++) rgb.fill(grey[pixel] ?? 0, pixel * 3, pixel * 3 + 3);
  return rgb;
}
