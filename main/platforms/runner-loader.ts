import { type Clock, systemClock } from '../../app/base/clock';
import { Emitter } from '../../app/base/emitter';
import { AppError } from '../../app/base/errors';
import type { KeptChoices, LoadReport, RunnerOptions } from '../runner/protocol';
import { RunnerClient, type RunnerClientOptions } from '../runner/runner-client';
import type { SpawnRunner } from '../runner/runner-process';
import type { LoadContext, Loader } from '../serving/loader';
import { mainRamIn } from '../serving/resource-tracker';
import type { ResourceAllocation } from '../serving/resources';
import { mainMemory } from '../serving/resources';
import type { ServableId } from '../serving/servable-id';
import { type CrashSuspects, VersionSuspects } from './crash-suspects';
import type { InferenceServable } from './inference-servable';
import type { Platform } from './platform';
import { RunnerGroup } from './runner-group';
import { RunnerServable } from './runner-servable';
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
  /** Resident memory above which a version is ended that has no limit of its own. */
  readonly mostMemoryBytes?: () => number;
  /** Shared by all loaders, so that what a version learned about inputs outlives its process. */
  readonly suspects?: CrashSuspects;
  /** Shared by all loaders: divides the cores among the runners there are. */
  readonly threads?: ThreadBudget;
  /** Told when a runner had to be ended by force. */
  readonly onDidForceEnd?: (id: ServableId, error: AppError) => void;
  readonly client?: Omit<RunnerClientOptions, 'clock' | 'memoryCapBytes' | 'memoryWatchMs'>;
}

export interface VersionOptions extends RunnerOptions {
  /** Processes that hold it; default 1. */
  readonly instances?: number;
  /** Resident memory above which its process is ended, divided among its instances; without it the host's guard holds. */
  readonly memoryCapBytes?: number;
}

type MemoryLimit = Pick<Required<RunnerClientOptions>, 'memoryCapBytes' | 'memoryWatchMs'>;

const ownLimitWatchMs = 250;
/** What only guards the computer is looked at less often: every version has it. */
const guardWatchMs = 1_000;

/** What of its platform a version is loaded by. */
export type LoadedPlatform = Pick<Platform, 'name' | 'servable'>;

/** Loads one version into a runner process of its own. */
export class RunnerLoader implements Loader {
  readonly #host: RunnerLoaderHost;
  readonly #platform: LoadedPlatform;
  readonly #folder: string;
  readonly #forecastOf: (folder: string) => Promise<number>;
  readonly #didFail = new Emitter<AppError>();
  #group: RunnerGroup | undefined;
  #servable: RunnerServable | undefined;

  /** Fires when the process of a loaded version has ended by itself; `servable` stays, and everything asked of it rejects. */
  readonly onDidFail = this.#didFail.event;

  constructor(
    host: RunnerLoaderHost,
    platform: LoadedPlatform,
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
    const limit = await this.#memoryLimit(wanted);
    let report: LoadReport | undefined;
    const group = await RunnerGroup.open({
      clock: this.#host.clock ?? systemClock,
      instances,
      open: async () => {
        const opened = await this.#open(servableId, options, limit, signal);
        report = opened.report;
        return opened.client;
      },
    });
    group.onDidEnd((error) => this.#didFail.fire(error));
    this.#group = group;
    const suspects = this.#host.suspects?.of(`${this.#folder}\n${this.#host.contentKey ?? ''}`);
    const { name, servable: Servable = RunnerServable } = this.#platform;
    this.#servable = new Servable({
      id: servableId,
      platform: name,
      runners: group,
      suspects: suspects ?? new VersionSuspects(),
      warmedUp: report?.warmedUp ?? null,
      running: () => ({
        batching: report?.running?.batching ?? null,
        intraOpThreads: report?.running?.intraOpThreads ?? null,
        provider: report?.running?.provider ?? null,
        instances,
        memoryCapBytes: limit.memoryCapBytes,
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
    { memoryCapBytes: _, instances = 1, ...options }: VersionOptions,
    { memoryCapBytes, memoryWatchMs }: MemoryLimit,
    signal: AbortSignal,
  ): Promise<{ readonly client: RunnerClient; readonly report: LoadReport }> {
    if (signal.aborted) throw new AppError('CANCELLED');
    const client = this.#spawn(id, {
      memoryCapBytes: memoryCapBytes === null ? null : memoryCapBytes / instances,
      memoryWatchMs,
    });
    const { threads } = this.#host;
    const areOthersServed = threads !== undefined && threads.runners > 0;
    threads?.started();
    void client.exited.then(() => threads?.ended());
    const giveUp = (): void => client.kill(new AppError('CANCELLED'));
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      await client.start(this.#platform.name, nameOf(id), areOthersServed);
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

  /** What is set; else the most that any version may take, and more than it is expected to. */
  async #memoryLimit({ memoryCapBytes }: VersionOptions): Promise<MemoryLimit> {
    if (memoryCapBytes !== undefined) return { memoryCapBytes, memoryWatchMs: ownLimitWatchMs };
    const most = this.#host.mostMemoryBytes?.();
    if (most === undefined) return { memoryCapBytes: null, memoryWatchMs: guardWatchMs };
    const expected = mainRamIn(await this.estimateResources());
    return { memoryCapBytes: Math.max(most, 2 * expected), memoryWatchMs: guardWatchMs };
  }

  #spawn(id: ServableId, limit: MemoryLimit): RunnerClient {
    const { clock } = this.#host;
    try {
      return new RunnerClient(this.#host.spawnRunner({ name: nameOf(id) }), {
        ...this.#host.client,
        ...limit,
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
