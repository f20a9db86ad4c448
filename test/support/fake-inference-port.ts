import { Emitter } from '../../app/base/emitter';
import { AppError } from '../../app/base/errors';
import type { Description } from '../../app/contract/inference';
import type { EffectiveBatching } from '../../app/contract/running';
import type { ModelConfig } from '../../main/config/config-schema';
import type {
  InferencePort,
  PortEvent,
  PortModel,
  PortVersion,
  RoutesPort,
  ServedModelConfig,
} from '../../main/endpoints/inference-port';
import type { ClientAnswer, ClientRequest, ModelReport, VersionChoice } from '../../main/engine-api';
import { type InferHost, infer } from '../../main/runner/codecs/infer';
import { FakeRoutesPort } from './fake-routes-port';

const descriptionOf = (model: string, version: number): Description => ({
  model,
  version,
  producer: 'test',
  irVersion: 9,
  opsets: [],
  inputs: [{ name: 'x', dtype: 'float32', shape: ['batch'] }],
  outputs: [{ name: 'y', dtype: 'float32', shape: ['batch'] }],
  metadata: {},
  preprocessing: null,
  notClassifier: null,
  notes: null,
  inferred: null,
  labelCount: 0,
  classCount: null,
  warnings: [],
  running: { batching: null, instances: 1, intraOpThreads: null, provider: null, memoryCapBytes: null },
});

export const portVersion = (version: number, differences: Partial<PortVersion> = {}): PortVersion => ({
  version,
  state: 'AVAILABLE',
  isReady: (differences.state ?? 'AVAILABLE') === 'AVAILABLE',
  error: null,
  residentBytes: 1_000_000,
  loadMs: 20,
  inFlight: 0,
  queued: 3,
  batches: [{ size: 8, runs: 12, totalMs: 30 }],
  ...differences,
});

/** Answers `y = x + version` for every model, in this process, with the real codecs. */
export class FakeInferencePort implements InferencePort {
  /** How every version says that it puts requests together. */
  batching: EffectiveBatching | null = null;
  /** Answers with no tensor at all, as no real model does. */
  hasNoOutputs = false;
  readonly #changed = new Emitter<void>();
  readonly routes: RoutesPort = new FakeRoutesPort();
  readonly onDidChange = this.#changed.event;
  readonly happened = new Emitter<PortEvent>();
  readonly onDidHappen = this.happened.event;
  readonly requests: ClientRequest[] = [];
  readonly signals: AbortSignal[] = [];
  readonly reloads: (readonly ServedModelConfig[])[] = [];
  readonly commands: string[] = [];
  #models: readonly PortModel[];
  /** Stands between a request and its answer; a test may hold it, or fail it. */
  before: (request: ClientRequest, signal: AbortSignal) => Promise<void> = async () => undefined;

  constructor(models: readonly PortModel[] = [aModel('m', [2, 1])]) {
    this.#models = models;
  }

  set served(models: readonly PortModel[]) {
    this.#models = models;
    this.#changed.fire();
  }

  async infer(request: ClientRequest, signal: AbortSignal): Promise<ClientAnswer> {
    this.requests.push(request);
    this.signals.push(signal);
    const version = this.resolve(request.model, request.version);
    await this.before(request, signal);
    const host: InferHost = {
      ...descriptionOf(request.model, version),
      predict: async ({ x }) => {
        if (!(x?.data instanceof Float32Array)) throw new AppError('TENSOR_MISMATCH', {}, { detail: 'no x' });
        const y = { ...x, data: x.data.map((value) => value + version) };
        return { outputs: this.hasNoOutputs ? {} : { y }, timingsMs: { queue: 1, run: 2 } };
      },
      classify: async (picture) => ({
        classes: [{ index: 0, label: `${picture.length} bytes`, probability: 1, raw: 1 }],
        classCount: 1,
        isTied: false,
        output: { name: 'y', dtype: 'float32', shape: [1], form: 'probabilities' },
        timingsMs: { queue: 0, decode: 0, preprocess: 0, run: 0 },
      }),
      lookup: async (keys) => {
        const found = keys.filter((key) => key === 'cat' || key === 'dog');
        const data = Float32Array.from(found.flatMap((key) => [key.length, version]));
        return {
          found,
          values: { dtype: 'float32', shape: [found.length, 2], data },
          missing: keys.filter((key) => key !== 'cat' && key !== 'dog'),
        };
      },
      nearest: async ({ count }) => [{ key: 'dog', similarity: 0.9 }].slice(0, count),
      rank: async (outputs, rowCount) => {
        const data = outputs['y']?.data;
        const values = data instanceof Float32Array ? data : new Float32Array(rowCount);
        return Array.from({ length: rowCount }, (_, row) => [
          { index: 0, label: 'only', probability: values[row] ?? 0, raw: 1 },
        ]);
      },
    };
    return { ...(await infer({ ...request, version }, host)), model: request.model, version };
  }

  models(): readonly PortModel[] {
    return this.#models;
  }

  model(name: string): PortModel | undefined {
    return this.#models.find((model) => model.name === name);
  }

  resolve(name: string, choice: VersionChoice): number {
    const model = this.model(name);
    const text = choice === 'latest' ? `Latest(${name})` : `Specific(${name}, ${JSON.stringify(choice)})`;
    const available = model?.versions.filter(({ state }) => state === 'AVAILABLE') ?? [];
    const label = typeof choice === 'object' && 'label' in choice ? choice.label : null;
    const target = model?.labels.find((known) => known.label === label)?.version;
    if (model && label !== null && target === undefined)
      throw new AppError('LABEL_UNKNOWN', {}, { detail: `Unrecognized servable version label: ${label}` });
    const wanted = target ?? (typeof choice === 'object' && 'version' in choice ? choice.version : undefined);
    const found = available.find(({ version }) => wanted === undefined || version === wanted);
    if (!found)
      throw new AppError('SERVABLE_NOT_FOUND', {}, { detail: `Servable not found for request: ${text}` });
    return found.version;
  }

  async describe(model: string, version: number): Promise<Description> {
    const description = descriptionOf(model, version);
    return { ...description, running: { ...description.running, batching: this.batching } };
  }

  async reload(models: readonly ServedModelConfig[]): Promise<void> {
    this.reloads.push(models);
  }

  async configure(name: string, model: ModelConfig | null): Promise<ModelReport> {
    const isKnown = this.model(name) !== undefined;
    if (!isKnown && !model) throw new AppError('MODEL_NOT_FOUND', { model: name });
    this.commands.push(model ? `configure ${name} at ${model.basePath}` : `remove ${name}`);
    const change = model ? (isKnown ? 'changed' : 'added') : 'removed';
    return { model: name, change, settings: change === 'changed' ? ['basePath'] : [] };
  }

  async load(model: string): Promise<void> {
    this.commands.push(`load ${model}`);
  }

  async unload(model: string): Promise<void> {
    this.commands.push(`unload ${model}`);
  }
}

/** A model with the given versions available, newest first. */
export const aModel = (
  name: string,
  versions: readonly number[],
  differences: Partial<PortModel> = {},
): PortModel => ({
  name,
  platform: 'onnx',
  labels: [],
  outlook: 'answers',
  versions: versions.map((version) => portVersion(version)),
  isRoute: false,
  ...differences,
});
