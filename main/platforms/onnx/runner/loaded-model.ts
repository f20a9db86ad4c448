import { createHash } from 'node:crypto';
import { AppError } from '../../../../app/base/errors';
import type { InferenceNote, Preprocessing, TensorInfo } from '../../../../app/contract/inference';
import type { Configured, LoadInput, RunnerDescription } from '../../../runner/protocol';
import type { CallContext } from '../../../runner/runner-module';
import type { Tensor } from '../../../runner/tensor';
import { checkFeeds } from './check-feeds';
import { withCompanions } from './companions';
import { type FoundLabels, findLabels, fitLabels } from './find-labels';
import { type InferredClassifier, inferPreprocessing } from './infer-preprocessing';
import type { Labels } from './labels';
import { readMlModel } from './mlmodel';
import { findModelFile, plainAt } from './model-folder';
import { note } from './note';
import { fixedBatchOf, PictureClassifier } from './picture-classifier';
import { loadError, runError } from './runtime-error';
import { type ScannedModel, scanModel } from './scan';
import { OnnxSession } from './session';
import { overrideSettings, type Settings, setByPerson } from './settings';
import { keepPreprocessing } from './sidecar';
import { readTold } from './told';
import { type Trial, tryOut } from './trial-run';
import { readTritonConfig } from './triton-config';

/** What a loaded model knows about itself as an image classifier. */
interface ClassifierState {
  readonly classifier: PictureClassifier;
  /** Without what a person set. */
  readonly inferred: Settings;
  readonly labels: Labels;
  readonly labelsNote: InferenceNote;
  readonly labelCount: number;
  /** Undefined when the classes have no names. */
  readonly labelsDigest: string | undefined;
  readonly classCount: number;
  readonly warnings: readonly InferenceNote[];
}

/** One ONNX model in memory, and everything that was found out about it. */
export class LoadedModel {
  readonly #folder: string;
  readonly #scanned: ScannedModel;
  readonly #session: OnnxSession;
  #settings: Settings | null = null;
  #state: ClassifierState | null = null;
  #warnings: readonly InferenceNote[] = [];
  #notClassifier: InferenceNote | null = null;

  private constructor(folder: string, scanned: ScannedModel, session: OnnxSession) {
    this.#folder = folder;
    this.#scanned = scanned;
    this.#session = session;
  }

  /** Scans, loads, infers and runs once. Throws `AppError` with a code of its own for each way in which a model is not fit. */
  static async load(
    { folder, options, preprocessing }: LoadInput,
    enter: CallContext['enter'],
  ): Promise<LoadedModel> {
    await enter('reading');
    const scanned = scanModel(
      findModelFile(folder, [readMlModel(folder)?.modelFile, readTritonConfig(folder)?.modelFile]),
    );
    const clean = (message: string): string => plainAt(message, folder);
    let session: OnnxSession;
    await enter('building', scanned.bytes);
    try {
      session = await OnnxSession.create(scanned.path, { ...options, modelBytes: scanned.bytes });
    } catch (thrown) {
      throw loadError(thrown, scanned.file, clean);
    }
    const model = new LoadedModel(folder, scanned, session);
    await enter('trying', scanned.bytes);
    await model.#becomeClassifier(preprocessing);
    return model;
  }

  /** The classifier and its names. Throws MODEL_NOT_A_CLASSIFIER. */
  get pictures(): { readonly classifier: PictureClassifier; readonly labelOf: (index: number) => string } {
    if (!this.#state) {
      const { reason = 'notRunning', params = {} } = this.#notClassifier ?? {};
      throw new AppError('MODEL_NOT_A_CLASSIFIER', params, { detail: `Not an image classifier: ${reason}` });
    }
    const { classifier, labels } = this.#state;
    return { classifier, labelOf: (index) => labels[index] || `class ${index}` };
  }

