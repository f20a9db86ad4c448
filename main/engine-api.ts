import type { CancelSignal } from '../app/base/cancel-signal';
import type { Event } from '../app/base/emitter';
import type { TensorFormat } from '../app/base/tensor-files';
import type { Explanation } from '../app/contract/explanation';
import type {
  Classification,
  ClassNames,
  Description,
  InputView,
  Preprocessing,
  PreprocessingRanking,
} from '../app/contract/inference';
import type { BatchOffer, JobDetail, JobView, ResultPage } from '../app/contract/job-calls';
import type { Job, ResultCounts } from '../app/contract/jobs';
import type { Loading } from '../app/contract/loading';
import type {
  AddChoice,
  Model,
  ModelEvent,
  ModelsChange,
  ModelsSnapshot,
  Offer,
  Plan,
  Switching,
  TakenBack,
  UndoableActions,
  VersionPolicy,
} from '../app/contract/models';
import type { PictureOffer } from '../app/contract/pictures';
import type { RunningSettings } from '../app/contract/running';
import type { Settings } from '../app/contract/settings';
import type { TuningReport } from '../app/contract/tuning';
import type { ModelConfig } from './config/config-schema';
import type { ServerConfig } from './config/server-config';
import type { EventFilter } from './engine/event-store';
import type { RecordedState } from './engine/history';
import type { NewModelEntry } from './engine/model-registry';
import type { AutotuneParams } from './jobs/autotune/autotune-job';
import type { BatchFormat } from './jobs/batch/batch-export';
import type { BatchParams } from './jobs/batch/batch-params';
import type { AnsweredItem } from './jobs/batch/batch-results';
import type { PageRequest } from './jobs/batch/batch-views';
import type { JobQueue } from './jobs/job-queue';
import type { PredictionParams } from './jobs/tensors/prediction-params';
import type { Caller, Routes } from './routes-api';
import type { CallParams, CodecName } from './runner/codecs/codec';
import type { InferOutput } from './runner/codecs/infer';
import type { LabelledPicture, RunnerOptions, UnpackInput } from './runner/protocol';
import type { SpawnRunner } from './runner/runner-process';
import type { LookupAnswer, NearestInput, Neighbour } from './runner/table-answers';
import type { Tensor } from './runner/tensor';
import type { Undoable } from './undoable';

export interface EngineOptions {
  readonly spawnRunner: SpawnRunner;
  /** Where configuration, event log and samples are kept. Null keeps nothing: a run of the command line. */
  readonly stateFolder: string | null;
  /** Where the event log is kept; with the rest unless it is said. */
  readonly eventFolder?: string;
  /** The sample models and pictures that ship with the app. */
  readonly samplesFolder: string | null;
  /** Overrides of the kept settings for this run. */
  readonly settings?: Partial<Settings>;
  /** Models of this run, beside the kept ones. */
  readonly models?: readonly NewModelEntry[];
  readonly serving?: ServingOptions;
  /** How long work is done; as in the app when absent. */
  readonly jobs?: JobsOptions;
}

/** For a command that does one piece of long work. */
export interface JobsOptions {
  /** Where jobs and their results are kept instead of in the state folder. What was interrupted waits there to be resumed. */
  readonly file: string;
  /** The same for answers of tensors. */
  readonly partsFolder: string;
  /** Does it give way to everything else on the machine? */
  readonly isBackground: boolean;
}

/** What a server sets beyond the settings of a person; what is absent is as in the app. */
export interface ServingOptions {
  readonly loadsAtOnce?: number;
  /** Waits for so long before every retry of a load, instead of longer each time. */
  readonly loadRetryIntervalMs?: number;
  /** How every version is run. */
  readonly runner?: RunnerOptions;
}

/** Which version should answer: a number, a label, or the latest that is available. */
export type VersionChoice = { readonly version: number } | { readonly label: string } | 'latest';

export interface ClassifyRequest {
  readonly model: string;
  readonly version: VersionChoice;
  /** An encoded picture: JPEG, PNG, WebP, AVIF, GIF, TIFF. */
  readonly picture: Uint8Array;
  readonly top: number;
}

export interface PredictRequest {
  readonly model: string;
  readonly version: VersionChoice;
  readonly inputs: Readonly<Record<string, Tensor>>;
  /** Empty asks for all. */
  readonly outputs: readonly string[];
}

