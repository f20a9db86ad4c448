import { AppError } from '../../app/base/errors';
import { type Feedback, type Route, type RouteView, routeSchema } from '../../app/contract/routes';
import type { RoutesPort } from '../../main/endpoints/inference-port';
import { DryRunner } from '../../main/traffic/dry-run';
import { RequestSeries, RouteCounts } from '../../main/traffic/route-counts';
import { figuresOf } from '../../main/traffic/route-figures';
import { validateRoute } from '../../main/traffic/validate-route';

/** The one request that was ever answered. */
export const knownRequest = 'known';

/** A route over versions 1 and 2 of `m`. */
export const aServedRoute = (): Route =>
  routeSchema.parse({
    name: 'shop',
    arms: [
      { id: 'v1', model: 'm', version: 1 },
      { id: 'v2', model: 'm', version: 2 },
    ],
    split: [
      { arm: 'v1', weight: 90 },
      { arm: 'v2', weight: 10 },
    ],
    fallback: ['v1'],
  });

/** Routes in memory, judged by the real rules; they lead to versions that all answer, and have served nothing. */
export class FakeRoutesPort implements RoutesPort {
  readonly #routes = new Map<string, Route>();

  constructor(routes: readonly Route[] = [aServedRoute()]) {
    for (const route of routes) this.#routes.set(route.name, route);
  }

  snapshot() {
    return { revision: 1, routes: [...this.#routes.values()].map(viewOf) };
  }

  get(name: string): RouteView | undefined {
    const route = this.#routes.get(name);
    return route && viewOf(route);
  }

  async preview(draft: Parameters<RoutesPort['preview']>[0], replaces: string | null) {
    const known = {
      model: (name: string) => (name === 'm' ? { versions: [1, 2], labels: [] } : undefined),
      route: () => undefined,
      task: () => null,
    };
    return { problems: validateRoute(draft, known, replaces), expected: [], moved: null };
  }

  async dryRun(...[draft, , , requests = []]: Parameters<RoutesPort['dryRun']>) {
    const find = ({ model, version }: { model: string; version: number | null }) => ({
      model,
      version: version ?? 2,
      waiting: 0,
    });
    const dry = new DryRunner(draft, [], { find });
    for (const request of requests) dry.add(request);
    return dry.result();
  }

  async save(route: Route) {
    this.#routes.set(route.name, route);
    return { undo: 'undo-1' };
  }

  async remove(name: string) {
    this.#found(name);
    this.#routes.delete(name);
    return { undo: 'undo-1' };
  }

  async stopArm(name: string) {
    this.#found(name);
    return { undo: 'undo-1' };
  }

  async figures(name: string, window: '5min' | '1h') {
    const account = {
      counts: new RouteCounts(0),
      series: new RequestSeries(),
      changes: [],
      differingKept: 0,
    };
    return figuresOf(this.#found(name), account, window, 1_000_000, () => 0);
  }

  async feedbackAll(name: string, said: readonly Feedback[]): Promise<(AppError | null)[]> {
    this.#found(name);
    return said.map(({ requestId }) =>
      requestId === knownRequest
        ? null
        : new AppError('ROUTE_REQUEST_UNKNOWN', { route: name }, { detail: `No request ${requestId}` }),
    );
  }

  #found(name: string): Route {
    const route = this.#routes.get(name);
    if (!route)
      throw new AppError('ROUTE_NOT_FOUND', { route: name }, { detail: `There is no route ${name}` });
    return route;
  }
}

const viewOf = (route: Route): RouteView => ({
  route,
  arms: route.arms.map(({ id, model, version }) => ({ arm: id, state: 'available', model, version })),
  problems: [],
  appliedAtMs: 0,
});
