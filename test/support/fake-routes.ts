import { AppError } from '../../app/base/errors';
import type { Handlers, Payload } from '../../app/contract';
import type { Model, ModelEvent } from '../../app/contract/models';
import type { ArmFigures, RouteFigures } from '../../app/contract/route-figures';
import {
  type Route,
  type RouteDraft,
  type RoutePreview,
  type RouteView,
  routeSchema,
  type Share,
} from '../../app/contract/routes';
import { type KnownTargets, validateRoute } from '../../main/traffic/validate-route';

interface World {
  readonly models: () => ReadonlyMap<string, Model>;
  readonly tell: (change: Payload<'routes.changed'>) => void;
  readonly undoable: (action: ModelEvent['kind'], route: string, takeBack: () => void) => { undo: string };
}

/** The routes of the fake engine: judged as the real one judges them, at work as a test says. */
export class FakeRoutes {
  revision = 1;
  readonly #byName = new Map<string, Route>();
  readonly #figures = new Map<string, RouteFigures>();
  readonly #world: World;

  constructor(world: World, routes: readonly Route[]) {
    this.#world = world;
    for (const route of routes) this.#byName.set(route.name, route);
  }

  route(name: string): Route {
    const route = this.#byName.get(name);
    if (!route) throw new AppError('ROUTE_NOT_FOUND', { route: name });
    return route;
  }

  /** What `routes.figures` says of a route from now on. */
  setFigures(name: string, figures: Partial<RouteFigures>): void {
    this.#figures.set(name, { ...noFigures(this.route(name)), ...figures });
  }

  /** Changes or adds a route as the engine would by itself. */
  put(route: Route): void {
    this.#byName.set(route.name, route);
    this.#tell([route.name], []);
  }

  drop(name: string): void {
    this.#byName.delete(name);
    this.#tell([], [name]);
  }

  readonly handlers: Partial<Handlers> = {
    'routes.list': async () => ({
      revision: this.revision,
      routes: [...this.#byName.keys()].map((name) => this.#view(name)),
    }),
    'routes.preview': async ({ draft, replaces }) => this.#preview(draft, replaces),
    'routes.save': async ({ route, replaces }) => {
      const first = this.#problems(route, replaces).find(({ severity }) => severity === 'error');
      if (first) throw new AppError('ROUTE_INVALID', { reason: first.code });
      const before = replaces === null ? null : this.route(replaces);
      this.put(route);
      return this.#world.undoable(before ? 'routeChanged' : 'routeAdded', route.name, () =>
        before ? this.put(before) : this.drop(route.name),
      );
    },
    'routes.remove': async ({ route }) => {
      const before = this.route(route);
      this.drop(route);
      return this.#world.undoable('routeRemoved', route, () => this.put(before));
    },
    'routes.stopArm': async ({ route, arm, isStopped }) =>
      this.#change(route, isStopped ? 'armStopped' : 'armStarted', (before) => ({
        ...before,
        arms: before.arms.map((each) => (each.id === arm ? { ...each, isStopped } : each)),
      })),
    'routes.switchShadow': async ({ route, isOn }) =>
      this.#change(route, 'routeChanged', (before) => ({
        ...before,
        shadow: before.shadow && { ...before.shadow, isOn },
      })),
    'routes.figures': async ({ route }) => this.#figures.get(route) ?? noFigures(this.route(route)),
    'routes.differing': async () => [],
    'routes.openDiffering': async () => [],
    'routes.feedback': async () => undefined,
  };

  #change(name: string, action: ModelEvent['kind'], by: (route: Route) => Route): { undo: string } {
    const before = this.route(name);
    this.put(by(before));
    return this.#world.undoable(action, name, () => this.put(before));
  }

  #tell(changed: readonly string[], removed: readonly string[]): void {
    this.revision++;
    this.#world.tell({
      revision: this.revision,
      changed: changed.map((name) => this.#view(name)),
      removed: [...removed],
    });
  }

  #problems(draft: RouteDraft, replaces: string | null) {
    const models = this.#world.models();
    const known: KnownTargets = {
      model: (name) => {
        const model = models.get(name);
        return (
          model && {
            versions: model.versions.map(({ version }) => version),
            labels: model.labels.map(({ label }) => label),
          }
        );
      },
      route: (name) => this.#byName.get(name),
      task: () => null,
    };
    // nothing here says what models do, so what can only be judged by that is left out
    return validateRoute(draft, known, replaces).filter(
      ({ code }) => code !== 'armNotAvailable' && code !== 'classesUnchecked',
    );
  }

  #view(name: string): RouteView {
    const route = this.route(name);
    const models = this.#world.models();
    const arms = route.arms.map(({ id, model, version, isStopped }) => {
      const found = models
        .get(model)
        ?.versions.find(
          (each) => each.lifecycle === 'available' && (version ?? each.version) === each.version,
        );
      return {
        arm: id,
        state: isStopped ? ('stopped' as const) : found ? ('available' as const) : ('unavailable' as const),
        model: found ? model : null,
        version: found?.version ?? null,
      };
    });
    return { route, arms, problems: this.#problems(route, name), appliedAtMs: 1_000_000 };
  }

  /** How many move is for tests to say: here it is the difference of the shares, as a key moves at the least. */
  #preview(draft: RouteDraft, replaces: string | null): RoutePreview {
    const before = replaces === null ? undefined : this.#byName.get(replaces);
    const now = before && expectedOf(before, before.split);
    const next = expectedOf(draft, draft.split);
    const shareIn = (shares: typeof next, arm: string): number =>
      shares.find((share) => share.arm === arm)?.share ?? 0;
    return {
      problems: this.#problems(draft, replaces),
      expected: [
        ...draft.rules.map(({ id, split }) => ({ rule: id, shares: expectedOf(draft, split) })),
        { rule: null, shares: next },
      ],
      moved:
        now === undefined
          ? null
          : now.reduce((sum, { arm, share }) => sum + Math.max(0, share - shareIn(next, arm)), 0),
    };
  }
}

