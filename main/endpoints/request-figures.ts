import type { ModelRequests, RequestFigures } from '../../app/contract/endpoints';
import type { RequestRecord } from './request-record';
import { RequestSeconds } from './request-seconds';

const shownSeconds = 60;
const shownModels = 20;
/** So many are counted by name; one more takes the place of the one that was asked the longest ago. */
const countedModels = 200;

/** Rates, times and failures of what is asked of models, altogether and by the name that was called. */
export class RequestFiguresCount {
  readonly #all = new RequestSeconds();
  /** The one that was asked last is the last one. */
  readonly #byModel = new Map<string, RequestSeconds>();

  note(nowMs: number, { model, version, status, durationMs }: RequestRecord): void {
    const isFailed = status !== 'OK';
    this.#all.note(nowMs, durationMs, isFailed);
    const known = this.#byModel.get(model);
    if (!known && version === null) return; // a name that nothing has answered to
    const seconds = known ?? new RequestSeconds();
    seconds.note(nowMs, durationMs, isFailed);
    this.#byModel.delete(model);
    this.#byModel.set(model, seconds);
    const [oldest] = this.#byModel.keys();
    if (this.#byModel.size > countedModels && oldest !== undefined) this.#byModel.delete(oldest);
  }

  read(nowMs: number): RequestFigures {
    const { requests, failed } = this.#all.total(nowMs);
    const series = this.#all.series(shownSeconds, nowMs);
    const latency = this.#all.latency(shownSeconds, nowMs);
    return {
      total: requests,
      failed,
      perSecond: series.map((second) => second.requests),
      failedPerSecond: series.map((second) => second.failed),
      p95PerSecond: series.map((second) => second.p95Ms),
      p50Ms: latency.quantile(0.5),
      p95Ms: latency.quantile(0.95),
      models: this.#models(nowMs),
    };
  }

  #models(nowMs: number): ModelRequests[] {
    return [...this.#byModel]
      .map(([model, seconds]) => ({ model, seconds, ...seconds.total(nowMs) }))
      .filter(({ requests }) => requests > 0)
      .sort((a, b) => b.requests - a.requests || (a.model < b.model ? -1 : 1))
      .slice(0, shownModels)
      .map(({ model, seconds, requests, failed }) => {
        const latency = seconds.latency(shownSeconds, nowMs);
        return {
          model,
          total: requests,
          failed,
          requestsPerSecond: seconds.perSecond(nowMs),
          p50Ms: latency.quantile(0.5),
          p95Ms: latency.quantile(0.95),
        };
      });
  }
}
