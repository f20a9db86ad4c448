import { AppError } from '../../../../app/base/errors';
import type { Preprocessing, TensorInfo } from '../../../../app/contract/inference';
import type { Tensor } from '../../../runner/tensor';
import { shapeText } from './note';
import { scoresOf } from './postprocess';
import { createEncoder, type PictureData, type PictureEncoder, pictureShape } from './preprocess';
import type { OnnxSession } from './session';

/** What a run over pictures gave. */
export interface PictureRun {
  /** One row of numbers for each picture. */
  readonly scores: readonly Float64Array[];
  /** The output as it came back. */
  readonly output: Pick<Tensor, 'dtype' | 'shape'>;
  readonly preprocessMs: number;
  readonly runMs: number;
}

/** A picture as the model is fed it. */
export interface PictureTensor {
  readonly data: PictureData;
  readonly dtype: string;
  readonly shape: readonly number[];
}

/** Feeds pictures of the model's size to a session, in the batches that the model takes. */
export class PictureClassifier {
  readonly #session: Pick<OnnxSession, 'run'>;
  readonly #input: TensorInfo;
  readonly #output: string;
  #preprocessing: Preprocessing;
  #encoder: PictureEncoder;
  #scratch: PictureData | undefined;

  /** Throws INVALID_ARGUMENT when `preprocessing` does not fit the model's input. */
  constructor(
    session: Pick<OnnxSession, 'run'>,
    input: TensorInfo,
    output: string,
    preprocessing: Preprocessing,
  ) {
    assertFits(preprocessing, input);
    this.#session = session;
    this.#input = input;
    this.#output = output;
    this.#preprocessing = preprocessing;
    this.#encoder = createEncoder(preprocessing, input.dtype);
  }

  get outputName(): string {
    return this.#output;
  }

  get preprocessing(): Preprocessing {
    return this.#preprocessing;
  }

  /** Throws INVALID_ARGUMENT when it does not fit the model's input; nothing is changed then. */
  configure(preprocessing: Preprocessing): void {
    assertFits(preprocessing, this.#input);
    this.#encoder = createEncoder(preprocessing, this.#input.dtype);
    this.#preprocessing = preprocessing;
  }

  get dtype(): string {
    return this.#input.dtype;
  }

  /** How many pictures one run takes: any number when the batch dimension is free, else exactly this many. */
  get fixedBatch(): number | null {
    return fixedBatchOf(this.#input);
  }

  /** The tensor of a single picture of the model's size, `rgb` being `[height, width, 3]`. */
  tensorOf(rgb: Uint8Array, preprocessing: Preprocessing = this.#preprocessing): PictureTensor {
    const { encoder } = this.#fedAs(preprocessing);
    const data = encoder.make((rgb.length / 3) * encoder.channelCount);
    encoder.encode(rgb, data, 0);
    const shape = pictureShape(preprocessing, this.#input.shape.length, 1);
    return { data, dtype: this.#input.dtype, shape };
  }

  /**
   * Runs over pictures of the model's size. A fixed batch is filled up with zeros, and more pictures take several runs.
   * Throws INVALID_ARGUMENT when a `preprocessing` of the caller's does not fit the model's input.
   */
  async run(
    pictures: readonly Uint8Array[],
    preprocessing: Preprocessing = this.#preprocessing,
  ): Promise<PictureRun> {
    const fed = this.#fedAs(preprocessing);
    const most = this.fixedBatch ?? pictures.length;
    const scores: Float64Array[] = [];
    let output: PictureRun['output'] = { dtype: '', shape: [] };
    let preprocessMs = 0;
    let runMs = 0;
    for (let start = 0; start < pictures.length; start += most) {
      const startedAt = performance.now();
      const part = pictures.slice(start, start + most);
      const tensor = this.#batch(part, most, fed);
      const readyAt = performance.now();
      const results = await this.#session.run({ [this.#input.name]: tensor }, [this.#output]);
      runMs += performance.now() - readyAt;
      preprocessMs += readyAt - startedAt;
      const result = results[this.#output];
      if (!result) throw new AppError('MODEL_NOT_A_CLASSIFIER', {}, { detail: 'A run gave no classes' });
      scores.push(...scoresOf(result, most).slice(0, part.length));
      output = result;
    }
    return { scores, output, preprocessMs, runMs };
  }

  #batch(pictures: readonly Uint8Array[], batch: number, { preprocessing, encoder }: Fed): Tensor {
    const { width, height } = preprocessing;
    const perPicture = width * height * encoder.channelCount;
    const data = this.#room(encoder, perPicture * batch);
    data.fill(0 as never, perPicture * pictures.length);
    for (const [index, rgb] of pictures.entries()) encoder.encode(rgb, data, index * perPicture);
    return {
      dtype: this.#input.dtype,
      shape: pictureShape(preprocessing, this.#input.shape.length, batch),
      data,
    };
  }

  /** The same memory for one run after the other, which come one at a time: fresh pages cost a tenth of a small model's run. */
  #room(encoder: PictureEncoder, length: number): PictureData {
    if (this.#scratch?.length !== length) this.#scratch = encoder.make(length);
    return this.#scratch;
  }

  #fedAs(preprocessing: Preprocessing): Fed {
    if (preprocessing === this.#preprocessing) return { preprocessing, encoder: this.#encoder };
    assertFits(preprocessing, this.#input);
    return { preprocessing, encoder: createEncoder(preprocessing, this.#input.dtype) };
  }
}

interface Fed {
  readonly preprocessing: Preprocessing;
  readonly encoder: PictureEncoder;
}

/** A rank of 3 that is no batch of single planes has no batch dimension at all: one picture a run. */
export function fixedBatchOf({ shape }: TensorInfo): number | null {
  const [first] = shape;
  const isUnbatched = shape.length === 3 && (first === 3 || shape[2] === 3);
  if (isUnbatched) return 1;
  return typeof first === 'number' ? first : null;
}

/** Throws INVALID_ARGUMENT when a picture prepared so has another shape than the model's input. */
function assertFits(preprocessing: Preprocessing, { name, shape }: TensorInfo): void {
  const actual = pictureShape(preprocessing, shape.length, 1);
  const hasBatch = actual.length > 3 || preprocessing.layout === 'hw' || preprocessing.layout === 'flat';
  const fits =
    actual.length === shape.length &&
    shape.every(
      (dimension, axis) =>
        (axis === 0 && hasBatch) || typeof dimension !== 'number' || dimension === actual[axis],
    );
  if (fits) return;
  throw new AppError(
    'INVALID_ARGUMENT',
    {},
    {
      detail: `Pictures would have the shape ${shapeText(actual)}, and input "${name}" takes ${shapeText(shape)}`,
    },
  );
}
