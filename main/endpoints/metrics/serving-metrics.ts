import { Counter, Gauge, Registry } from 'prom-client';
import type { Disposable } from '../../../app/base/lifecycle';
import type { StatusCode } from '../../../app/base/status';
import type { InferencePort } from '../inference-port';
import type { RequestRecord } from '../request-record';
import { batchingMetrics, queueBounds } from './batching-metrics';
import { LifecycleMetrics } from './lifecycle-metrics';
import { exponentialBounds, metricName } from './metric-names';
import { RouteMetrics } from './route-metrics';
import { type CounterTally, type HistogramTally, TalliedCounter, TalliedHistogram } from './tallied-metrics';
import type { Labels } from './text-format';

const usPerMs = 1_000;
const latencyBounds = exponentialBounds(10, 1.8, 33);
const exampleBounds = exponentialBounds(1, 2, 15);
const tensorflowName = (name: string): string => metricName(`/tensorflow/serving/${name}`);

/** All that one answer is counted in. */
interface AnswerTallies {
  readonly requests: CounterTally;
  readonly versionRequests: CounterTally;
  readonly latency: HistogramTally;
  readonly runtime: HistogramTally;
  readonly queue: HistogramTally;
  readonly exampleCounts: HistogramTally;
  readonly exampleTotal: CounterTally;
}