export interface Prediction {
  readonly model: string;
  readonly version: number;
  /** The version that was asked, when its process ended and this one answered in its place. */
  readonly insteadOf?: number;
  readonly outputs: Readonly<Record<string, Tensor>>;
  readonly timingsMs: { readonly queue: number; readonly run: number };
}

/** What a configuration meant for one model. */
export interface ModelReport {
  readonly model: string;
  readonly change: 'added' | 'changed' | 'removed' | 'unchanged';
  /** Which of its settings are new; empty unless it is `changed`. */
  readonly settings: readonly string[];
}

/** What a configuration meant for one route. */
export interface RouteReport {
  readonly route: string;
  readonly change: ModelReport['change'];
}

export interface ConfigurationReport {
  readonly models: readonly ModelReport[];
  readonly routes: readonly RouteReport[];
  /** What models may take together, with null for the default; null when that did not change. */
  readonly memoryBytes: { readonly from: number | null; readonly to: number | null } | null;
}

/** What people do to models. Every method throws `AppError`. */
export interface Models {
  snapshot(): ModelsSnapshot;
  get(name: string): Model | undefined;
  readonly onDidChange: Event<ModelsChange>;
  /** Looks at files and folders without touching them; the ticket is good for `add` until the next hundred offers. */
  offer(paths: readonly string[]): Promise<Offer>;
  add(
    ticket: string,
    choices: readonly AddChoice[],
  ): Promise<
    Undoable & {
      readonly added: { id: string; model: string; version: number | null }[];
      readonly refused: { id: string; error: ReturnType<import('../app/base/errors').AppError['toWire']> }[];
    }
  >;
  addSample(): Promise<Undoable & { readonly model: string }>;
  /** `deletesCopies`: what Slipway copied is deleted once the removal cannot be taken back any more. Other files always stay. */
  remove(model: string, options?: { readonly deletesCopies?: boolean }): Promise<Undoable>;
  /** Of a model that is loaded on demand: ahead of any request. */
  load(model: string, version: number): Promise<Undoable>;
  /** Of a model that is loaded on demand: until it is asked the next time. */
  unload(model: string, version: number): Promise<Undoable>;
  /** Tries again what failed, loads again what is available, or, when that is other content than was known, takes it for good. */
  retry(model: string, version: number): Promise<void>;
  cancelLoad(model: string, version: number): Promise<void>;
  previewPolicy(model: string, policy: VersionPolicy, switching: Switching): Promise<Plan>;
  applyPolicy(model: string, policy: VersionPolicy, switching: Switching): Promise<Undoable>;
  setKeepLastGood(model: string, keepLastGood: boolean): Promise<Undoable>;
  /** Whether the versions that the policy asks for are loaded always, or when they are asked. What is loaded stays loaded. */
  setLoading(model: string, loading: Loading): Promise<Undoable>;
  /** Whether a version stays in memory once it is loaded on demand. */
  setPinned(model: string, version: number, isPinned: boolean): Promise<Undoable>;
  /**
   * How the model's versions are run from now on; what is absent has its default again. Versions that are loaded are loaded anew, one
   * after the other, and requests wait meanwhile; `answerFromLastGood` alone applies at once. Throws BATCHING_INVALID.
   */
  setRunning(model: string, running: RunningSettings): Promise<Undoable>;
  /** Points a label at a version, or takes it away (null). It applies when its version is available. */
  setLabel(model: string, label: string, version: number | null): Promise<Undoable>;
  /** Looks at the model's folder now. Settles when what was found is in `get`. */
  rescan(model: string): Promise<void>;
  /** The folder on this machine, for the shell to show. Never for a client. */
  folderOf(model: string, version?: number): string;
  /** What `undo` takes, oldest first: also tokens of earlier runs. */
  undoable(): UndoableActions;
  undo(token: string): Promise<TakenBack>;
  /** Newest first. */
  events(filter: EventFilter): Promise<ModelEvent[]>;
  /** Why a version is, or is not, loaded: from its state, what was set, and the events that decided it. */
  explain(model: string, version: number): Promise<Explanation>;
  /**
   * Makes the models and routes what the configuration says, as a whole or not at all; the report says what that meant for each.
   * Throws CONFIG_INVALID, CONFIG_CHANGE_REFUSED.
   */
  applyConfiguration(config: ServerConfig): Promise<ConfigurationReport>;
  /**
   * The same for one model, which is added or made what is said, or removed with null; all others are left alone. Not among what
   * can be taken back. Throws CONFIG_INVALID, MODEL_NOT_FOUND.
   */
  configure(name: string, model: ModelConfig | null): Promise<ModelReport>;
  readonly onDidLog: Event<readonly ModelEvent[]>;
  /** Every model as it stood when `atMs` was over; undefined where the kept events do not reach back that far. */
  stateAt(atMs: number): Promise<RecordedState | undefined>;
}

