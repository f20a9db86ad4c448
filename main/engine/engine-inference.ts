import type { CancelSignal } from '../../app/base/cancel-signal';
import type { Clock } from '../../app/base/clock';
import { AppError } from '../../app/base/errors';
import type {
  Classification,
  ClassNames,
  Description,
  InputView,
  Preprocessing,
  PreprocessingRanking,
} from '../../app/contract/inference';
import type {
  ClassifyRequest,
  ClientAnswer,
  ClientRequest,
  Inference,
  Prediction,
  PredictRequest,
  VersionChoice,
} from '../engine-api';
import type { InferenceServable } from '../platforms/inference-servable';
import type { LabelledPicture } from '../runner/protocol';
import type { LookupAnswer, Neighbour } from '../runner/table-answers';
import { latest, type ServableRequest, specific } from '../serving/manager';
import type { ServableLabels } from '../serving/servable-labels';
import { type Answered, type AskOptions, CrashRecovery, type RecoveringManager } from './crash-recovery';
import type { InteractiveLoad } from './interactive-load';
import type { ModelRegistry } from './model-registry';
import type { ModelViews } from './model-views';
import { PictureChoices } from './picture-choices';
import type { UndoStack } from './undo-stack';

/** Names, in an answer to a network client, the version that was asked when another one answered. */
export const insteadOfHeader = 'x-slipway-instead-of-version';

export interface EngineInferenceParts {
  readonly manager: RecoveringManager;
  readonly labels: ServableLabels;
  readonly registry: ModelRegistry;
  readonly views: ModelViews;
  readonly clock: Clock;
  readonly load: InteractiveLoad;
  readonly undo: UndoStack;
}

/** How a version is asked on behalf of a route. */
export interface AskHow extends Pick<AskOptions, 'isImpatient'> {
  /** Nobody waits for the answer. */
  readonly isCopy?: boolean;
  /** Say in a few words what was answered as well. */
  readonly wantsGist?: boolean;
}

/** Asks loaded versions. A handle is held for as long as the answer takes, so the version stays until then. */
export class EngineInference implements Inference {
  readonly #parts: EngineInferenceParts;
  readonly #recovery: CrashRecovery;
  /** What a person sets about the pictures of versions. */
  readonly pictures: PictureChoices;