  get description(): RunnerDescription {
    const { file } = this.#scanned;
    const state = this.#state;
    return {
      producer: file.producer,
      irVersion: file.irVersion,
      opsets: [...file.opsets],
      inputs: [...this.#session.inputs],
      outputs: [...this.#session.outputs],
      metadata: { ...file.metadata },
      preprocessing: this.#settings?.preprocessing ?? null,
      notClassifier: this.#notClassifier,
      notes: this.#settings && state ? { ...this.#settings.notes, labels: state.labelsNote } : null,
      inferred: state?.inferred.preprocessing ?? null,
      labelCount: state?.labelCount ?? 0,
      ...(state?.labelsDigest === undefined ? {} : { labelsDigest: state.labelsDigest }),
      classCount: state?.classCount ?? null,
      warnings: [...this.#warnings, ...(state?.warnings ?? [])],
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
    return this.#state?.classifier ?? null;
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
  configure(preprocessing: Preprocessing | null, keepInFolder: boolean): Configured {
    const { classifier } = this.pictures;
    const inferred = this.#state?.inferred;
    if (!inferred) throw new AppError('MODEL_NOT_A_CLASSIFIER');
    const next = preprocessing ? overrideSettings(inferred, setByPerson(preprocessing)) : inferred;
    classifier.configure(next.preprocessing);
    this.#settings = next;
    const isKeptInFolder = keepInFolder && keepPreprocessing(this.#folder, preprocessing);
    return { description: this.description, isKeptInFolder };
  }

  async close(): Promise<void> {
    await this.#session.close();
  }

  async #becomeClassifier(kept: Preprocessing | undefined): Promise<void> {
    const told = readTold(this.#folder, kept);
    this.#warnings = told.warnings;
    const inference = inferPreprocessing(this.#scanned.file, told.override);
    if (!inference.ok) {
      this.#notClassifier = inference.note;
      return;
    }
    const { classifier: found } = inference;
    const input = this.#session.inputs[0];
    if (!input) return;
    const inferred = withCompanions(this.#folder, found);
    const { override } = told;
    const wanted = override ? overrideSettings(inferred, override) : inferred;
    try {
      const classifier = new PictureClassifier(this.#session, input, found.output.name, wanted.preprocessing);
      const trial = await tryOut(classifier, wanted, {
        isSizeFree: found.shape.isSizeFree,
        declared:
          this.#scanned.file.graph?.outputs.find(({ name }) => name === found.output.name)?.shape ?? null,
      });
      this.#settings = trial.settings;
      const named = told.labels ?? findLabels(this.#folder, this.#scanned.file.metadata, found.output.name);
      const checkedInferred = override ? withMeasured(inferred, trial) : trial.settings;
      this.#state = {
        classifier,
        inferred: checkedInferred,
        ...this.#nameClasses(found, trial, named),
      };
    } catch (thrown) {
      const { message } = runError(thrown, (text) => plainAt(text, this.#folder));
      this.#notClassifier = note('certain', 'notRunning', { detail: message });
    }
  }

  #nameClasses(found: InferredClassifier, trial: Trial, named: FoundLabels) {
    const classCount = trial.valueCount === 1 ? 2 : trial.valueCount;
    const fitted = fitLabels(named, classCount);
    const batch = fixedBatchOf({
      name: '',
      dtype: '',
      shape: found.shape.input.shape as (number | string)[],
    });
    const warnings = [...found.output.warnings, ...trial.warnings, ...named.warnings, ...fitted.warnings];
    if (batch !== null && batch > 1) warnings.push(note('certain', 'warnFixedBatch', { batch }));
    return {
      labels: fitted.labels,
      labelsNote: named.note,
      labelCount: named.labels?.length ?? 0,
      labelsDigest: named.labels ? digestOf(fitted.labels) : undefined,
      classCount,
      warnings,
    };
  }
}

/** The same for two models exactly when their classes have the same names in the same order. */
const digestOf = (labels: Labels): string =>
  createHash('sha256').update(JSON.stringify(labels)).digest('hex');

/** What the trial run found about the output holds for the inferred settings too, unless a person set the output. */
function withMeasured(inferred: Settings, { settings }: Trial): Settings {
  if (settings.notes.output.certainty === 'set') return inferred;
  return {
    preprocessing: { ...inferred.preprocessing, output: settings.preprocessing.output },
    notes: { ...inferred.notes, output: settings.notes.output },
  };
}