/** A network client's request: the body in its wire format, which only a runner reads. */
export interface ClientRequest {
  readonly model: string;
  readonly version: VersionChoice;
  readonly codec: CodecName;
  readonly body: Uint8Array;
  readonly params: CallParams;
  /** Milliseconds since the epoch after which the client no longer waits. */
  readonly deadlineAtMs?: number;
  /** Absent for one of which nothing is known. */
  readonly caller?: Caller;
}

/** The answer in the wire format of the request, with the version that gave it. */
export interface ClientAnswer extends InferOutput {
  readonly model: string;
  readonly version: number;
  /** The version that was asked, when its process ended and this one answered in its place; HTTP answers have it as a header too. */
  readonly insteadOf?: number;
}

/** A choice about the pictures of a version, made. */
export interface PictureChoice {
  readonly description: Description;
  /** False when its folder cannot be written to: the choice is then kept with what else Slipway keeps. */
  readonly isKeptInFolder: boolean;
}

export interface Inference {
  infer(request: ClientRequest, signal?: CancelSignal): Promise<ClientAnswer>;
  classify(request: ClassifyRequest, signal?: CancelSignal): Promise<Classification>;
  predict(request: PredictRequest, signal?: CancelSignal): Promise<Prediction>;
  /** The rows that a table has for these keys, and which keys it lacks. Throws SERVABLE_WRONG_TYPE for what is no table. */
  lookup(
    request: { readonly model: string; readonly version: VersionChoice; readonly keys: readonly string[] },
    signal?: CancelSignal,
  ): Promise<LookupAnswer>;
  /** The rows of a table that are most like another row or a vector, best first. Throws SERVABLE_WRONG_TYPE, TABLE_KEY_UNKNOWN. */
  nearest(
    request: { readonly model: string; readonly version: VersionChoice } & NearestInput,
    signal?: CancelSignal,
  ): Promise<readonly Neighbour[]>;
  describe(model: string, version: number): Promise<Description>;
  /**
   * How pictures go into a loaded version from now on; null goes back to what was inferred. Kept in its folder where that can be written
   * to. Throws MODEL_NOT_A_CLASSIFIER, INVALID_ARGUMENT for what does not fit its input.
   */
  setPreprocessing(
    model: string,
    version: number,
    preprocessing: Preprocessing | null,
  ): Promise<Undoable & PictureChoice>;
  /** What the classes of a loaded version are called, by index; null goes back to what was found. Kept as preprocessing is. */
  setClassNames(
    model: string,
    version: number,
    names: readonly string[] | null,
  ): Promise<Undoable & PictureChoice>;
  /**
   * The names of the classes as they are, or as they would be with a text in any of the forms of a list of names.
   * Throws MODEL_NOT_A_CLASSIFIER, CLASS_NAMES_UNREADABLE.
   */
  classNames(model: string, version: number, text: string | null): Promise<ClassNames>;
  /**
   * Tries the usual ways to prepare pictures on some whose classes are known, and ranks them; what is set stays.
   * Throws MODEL_NOT_A_CLASSIFIER, INVALID_ARGUMENT, PICTURE_UNREADABLE.
   */
  rankPreprocessings(
    model: string,
    version: number,
    pictures: readonly LabelledPicture[],
    signal?: CancelSignal,
  ): Promise<PreprocessingRanking>;
  viewInput(request: {
    readonly model: string;
    readonly version: number;
    readonly picture: Uint8Array;
    readonly channel: 'all' | '0' | '1' | '2';
    readonly preprocessing?: Preprocessing;
  }): Promise<InputView>;
}

