import { type Clock, systemClock } from '../../app/base/clock';
import { Emitter } from '../../app/base/emitter';
import { AppError } from '../../app/base/errors';
import type { BatchCount, EffectiveRunning, ProviderReport, WarmedUp } from '../../app/contract/running';
import type {
  KeptChoices,
  LoadReport,
  MethodInput,
  MethodOutput,
  RunnerMethod,
  RunnerOptions,
  RunnerPlatform,
} from '../runner/protocol';
import { type RequestOptions, RunnerClient, type RunnerClientOptions } from '../runner/runner-client';
import type { SpawnRunner } from '../runner/runner-process';
import type { LoadContext, Loader } from '../serving/loader';
import type { ResourceAllocation } from '../serving/resources';
import { mainMemory } from '../serving/resources';
import type { ServableId } from '../serving/servable-id';
import { type CrashSuspects, type InputBytes, VersionSuspects } from './crash-suspects';
import type { InferenceServable } from './inference-servable';
import { RunnerGroup } from './runner-group';
import type { ThreadBudget } from './thread-budget';

/** What every loader of a version in a runner is given. */
export interface RunnerLoaderHost {
  readonly spawnRunner: SpawnRunner;
  readonly clock?: Clock;
  /** Bytes that loading is expected to take, where this content was measured before. */
  readonly forecast?: (folder: string) => Promise<number | undefined>;
  /** What a person set for this version and its folder could not keep. */
  readonly choicesOf?: (id: ServableId) => KeptChoices;
  /** How every version is run. */
  readonly options?: RunnerOptions;
  /** How this version is run, as a person set it: wins over `options`. */
  readonly optionsOf?: (id: ServableId) => VersionOptions;
  /** Names the files that are loaded: what is remembered about inputs is forgotten with them. */
  readonly contentKey?: string;
  /** Shared by all loaders, so that what a version learned about inputs outlives its process. */
  readonly suspects?: CrashSuspects;
  /** Shared by all loaders: divides the cores among the runners there are. */
  readonly threads?: ThreadBudget;
  /** Told when a runner had to be ended by force. */
  readonly onDidForceEnd?: (id: ServableId, error: AppError) => void;
  readonly client?: Omit<RunnerClientOptions, 'clock' | 'memoryCapBytes'>;
}

export interface VersionOptions extends RunnerOptions {
  /** Processes that hold it; default 1. */
  readonly instances?: number;
  /** Resident memory above which its process is ended, divided among its instances; null or absent sets no limit. */
  readonly memoryCapBytes?: number | null;
}

/** Loads one version into a runner process of its own. */
export class RunnerLoader implements Loader {
  readonly #host: RunnerLoaderHost;
  readonly #platform: RunnerPlatform;
  readonly #folder: string;
  readonly #forecastOf: (folder: string) => Promise<number>;
  readonly #didFail = new Emitter<AppError>();
  #group: RunnerGroup | undefined;
  #servable: RunnerServable | undefined;

  /** Fires when the process of a loaded version has ended by itself; `servable` stays, and everything asked of it rejects. */
  readonly onDidFail = this.#didFail.event;

  constructor(
    host: RunnerLoaderHost,
    platform: RunnerPlatform,
    folder: string,
    forecastOf: (folder: string) => Promise<number>,
  ) {
    this.#host = host;
    this.#platform = platform;
    this.#folder = folder;
    this.#forecastOf = forecastOf;
  }

