import type { CancelSignal } from '../../app/base/cancel-signal';
import type { Event } from '../../app/base/emitter';
import type { ErrorCode } from '../../app/base/errors';
import type { StatusCode } from '../../app/base/status';
import type { Description } from '../../app/contract/inference';
import type { VersionPolicy } from '../../app/contract/models';
import type { BatchCount, WarmedUp } from '../../app/contract/running';
import type { ModelConfig } from '../config/config-schema';
import type { LoggingConfig } from '../config/logging-config';
import type { ClientAnswer, ClientRequest, ModelReport, VersionChoice } from '../engine-api';
import type { Routes } from '../routes-api';
import type { Outlook } from './outlook';

/** Where a version is in its life, in TensorFlow Serving's words. Source: apis/get_model_status.proto. */
export type VersionState = 'START' | 'LOADING' | 'AVAILABLE' | 'UNLOADING' | 'END';

export interface PortVersion {
  readonly version: number;
  readonly state: VersionState;
  /** Is it loaded, or loaded by the request that asks it? */
  readonly isReady: boolean;
  /** Why it ended, or why it is not what it should be; null while nothing is wrong. `message` is fit for a client. */
  readonly error: { readonly status: StatusCode; readonly message: string } | null;
  /** Resident memory of its process; null while it has none. */
  readonly residentBytes: number | null;
  readonly loadMs: number | null;
  readonly inFlight: number;
  /** Runs since it was loaded by the number of examples in them. */
  readonly batches: readonly BatchCount[];
  /** Of the requests in flight, those that wait for their run, as last reported. */
  readonly queued: number;
}

/** Something that happened in the life of a version. */
export type PortEvent = {
  readonly model: string;
  readonly version: number;
} & (
  | {
      readonly kind: 'loaded';
      /** Null when it was not warmed up. */
      readonly warmedUp: WarmedUp | null;
    }
  /** It was asked to leave. */
  | { readonly kind: 'leaving' }
  /** A try to load it, or its process while it was loaded. */
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly status: StatusCode }
);

export interface PortLabel {
  readonly label: string;
  /** What it means now. */
  readonly version: number;
  /** Set while it waits for another version to be available: what it will mean then. */
  readonly pendingVersion?: number;
}

/** A model as clients may see it: no folder, no path. */
export interface PortModel {
  readonly name: string;
  readonly platform: string;
  readonly labels: readonly PortLabel[];
  readonly outlook: Outlook;
  /** Newest first; what was never asked for is not among them. Of a route: those that it leads to. */
  readonly versions: readonly PortVersion[];
  /** Is it a route, which has no versions of its own? */
  readonly isRoute: boolean;
}

/** One model of a `ModelServerConfig`. Source: config/model_server_config.proto. */
export interface ServedModelConfig {
  readonly name: string;
  readonly basePath: string;
  readonly platform: string;
  readonly policy: VersionPolicy;
  readonly labels: Readonly<Record<string, number>>;
  readonly logging?: LoggingConfig | null;
}

export type RoutesPort = Pick<
  Routes,
  'snapshot' | 'get' | 'preview' | 'dryRun' | 'save' | 'remove' | 'stopArm' | 'figures' | 'feedbackAll'
>;

/** What the endpoints need of the engine. Every method throws `AppError`. */
export interface InferencePort {
  /** Throws SERVABLE_NOT_FOUND for a model or version that is not loaded, LABEL_UNKNOWN, and what the runner answers. */
  infer(request: ClientRequest, signal: CancelSignal): Promise<ClientAnswer>;
  models(): readonly PortModel[];
  model(name: string): PortModel | undefined;
  /** The version that would answer now. Throws SERVABLE_NOT_FOUND, LABEL_UNKNOWN. */
  resolve(model: string, choice: VersionChoice): number;
  /** Of a loaded version. */
  describe(model: string, version: number): Promise<Description>;
  /** Replaces everything that is served by what the list says. */
  reload(models: readonly ServedModelConfig[]): Promise<void>;
  /** Adds a model, makes the one of that name what is said, or removes it with null. Throws CONFIG_INVALID, MODEL_NOT_FOUND. */
  configure(name: string, model: ModelConfig | null): Promise<ModelReport>;
  /** Settles when the newest version answers. Throws why it does not. */
  load(model: string): Promise<void>;
  unload(model: string): Promise<void>;
  /** What is set about routes, and what came of it. */
  readonly routes: RoutesPort;
  /** Fires when a model, a route, or where one of its versions is in its life, has changed. */
  readonly onDidChange: Event<void>;
  readonly onDidHappen: Event<PortEvent>;
}
