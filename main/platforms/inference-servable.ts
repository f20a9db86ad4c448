import type {
  Classification,
  ClassNames,
  Description,
  InputView,
  PictureChange,
  PreprocessingRanking,
} from '../../app/contract/inference';
import type { BatchCount, ProviderReport, WarmedUp } from '../../app/contract/running';
import type { InferInput, InferOutput } from '../runner/codecs/infer';
import type { LabelledPicture, TensorPrediction, ViewInputRequest } from '../runner/protocol';
import type { RequestOptions } from '../runner/runner-client';
import type { LookupAnswer, NearestInput, Neighbour } from '../runner/table-answers';
import type { Tensor } from '../runner/tensor';
import type { ServableId } from '../serving/servable-id';

/** A loaded version that answers on pictures or tensors, whatever runs it. Every method throws `AppError`. */
export interface InferenceServable {
  readonly kind: 'inference';
  readonly id: ServableId;
  readonly platform: string;
  /** Of the process that holds it; undefined when that has gone. */
  readonly pid: number | undefined;
  /** Resident memory of its processes together, as last measured. */
  readonly residentBytes: number | null;
  /** How many processes hold it, of those that `residentBytes` knows; absent for one. */
  readonly processes?: number;
  /** Runs since it was loaded by the number of examples in them, as last reported; absent where nothing is put together. */
  readonly batches?: readonly BatchCount[];
  /** Requests that wait for their run, as last reported. */
  readonly queued?: number;
  readonly warmedUp?: WarmedUp | null;
  /** What runs it; null or absent where nothing of it can be chosen. */
  readonly provider?: ProviderReport | null;
  /** Requests that wait for their answer. */
  readonly inFlight: number;
  /** The `top` most probable classes of an encoded picture. */
  classify(picture: Uint8Array, top: number, options?: RequestOptions): Promise<Classification>;
  /** Named tensors in, named tensors out; `outputs` empty asks for all. */
  predict(
    inputs: Readonly<Record<string, Tensor>>,
    outputs: readonly string[],
    options?: RequestOptions,
  ): Promise<TensorPrediction>;
  /** A client's request in its wire format, answered in it; the servable adds its own name and version. */
  infer(request: Omit<InferInput, 'model' | 'version'>, options?: RequestOptions): Promise<InferOutput>;
  describe(options?: RequestOptions): Promise<Description>;
  /** Of a table: the rows of these keys, and which keys it lacks. Absent for every other kind. */
  readonly lookup?: (keys: readonly string[], options?: RequestOptions) => Promise<LookupAnswer>;
  /** Of a table: its rows that are most like another, best first. Absent for every other kind. */
  readonly nearest?: (request: NearestInput, options?: RequestOptions) => Promise<readonly Neighbour[]>;
  /** Tries the usual ways to prepare pictures on some whose classes are known, and ranks them; what is set stays. */
  rankPreprocessings(
    pictures: readonly LabelledPicture[],
    options?: RequestOptions,
  ): Promise<PreprocessingRanking>;
  viewInput(request: ViewInputRequest, options?: RequestOptions): Promise<InputView>;
  /**
   * Changes how pictures are prepared and what classes are called. It is written into the version's folder, and where that
   * cannot be, `isKeptInFolder` is false and whoever asked keeps it and gives it to the loader the next time.
   */
  configure(
    change: PictureChange,
    options?: RequestOptions,
  ): Promise<{
    readonly description: Description;
    readonly before: PictureChange;
    readonly after: PictureChange;
    readonly isKeptInFolder: boolean;
  }>;
  /** The names of its classes: as they are (null), or as they would be with a list of names in any form. */
  classNames(text: string | null, options?: RequestOptions): Promise<ClassNames>;
}

export const isInferenceServable = (servable: unknown): servable is InferenceServable =>
  typeof servable === 'object' && servable !== null && 'kind' in servable && servable.kind === 'inference';
