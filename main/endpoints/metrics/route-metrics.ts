import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { RouteFigures } from '../../../app/contract/route-figures';
import type { RouteView } from '../../../app/contract/routes';
import type { RoutesPort } from '../inference-port';
import type { RequestRecord } from '../request-record';
import { exponentialBounds } from './metric-names';

const usPerMs = 1_000;
const latencyBounds = exponentialBounds(10, 1.8, 33);

/** What a gauge shows: a value and the labels beside route and arm. */
type Reading = readonly [arm: string, value: number, labels?: Readonly<Record<string, string>>];

/** Each route by its arms: what clients asked, and at every scrape what the route has counted since it was applied. */
export class RouteMetrics {
  readonly #registry: Registry;
  readonly #routes: RoutesPort;
  readonly #requests: Counter;
  readonly #latency: Histogram;

  constructor(registry: Registry, routes: RoutesPort) {
    this.#registry = registry;
    this.#routes = routes;
    this.#requests = new Counter({
      name: 'slipway_route_requests_total',
      help: 'Requests that a route sent to an arm, by the rule that fitted and why it was this arm',
      labelNames: ['route', 'arm', 'rule', 'reason', 'status'],
      registers: [registry],
    });
    this.#latency = new Histogram({
      name: 'slipway_route_latency_microseconds',
      help: 'Time of successful requests through a route',
      labelNames: ['route', 'arm'],
      buckets: [...latencyBounds],
      registers: [registry],
    });
    this.#gauge(
      'slipway_route_weight',
      'Share of everyone’s split that an arm has, of 100',
      [],
      ({ route }) => route.split.map(({ arm, weight }) => [arm, weight]),
    );
    this.#gauge('slipway_route_arm_available', 'Does the arm lead to what can answer?', [], ({ arms }) =>
      arms.map(({ arm, state }) => [arm, state === 'available' ? 1 : 0]),
    );
    this.#gauge('slipway_route_waiting', 'Requests that wait for what the arm leads to', [], (_, { arms }) =>
      arms.map(({ arm, waiting }) => [arm, waiting]),
    );
    this.#gauge(
      'slipway_route_confidence',
      'Mean probability of the first class since the route was applied',
      [],
      (_, { arms }) => arms.flatMap(({ arm, confidence }) => (confidence ? [[arm, confidence.mean]] : [])),
    );
    this.#gauge(
      'slipway_route_outcomes',
      'What was said of answers since the route was applied',
      ['outcome'],
      (_, { arms }) =>
        arms.flatMap(({ arm, outcomes }): Reading[] =>
          (['right', 'wrong'] as const).map((outcome) => [arm, outcomes[outcome], { outcome }]),
        ),
    );
    this.#gauge(
      'slipway_route_copies',
      'Copies of requests for a shadow since the route was applied, by what came of them',
      ['outcome'],
      (_, { shadow }) =>
        shadow === null
          ? []
          : (['agreed', 'differed', 'failed', 'dropped'] as const).map(
              (outcome): Reading => [shadow.arm, shadow[outcome], { outcome }],
            ),
    );
  }

  observe({ routed, status, durationMs }: Pick<RequestRecord, 'routed' | 'status' | 'durationMs'>): void {
    if (!routed) return;
    const { route, arm, rule, reason } = routed;
    this.#requests.inc({ route, arm, rule: rule ?? '', reason, status });
    if (status === 'OK') this.#latency.observe({ route, arm }, durationMs * usPerMs);
  }

  /** Read anew at every scrape, so that the series of a removed route is gone. */
  #gauge(
    name: string,
    help: string,
    more: readonly string[],
    read: (view: RouteView, figures: RouteFigures) => readonly Reading[],
  ): void {
    const routes = this.#routes;
    new Gauge({
      name,
      help,
      labelNames: ['route', 'arm', ...more],
      registers: [this.#registry],
      async collect() {
        this.reset();
        for (const view of routes.snapshot().routes) {
          const route = view.route.name;
          const figures = await routes.figures(route, '5min').catch(() => null); // removed just now
          for (const [arm, value, labels] of figures ? read(view, figures) : [])
            this.set({ route, arm, ...labels }, value);
        }
      },
    });
  }
}