/** What Prometheus reads: TensorFlow Serving's metrics under its names, and beside them what it does not tell. Source: spec §10.3. */
export class ServingMetrics implements Disposable {
  readonly #registry = new Registry();
  readonly #port: InferencePort;
  /** Models that were there when they were last looked for: once counted, a model stays in the metrics. */
  readonly #known = new Set<string>();
  readonly #requestCount = this.#counter('request_count', 'Requests', ['model_name', 'status']);
  readonly #exampleTotal = this.#counter('request_example_count_total', 'Examples in requests', ['model']);
  readonly #requestLatency = this.#histogram(
    'request_latency',
    'Time of successful requests in µs',
    latencyBounds,
    ['model_name', 'API', 'entrypoint'],
  );
  readonly #runtimeLatency = this.#histogram('runtime_latency', 'Time of runs in µs', latencyBounds, [
    'model_name',
    'API',
    'runtime',
  ]);
  readonly #exampleCounts = this.#histogram(
    'request_example_counts',
    'Examples in a request',
    exampleBounds,
    ['model'],
  );
  readonly #logCount = this.#counter('request_log_count', 'Requests that were to be logged', [
    'model_name',
    'status_code',
  ]);
  readonly #versionRequests = new TalliedCounter({
    name: 'slipway_requests_total',
    help: 'Requests that a version answered or refused',
    labelNames: ['model', 'version', 'status'],
    registers: [this.#registry],
  });
  readonly #queueLatency = new TalliedHistogram({
    name: 'slipway_queue_microseconds',
    help: 'Time that requests waited for their run',
    labelNames: ['model', 'version'],
    buckets: [...queueBounds],
    registers: [this.#registry],
  });
  /** By what is said of an answer in labels. */
  readonly #answered = new Map<string, AnswerTallies>();
  readonly #routes: RouteMetrics;
  readonly #lifecycle: LifecycleMetrics;

  constructor(port: InferencePort) {
    this.#port = port;
    this.#routes = new RouteMetrics(this.#registry, port.routes);
    this.#lifecycle = new LifecycleMetrics(this.#registry, port);
    this.#gauge('slipway_version_available', 'Does the version answer?', ({ state }) =>
      state === 'AVAILABLE' ? 1 : 0,
    );
    this.#gauge(
      'slipway_version_resident_bytes',
      'Memory of the process of a version',
      ({ residentBytes }) => residentBytes,
    );
    this.#gauge(
      'slipway_version_in_flight',
      'Requests that wait for their answer',
      ({ inFlight }) => inFlight,
    );
    this.#gauge(
      'slipway_version_queue_depth',
      'Requests that wait for their run, as its process last reported',
      ({ queued }) => queued,
    );
    this.#gauge('slipway_version_load_milliseconds', 'How long the last load took', ({ loadMs }) => loadMs);
    this.#countBatches();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  async text(): Promise<string> {
    await this.#forgetUnloaded();
    const sources = { port: this.#port, queueTime: this.#queueLatency, exampleCounts: this.#exampleCounts };
    return `${await this.#registry.metrics()}\n${await batchingMetrics(sources)}`;
  }

  dispose(): void {
    this.#lifecycle.dispose();
  }

  /** Otherwise there would be more and more series; a version that is loaded again begins anew. One that failed is not gone. */
  async #forgetUnloaded(): Promise<void> {
    const versions = this.#port.models().flatMap(({ name, versions: all }) =>
      all.map(({ version, state, error }) => ({
        key: `${version} ${name}`,
        isKept: state !== 'END' || error !== null,
      })),
    );
    const listed = new Set(versions.map(({ key }) => key));
    const kept = new Set(versions.filter(({ isKept }) => isKept).map(({ key }) => key));
    const isGone = ({ model, version }: Labels): boolean => !kept.has(`${version} ${model}`);
    await this.#lifecycle.forget(({ model, version }) => !listed.has(`${version} ${model}`));
    for (const { labels } of (await this.#versionRequests.get()).values)
      if (isGone(labels as Labels)) this.#versionRequests.forget(labels as Labels);
    const queued = new Map<string, Labels>();
    for (const { labels } of (await this.#queueLatency.get()).values) {
      const { model = '', version = '' } = labels as Labels;
      queued.set(`${version} ${model}`, { model, version });
    }
    for (const labels of queued.values()) if (isGone(labels)) this.#queueLatency.forget(labels);
    this.#answered.clear();
  }

  /** The sum over all labels of a counter by TensorFlow Serving's name; 0 for one that is not there. */
  async counterValue(name: string): Promise<number> {
    const metric = this.#registry.getSingleMetric(metricName(name));
    if (!(metric instanceof Counter)) return 0;
    const { values } = await metric.get();
    return values.reduce((sum, { value }) => sum + value, 0);
  }

  readonly observe = (record: RequestRecord): void => {
    const { status, durationMs, timingsMs, exampleCount, version, routed } = record;
    if (record.model === '') return;
    const model = this.#isKnown(record.model) ? record.model : '';
    const answering = routed?.model ?? model;
    this.#routes.observe(record);
    if (status === 'OK' && timingsMs && version !== null) {
      const tallies = this.#talliesOf(record, model, answering, version);
      tallies.requests.add();
      tallies.versionRequests.add();
      tallies.latency.observe(durationMs * usPerMs);
      tallies.runtime.observe(timingsMs.run * usPerMs);
      tallies.queue.observe(timingsMs.queue * usPerMs);
      tallies.exampleCounts.observe(exampleCount);
      tallies.exampleTotal.add(exampleCount);
      return;
    }
    this.#requestCount.tally({ model_name: model, status }).add();
    if (version !== null)
      this.#versionRequests.tally({ model: answering, version: String(version), status }).add();
  };

  #talliesOf(
    { api, entrypoint, status }: RequestRecord,
    model: string,
    answering: string,
    version: number,
  ): AnswerTallies {
    const key = `${version} ${entrypoint} ${api}\n${answering}\n${model}`;
    let tallies = this.#answered.get(key);
    if (!tallies) {
      const ofVersion = { model: answering, version: String(version) };
      tallies = {
        requests: this.#requestCount.tally({ model_name: model, status }),
        versionRequests: this.#versionRequests.tally({ ...ofVersion, status }),
        latency: this.#requestLatency.tally({ model_name: model, API: api, entrypoint }),
        runtime: this.#runtimeLatency.tally({ model_name: model, API: api, runtime: 'onnxruntime' }),
        queue: this.#queueLatency.tally(ofVersion),
        exampleCounts: this.#exampleCounts.tally({ model }),
        exampleTotal: this.#exampleTotal.tally({ model }),
      };
      this.#answered.set(key, tallies);
    }
    return tallies;
  }

  readonly countLogged = ({
    model,
    status,
  }: {
    readonly model: string;
    readonly status: StatusCode;
  }): void => {
    this.#logCount.tally({ model_name: this.#isKnown(model) ? model : '', status_code: status }).add();
  };

  /** Clients may invent names without end; each would be a series of its own. */
  #isKnown(model: string): boolean {
    if (this.#known.has(model)) return true;
    if (!this.#port.model(model)) return false;
    this.#known.add(model);
    return true;
  }

  #counter(name: string, help: string, labelNames: readonly string[]): TalliedCounter {
    return new TalliedCounter({
      name: tensorflowName(name),
      help,
      labelNames: [...labelNames],
      registers: [this.#registry],
    });
  }

  #histogram(
    name: string,
    help: string,
    buckets: readonly number[],
    labelNames: readonly string[],
  ): TalliedHistogram {
    return new TalliedHistogram({
      name: tensorflowName(name),
      help,
      buckets: [...buckets],
      labelNames: [...labelNames],
      registers: [this.#registry],
    });
  }

  /** Counted where they are run, and read at every scrape: a version that is loaded anew begins again. */
  #countBatches(): void {
    const port = this.#port;
    new Counter({
      name: 'slipway_batch_runs_total',
      help: 'Runs by the number of examples in them',
      labelNames: ['model', 'version', 'size'],
      registers: [this.#registry],
      collect() {
        this.reset();
        for (const { name: model, versions, isRoute } of port.models())
          for (const { version, batches } of isRoute ? [] : versions)
            for (const { size, runs } of batches)
              this.inc({ model, version: String(version), size: String(size) }, runs);
      },
    });
  }

  /** Read anew at every scrape, so that the series of an unloaded version is gone. */
  #gauge(
    name: string,
    help: string,
    read: (version: ReturnType<InferencePort['models']>[number]['versions'][number]) => number | null,
  ): void {
    const port = this.#port;
    new Gauge({
      name,
      help,
      labelNames: ['model', 'version'],
      registers: [this.#registry],
      collect() {
        this.reset();
        for (const { name: model, versions, isRoute } of port.models())
          for (const version of isRoute ? [] : versions) {
            const value = read(version);
            if (value !== null && version.state !== 'END')
              this.set({ model, version: String(version.version) }, value);
          }
      },
    });
  }
}
