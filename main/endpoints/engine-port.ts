import type { CancelSignal } from '../../app/base/cancel-signal';
import { Emitter } from '../../app/base/emitter';
import { AppError, type WireError } from '../../app/base/errors';
import { type Disposable, DisposableStore } from '../../app/base/lifecycle';
import { describeError } from '../../app/contract/messages/error-text';
import {
  canAnswer,
  type Lifecycle,
  type Model,
  type ModelEvent,
  type Version,
} from '../../app/contract/models';
import type { RouteView } from '../../app/contract/routes';
import { type ModelConfig, modelConfigSchema } from '../config/config-schema';
import type { ServerConfig } from '../config/server-config';
import type { ClientAnswer, ClientRequest, Engine, ModelReport, VersionChoice } from '../engine-api';
import { formatServableRequest, latest, specific } from '../serving/manager';
import { labelUnknown } from '../serving/servable-errors';
import type {
  InferencePort,
  PortEvent,
  PortModel,
  PortVersion,
  RoutesPort,
  ServedModelConfig,
  VersionState,
} from './inference-port';
import { type Outlook, outlookOf } from './outlook';
import { type PrepareLogs, RequestLoggers } from './request-log';
import { whenAvailable, whenVersionAvailable } from './when-available';

/** Null for what TensorFlow Serving would not list: a version that nobody has asked for. */
const states: Readonly<Record<Lifecycle, VersionState | null>> = {
  onDisk: null,
  waiting: 'START',
  loading: 'LOADING',
  available: 'AVAILABLE',
  unloading: 'UNLOADING',
  unloaded: 'END',
  failed: 'END',
};

/** How long a client waits for what it asked to be loaded; it goes on loading. */
const loadWaitMs = 60_000;

/** The engine as the endpoints see it. It listens to the engine until it is disposed. */
export class EnginePort implements InferencePort, Disposable {
  readonly #engine: Engine;
  readonly #prepareLogs: PrepareLogs;
  readonly #owned = new DisposableStore();
  readonly #changed = this.#owned.add(new Emitter<void>());
  readonly onDidChange = this.#changed.event;
  readonly #happened = this.#owned.add(new Emitter<PortEvent>());
  readonly onDidHappen = this.#happened.event;

