import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type Clock, systemClock } from '../../app/base/clock';
import { Emitter, type Event } from '../../app/base/emitter';
import { AppError } from '../../app/base/errors';
import type {
  AccessToken,
  EndpointSettings,
  EndpointsState,
  RequestDetail,
  RequestExamples,
  ServedRequests,
} from '../../app/contract/endpoints';
import type { PictureOffer } from '../../app/contract/pictures';
import type { Engine } from '../engine-api';
import { auditOf } from './audit-log';
import { createTokenFile } from './auth/token-file';
import type { TokenScope } from './auth/token-scope';
import { TokenStore } from './auth/token-store';
import { machineAddresses } from './machine-addresses';
import { RecentRequests } from './recent-requests';
import { requestExamples } from './request-examples';
import type { AccessRules, Endpoints, ListenAt } from './server';

export interface EndpointsControlOptions {
  readonly engine: Engine;
  /** Where tokens are kept. */
  readonly stateFolder: string;
  /** Ours; shown to clients. */
  readonly version: string;
  readonly clock?: Clock;
  /** Under which addresses others reach this machine; asked of the system when it is left out. */
  readonly addresses?: () => readonly string[];
}

/** The endpoints as the app turns them on and off. Every method throws `AppError`. */
export interface EndpointsControl {
  state(): EndpointsState;
  /** Keeps the settings and carries them out. Settles when it is on or off, or has a problem, which is then in the state. */
  set(change: Partial<EndpointSettings>): Promise<EndpointsState>;
  requests(): ServedRequests;
  /** Null for one that is no longer kept. */
  request(number: number): RequestDetail | null;
  /** Throws PICTURE_NOT_FOUND. */
  openPicture(number: number): Promise<PictureOffer>;
  tokens(): AccessToken[];
  createToken(
    name: string,
    scopes: readonly TokenScope[],
  ): Promise<{ readonly id: string; readonly token: string }>;
  revokeToken(id: string): Promise<void>;
  examples(model: string, version?: number): Promise<RequestExamples>;
  readonly onDidChange: Event<EndpointsState>;
  readonly onDidRequest: Event<ServedRequests>;
  /** Lets what is in flight finish for a while, and ends. */
  close(): Promise<void>;
}

interface Running {
  readonly endpoints: Endpoints;
  readonly dispose: () => Promise<void>;
}

const drainMs = 2_000;
const thisMachine = '127.0.0.1';
const everyAddress = '0.0.0.0';
/** Pictures of batches over the network, in the state folder. */
const uploadsFolder = 'batch-uploads';
/** Who changed what over the network, in the state folder, and how large it grows before it becomes an older one. */
const auditFile = 'audit.jsonl';
const maxAuditBytes = 4 * 2 ** 20;
const metricsPath = '/monitoring/prometheus/metrics';

/** Makes the control, and turns the endpoints on if that is set. They load only when they are first turned on. */
export async function createEndpointsControl(options: EndpointsControlOptions): Promise<EndpointsControl> {
  const tokens = await TokenStore.open(createTokenFile(join(options.stateFolder, 'tokens.json')));
  const control = new Control(options, tokens);
  void control.carryOut();
  return control;
}

