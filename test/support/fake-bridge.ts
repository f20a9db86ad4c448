import { AppError } from '../../app/base/errors';
import { callSpecs, type Handlers, type Payload } from '../../app/contract';
import type { Bridge } from '../../app/contract/bridge';
import { type CallName, calls, type FeedName, feeds } from '../../app/contract/channels';
import {
  type AccessToken,
  defaultEndpointSettings,
  type EndpointsState,
  noRequestFigures,
  type RequestDetail,
} from '../../app/contract/endpoints';
import type { InputOffer, JobView } from '../../app/contract/job-calls';
import type { Memory, Model, ModelEvent, Offer, TakenBack, Version } from '../../app/contract/models';
import type { PictureOffer } from '../../app/contract/pictures';
import type { Route } from '../../app/contract/routes';
import { type AppInfo, defaultSettings, type Settings } from '../../app/contract/settings';
import { FakeRoutes } from './fake-routes';

/** What the engine would have to be like: everything may be left out. */
export interface FakeEngineOptions {
  readonly models?: readonly Model[];
  readonly routes?: readonly Route[];
  readonly events?: readonly ModelEvent[];
  readonly jobs?: readonly JobView[];
  readonly memory?: Memory;
  readonly settings?: Partial<Settings>;
  readonly info?: Partial<AppInfo>;
  /** Answers that differ from the plain ones, or that the plain ones lack. */
  readonly handlers?: Partial<Handlers>;
}

const plainMemory: Memory = { budgetBytes: 512_000_000, usedBytes: 0, reservedBytes: 0 };
const plainInfo: AppInfo = {
  version: '0.1.0',
  electron: '45.4.1',
  chromium: '150.0.0.0',
  node: '24.4.0',
  onnxruntime: '1.30.0',
  isFallbackRuntime: false,
  platform: 'linux',
  totalMemoryBytes: 16_000_000_000,
  cpuCount: 4,
};

/** An engine in memory behind the page's bridge: it checks what the page sends and keeps what was asked. */
export class FakeEngine {
  readonly asked: { readonly name: CallName; readonly input: unknown }[] = [];
  readonly bridge: Bridge;
  /** What the next drop or folder choice is judged to be. */
  nextOffer: Offer | null = null;
  nextPictures: PictureOffer = { pictures: [], refused: [] };
  nextInput: InputOffer | null = null;
  info: AppInfo;
  settings: Settings;
  memory: Memory;
  events: ModelEvent[];
  endpoints: EndpointsState = {
    settings: defaultEndpointSettings,
    status: 'off',
    rest: null,
    grpc: null,
    problem: null,
    tokenCount: 0,
  };
  readonly accessTokens: AccessToken[] = [];
  /** By their numbers. */
  readonly requestDetails = new Map<number, RequestDetail>();
  readonly #jobs: Map<string, JobView>;
  revision = 1;
  readonly routes: FakeRoutes;
  readonly #models: Map<string, Model>;
  readonly #listeners = new Map<FeedName, Set<(payload: unknown) => void>>();
  readonly #handlers: Partial<Handlers>;
  readonly #failures = new Map<CallName, AppError>();
  #undo = new Map<string, TakenBack & { readonly run: () => void }>();
  #tokens = 0;