  /** Without `prepareLogs` a client cannot have requests logged. */
  constructor(engine: Engine, prepareLogs: PrepareLogs = new RequestLoggers(null).prepare) {
    this.#engine = engine;
    this.#prepareLogs = prepareLogs;
    this.#owned.add(engine.models.onDidChange(() => this.#changed.fire()));
    this.#owned.add(
      engine.models.onDidLog((events) => {
        for (const event of events) this.#tell(event);
      }),
    );
    this.#owned.add(engine.routes.onDidChange(() => this.#changed.fire()));
  }

  dispose(): void {
    this.#owned.dispose();
  }

  #tell({ model, version, kind, error }: ModelEvent): void {
    if (version === null) return;
    const of = { model, version };
    if (kind === 'unloading') this.#happened.fire({ ...of, kind: 'leaving' });
    if (kind === 'failed' && error)
      this.#happened.fire({ ...of, kind: 'failed', code: error.code, status: error.status });
    if (kind !== 'available') return;
    const now = this.#engine.models.get(model)?.versions.find((it) => it.version === version);
    this.#happened.fire({ ...of, kind: 'loaded', warmedUp: now?.warmedUp ?? null });
  }

  async infer(request: ClientRequest, signal: CancelSignal): Promise<ClientAnswer> {
    try {
      return await this.#engine.inference.infer(request, signal);
    } catch (thrown) {
      throw asServing(thrown, request.model, request.version);
    }
  }

  get routes(): RoutesPort {
    return this.#engine.routes;
  }

  /** Models first, then routes. */
  models(): readonly PortModel[] {
    const { models, routes } = this.#engine;
    return [...models.snapshot().models.map(portModel), ...routes.snapshot().routes.map(this.#portRoute)];
  }

  model(name: string): PortModel | undefined {
    const model = this.#engine.models.get(name);
    if (model) return portModel(model);
    const route = this.#engine.routes.get(name);
    return route && this.#portRoute(route);
  }

  resolve(name: string, choice: VersionChoice): number {
    const model = this.model(name);
    const wanted = model && wantedVersion(model, choice);
    const found = model?.versions.find(
      ({ version, isReady }) => isReady && (wanted === null || version === wanted),
    );
    if (!found) throw notFound(name, wanted === undefined || wanted === null ? choice : { version: wanted });
    return found.version;
  }

  /** Of a route: what the arm says that leads to this version. */
  describe(name: string, version: number) {
    const arm = this.#engine.routes.get(name)?.arms.find((it) => it.version === version);
    return this.#engine.inference.describe(arm?.model ?? name, version);
  }

  /**
   * Settles when every model that is new answers, as in TensorFlow Serving. Throws CONFIG_INVALID with everything as it was; the
   * configuration is in force when it throws that a model did not become available.
   */
  async reload(models: readonly ServedModelConfig[]): Promise<void> {
    const logs = await this.#prepareLogs(
      new Map(models.flatMap(({ name, logging }) => (logging ? [[name, [logging]] as const] : []))),
    );
    const { models: report } = await this.#engine.models
      .applyConfiguration(configOf(models, this.#engine))
      .catch(async (thrown: unknown) => {
        await logs.discard();
        throw thrown;
      });
    await logs.commit();
    const added = report.filter(({ change }) => change === 'added').map(({ model }) => model);
    await whenAvailable(this.#engine.models, added, loadWaitMs);
  }

  configure(name: string, model: ModelConfig | null): Promise<ModelReport> {
    return this.#engine.models.configure(name, model);
  }

  /** Loads the newest version on disk. Settles when it answers; throws why it does not, and DEADLINE_EXCEEDED while it still loads. */
  async load(name: string): Promise<void> {
    this.#refuseRoute(name);
    const { models } = this.#engine;
    const newest = models
      .get(name)
      ?.versions.find(({ isOnDisk, error }) => isOnDisk && error?.code !== 'MODEL_FILE_MISSING');
    if (!newest) throw notFound(name, 'latest');
    await models.load(name, newest.version);
    await whenVersionAvailable(models, name, newest, loadWaitMs);
  }

  /** Unloads every version. */
  async unload(name: string): Promise<void> {
    this.#refuseRoute(name);
    const loaded = this.#engine.models.get(name)?.versions.filter(({ isAspired }) => isAspired) ?? [];
    for (const { version } of loaded) await this.#engine.models.unload(name, version);
  }

  #refuseRoute(name: string): void {
    if (!this.#engine.routes.get(name)) return;
    const detail = `${name} is a route: what it leads to is loaded and unloaded by itself`;
    throw new AppError('FAILED_PRECONDITION', {}, { detail });
  }

  /** A route as if it were a model: its versions are those that its arms lead to, each once. */
  readonly #portRoute = ({ route, arms }: RouteView): PortModel => {
    const byVersion = new Map<number, PortVersion>();
    const labels: { label: string; version: number }[] = [];
    let platform = '';
    route.arms.forEach(({ label }, at) => {
      const view = arms[at];
      const model = view?.model == null ? undefined : this.#engine.models.get(view.model);
      const version = model?.versions.find((it) => it.version === view?.version);
      const seen = version && portVersion(version);
      if (!model || !seen) return;
      platform ||= model.platform;
      if (label !== null) labels.push({ label, version: seen.version });
      if (!byVersion.has(seen.version)) byVersion.set(seen.version, seen);
    });
    const versions = [...byVersion.values()].sort((one, other) => other.version - one.version);
    const outlook = versions.some(({ isReady }) => isReady)
      ? 'answers'
      : worstOf(
          route.arms.map(({ model: name }) => {
            const model = this.#engine.models.get(name);
            return model ? outlookOf(model) : 'failed';
          }),
        );
    return { name: route.name, platform, labels, outlook, versions, isRoute: true };
  };
}

/** What the wire format has no word for stays as it is, or is our default for a new model. */
const configOf = (models: readonly ServedModelConfig[], engine: Engine): ServerConfig => ({
  kind: 'list',
  rootFolder: null,
  resources: null,
  routes: null,
  models: models.map((model, index) => {
    const known = engine.models.get(model.name);
    const defaults = modelConfigSchema.parse({ name: 'model', basePath: '/' });
    const { switching, keepLastGood, loaded, idleUnloadMs, running } = known ?? defaults;
    const pinned = known?.versions.filter(({ isPinned }) => isPinned).map(({ version }) => version) ?? [];
    const where = `config[${index}]`;
    return { ...model, switching, keepLastGood, loaded, idleUnloadMs, pinned, running, where };
  }),
});

/** Null for the latest. */
function wantedVersion(model: PortModel, choice: VersionChoice): number | null {
  if (choice === 'latest') return null;
  if ('version' in choice) return choice.version;
  const found = model.labels.find(({ label }) => label === choice.label);
  if (!found) throw labelUnknown(model.name, choice.label);
  return found.version;
}

/** In the words of TensorFlow Serving, which clients know. */
const notFound = (model: string, choice: VersionChoice): AppError => {
  const request =
    typeof choice === 'object' && 'version' in choice ? specific(model, choice.version) : latest(model);
  return new AppError(
    'SERVABLE_NOT_FOUND',
    { model },
    { detail: `Servable not found for request: ${formatServableRequest(request)}` },
  );
};

function asServing(thrown: unknown, model: string, choice: VersionChoice): unknown {
  return thrown instanceof AppError && thrown.code === 'MODEL_NOT_FOUND' ? notFound(model, choice) : thrown;
}

/** Of a route of which nothing answers: there is hope while anything is on its way. */
const worstOf = (outlooks: readonly Outlook[]): Outlook =>
  (['onItsWay', 'failed'] as const).find((it) => outlooks.includes(it)) ?? 'atRest';

const portModel = (model: Model): PortModel => ({
  name: model.name,
  platform: model.platform,
  labels: model.labels.map(({ label, version, appliedVersion, isPending }) => ({
    label,
    version: appliedVersion ?? version,
    ...(isPending ? { pendingVersion: version } : {}),
  })),
  outlook: outlookOf(model),
  versions: model.versions.flatMap((version) => portVersion(version) ?? []),
  isRoute: false,
});

function portVersion({
  version,
  lifecycle,
  error,
  residentBytes,
  loadMs,
  inFlight,
  batches,
  queued,
  loadsOnRequest,
}: Version): PortVersion | null {
  const isAtRest = lifecycle === 'onDisk' || lifecycle === 'unloaded';
  const state = loadsOnRequest && isAtRest ? 'START' : states[lifecycle];
  return (
    state && {
      version,
      state,
      isReady: canAnswer({ lifecycle, loadsOnRequest }),
      error: error && portError(error),
      residentBytes,
      loadMs,
      inFlight,
      batches,
      queued,
    }
  );
}

const portError = (error: WireError): PortVersion['error'] => ({
  status: error.status,
  message: describeError(error),
});
