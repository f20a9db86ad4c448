import { InferenceSession, Tensor } from 'onnxruntime-node';
import sharp from 'sharp';

/** The bare alternative to an engine: sharp and onnxruntime in one loop, with nothing around them. */
export interface RawClassifier {
  /** Decodes, prepares and runs one picture; gives the number of the winning class. */
  classify(picture: Uint8Array): Promise<number>;
  close(): Promise<void>;
}

/** For the Fashion-MNIST samples: 28 × 28 grey, 0 to 1, one thread. */
export async function rawFashionMnist(modelFile: string): Promise<RawClassifier> {
  const session = await InferenceSession.create(modelFile, { intraOpNumThreads: 1 });
  return {
    classify: async (picture) => {
      const pixels = await sharp(picture).greyscale().resize(28, 28, { fit: 'fill' }).raw().toBuffer();
      const input = Float32Array.from(pixels, (value) => value / 255);
      const { logits } = await session.run({ image: new Tensor('float32', input, [1, 1, 28, 28]) });
      return indexOfMax(logits?.data as Float32Array);
    },
    close: () => session.release(),
  };
}

export function indexOfMax(values: ArrayLike<number>): number {
  let best = 0;
  for (let index = 1; index < values.length; index++) {
    if ((values[index] ?? Number.NEGATIVE_INFINITY) > (values[best] ?? Number.NEGATIVE_INFINITY))
      best = index;
  }
  return best;
}
