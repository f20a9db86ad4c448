import { createHash } from 'node:crypto';
import { AppError } from '../../../../app/base/errors';
import type {
  ClassNames,
  InferenceNote,
  PictureChange,
  TensorInfo,
} from '../../../../app/contract/inference';
import { explainNote } from '../../../../app/contract/messages/error-text';
import type { KeptChoices, RunnerDescription } from '../../../runner/protocol';
import { withCompanions } from './companions';
import { type FoundLabels, findLabels, fitLabels } from './find-labels';
import { type InferredClassifier, inferPreprocessing } from './infer-preprocessing';
import { type Labels, parseLabels } from './labels';
import { note } from './note';
import type { OnnxFile } from './onnx-file';
import { fixedBatchOf, PictureClassifier } from './picture-classifier';
import type { OnnxSession } from './session';
import { type Override, overrideSettings, ownSettings, type Settings, setByPerson } from './settings';
import { keepInSidecar } from './sidecar';
import { namesByPerson, readTold, type Told } from './told';
import { type Trial, tryOut } from './trial-run';

/** A loaded model, as far as it matters for pictures. */
export interface ClassifierSource {
  readonly folder: string;
  /** Its structure, or that of the ONNX model that it would be. */
  readonly file: OnnxFile;
  readonly session: Pick<OnnxSession, 'run'>;
  readonly inputs: readonly TensorInfo[];
  /** Does the file say what shape its outputs have? */
  readonly declaresOutputs: boolean;
  /** A failed run in words. */
  readonly explain: (thrown: unknown) => string;
}

interface Facts {
  readonly classifier: PictureClassifier;
  readonly outputName: string;
  /** Without what a person set. */
  readonly inferred: Settings;
  readonly classCount: number;
  /** Apart from those about names. */
  readonly warnings: readonly InferenceNote[];
}

/** What holds now, and what of it somebody has set. */
interface Choices {
  readonly settings: Settings;
  readonly override: Override | null;
  readonly named: Named;
  readonly ownNames: Labels | null;
}

/** Names, and how they fit the classes. */
interface Named extends FoundLabels {
  readonly fitted: ReturnType<typeof fitLabels>;
}

type ClassifierDescription = Pick<
  RunnerDescription,
  | 'preprocessing'
  | 'notClassifier'
  | 'notes'
  | 'inferred'
  | 'labelCount'
  | 'labelsDigest'
  | 'classCount'
  | 'warnings'
>;

/** A model as an image classifier: how pictures go in, what its classes are called, what of that was found out and what was set. */
export class ImageClassifier {
  readonly #source: ClassifierSource;
  readonly #told: Told;
  #facts: Facts | null = null;
  #choices: Choices | null = null;
  #notClassifier: InferenceNote | null = null;

  private constructor(source: ClassifierSource, told: Told) {
    this.#source = source;
    this.#told = told;
  }

  /** Infers, and runs once on a made-up picture. A model that is none is told by `notClassifier`; it throws nothing. */
  static async create(source: ClassifierSource, kept: KeptChoices): Promise<ImageClassifier> {
    const own = new ImageClassifier(source, readTold(source.folder, kept));
    await own.#become();
    return own;
  }

  /** Null when the model is no image classifier. */
  get classifier(): PictureClassifier | null {
    return this.#facts?.classifier ?? null;
  }

  /** The classifier and its names. Throws MODEL_NOT_A_CLASSIFIER. */
  get pictures(): { readonly classifier: PictureClassifier; readonly labelOf: (index: number) => string } {
    const { facts, choices } = this.#known;
    const { labels } = choices.named.fitted;
    return { classifier: facts.classifier, labelOf: (index) => labels[index] || `class ${index}` };
  }

  /** What it takes to try other preprocessings. Throws MODEL_NOT_A_CLASSIFIER. */
  get ranking(): { readonly classifier: PictureClassifier; readonly labels: readonly string[] } {
    return { classifier: this.pictures.classifier, labels: this.namesWith(null).byClass };
  }

  get description(): ClassifierDescription {
    const facts = this.#facts;
    const choices = this.#choices;
    const { warnings } = this.#told;
    if (!facts || !choices) {
      return {
        preprocessing: null,
        notClassifier: this.#notClassifier,
        notes: null,
        inferred: null,
        labelCount: 0,
        classCount: null,
        warnings: [...warnings],
      };
    }
    const { settings, named } = choices;
    return {
      preprocessing: settings.preprocessing,
      notClassifier: null,
      notes: { ...settings.notes, labels: named.note },
      inferred: facts.inferred.preprocessing,
      labelCount: named.labels?.length ?? 0,
      ...(named.labels ? { labelsDigest: digestOf(named.fitted.labels) } : {}),
      classCount: facts.classCount,
      warnings: [...warnings, ...facts.warnings, ...named.warnings, ...named.fitted.warnings],
    };
  }