  async estimateResources(): Promise<ResourceAllocation> {
    const measured = this.#servable?.residentBytes;
    if (measured) return mainMemory(measured);
    const forecast = await this.#host.forecast?.(this.#folder);
    return mainMemory(forecast ?? (await this.#forecastOf(this.#folder)));
  }

  /** Throws CANCELLED, RUNNER_START_FAILED, RUNNER_CRASHED, or what the platform says of the model. */
  async load({ servableId, signal }: LoadContext): Promise<void> {
    if (signal.aborted) throw new AppError('CANCELLED');
    const wanted: VersionOptions = { ...this.#host.options, ...this.#host.optionsOf?.(servableId) };
    const { instances = 1 } = wanted;
    const intraOpThreads = wanted.intraOpThreads ?? this.#host.threads?.suggest(instances);
    const options: VersionOptions = { ...wanted, ...(intraOpThreads ? { intraOpThreads } : {}) };
    let report: LoadReport | undefined;
    const group = await RunnerGroup.open({
      clock: this.#host.clock ?? systemClock,
      instances,
      open: async () => {
        const opened = await this.#open(servableId, options, signal);
        report = opened.report;
        return opened.client;
      },
    });
    group.onDidEnd((error) => this.#didFail.fire(error));
    this.#group = group;
    const suspects = this.#host.suspects?.of(`${this.#folder}\n${this.#host.contentKey ?? ''}`);
    const Servable = this.#platform === 'lookup-table' ? TableServable : RunnerServable;
    this.#servable = new Servable({
      id: servableId,
      platform: this.#platform,
      runners: group,
      suspects: suspects ?? new VersionSuspects(),
      warmedUp: report?.warmedUp ?? null,
      running: () => ({
        batching: report?.running?.batching ?? null,
        intraOpThreads: report?.running?.intraOpThreads ?? null,
        provider: report?.running?.provider ?? null,
        instances,
        memoryCapBytes: options.memoryCapBytes ?? null,
      }),
    });
  }

  /** Resolves when its processes have gone and their memory with them. */
  async unload(): Promise<void> {
    const group = this.#group;
    const id = this.#servable?.id;
    this.#group = undefined;
    this.#servable = undefined;
    const forced = await group?.close();
    if (forced && id) this.#host.onDidForceEnd?.(id, forced);
  }

  servable(): InferenceServable | undefined {
    return this.#servable;
  }

  /** A runner that has loaded the version. `signal` gives it up: a native load cannot be stopped but by ending its process. */
  async #open(
    id: ServableId,
    { memoryCapBytes = null, instances = 1, ...options }: VersionOptions,
    signal: AbortSignal,
  ): Promise<{ readonly client: RunnerClient; readonly report: LoadReport }> {
    if (signal.aborted) throw new AppError('CANCELLED');
    const client = this.#spawn(id, memoryCapBytes === null ? null : memoryCapBytes / instances);
    const { threads } = this.#host;
    threads?.started();
    void client.exited.then(() => threads?.ended());
    const giveUp = (): void => client.kill(new AppError('CANCELLED'));
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      await client.start(this.#platform, nameOf(id));
      const report = await client.request('load', {
        folder: this.#folder,
        options,
        ...this.#host.choicesOf?.(id),
      });
      return { client, report };
    } catch (thrown) {
      client.kill(AppError.from(thrown));
      await client.exited;
      throw thrown;
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }

  #spawn(id: ServableId, memoryCapBytes: number | null): RunnerClient {
    const { clock } = this.#host;
    try {
      return new RunnerClient(this.#host.spawnRunner({ name: nameOf(id) }), {
        ...this.#host.client,
        memoryCapBytes,
        ...(clock ? { clock } : {}),
      });
    } catch (thrown) {
      const detail = thrown instanceof Error ? thrown.message : String(thrown);
      throw new AppError('RUNNER_START_FAILED', {}, { detail, cause: thrown });
    }
  }
}

/** As the system's process list shows it. */
const nameOf = ({ name, version }: ServableId): string => `slipway ${name} ${version}`;

interface ServableParts {
  readonly id: ServableId;
  readonly platform: string;
  readonly runners: RunnerGroup;
  readonly suspects: VersionSuspects;
  /** How it is run now: an instance that is replaced may be given other threads. */
  readonly running: () => EffectiveRunning;
  readonly warmedUp: WarmedUp | null;
}

class RunnerServable implements InferenceServable {
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
    options: RequestOptions = {},
  ): Promise<MethodOutput<M>> {
    return this.#suspects.guard(bytes, (onDidOverstay) =>
      this.#runners.request(method, input, { ...options, onDidOverstay }),
    );
  }

  get #named(): { readonly model: string; readonly version: number } {
    return { model: this.id.name, version: this.id.version };
  }
}

class TableServable extends RunnerServable {
  readonly lookup: NonNullable<InferenceServable['lookup']> = (keys, options) =>
    this.ask('lookup', { keys }, [keys], options);

  readonly nearest: NonNullable<InferenceServable['nearest']> = (request, options) => {
    const { to } = request;
    return this.ask('nearest', request, [typeof to === 'string' ? [to] : Float64Array.from(to)], options);
  };
}
