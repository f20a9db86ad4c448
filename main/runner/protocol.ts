import type { WireError } from '../../app/base/errors';
import type { TensorFormat } from '../../app/base/tensor-files';
import type {
  Classification,
  ClassNames,
  ClassProbability,
  Description,
  InputView,
  PictureChange,
  Preprocessing,
  PreprocessingRanking,
} from '../../app/contract/inference';
import type { BatchCount, EffectiveRunning, ExecutionProvider, WarmedUp } from '../../app/contract/running';
import type { BatchingSettings } from './batching/batching-parameters';
import type { InferInput, InferOutput } from './codecs/infer';
import type { LoadStage } from './load-stages';
import type { LookupAnswer, NearestInput, Neighbour } from './table-answers';
import type { Tensor } from './tensor';
import type { RowError, TensorBlock, WriteTensorsInput } from './tensors/tensor-blocks';

/** What a runner can be: a platform of `main/platforms/`, the helper that draws pictures for the page, or one that works through a batch. */
export type RunnerPlatform = ModelPlatform | 'imaging' | 'batch';

/** The platforms that serve models: one folder each under `main/platforms/`. */
export type ModelPlatform = 'onnx' | 'tfjs' | 'lookup-table';

/** How the servable is run; what is absent is decided by the platform. */
export interface RunnerOptions {
  /** Threads within one run. */
  readonly intraOpThreads?: number;
  /** What runs the model; the version's folder says it where this does not, else it is cpu. */
  readonly executionProvider?: ExecutionProvider;
  /**
   * How requests are put together into runs; `off` runs each by itself. When absent the `batching_params.pbtxt` of the version's folder
   * says it, and without that file the platform finds out what is of use.
   */
  readonly batching?: BatchingSettings | 'off';
  readonly warmUp?: WarmUpOptions;
}

export interface WarmUpOptions {
  /** Default true. */
  readonly isEnabled?: boolean;
  /** How often each recorded request is run. Default 1. Source: TensorFlow Serving, `num_request_iterations`. */
  readonly requestIterations?: number;
}

/** What a person set and the version's folder could not keep: it wins over what the folder says. */
export interface KeptChoices {
  readonly preprocessing?: NonNullable<PictureChange['preprocessing']> | undefined;
  readonly labels?: readonly string[] | undefined;
}

export interface LoadInput extends KeptChoices {
  /** The version's folder on this machine. */
  readonly folder: string;
  readonly options: RunnerOptions;
}

/** A description without the name, the version and how it is run, which only the engine knows. */
export type RunnerDescription = Omit<Description, 'model' | 'version' | 'running'>;
/** A classification without the name and version, which only the engine knows. */
export type RunnerClassification = Omit<Classification, 'model' | 'version'>;

export interface TensorPrediction {
  readonly outputs: Readonly<Record<string, Tensor>>;
  readonly timingsMs: { readonly queue: number; readonly run: number };
}

export interface ConfigureInput extends PictureChange {
  /** Write it into the version's folder, if that can be written to. */
  readonly keepInFolder: boolean;
}

export interface Configured {
  readonly description: RunnerDescription;
  /** What of it was set before, and null for what was not. */
  readonly before: PictureChange;
  /** What of it is set now: of a preprocessing what differs from what was inferred. */
  readonly after: PictureChange;
  /** False when the folder could not be written: whoever asked keeps the choice. */
  readonly isKeptInFolder: boolean;
}

export interface ViewInputRequest {
  readonly picture: Uint8Array;
  readonly channel: 'all' | '0' | '1' | '2';
  readonly preprocessing?: Preprocessing;
}

/** A picture whose class a person knows. */
export interface LabelledPicture {
  readonly picture: Uint8Array;
  /** The number of the class, or its name. */
  readonly label: number | string;
}

/** How a version runs, as far as its runner decides it. */
export type RunningReport = Pick<EffectiveRunning, 'batching' | 'intraOpThreads' | 'provider'>;

export interface LoadReport extends RunnerStats {
  /** Absent where nothing of it can be chosen. */
  readonly running?: RunningReport;
  /** Absent where it was not warmed up. */
  readonly warmedUp?: WarmedUp;
}

export interface RunnerStats {
  /** Resident memory of the runner's process. */
  readonly residentBytes: number;
  /** Runs since the start by the number of examples in them, smallest first; absent where nothing is put together. */
  readonly batches?: readonly BatchCount[];
  /** Requests that wait for their run. */
  readonly queued?: number;
}