  constructor(parts: EngineInferenceParts) {
    this.#parts = parts;
    this.pictures = new PictureChoices({
      ...parts,
      ask: (model, version, ask) => this.askExactly(model, version, ask),
    });
    this.#recovery = new CrashRecovery({
      ...parts,
      mayAnswerFromLastGood: (model) => parts.registry.find(model)?.running.answerFromLastGood ?? false,
    });
  }

  async classify(
    { model, version, picture, top }: ClassifyRequest,
    signal?: CancelSignal,
    { isImpatient = false, isCopy = false }: AskHow = {},
  ): Promise<Classification> {
    const { answer, ...mark } = await this.#ask(
      model,
      version,
      (servable) => servable.classify(picture, top, signal ? { signal } : {}),
      { signal, isImpatient, isCopy },
    );
    return { ...answer, ...mark };
  }

  async predict(
    { model, version, inputs, outputs }: PredictRequest,
    signal?: CancelSignal,
    { isImpatient = false, isCopy = false }: AskHow = {},
  ): Promise<Prediction> {
    const { answer, ...mark } = await this.#ask(
      model,
      version,
      async (servable) => ({
        model,
        version: servable.id.version,
        ...(await servable.predict(inputs, outputs, signal ? { signal } : {})),
      }),
      { signal, isImpatient, isCopy },
    );
    return { ...answer, ...mark };
  }

  async lookup(
    { model, version, keys }: Parameters<Inference['lookup']>[0],
    signal?: CancelSignal,
  ): Promise<LookupAnswer> {
    const ask = async ({ lookup = noTable }: InferenceServable) => lookup(keys, signal ? { signal } : {});
    return (await this.#ask(model, version, ask, { signal })).answer;
  }

  async nearest(
    { model, version, to, count }: Parameters<Inference['nearest']>[0],
    signal?: CancelSignal,
  ): Promise<readonly Neighbour[]> {
    const ask = async ({ nearest = noTable }: InferenceServable) =>
      nearest({ to, count }, signal ? { signal } : {});
    return (await this.#ask(model, version, ask, { signal })).answer;
  }

  async infer(
    { model, version, codec, body, params, deadlineAtMs }: ClientRequest,
    signal?: CancelSignal,
    { isImpatient = false, isCopy = false, wantsGist = false }: AskHow = {},
  ): Promise<ClientAnswer> {
    let answeredBy = 0;
    const { answer, insteadOf } = await this.#ask(
      model,
      version,
      (servable) => {
        answeredBy = servable.id.version;
        return servable.infer({ codec, body, params, wantsGist }, { signal, deadlineAtMs });
      },
      { signal, deadlineAtMs, isImpatient, isCopy },
    );
    // Spelled out, as it is done for every request: spreading takes longer.
    const { bytes, contentType, headers, timingsMs, exampleCount, gist } = answer;
    const named: ClientAnswer = {
      bytes,
      contentType,
      headers,
      timingsMs,
      exampleCount,
      gist,
      model,
      version: answeredBy,
    };
    if (insteadOf === undefined) return named;
    return { ...named, insteadOf, headers: { ...answer.headers, [insteadOfHeader]: String(insteadOf) } };
  }

  describe(model: string, version: number): Promise<Description> {
    return this.askExactly(model, version, (servable) => servable.describe());
  }

  async classNames(model: string, version: number, text: string | null): Promise<ClassNames> {
    return this.askExactly(model, version, (servable) => servable.classNames(text));
  }

  rankPreprocessings(
    model: string,
    version: number,
    pictures: readonly LabelledPicture[],
    signal?: CancelSignal,
  ): Promise<PreprocessingRanking> {
    return this.askExactly(model, version, (servable) =>
      servable.rankPreprocessings(pictures, signal ? { signal } : {}),
    );
  }

  setPreprocessing(model: string, version: number, preprocessing: Preprocessing | null) {
    return this.pictures.set(model, version, { preprocessing }, 'preprocessingSet');
  }

  setClassNames(model: string, version: number, labels: readonly string[] | null) {
    return this.pictures.set(model, version, { labels: labels && [...labels] }, 'classNamesSet');
  }

  viewInput({ model, version, ...request }: Parameters<Inference['viewInput']>[0]): Promise<InputView> {
    return this.askExactly(model, version, (servable) => servable.viewInput(request));
  }

  /** Asks this version and no other. */
  async askExactly<T>(
    model: string,
    version: number,
    ask: (servable: InferenceServable) => Promise<T>,
  ): Promise<T> {
    return (await this.#ask(model, { version }, ask, { isExact: true })).answer;
  }

  #ask<T>(
    model: string,
    version: VersionChoice,
    ask: (servable: InferenceServable) => Promise<T>,
    options: AskOptions & Pick<AskHow, 'isCopy'>,
  ): Promise<Answered<T>> {
    const request = this.#resolve(model, version);
    if (options.isCopy) return this.#recovery.ask(request, ask, options);
    this.#parts.registry.touch(model, this.#parts.clock.now());
    return this.#parts.load.during(() => this.#recovery.ask(request, ask, options));
  }

  /** Throws MODEL_NOT_FOUND, or LABEL_UNKNOWN for a label that the model does not have. */
  #resolve(model: string, version: VersionChoice): ServableRequest {
    this.#parts.registry.get(model);
    if (version === 'latest') return latest(model);
    if ('version' in version) return specific(model, version.version);
    return this.#parts.labels.resolve(model, version.label);
  }
}

function noTable(): never {
  throw new AppError('SERVABLE_WRONG_TYPE', {}, { detail: 'This servable is no lookup table' });
}