  constructor({
    models = [],
    routes = [],
    events = [],
    jobs = [],
    memory,
    settings,
    info,
    handlers = {},
  }: FakeEngineOptions = {}) {
    this.#models = new Map(models.map((model) => [model.name, model]));
    this.routes = new FakeRoutes(
      {
        models: () => this.#models,
        tell: (change) => this.tell('routes.changed', change),
        undoable: (action, route, takeBack) => this.#undoable(action, route, takeBack),
      },
      routes,
    );
    this.events = [...events];
    this.#jobs = new Map(jobs.map((job) => [job.id, job]));
    this.memory = memory ?? plainMemory;
    this.settings = { ...defaultSettings, ...settings };
    this.info = { ...plainInfo, ...info };
    this.#handlers = handlers;
    this.bridge = {
      call: Object.fromEntries(
        calls.map((name) => [name, (input: unknown) => this.#answer(name, input)]),
      ) as Bridge['call'],
      feed: Object.fromEntries(
        feeds.map((name) => [name, (listener: (payload: unknown) => void) => this.#listen(name, listener)]),
      ) as Bridge['feed'],
      offerModels: async () => this.#reply(async () => this.nextOffer),
      offerPictures: async () => this.#reply(async () => this.nextPictures),
      offerInput: async () => this.#reply(async () => this.nextInput),
    };
  }

  model(name: string): Model {
    const model = this.#models.get(name);
    if (!model) throw new AppError('MODEL_NOT_FOUND', { model: name });
    return model;
  }

  tell<K extends FeedName>(feed: K, payload: Payload<K>): void {
    for (const listener of [...(this.#listeners.get(feed) ?? [])]) listener(payload);
  }

  /** Changes or adds models as the engine would by itself. */
  change(...models: readonly Model[]): void {
    for (const model of models) this.#models.set(model.name, model);
    this.#tellChange(models, []);
  }

  changeVersion(name: string, version: number, differences: Partial<Version>): void {
    const model = this.model(name);
    const versions = model.versions.map((each) =>
      each.version === version ? { ...each, ...differences } : each,
    );
    this.change({ ...model, versions });
  }

  /** Changes or adds jobs as the engine would by itself. */
  changeJobs(...jobs: readonly JobView[]): void {
    for (const job of jobs) this.#jobs.set(job.id, job);
    this.tell('jobs.changed', { changed: [...jobs], removed: [] });
  }

  job(id: string): JobView {
    const job = this.#jobs.get(id);
    if (!job) throw new AppError('FAILED_PRECONDITION', { id });
    return job;
  }

  drop(name: string): void {
    this.#models.delete(name);
    this.#tellChange([], [name]);
  }

  log(...events: readonly ModelEvent[]): void {
    this.events.push(...events);
    this.tell('events.appended', [...events]);
  }

  /** Makes the next call of `name` fail. */
  failNext(name: CallName, error: AppError): void {
    this.#failures.set(name, error);
  }

  /** How often, and with what, the page asked `name`. */
  inputsOf(name: CallName): unknown[] {
    return this.asked.filter((call) => call.name === name).map((call) => call.input);
  }

  /** How many listeners the page has left on a feed. */
  listenerCount(feed: FeedName): number {
    return this.#listeners.get(feed)?.size ?? 0;
  }

  #tellChange(changed: readonly Model[], removed: readonly string[]): void {
    this.revision++;
    this.tell('models.changed', {
      revision: this.revision,
      changed: [...changed],
      removed: [...removed],
      memory: this.memory,
    });
  }

  #listen(feed: FeedName, listener: (payload: unknown) => void): () => void {
    const listeners = this.#listeners.get(feed) ?? new Set();
    this.#listeners.set(feed, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  /** A program has changed a model over the network: what its event says of it. */
  changedByProgram(action: ModelEvent['kind'], model: string, run: () => void): ModelEvent['params'] {
    return this.#undoable(action, model, run, 'program');
  }

  #undoable(
    action: ModelEvent['kind'],
    model: string,
    run: () => void,
    by: 'undo' | 'program' = 'undo',
  ): { undo: string } {
    const undo = `${by}-${++this.#tokens}`;
    this.#undo.set(undo, { action, models: [model], run });
    return { undo };
  }

  #setVersion(
    name: string,
    version: number,
    differences: Partial<Version>,
    action: ModelEvent['kind'],
  ): { undo: string } {
    const before = this.model(name);
    this.changeVersion(name, version, differences);
    return this.#undoable(action, name, () => this.change(before));
  }

  #answer(name: CallName, raw: unknown): Promise<unknown> {
    const input = callSpecs[name].input.parse(raw);
    this.asked.push({ name, input });
    const handler = (this.#handlers[name] ?? this.#plain[name] ?? this.routes.handlers[name]) as
      | ((input: unknown) => Promise<unknown>)
      | undefined;
    const failure = this.#failures.get(name);
    this.#failures.delete(name);
    return this.#reply(async () => {
      if (failure) throw failure;
      if (!handler) throw new AppError('INTERNAL', {}, { detail: `The fake has no answer for ${name}` });
      return handler(input);
    });
  }

  async #reply(answer: () => Promise<unknown>): Promise<unknown> {
    try {
      return { ok: true, value: await answer() };
    } catch (thrown) {
      return { ok: false, error: AppError.from(thrown).toWire() };
    }
  }

  readonly #plain: Partial<Handlers> = {
    'app.info': async () => this.info,
    'app.copyText': async () => undefined,
    'app.setCommands': async () => undefined,
    'app.openLink': async () => undefined,
    'settings.get': async () => this.settings,
    'settings.set': async (change) => {
      this.settings = { ...this.settings, ...change } as Settings;
      this.tell('settings.changed', this.settings);
      return this.settings;
    },
    'models.list': async () => ({
      revision: this.revision,
      models: [...this.#models.values()],
      memory: this.memory,
    }),
    'models.offerFolder': async () => this.nextOffer,
    'models.offerFile': async () => this.nextOffer,
    'models.add': async ({ choices }) => {
      const added = choices.map((choice) => ({
        id: choice.id,
        model: choice.as === 'model' ? choice.name : choice.model,
        version: null,
      }));
      return {
        added,
        refused: [],
        undo: this.#undoable('modelAdded', added[0]?.model ?? '', () => undefined).undo,
      };
    },
    'models.remove': async ({ model }) => {
      const before = this.model(model);
      this.drop(model);
      return this.#undoable('modelRemoved', model, () => this.change(before));
    },
    'models.load': async ({ model, version }) =>
      this.#setVersion(
        model,
        version,
        { lifecycle: 'available', isAspired: true, override: 'load' },
        'loadRequested',
      ),
    'models.unload': async ({ model, version }) =>
      this.#setVersion(
        model,
        version,
        { lifecycle: 'unloaded', isAspired: false, override: 'unload' },
        'unloadRequested',
      ),
    'models.retry': async ({ model, version }) =>
      this.changeVersion(model, version, { lifecycle: 'loading', error: null }),
    'models.cancelLoad': async ({ model, version }) =>
      this.changeVersion(model, version, { lifecycle: 'unloaded' }),
    'models.applyPolicy': async ({ model, policy, switching }) => {
      const before = this.model(model);
      this.change({ ...before, policy, switching });
      return this.#undoable('policyApplied', model, () => this.change(before));
    },
    'models.setLabel': async ({ model, label, version }) => {
      const before = this.model(model);
      const others = before.labels.filter((each) => each.label !== label);
      const isPending = !before.versions.some(
        (each) => each.version === version && each.lifecycle === 'available',
      );
      const from = before.labels.find((each) => each.label === label)?.appliedVersion ?? null;
      const appliedVersion = isPending ? from : version;
      this.change({
        ...before,
        labels: version === null ? others : [...others, { label, version, appliedVersion, isPending }],
      });
      return this.#undoable(version === null ? 'labelRemoved' : 'labelSet', model, () => this.change(before));
    },
    'models.setKeepLastGood': async ({ model, keepLastGood }) => {
      const before = this.model(model);
      this.change({ ...before, keepLastGood });
      return this.#undoable('settingChanged', model, () => this.change(before));
    },
    'models.setLoading': async ({ model, loaded, idleUnloadMs }) => {
      const before = this.model(model);
      this.change({ ...before, loaded, idleUnloadMs });
      return this.#undoable('settingChanged', model, () => this.change(before));
    },
    'models.setPinned': async ({ model, version, isPinned }) => {
      const before = this.model(model);
      this.changeVersion(model, version, { isPinned });
      return this.#undoable(isPinned ? 'pinned' : 'unpinned', model, () => this.change(before));
    },
    'models.setRunning': async ({ model, running }) => {
      const before = this.model(model);
      this.change({ ...before, running });
      return this.#undoable('settingChanged', model, () => this.change(before));
    },
    'models.showFolder': async () => undefined,
    'models.rescan': async () => undefined,
    'models.events': async ({ model, version, sinceMs, beforeId, limit }) =>
      this.events
        .filter(
          (event) =>
            (model === undefined || event.model === model) &&
            (version === undefined || event.version === version) &&
            (sinceMs === undefined || event.atMs >= sinceMs) &&
            (beforeId === undefined || event.id < beforeId),
        )
        .slice(-limit)
        .reverse(),
    'models.undoable': async () => {
      const all = [...this.#undo.keys()];
      const isOfProgram = (token: string): boolean => token.startsWith('program-');
      return { byPerson: all.filter((it) => !isOfProgram(it)), byProgram: all.filter(isOfProgram) };
    },
    'models.undo': async ({ undo }) => {
      const known = this.#undo.get(undo);
      if (!known) throw new AppError('FAILED_PRECONDITION');
      this.#undo.delete(undo);
      known.run();
      return { action: known.action, models: known.models };
    },
    'endpoints.state': async () => this.endpoints,
    'endpoints.set': async (change) => {
      const settings = { ...this.endpoints.settings, ...change } as EndpointsState['settings'];
      const at = (port: number | null, scheme: string) =>
        settings.isOn && port !== null
          ? { host: '127.0.0.1', port, text: `${scheme}127.0.0.1:${port}`, others: [] }
          : null;
      this.endpoints = {
        ...this.endpoints,
        settings,
        status: settings.isOn ? 'on' : 'off',
        rest: at(settings.restPort, 'http://'),
        grpc: at(settings.grpcPort, ''),
        problem: null,
      };
      this.tell('endpoints.changed', this.endpoints);
      return this.endpoints;
    },
    'endpoints.requests': async () => ({ requests: [], figures: noRequestFigures }),
    'endpoints.request': async ({ number }) => this.requestDetails.get(number) ?? null,
    'endpoints.openPicture': async () => this.nextPictures,
    'endpoints.tokens': async () => this.accessTokens,
    'endpoints.createToken': async ({ name, scopes }) => {
      const id = `token-${++this.#tokens}`;
      this.accessTokens.push({ id, name, scopes, createdAtMs: 1_000_000 });
      return { id, token: `slw_${id}` };
    },
    'endpoints.revokeToken': async ({ id }) => {
      this.accessTokens.splice(
        this.accessTokens.findIndex((token) => token.id === id),
        1,
      );
    },
    'endpoints.examples': async ({ model }) => ({
      curl: `curl ${model}`,
      python: `python ${model}`,
      typescript: `typescript ${model}`,
    }),
    'jobs.list': async () => [...this.#jobs.values()],
    'jobs.detail': async () => ({ log: [], rates: [], versions: [] }),
    'jobs.pause': async ({ id }) => this.changeJobs({ ...this.job(id), state: 'paused' }),
    'jobs.resume': async ({ id }) => this.changeJobs({ ...this.job(id), state: 'queued' }),
    'jobs.cancel': async ({ id }) => this.changeJobs({ ...this.job(id), state: 'cancelling' }),
    'jobs.retry': async ({ id }) => ({ ...this.job(id), state: 'queued' as const }),
    'jobs.runAgain': async ({ id }) => ({ ...this.job(id), id: `${id} again`, state: 'queued' as const }),
    'jobs.remove': async ({ id }) => {
      this.#jobs.delete(id);
      this.tell('jobs.changed', { changed: [], removed: [id] });
    },
    'jobs.setPriority': async ({ id, priority }) => this.changeJobs({ ...this.job(id), priority }),
    'jobs.counts': async () => ({ answered: 0, failed: 0, differing: 0, pairs: [], classes: [] }),
    'jobs.results': async () => ({ total: 0, rows: [] }),
    'jobs.showInput': async () => undefined,
    'jobs.showExport': async () => undefined,
    'jobs.openPicture': async () => this.nextPictures,
    'pictures.samples': async () => this.nextPictures,
    'pictures.put': async () => this.nextPictures,
    'pictures.choose': async () => this.nextPictures,
  };
}
