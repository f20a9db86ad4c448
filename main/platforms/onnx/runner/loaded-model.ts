import type { InferenceNote, PictureChange, TensorInfo } from '../../../../app/contract/inference';
import type { ExecutionProvider, ProviderReport } from '../../../../app/contract/running';
import type { Configured, LoadInput, RunnerDescription } from '../../../runner/protocol';
import type { CallContext } from '../../../runner/runner-module';
import type { Tensor } from '../../../runner/tensor';
import { checkFeeds } from './check-feeds';
import { ImageClassifier } from './image-classifier';
import { readMlModel } from './mlmodel';
import { findModelFile, plainAt } from './model-folder';
import { note } from './note';
import type { PictureClassifier } from './picture-classifier';
import { type OpenedOn, openOn } from './providers';
import { loadError, oldestOpset, opsetOf, runError } from './runtime-error';
import { type ScannedModel, scanModel } from './scan';
import { listedProviders, OnnxSession } from './session';
import { readSidecar } from './sidecar';
import { readTritonConfig } from './triton-config';

/** One ONNX model in memory, and everything that was found out about it. */
export class LoadedModel {
  readonly #folder: string;
  readonly #scanned: ScannedModel;
  readonly #session: OnnxSession;
  readonly #images: ImageClassifier;
  readonly #warnings: readonly InferenceNote[];
  /** What runs it. */
  readonly provider: ProviderReport;

  private constructor(
    folder: string,
    scanned: ScannedModel,
    { session, report, warnings }: OpenedOn<OnnxSession>,
    images: ImageClassifier,
  ) {
    this.#folder = folder;
    this.#scanned = scanned;
    this.#session = session;
    this.#warnings = warnings;
    this.#images = images;
    this.provider = report;
  }

  /** Scans, loads, infers and runs once. Throws `AppError` with a code of its own for each way in which a model is not fit. */
  static async load(
    { folder, options, ...kept }: LoadInput,
    enter: CallContext['enter'],
  ): Promise<LoadedModel> {
    await enter('reading');
    const scanned = scanModel(
      findModelFile(folder, [readMlModel(folder)?.modelFile, readTritonConfig(folder)?.modelFile]),
    );
    const clean = (message: string): string => plainAt(message, folder);
    const explain = (thrown: unknown): string => runError(thrown, clean).message;
    let opened: OpenedOn<OnnxSession>;
    await enter('building', scanned.bytes);
    try {
      opened = await openOn(options.executionProvider ?? providerIn(folder), {
        listed: listedProviders(),
        open: (provider, isProfiled) =>
          OnnxSession.create(scanned.path, { ...options, modelBytes: scanned.bytes, provider, isProfiled }),
        explain,
      });
    } catch (thrown) {
      throw loadError(thrown, scanned.file, clean);
    }
    await enter('trying', scanned.bytes);
    const { session } = opened;
    const { inputs } = session;
    const source = { folder, file: scanned.file, session, inputs, declaresOutputs: true, explain };
    return new LoadedModel(
      folder,
      scanned,
      withAge(opened, scanned),
      await ImageClassifier.create(source, kept),
    );
  }

  /** The model as an image classifier; it may be none. */
  get images(): ImageClassifier {
    return this.#images;
  }

  /** The classifier and its names. Throws MODEL_NOT_A_CLASSIFIER. */
  get pictures(): ImageClassifier['pictures'] {
    return this.#images.pictures;
  }

  get description(): RunnerDescription {
    const { file } = this.#scanned;
    const images = this.#images.description;
    return {
      producer: file.producer,
      irVersion: file.irVersion,
      opsets: [...file.opsets],
      inputs: [...this.#session.inputs],
      outputs: [...this.#session.outputs],
      metadata: { ...file.metadata },
      ...images,
      warnings: [...this.#warnings, ...images.warnings],
    };
  }

  /** Of the model file and the files its weights are in. */
  get bytes(): number {
    return this.#scanned.bytes;
  }

  get inputs(): readonly TensorInfo[] {
    return this.#session.inputs;
  }

  get outputs(): readonly TensorInfo[] {
    return this.#session.outputs;
  }

  /** Names of the outputs that are tensors. */
  get tensorOutputs(): readonly string[] {
    return this.#session.tensorOutputs;
  }

  /** Null when the model is no image classifier. */
  get classifier(): PictureClassifier | null {
    return this.#images.classifier;
  }

  /** Throws TENSOR_MISMATCH when these are not tensors for this model. */
  check(feeds: Readonly<Record<string, Tensor>>): void {
    checkFeeds(feeds, this.#session.inputs);
  }

  /** Runs once over feeds that were checked. Throws MODEL_RUN_FAILED, TENSOR_MISMATCH for unknown outputs. */
  run(feeds: Readonly<Record<string, Tensor>>, outputs: readonly string[]): Promise<Record<string, Tensor>> {
    return this.guard(() => this.#session.run(feeds, outputs));
  }

  /** Checks and runs once. Throws TENSOR_MISMATCH, MODEL_RUN_FAILED. */
  async predict(
    feeds: Readonly<Record<string, Tensor>>,
    outputs: readonly string[],
  ): Promise<Record<string, Tensor>> {
    this.check(feeds);
    return this.run(feeds, outputs);
  }

  /** Runs native code, with its failures turned into ours. */
  async guard<T>(run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (thrown) {
      throw runError(thrown, (message) => plainAt(message, this.#folder));
    }
  }

  /** Throws MODEL_NOT_A_CLASSIFIER, INVALID_ARGUMENT. */
  configure(change: PictureChange, keepInFolder: boolean): Configured {
    const configured = this.#images.configure(change, keepInFolder);
    return { ...configured, description: this.description };
  }

  async close(): Promise<void> {
    await this.#session.close();
  }
}

function withAge(opened: OpenedOn<OnnxSession>, { file }: ScannedModel): OpenedOn<OnnxSession> {
  const opset = opsetOf(file);
  if (opset === undefined || opset >= oldestOpset) return opened;
  return { ...opened, warnings: [...opened.warnings, note('certain', 'warnOldOpset', { opset })] };
}

/** What the folder of a version says of what runs it. */
function providerIn(folder: string): ExecutionProvider {
  const read = readSidecar(folder);
  return (read.kind === 'read' ? read.sidecar.executionProvider : undefined) ?? 'cpu';
}
