import type { Clock } from '../../app/base/clock';
import { Emitter } from '../../app/base/emitter';
import { AppError } from '../../app/base/errors';
import type { Preprocessing } from '../../app/contract/inference';
import type { RunnerOptions, RunnerPlatform } from '../runner/protocol';
import { RunnerClient, type RunnerClientOptions } from '../runner/runner-client';
import type { SpawnRunner } from '../runner/runner-process';
import type { LoadContext, Loader } from '../serving/loader';
import type { ResourceAllocation } from '../serving/resources';
import { mainMemory } from '../serving/resources';
import type { ServableId } from '../serving/servable-id';
import type { InferenceServable } from './inference-servable';

/** What every loader of a version in a runner is given. */
export interface RunnerLoaderHost {
  readonly spawnRunner: SpawnRunner;
  readonly clock?: Clock;
  /** Bytes that loading is expected to take, where this content was measured before. */
  readonly forecast?: (folder: string) => Promise<number | undefined>;
  /** What a person set for this version and its folder could not keep. */
  readonly preprocessingOf?: (id: ServableId) => Preprocessing | undefined;
  readonly options?: RunnerOptions;
  readonly client?: Omit<RunnerClientOptions, 'clock'>;
}

/** How much a runner takes before it holds anything, measured on Linux: Node, onnxruntime and sharp. */
export const emptyRunnerBytes = 90 * 1024 * 1024;

/** Loads one version into a runner process of its own. */
export class RunnerLoader implements Loader {
  readonly #host: RunnerLoaderHost;
  readonly #platform: RunnerPlatform;
  readonly #folder: string;
  readonly #fileBytes: (folder: string) => Promise<number>;
  readonly #didFail = new Emitter<AppError>();
  #client: RunnerClient | undefined;
  #servable: RunnerServable | undefined;

  /** Fires when the process of a loaded version has ended by itself; `servable` stays, and everything asked of it rejects. */
  readonly onDidFail = this.#didFail.event;

  constructor(
    host: RunnerLoaderHost,
    platform: RunnerPlatform,
    folder: string,
    fileBytes: (folder: string) => Promise<number>,
  ) {
    this.#host = host;
    this.#platform = platform;
    this.#folder = folder;
    this.#fileBytes = fileBytes;
  }

  async estimateResources(): Promise<ResourceAllocation> {
    const measured = this.#servable?.residentBytes;
    if (measured) return mainMemory(measured);
    const forecast = await this.#host.forecast?.(this.#folder);
    return mainMemory(forecast ?? emptyRunnerBytes + (await this.#fileBytes(this.#folder)));
  }

  /** Throws CANCELLED, RUNNER_START_FAILED, RUNNER_CRASHED, or what the platform says of the model. */
  async load({ servableId, signal }: LoadContext): Promise<void> {
    if (signal.aborted) throw new AppError('CANCELLED');
    const client = this.#spawn(servableId);
    // A native load cannot be stopped: giving it up means ending its process.
    const giveUp = (): void => client.kill(new AppError('CANCELLED'));
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      await client.start(this.#platform);
      const preprocessing = this.#host.preprocessingOf?.(servableId);
      await client.request('load', {
        folder: this.#folder,
        options: this.#host.options ?? {},
        ...(preprocessing ? { preprocessing } : {}),
      });
    } catch (thrown) {
      client.kill(AppError.from(thrown));
      await client.exited;
      throw thrown;
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
    client.onDidEnd((error) => this.#didFail.fire(error));
    this.#client = client;
    this.#servable = new RunnerServable(client, servableId, this.#platform);
  }

  /** Resolves when the process has gone and its memory with it. */
  async unload(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    this.#servable = undefined;
    await client?.close();
  }

  servable(): InferenceServable | undefined {
    return this.#servable;
  }

  #spawn({ name, version }: ServableId): RunnerClient {
    const { clock } = this.#host;
    try {
      return new RunnerClient(this.#host.spawnRunner({ name: `slipway ${name} ${version}` }), {
        ...this.#host.client,
        ...(clock ? { clock } : {}),
      });
    } catch (thrown) {
      const detail = thrown instanceof Error ? thrown.message : String(thrown);
      throw new AppError('RUNNER_START_FAILED', {}, { detail, cause: thrown });
    }
  }
}

class RunnerServable implements InferenceServable {
  readonly kind = 'inference';
  readonly #client: RunnerClient;
  readonly id: ServableId;
  readonly platform: string;

  constructor(client: RunnerClient, id: ServableId, platform: string) {
    this.#client = client;
    this.id = id;
    this.platform = platform;
  }

  get pid(): number | undefined {
    return this.#client.pid;
  }

  get residentBytes(): number | null {
    return this.#client.residentBytes;
  }

  get inFlight(): number {
    return this.#client.inFlight;
  }

  readonly classify: InferenceServable['classify'] = async (picture, top, options) => ({
    ...this.#named,
    ...(await this.#client.request('classify', { picture, top }, options)),
  });

  readonly predict: InferenceServable['predict'] = (inputs, outputs, options) =>
    this.#client.request('predict', { inputs, outputs }, options);

  readonly infer: InferenceServable['infer'] = (request, options) =>
    this.#client.request('infer', { ...request, ...this.#named }, options);

  readonly describe: InferenceServable['describe'] = async (options) => ({
    ...this.#named,
    ...(await this.#client.request('describe', null, options)),
  });

  readonly viewInput: InferenceServable['viewInput'] = (request, options) =>
    this.#client.request('viewInput', request, options);

  readonly configure: InferenceServable['configure'] = async (preprocessing, options) => {
    const input = { preprocessing, keepInFolder: true };
    const { description, isKeptInFolder } = await this.#client.request('configure', input, options);
    return { description: { ...this.#named, ...description }, isKeptInFolder };
  };

  get #named(): { readonly model: string; readonly version: number } {
    return { model: this.id.name, version: this.id.version };
  }
}
