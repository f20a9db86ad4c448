import type { InferencePort, PortVersion } from '../inference-port';
import type { RequestRecord } from '../request-record';
import { type AskedModel, foundModel } from './asked-model';

interface Duration {
  count: number;
  ns: number;
}

interface VersionStatistics {
  lastInferenceMs: number;
  inferenceCount: number;
  readonly success: Duration;
  readonly fail: Duration;
  readonly queue: Duration;
  readonly computeInput: Duration;
  readonly computeInfer: Duration;
  readonly computeOutput: Duration;
}

const nsPerMs = 1e6;
const duration = (): Duration => ({ count: 0, ns: 0 });
const fresh = (): VersionStatistics => ({
  lastInferenceMs: 0,
  inferenceCount: 0,
  success: duration(),
  fail: duration(),
  queue: duration(),
  computeInput: duration(),
  computeInfer: duration(),
  computeOutput: duration(),
});

function add(total: Duration, ms: number): void {
  total.count++;
  total.ns += Math.round(ms * nsPerMs);
}

/** Sums of what every version has answered since the start; runs are those of its process, as it last reported. Source: Triton's statistics extension. */
export class RequestStatistics {
  readonly #versions = new Map<string, VersionStatistics>();

  /** Counts an inference; other requests are passed over. One through a route counts for it and for the model that answered. */
  readonly observe = (record: RequestRecord): void => {
    this.#count(record.model, record);
    const { routed } = record;
    if (routed && routed.model !== record.model) this.#count(routed.model, record);
  };

  #count(
    model: string,
    { version, status, durationMs, startedAtMs, timingsMs, exampleCount }: RequestRecord,
  ): void {
    if (version === null) return;
    const key = `${version} ${model}`;
    const statistics = this.#versions.get(key) ?? fresh();
    this.#versions.set(key, statistics);
    if (status !== 'OK') add(statistics.fail, durationMs);
    if (status !== 'OK' || !timingsMs) return;
    statistics.lastInferenceMs = startedAtMs;
    statistics.inferenceCount += exampleCount;
    add(statistics.success, durationMs);
    add(statistics.queue, timingsMs.queue);
    add(statistics.computeInput, timingsMs.parse);
    add(statistics.computeInfer, timingsMs.run);
    add(statistics.computeOutput, timingsMs.render);
  }

  /** Of every available version, of a model's, or of one. Throws MODEL_NOT_FOUND, SERVABLE_NOT_FOUND. */
  of(port: InferencePort, asked: AskedModel | null) {
    const models = asked ? [foundModel(port, asked.model)] : port.models();
    const only = asked && asked.version !== 'latest' ? port.resolve(asked.model, asked.version) : null;
    return {
      model_stats: models.flatMap(({ name, versions }) =>
        versions
          .filter(({ version, isReady }) => isReady && (only === null || version === only))
          .map((version) => this.#entry(name, version)),
      ),
    };
  }

  #entry(name: string, { version, residentBytes, batches }: PortVersion) {
    const statistics = this.#versions.get(`${version} ${name}`) ?? fresh();
    const { success, fail, queue, computeInput, computeInfer, computeOutput } = statistics;
    return {
      name,
      version: String(version),
      last_inference: statistics.lastInferenceMs,
      inference_count: statistics.inferenceCount,
      // What puts nothing together runs once for each request.
      execution_count: batches.length > 0 ? batches.reduce((sum, { runs }) => sum + runs, 0) : success.count,
      inference_stats: {
        success,
        fail,
        queue,
        compute_input: computeInput,
        compute_infer: computeInfer,
        compute_output: computeOutput,
        cache_hit: duration(),
        cache_miss: duration(),
      },
      // Reading and writing are measured by the request, and not by the run.
      batch_stats: batches.map(({ size, runs, totalMs }) => ({
        batch_size: size,
        compute_input: duration(),
        compute_infer: { count: runs, ns: Math.round(totalMs * nsPerMs) },
        compute_output: duration(),
      })),
      memory_usage: residentBytes === null ? [] : [{ type: 'CPU', id: 0, byte_size: residentBytes }],
    };
  }
}