class Control implements EndpointsControl {
  readonly #options: EndpointsControlOptions;
  readonly #tokens: TokenStore;
  readonly #requests: RecentRequests;
  readonly #changed = new Emitter<EndpointsState>();
  readonly onDidChange = this.#changed.event;
  readonly onDidRequest: Event<ServedRequests>;
  readonly #settingsSubscription;
  #status: EndpointsState['status'] = 'off';
  #problem: EndpointsState['problem'] = null;
  #running: Running | null = null;
  /** The settings that `#running`, or the problem, came of. */
  #carriedOut: EndpointSettings | null = null;
  #last: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(options: EndpointsControlOptions, tokens: TokenStore) {
    this.#options = options;
    this.#tokens = tokens;
    this.#requests = new RecentRequests(options.clock ?? systemClock);
    this.onDidRequest = this.#requests.onDidCome;
    this.#settingsSubscription = options.engine.settings.onDidChange(() => void this.carryOut());
  }

  state(): EndpointsState {
    const { rest = null, grpc = null } = this.#running?.endpoints ?? {};
    const addressOf = ({ host, port }: ListenAt, scheme: string) => {
      const outside = host === everyAddress ? (this.#options.addresses ?? machineAddresses)() : [];
      const [text = '', ...others] = [...outside, thisMachine].map((it) => `${scheme}${it}:${port}`);
      return { host, port, text, others };
    };
    return {
      settings: this.#settings,
      status: this.#status,
      rest: rest && addressOf(rest, 'http://'),
      grpc: grpc && addressOf(grpc, ''),
      problem: this.#problem,
      tokenCount: this.#tokens.size,
    };
  }

  async set(change: Partial<EndpointSettings>): Promise<EndpointsState> {
    const endpoints = { ...this.#settings, ...change };
    if (endpoints.restPort === null && endpoints.grpcPort === null)
      throw new AppError('INVALID_ARGUMENT', {}, { detail: 'Neither HTTP nor gRPC would be served.' });
    if (this.#problem) this.#carriedOut = null; // asked again, it is tried again
    await this.#options.engine.settings.set({ endpoints });
    await this.carryOut();
    return this.state();
  }

  requests(): ServedRequests {
    return this.#requests.all();
  }

  request(number: number): RequestDetail | null {
    return this.#requests.detail(number);
  }

  async openPicture(number: number): Promise<PictureOffer> {
    const picture = this.#requests.picture(number);
    if (picture === null) throw new AppError('PICTURE_NOT_FOUND');
    return this.#options.engine.pictures.offerBytes(`request-${number}`, picture);
  }

  tokens(): AccessToken[] {
    return this.#tokens.list().map(({ scopes, ...token }) => ({ ...token, scopes: [...scopes] }));
  }

  async createToken(name: string, scopes: readonly TokenScope[]) {
    const made = await this.#tokens.create(name, scopes, (this.#options.clock ?? systemClock).now());
    this.#tell();
    return made;
  }

  async revokeToken(id: string): Promise<void> {
    await this.#tokens.revoke(id);
    this.#tell();
  }

  async examples(name: string, version?: number): Promise<RequestExamples> {
    const first = this.#answering(name);
    const answering = version === undefined ? first : ([name, version] as const);
    // One that cannot describe itself now, such as while its process restarts, is asked with a picture.
    const description =
      answering && (await this.#options.engine.inference.describe(...answering).catch(() => null));
    const { restPort } = this.#settings;
    const url = this.state().rest?.text ?? `http://${thisMachine}:${restPort ?? 8_501}`;
    return requestExamples({
      model: name,
      version,
      description,
      url,
      needsToken: needsToken(this.#settings),
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#settingsSubscription.dispose();
    await this.#last;
    await this.#stop();
    this.#requests.dispose();
    this.#changed.dispose();
  }

  /** Makes what runs what is set; changes that come meanwhile follow. */
  carryOut(): Promise<void> {
    this.#last = this.#last.catch(() => undefined).then(() => this.#carryOut()); // a failed one was told to whoever asked for it
    return this.#last;
  }

  async #carryOut(): Promise<void> {
    const settings = this.#settings;
    if (this.#isClosed || isDeepStrictEqual(settings, this.#carriedOut)) return;
    const before = this.#carriedOut;
    this.#carriedOut = settings;
    this.#problem = null;
    if (this.#running && before && differOnlyInAccess(before, settings)) {
      this.#running.endpoints.setAccess(this.#accessOf(settings));
      this.#tell();
      return;
    }
    if (this.#running) {
      this.#become('stopping');
      await this.#stop();
    }
    if (!settings.isOn) {
      this.#become('off');
      return;
    }
    this.#become('starting');
    try {
      this.#running = await this.#start(settings);
      this.#become('on');
    } catch (thrown) {
      this.#problem = AppError.from(thrown).toWire();
      this.#become('off');
    }
  }

  async #start(settings: EndpointSettings): Promise<Running> {
    const [{ startEndpoints }, { EnginePort }, { BatchService }, { defaultLimits }, { LineFile }] =
      await Promise.all([
        import('./server'),
        import('./engine-port'),
        import('./batches/batch-service'),
        import('./limits'),
        import('./line-file'),
      ]);
    const { engine, version, stateFolder } = this.#options;
    const host = settings.reach === 'network' ? everyAddress : thisMachine;
    const audit = await LineFile.open(join(stateFolder, auditFile), { maxBytes: maxAuditBytes });
    const observeAdmin = auditOf((entry) => void audit.append(JSON.stringify(entry)));
    const port = new EnginePort(engine);
    const batches = await BatchService.open({
      jobs: engine.jobs,
      folder: join(stateFolder, uploadsFolder),
      inputRoot: null,
      mostBytes: defaultLimits.maxInflatedBytes,
    });
    const dispose = async (): Promise<void> => {
      port.dispose();
      batches.dispose();
      await audit.close();
    };
    try {
      const endpoints = await startEndpoints({
        port,
        batches,
        rest: settings.restPort === null ? null : { host, port: settings.restPort },
        grpc: settings.grpcPort === null ? null : { host, port: settings.grpcPort },
        whenPortIsTaken: 'takeNext',
        ...this.#accessOf(settings),
        tls: null,
        nonFinite: 'null',
        metricsPath,
        hostNames: [],
        version,
        observe: (record) => {
          this.#requests.observe(record);
          observeAdmin(record);
        },
      });
      return { endpoints, dispose };
    } catch (thrown) {
      await dispose();
      throw thrown;
    }
  }

  #accessOf(settings: EndpointSettings): AccessRules {
    return {
      tokens: needsToken(settings) ? this.#tokens : null,
      isCorsEnabled: settings.isCorsEnabled,
    };
  }

  async #stop(): Promise<void> {
    const running = this.#running;
    this.#running = null;
    await running?.endpoints.close(drainMs);
    await running?.dispose();
  }

  /** A version that would answer; null while none would. */
  #answering(name: string): readonly [model: string, version: number] | null {
    const { models, routes } = this.#options.engine;
    const model = models.get(name);
    const route = routes.get(name);
    if (!model && !route) throw new AppError('MODEL_NOT_FOUND', { model: name });
    const version = model?.versions.find(({ lifecycle }) => lifecycle === 'available')?.version;
    if (version !== undefined) return [name, version];
    for (const arm of route?.arms ?? [])
      if (arm.model !== null && arm.version !== null) return [arm.model, arm.version];
    return null;
  }

  get #settings(): EndpointSettings {
    return this.#options.engine.settings.get().endpoints;
  }

  #become(status: EndpointsState['status']): void {
    this.#status = status;
    this.#tell();
  }

  #tell(): void {
    this.#changed.fire(this.state());
  }
}

const needsToken = ({ needsToken: isWanted, reach }: EndpointSettings): boolean =>
  isWanted || reach === 'network';

/** Then clients can stay connected. */
const differOnlyInAccess = (one: EndpointSettings, other: EndpointSettings): boolean =>
  isDeepStrictEqual(
    { ...one, needsToken: false, isCorsEnabled: false },
    { ...other, needsToken: false, isCorsEnabled: false },
  );