  /**
   * The names of the classes as they are, or as they would be with a text in any of the forms of a list of names.
   * Throws MODEL_NOT_A_CLASSIFIER, CLASS_NAMES_UNREADABLE.
   */
  namesWith(text: string | null): ClassNames {
    const { facts, choices } = this.#known;
    const parsed = text === null ? null : parseLabels(text);
    if (parsed === undefined) throw new AppError('CLASS_NAMES_UNREADABLE');
    const named = parsed ? fitted(namesByPerson(parsed), facts.classCount) : choices.named;
    const { labels, warnings } = named.fitted;
    return {
      given: [...(named.labels ?? [])],
      byClass: Array.from({ length: facts.classCount }, (_, index) => labels[index] ?? ''),
      note: named.note,
      warnings: [...named.warnings, ...warnings],
    };
  }

  /**
   * Puts what `change` names in place and answers what is set of it now, and what was before: null where nothing is. Only settings that differ
   * from what was inferred count as set. It is kept in the folder if that can be written to. Throws MODEL_NOT_A_CLASSIFIER, and INVALID_ARGUMENT for what does not fit the model's input; nothing is changed then.
   */
  configure(
    change: PictureChange,
    keepInFolder: boolean,
  ): { readonly before: PictureChange; readonly after: PictureChange; readonly isKeptInFolder: boolean } {
    const { facts, choices } = this.#known;
    const { labels } = change;
    const told = this.#told.override?.preprocessing ?? {};
    const preprocessing = change.preprocessing && ownSettings(change.preprocessing, facts.inferred, told);
    let next = choices;
    if (preprocessing !== undefined) {
      const override = preprocessing === null ? null : setByPerson(preprocessing);
      const settings = override ? overrideSettings(facts.inferred, override) : facts.inferred;
      facts.classifier.configure(settings.preprocessing);
      next = { ...next, settings, override };
    }
    if (labels !== undefined) {
      const named = labels ? namesByPerson(labels) : this.#findNames(facts.outputName);
      next = { ...next, ownNames: labels, named: fitted(named, facts.classCount) };
    }
    this.#choices = next;
    const before: PictureChange = {
      ...(preprocessing === undefined ? {} : { preprocessing: choices.override?.preprocessing ?? null }),
      ...(labels === undefined ? {} : { labels: choices.ownNames && [...choices.ownNames] }),
    };
    const after: PictureChange = {
      ...(preprocessing === undefined ? {} : { preprocessing }),
      ...(labels === undefined ? {} : { labels }),
    };
    return { before, after, isKeptInFolder: keepInFolder && keepInSidecar(this.#source.folder, after) };
  }

  get #known(): { readonly facts: Facts; readonly choices: Choices } {
    if (this.#facts && this.#choices) return { facts: this.#facts, choices: this.#choices };
    const why = this.#notClassifier;
    throw new AppError('MODEL_NOT_A_CLASSIFIER', {}, why ? { detail: explainNote(why) } : {});
  }

  async #become(): Promise<void> {
    const { file, inputs, explain } = this.#source;
    const inference = inferPreprocessing(file, this.#told.override);
    const [input] = inputs;
    if (!inference.ok || !input) {
      this.#notClassifier = inference.ok ? note('certain', 'notNoInput') : inference.note;
      return;
    }
    try {
      await this.#tryAs(inference.classifier, input);
    } catch (thrown) {
      this.#notClassifier = note('certain', 'notRunning', { detail: explain(thrown) });
    }
  }

  async #tryAs(found: InferredClassifier, input: TensorInfo): Promise<void> {
    const { folder, file, session, declaresOutputs } = this.#source;
    const { override, labels } = this.#told;
    const { name: outputName } = found.output;
    const inferred = withCompanions(folder, found);
    const wanted = override ? overrideSettings(inferred, override) : inferred;
    const classifier = new PictureClassifier(session, input, outputName, wanted.preprocessing);
    const declared = file.graph?.outputs.find(({ name }) => name === outputName)?.shape ?? null;
    const trial = await tryOut(classifier, wanted, {
      isSizeFree: found.shape.isSizeFree,
      declared: declaresOutputs ? declared : null,
    });
    const warnings = [...found.output.warnings, ...trial.warnings];
    const batch = fixedBatchOf(input);
    if (batch !== null && batch > 1) warnings.push(note('certain', 'warnFixedBatch', { batch }));
    const classCount = trial.valueCount === 1 ? 2 : trial.valueCount;
    this.#facts = {
      classifier,
      outputName,
      inferred: override ? withMeasured(inferred, trial) : trial.settings,
      classCount,
      warnings,
    };
    this.#choices = {
      settings: trial.settings,
      override,
      named: fitted(labels ?? this.#findNames(outputName), classCount),
      ownNames: labels?.labels ?? null,
    };
  }

  #findNames(outputName: string): FoundLabels {
    const { folder, file } = this.#source;
    return findLabels(folder, file.metadata, outputName);
  }
}

const fitted = (found: FoundLabels, classCount: number): Named => ({
  ...found,
  fitted: fitLabels(found, classCount),
});

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