/** Pictures that the page works with: named by id, drawn by an imaging runner, read from disk when needed. */
export interface Pictures {
  offerFiles(paths: readonly string[]): Promise<PictureOffer>;
  offerBytes(name: string, bytes: Uint8Array): Promise<PictureOffer>;
  samples(): Promise<PictureOffer>;
  /** The encoded original. */
  read(id: string): Promise<Uint8Array>;
  /** A drawing fit for a page, upright: WebP or PNG bytes. */
  draw(id: string, size: 'view' | 'thumb'): Promise<{ readonly bytes: Uint8Array; readonly mime: string }>;
  /** The same of a file on this machine. */
  drawFile(
    path: string,
    size: 'view' | 'thumb',
  ): Promise<{ readonly bytes: Uint8Array; readonly mime: string }>;
  /** Where the picture lies on this machine; null for one that was pasted or is no longer known. Never for a client. */
  pathOf(id: string): string | null;
}

/** Batches as people work with them. Methods that take a job throw FAILED_PRECONDITION for one that is no batch over pictures. */
export interface Batches {
  /** Looks at folders, lists and pictures, or at one file of tensors, without touching them. Throws BATCH_NO_PICTURES. */
  offer(paths: readonly string[]): Promise<BatchOffer>;
  /** Throws DROP_EXPIRED. */
  start(request: {
    readonly ticket: string;
    readonly title: string;
    readonly model: string;
    readonly versions: readonly number[];
    readonly top: number;
  }): Job;
  /** Throws DROP_EXPIRED. */
  startPrediction(request: {
    readonly ticket: string;
    readonly title: string;
    readonly model: string;
    readonly versions: readonly number[];
    readonly target: TensorFormat;
  }): Job;
  /** Any job, without what the page must not or need not see. */
  view(job: Job): JobView;
  /** Of any job. */
  detail(id: string): Promise<JobDetail>;
  page(id: string, request: PageRequest): Promise<ResultPage>;
  counts(id: string): Promise<ResultCounts>;
  /** Where a picture lies on this machine, by its place in the input. Never for a client. Throws PICTURE_NOT_FOUND. */
  pictureFile(id: string, item: number): Promise<string>;
  /** Where the input of any batch lies on this machine, for the shell to show. Never for a client. */
  inputPath(id: string): string;
}

/** Long work. What is asked for survives a restart, and goes on by itself after one. */
export interface Jobs extends Omit<JobQueue, 'close' | 'settled'> {
  /** Asks versions, loaded for serving or not, about many pictures. Throws INVALID_ARGUMENT. */
  classifyBatch(params: BatchParams, title: string): Job;
  /** Writes what a batch has answered so far. Throws FAILED_PRECONDITION for a job that is no batch. */
  exportBatch(id: string, path: string, format: BatchFormat): Promise<void>;
  /** Asks versions, loaded for serving or not, about the rows of a file of tensors. Throws INVALID_ARGUMENT. */
  predictBatch(params: PredictionParams, title: string): Job;
  /** Writes what such a batch has answered so far. Throws FAILED_PRECONDITION for any other job, INVALID_ARGUMENT for a format that cannot hold it. */
  exportPredictions(id: string, path: string, format: TensorFormat): Promise<void>;
  /** Searches the best way to run a version under a bound on its latency, in less than two minutes. Throws INVALID_ARGUMENT. */
  autotune(params: AutotuneParams, title: string): Job;
  /** What such a search found; null before its end. Throws FAILED_PRECONDITION for any other job. */
  tuningOf(id: string): Promise<TuningReport | null>;
  readonly batches: Batches;
  /** What a batch has answered so far about the pictures after `afterItem`, or about all, in the order of its input. */
  answersOf(id: string, afterItem?: number): AsyncIterable<AnsweredItem>;
  /** Takes the pictures out of the body of a request, away from this process; resolves to their number. Throws INVALID_ARGUMENT. */
  unpackUpload(input: UnpackInput): Promise<number>;
}

export interface Engine {
  readonly models: Models;
  readonly routes: Routes;
  readonly inference: Inference;
  readonly pictures: Pictures;
  readonly jobs: Jobs;
  readonly settings: {
    get(): Settings;
    set(change: Partial<Settings>): Promise<Settings>;
    readonly onDidChange: Event<Settings>;
  };
  /** Refuses new work, lets what is in flight finish within a bound, unloads everything, ends every runner. */
  close(): Promise<void>;
}