function expectedOf({ arms }: RouteDraft, split: readonly Share[]): { arm: string; share: number }[] {
  const runs = split.filter(({ arm }) => arms.some(({ id, isStopped }) => id === arm && !isStopped));
  const sum = runs.reduce((total, { weight }) => total + weight, 0);
  return runs.map(({ arm, weight }) => ({ arm, share: sum === 0 ? 0 : weight / sum }));
}

const noCounts = { requests: 0, failed: 0, p50Ms: null, p95Ms: null, p99Ms: null } as const;

/** An arm that got so many requests, with what the test says differently. */
export const armFigures = (
  arm: string,
  requests: number,
  differences: Partial<ArmFigures> = {},
): ArmFigures => ({
  arm,
  requests,
  failed: 0,
  p50Ms: requests > 0 ? 0.3 : null,
  p95Ms: requests > 0 ? 0.5 : null,
  p99Ms: requests > 0 ? 0.9 : null,
  waiting: 0,
  fellBack: 0,
  overflowed: 0,
  confidence: null,
  outcomes: { right: 0, wrong: 0 },
  ...differences,
});

const noFigures = ({ name, arms, rules }: Route): RouteFigures => ({
  route: name,
  sinceMs: 1_000_000,
  ...noCounts,
  arms: arms.map(({ id }) => armFigures(id, 0)),
  rules: [...rules.map(({ id }) => id), null].map((rule) => ({ rule, requests: 0, arms: [] })),
  checks: [],
  shadow: null,
  series: { fromMs: 1_000_000, stepMs: 10_000, arms: [] },
  changes: [],
});

/** A route over versions of one model: arm `v1` leads to version 1, and so on. */
export const aRoute = (
  name: string,
  model: string,
  weights: Readonly<Record<string, number>>,
  more: Partial<Route> = {},
): Route =>
  routeSchema.parse({
    name,
    arms: Object.keys(weights).map((id) => ({ id, model, version: Number(id.slice(1)) })),
    split: Object.entries(weights).map(([arm, weight]) => ({ arm, weight })),
    fallback: Object.keys(weights),
    ...more,
  });
