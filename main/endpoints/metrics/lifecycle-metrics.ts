import { Counter, Histogram, type Registry } from 'prom-client';
import type { Disposable } from '../../../app/base/lifecycle';
import type { InferencePort, PortEvent } from '../inference-port';
import { exponentialBounds, metricName } from './metric-names';
import type { Labels } from './text-format';

const usPerMs = 1_000;
const versionLabels = ['model', 'version'] as const;

/** What happened to versions since the endpoints were opened: loads, warm-ups, failures, processes that ended, restarts. */
export class LifecycleMetrics implements Disposable {
  readonly #loads: Counter;
  readonly #failures: Counter;
  readonly #exits: Counter;
  readonly #restarts: Counter;
  readonly #warmUpLatency: Histogram;
  readonly #warmUpRecords: Counter;
  readonly #subscription: Disposable;
  readonly #serving = new Set<string>();
  /** Versions whose process ended while they served. */
  readonly #died = new Set<string>();

  constructor(registry: Registry, port: InferencePort) {
    const registers = [registry];
    const counter = (name: string, help: string, labelNames: readonly string[]): Counter =>
      new Counter({ name, help, labelNames: [...labelNames], registers });
    this.#loads = counter(
      'slipway_loads_total',
      'Loads that ended with a version that answers',
      versionLabels,
    );
    this.#failures = counter('slipway_load_failures_total', 'Tries to load a version that failed, by why', [
      ...versionLabels,
      'code',
    ]);
    this.#exits = counter(
      'slipway_runner_exits_total',
      'Processes that ended while their version served, by why',
      [...versionLabels, 'code'],
    );
    this.#restarts = counter(
      'slipway_restarts_total',
      'Versions brought back after their process ended',
      versionLabels,
    );
    this.#warmUpRecords = counter(
      metricName('/tensorflow/serving/model_warmup_records_read'),
      'Recorded requests that were run before a version answered',
      ['model_path', 'status'],
    );
    this.#warmUpLatency = new Histogram({
      name: metricName('/tensorflow/serving/model_warmup_latency'),
      help: 'Time of warm-ups in µs',
      labelNames: ['model_path', 'status'],
      buckets: [...exponentialBounds(10, 1.8, 33)],
      registers,
    });
    for (const { name, versions } of port.models())
      for (const { version, state } of versions)
        if (state === 'AVAILABLE') this.#serving.add(`${name}/${version}`);
    this.#subscription = port.onDidHappen((event) => this.#note(event));
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  #note(event: PortEvent): void {
    const { model, version } = event;
    const labels = { model, version: String(version) };
    const key = `${model}/${version}`;
    // A client is told no path: model and version stand for it.
    const warmUp = (status: string) => ({ model_path: key, status });
    if (event.kind === 'leaving') {
      this.#serving.delete(key);
      this.#died.delete(key);
      return;
    }
    if (event.kind === 'loaded') {
      this.#serving.add(key);
      this.#loads.inc(labels);
      if (this.#died.delete(key)) this.#restarts.inc(labels);
      if (!event.warmedUp) return;
      this.#warmUpLatency.observe(warmUp('OK'), event.warmedUp.ms * usPerMs);
      this.#warmUpRecords.inc(warmUp('OK'), event.warmedUp.records);
      return;
    }
    const { code, status } = event;
    if (this.#serving.delete(key)) {
      this.#died.add(key);
      this.#exits.inc({ ...labels, code });
      return;
    }
    this.#failures.inc({ ...labels, code });
    if (code === 'WARMUP_FAILED') this.#warmUpRecords.inc(warmUp(status));
  }

  /** Lets go of versions of which nothing is left. */
  async forget(isGone: (labels: Labels) => boolean): Promise<void> {
    for (const counter of [this.#loads, this.#failures, this.#exits, this.#restarts])
      for (const { labels } of (await counter.get()).values)
        if (isGone(labels as Labels)) counter.remove(labels);
  }
}
