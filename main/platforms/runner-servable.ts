import type { BatchCount, EffectiveRunning, ProviderReport, WarmedUp } from '../../app/contract/running';
import type { MethodInput, MethodOutput, RunnerMethod } from '../runner/protocol';
import type { RequestOptions } from '../runner/runner-client';
import type { ServableId } from '../serving/servable-id';
import type { InputBytes, VersionSuspects } from './crash-suspects';
import type { InferenceServable } from './inference-servable';
import type { RunnerGroup } from './runner-group';

/** What a servable is made of. */
export interface ServableParts {
  readonly id: ServableId;
  readonly platform: string;
  readonly runners: RunnerGroup;
  readonly suspects: VersionSuspects;
  /** How it is run now: an instance that is replaced may be given other threads. */
  readonly running: () => EffectiveRunning;
  readonly warmedUp: WarmedUp | null;
}

/** A version in its runners. A platform whose versions answer more than these questions extends it. */
export class RunnerServable implements InferenceServable {
  readonly kind = 'inference';
  readonly #runners: RunnerGroup;
  readonly #suspects: VersionSuspects;
  readonly #running: () => EffectiveRunning;
  readonly warmedUp: WarmedUp | null;
  readonly id: ServableId;
  readonly platform: string;

  constructor({ id, platform, runners, suspects, running, warmedUp }: ServableParts) {
    this.warmedUp = warmedUp;
    this.#runners = runners;
    this.#suspects = suspects;
    this.#running = running;
    this.id = id;
    this.platform = platform;
  }

  get pid(): number | undefined {
    return this.#runners.pid;
  }

  get provider(): ProviderReport | null {
    return this.#running().provider;
  }

  get residentBytes(): number | null {
    return this.#runners.residentBytes;
  }

  get processes(): number {
    return this.#runners.measured;
  }

  get batches(): readonly BatchCount[] {
    return this.#runners.batches;
  }

  get queued(): number {
    return this.#runners.queued;
  }

  get inFlight(): number {
    return this.#runners.inFlight;
  }

  readonly classify: InferenceServable['classify'] = async (picture, top, options) => ({
    ...this.#named,
    ...(await this.ask('classify', { picture, top }, [picture], options)),
  });

  readonly predict: InferenceServable['predict'] = (inputs, outputs, options) =>
    this.ask(
      'predict',
      { inputs, outputs },
      Object.values(inputs).map(({ data }) => data),
      options,
    );

  readonly infer: InferenceServable['infer'] = ({ codec, body, params, wantsGist = false }, options) => {
    const { name: model, version } = this.id;
    return this.ask('infer', { codec, body, params, model, version, wantsGist }, [body], options);
  };

  readonly describe: InferenceServable['describe'] = async (options) => ({
    ...this.#named,
    ...(await this.#runners.request('describe', null, options)),
    running: this.#running(),
  });

  readonly rankPreprocessings: InferenceServable['rankPreprocessings'] = (pictures, options) =>
    this.ask(
      'rankPreprocessings',
      { pictures },
      pictures.map(({ picture }) => picture),
      options,
    );

  readonly viewInput: InferenceServable['viewInput'] = (request, options) =>
    this.ask('viewInput', request, [request.picture], options);

  readonly classNames: InferenceServable['classNames'] = (text, options) =>
    this.#runners.request('classNames', { text }, options);

  readonly configure: InferenceServable['configure'] = async (change, options) => {
    const input = { ...change, keepInFolder: true };
    const { description, ...configured } = await this.#runners.request('configure', input, options);
    return { description: { ...this.#named, ...description, running: this.#running() }, ...configured };
  };

  protected ask<M extends RunnerMethod>(
    method: M,
    input: MethodInput<M>,
    bytes: InputBytes,
    { signal, deadlineAtMs }: RequestOptions = {},
  ): Promise<MethodOutput<M>> {
    return this.#suspects.guard(bytes, (onDidOverstay) =>
      this.#runners.request(method, input, { signal, deadlineAtMs, onDidOverstay }),
    );
  }

  get #named(): { readonly model: string; readonly version: number } {
    return { model: this.id.name, version: this.id.version };
  }
}