/** A version that a batch runner is to hold. */
export interface BatchVersionInput {
  readonly version: number;
  readonly platform: ModelPlatform;
  readonly load: LoadInput;
}

export interface OpenBatchInput {
  /** Gives way to everything else on the machine. */
  readonly isBackground: boolean;
  readonly versions: readonly BatchVersionInput[];
}

export interface BatchOpened extends RunnerStats {
  /** In the order in which they were asked for. */
  readonly versions: readonly {
    readonly version: number;
    /** How pictures are prepared for it; null when it is no image classifier. */
    readonly preprocessing: Preprocessing | null;
  }[];
}

export interface ClassifyFilesInput {
  /** Picture files on this machine. */
  readonly paths: readonly string[];
  readonly versions: readonly number[];
  readonly top: number;
}

/** What one version said of one picture. */
export interface BatchAnswer {
  readonly version: number;
  /** Most probable first; empty when there is an error. */
  readonly classes: readonly {
    readonly index: number;
    readonly label: string | null;
    readonly probability: number | null;
  }[];
  readonly error: Pick<WireError, 'code' | 'detail'> | null;
}

export interface UnpackInput {
  /** The body of a request, in a file, which is deleted. */
  readonly path: string;
  readonly contentType: string;
  /** Where the pictures in it go. */
  readonly folder: string;
  readonly mostBytes: number;
}

export interface OpenTensorsInput {
  readonly path: string;
  readonly format: TensorFormat;
  /** For what has to be unpacked. */
  readonly folder: string;
  /** The outputs that are wanted; empty asks for all. */
  readonly outputs: readonly string[];
  /** What the answers are to become. */
  readonly target: TensorFormat;
}

export interface PredictBlockInput {
  readonly block: TensorBlock;
  /** The place of a row in the block, when only that is asked about. */
  readonly only: number | null;
  readonly versions: readonly number[];
  /** Where the answers go. */
  readonly folder: string;
}

export interface FailedRow {
  /** Its place in the whole file. */
  readonly row: number;
  readonly version: number;
  readonly error: RowError;
}

