import { join } from 'node:path';
import { z } from 'zod';
import { AppError } from '../../../../app/base/errors';
import type { InferenceNote, Preprocessing } from '../../../../app/contract/inference';
import type { Configured, LoadInput, RunnerDescription } from '../../../runner/protocol';
import type { CallContext } from '../../../runner/runner-module';
import type { Tensor } from '../../../runner/tensor';
import { checkFeeds } from '../../onnx/runner/check-feeds';
import { withCompanions } from '../../onnx/runner/companions';
import { findLabels, fitLabels } from '../../onnx/runner/find-labels';
import { type InferredClassifier, inferPreprocessing } from '../../onnx/runner/infer-preprocessing';
import { note } from '../../onnx/runner/note';
import { PictureClassifier } from '../../onnx/runner/picture-classifier';
import { overrideSettings, type Settings, setByPerson } from '../../onnx/runner/settings';
import { keepPreprocessing } from '../../onnx/runner/sidecar';
import { readSmallFile } from '../../onnx/runner/small-file';
import { readTold, type Told } from '../../onnx/runner/told';
import { tryOut } from '../../onnx/runner/trial-run';
import { startBackend } from './backend';
import { type ModelFiles, readModelFiles } from './model-artifacts';
import { structureOf } from './structure';
import { messageOf, TfjsSession } from './tfjs-session';

interface ClassifierState {
  readonly classifier: PictureClassifier;
  /** Without what a person set. */
  readonly inferred: Settings;
  readonly labels: readonly string[];
  readonly labelsNote: InferenceNote;
  readonly labelCount: number;
  readonly classCount: number;
  readonly warnings: readonly InferenceNote[];
}

/** One TensorFlow.js model in memory, and what was found out about it as an image classifier. */
export class TfjsModel {
  readonly #folder: string;
  readonly #json: ModelFiles['json'];
  readonly #session: TfjsSession;
  readonly #metadata: Readonly<Record<string, string>>;
  #settings: Settings | null = null;
  #state: ClassifierState | null = null;
  #warnings: readonly InferenceNote[] = [];
  #notClassifier: InferenceNote | null = null;

  private constructor(
    folder: string,
    files: ModelFiles,
    session: TfjsSession,
    metadata: Readonly<Record<string, string>>,
  ) {
    this.#folder = folder;
    this.#json = files.json;
    this.#session = session;
    this.#metadata = metadata;
  }

  /** Reads, loads, infers and runs once. Throws what `readModelFiles` and `TfjsSession.create` throw. */
  static async load({ folder, preprocessing }: LoadInput, enter: CallContext['enter']): Promise<TfjsModel> {
    await enter('reading');
    const backend = await startBackend();
    const files = await readModelFiles(folder);
    const bytes = files.weightBytes;
    await enter('building', bytes);
    const session = await TfjsSession.create(files);
    const metadata = { ...ownLabels(folder), backend, format: `${files.kind} model` };
    const model = new TfjsModel(folder, files, session, metadata);
    await enter('trying', bytes);
    await model.#becomeClassifier(preprocessing);
    return model;
  }

  /** Throws MODEL_NOT_A_CLASSIFIER. */
  get pictures(): { readonly classifier: PictureClassifier; readonly labelOf: (index: number) => string } {
    if (!this.#state) {
      const { reason = 'notRunning', params = {} } = this.#notClassifier ?? {};
      throw new AppError('MODEL_NOT_A_CLASSIFIER', params, { detail: `Not an image classifier: ${reason}` });
    }
    const { classifier, labels } = this.#state;
    return { classifier, labelOf: (index) => labels[index] || `class ${index}` };
  }

  get description(): RunnerDescription {
    const state = this.#state;
    const { generatedBy, convertedBy } = this.#json;
    return {
      producer: [generatedBy, convertedBy].filter(Boolean).join(', '),
      irVersion: null,
      opsets: [],
      inputs: [...this.#session.inputs],
      outputs: [...this.#session.outputs],
      metadata: { ...this.#metadata },
      preprocessing: this.#settings?.preprocessing ?? null,
      notClassifier: this.#notClassifier,
      notes: this.#settings && state ? { ...this.#settings.notes, labels: state.labelsNote } : null,
      inferred: state?.inferred.preprocessing ?? null,
      labelCount: state?.labelCount ?? 0,
      classCount: state?.classCount ?? null,
      warnings: [...this.#warnings, ...(state?.warnings ?? [])],
    };
  }

  /** Throws TENSOR_MISMATCH, MODEL_RUN_FAILED. */
  predict(
    feeds: Readonly<Record<string, Tensor>>,
    outputs: readonly string[],
  ): Promise<Record<string, Tensor>> {
    checkFeeds(feeds, this.#session.inputs);
    return this.#session.run(feeds, outputs);
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
    const structure = structureOf(this.#session, this.#json, this.#metadata);
    const inference = inferPreprocessing(structure, told.override);
    const [input] = this.#session.inputs;
    if (!inference.ok || !input) {
      this.#notClassifier = inference.ok ? note('certain', 'notNoInput') : inference.note;
      return;
    }
    try {
      await this.#tryAs(inference.classifier, input, told);
    } catch (thrown) {
      this.#notClassifier = note('certain', 'notRunning', { detail: messageOf(thrown) });
    }
  }

  async #tryAs(
    found: InferredClassifier,
    input: TfjsSession['inputs'][number],
    { override, labels: toldLabels }: Told,
  ): Promise<void> {
    const inferred = withCompanions(this.#folder, found);
    const wanted = override ? overrideSettings(inferred, override) : inferred;
    const classifier = new PictureClassifier(this.#session, input, found.output.name, wanted.preprocessing);
    const trial = await tryOut(classifier, wanted, { isSizeFree: found.shape.isSizeFree, declared: null });
    const labels = toldLabels ?? findLabels(this.#folder, this.#metadata, found.output.name);
    const classCount = trial.valueCount === 1 ? 2 : trial.valueCount;
    const fitted = fitLabels(labels, classCount);
    this.#settings = trial.settings;
    this.#state = {
      classifier,
      inferred: override ? inferred : trial.settings,
      labels: fitted.labels,
      labelsNote: labels.note,
      labelCount: labels.labels?.length ?? 0,
      classCount,
      warnings: [...found.output.warnings, ...trial.warnings, ...labels.warnings, ...fitted.warnings],
    };
  }
}

const ownMetadataSchema = z.looseObject({ labels: z.array(z.string()).min(1) });

/** Teachable Machine names the classes in a `metadata.json` beside the model. */
function ownLabels(folder: string): Readonly<Record<string, string>> {
  const text = readSmallFile(join(folder, 'metadata.json'));
  if (text === undefined) return {};
  try {
    const parsed = ownMetadataSchema.safeParse(JSON.parse(text));
    return parsed.success ? { labels: JSON.stringify(parsed.data.labels) } : {};
  } catch {
    return {}; // some other program's file
  }
}