/** Every question a runner may be asked: method → what goes in and what comes back. */
export interface RunnerMethods {
  load: { readonly input: LoadInput; readonly output: LoadReport };
  describe: { readonly input: null; readonly output: RunnerDescription };
  classify: {
    readonly input: { readonly picture: Uint8Array; readonly top: number };
    readonly output: RunnerClassification;
  };
  /** The same of a picture that was decoded as `describe` says: 8-bit RGB of the model's size, `[height, width, 3]`. */
  classifyPixels: {
    readonly input: { readonly rgb: Uint8Array; readonly top: number };
    readonly output: RunnerClassification;
  };
  predict: {
    readonly input: {
      readonly inputs: Readonly<Record<string, Tensor>>;
      /** Empty asks for all. */
      readonly outputs: readonly string[];
    };
    readonly output: TensorPrediction;
  };
  /** A request of a network client, as bytes in its wire format; every servable that predicts has it. */
  infer: { readonly input: InferInput; readonly output: InferOutput };
  /** What the rows of the model's class output stand for, the most probable class first. */
  rank: {
    readonly input: {
      readonly outputs: Readonly<Record<string, Tensor>>;
      readonly rowCount: number;
      /** All classes when it is left out. */
      readonly top?: number;
    };
    readonly output: readonly (readonly ClassProbability[])[];
  };
  /** Of a table: the rows of these keys. */
  lookup: { readonly input: { readonly keys: readonly string[] }; readonly output: LookupAnswer };
  /** Of a table: its rows that are most like another, best first; never the row itself. */
  nearest: { readonly input: NearestInput; readonly output: readonly Neighbour[] };
  viewInput: { readonly input: ViewInputRequest; readonly output: InputView };
  rankPreprocessings: {
    readonly input: { readonly pictures: readonly LabelledPicture[] };
    readonly output: PreprocessingRanking;
  };
  /** The names of its classes: as they are (null), or as they would be with a list of names in any form. */
  classNames: { readonly input: { readonly text: string | null }; readonly output: ClassNames };
  configure: { readonly input: ConfigureInput; readonly output: Configured };
  unload: { readonly input: null; readonly output: RunnerStats };
  probePicture: {
    readonly input: { readonly picture: Uint8Array };
    readonly output: { readonly width: number; readonly height: number; readonly format: string };
  };
  drawPicture: {
    readonly input: { readonly picture: Uint8Array; readonly maxSide: number };
    readonly output: { readonly bytes: Uint8Array; readonly mime: string };
  };
  /** Loads the versions that it is to ask. Throws what loading one throws. */
  openBatch: { readonly input: OpenBatchInput; readonly output: BatchOpened };
  /**
   * Reads and classifies pictures: for each path one answer of each version, in their order. A picture is decoded once for each size
   * and fit that the versions want. One that cannot be answered is an answer with its error, and harms no other.
   */
  classifyFiles: {
    readonly input: ClassifyFilesInput;
    readonly output: readonly (readonly BatchAnswer[])[];
  };
  /**
   * Of a batch runner: takes a file of rows that `predictBlock` is about, and cuts it into blocks. Throws INVALID_ARGUMENT for what is no such
   * file or cannot become `target`, TENSOR_MISMATCH for arrays that the versions do not take.
   */
  openTensors: {
    readonly input: OpenTensorsInput;
    readonly output: { readonly rows: number; readonly blocks: readonly TensorBlock[] };
  };
  /** Of a batch runner: keeps the answers of these versions about a block, and says which rows have none. */
  predictBlock: { readonly input: PredictBlockInput; readonly output: readonly FailedRow[] };
  /** Of a batch runner: keeps that these rows have no answer. */
  failRows: {
    readonly input: { readonly failed: readonly FailedRow[]; readonly folder: string };
    readonly output: null;
  };
  /** Of a batch runner: makes one file of all that was kept. Throws INVALID_ARGUMENT when it does not fit the format. */
  writeTensors: { readonly input: WriteTensorsInput; readonly output: null };
  /** Of a batch runner: takes the pictures out of a request's body, and says how many there are. Throws INVALID_ARGUMENT. */
  unpackUpload: { readonly input: UnpackInput; readonly output: { readonly pictures: number } };
  /** Of a batch runner: a JPEG of this size, with as much in it as a photo has. */
  makePicture: {
    readonly input: { readonly width: number; readonly height: number };
    readonly output: { readonly bytes: Uint8Array };
  };
  /** While it is held it does next to nothing, so that others have the machine. */
  hold: { readonly input: { readonly isHeld: boolean }; readonly output: null };
}
export type RunnerMethod = keyof RunnerMethods;
export type MethodInput<M extends RunnerMethod> = RunnerMethods[M]['input'];
export type MethodOutput<M extends RunnerMethod> = RunnerMethods[M]['output'];

/** Engine → runner. */
export type ToRunner =
  /** Loads the code of a platform ahead of `start`, which may come for another one. */
  | { readonly kind: 'prepare'; readonly platform: RunnerPlatform }
  | {
      readonly kind: 'start';
      readonly platform: RunnerPlatform;
      /** What the system's process list shows from now on. */
      readonly name?: string;
      /** Others are served while it loads: they go first until then. */
      readonly givesWay?: boolean;
    }
  | {
      readonly kind: 'request';
      readonly id: number;
      readonly method: RunnerMethod;
      readonly input: unknown;
      /** Milliseconds since the epoch after which nobody waits for the answer any more. */
      readonly deadlineAtMs?: number | undefined;
    }
  | { readonly kind: 'cancel'; readonly id: number }
  | { readonly kind: 'ping'; readonly id: number };

/** Runner → engine. */
export type FromRunner =
  | { readonly kind: 'started' }
  | { readonly kind: 'startFailed'; readonly error: WireError }
  | { readonly kind: 'done'; readonly id: number; readonly value: unknown }
  /** The same of `infer`, which has a form of its own on its way. */
  | { readonly kind: 'inferred'; readonly id: number; readonly output: InferOutput }
  | { readonly kind: 'failed'; readonly id: number; readonly error: WireError }
  /** The load that was asked for as `id` begins a stage, which should be over within `limitMs`. */
  | { readonly kind: 'stage'; readonly id: number; readonly stage: LoadStage; readonly limitMs: number }
  | { readonly kind: 'pong'; readonly id: number; readonly stats: RunnerStats };

/**
 * What one turn of the event loop had to say travels as one array: a process border costs by the message, and coalescing
 * answered 1.4 times as many small requests.
 */
export type Batch<T> = readonly T[];
