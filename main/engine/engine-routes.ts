import { isDeepStrictEqual } from 'node:util';
import type { CancelSignal } from '../../app/base/cancel-signal';
import type { Clock } from '../../app/base/clock';
import { AppError } from '../../app/base/errors';
import {
  type Feedback,
  type Route,
  type RouteDraft,
  type RoutePreview,
  type RouteProblem,
  routeSchema,
  type Verdict,
} from '../../app/contract/routes';
import type { RouteRequests, Routes } from '../routes-api';
import { DryRunner, type RecordedRequest } from '../traffic/dry-run';
import { problemLine, problemText } from '../traffic/problem-text';
import { movedShare } from '../traffic/rendezvous';
import { plainRequest } from '../traffic/request-attributes';
import { figuresOf, sharesOf } from '../traffic/route-figures';
import { Router, type Targets } from '../traffic/router';
import { countedPart, type TrafficLedger } from '../traffic/traffic-ledger';
import { validateRoute } from '../traffic/validate-route';
import type { Undoable } from '../undoable';
import type { Occasion } from './chronicle';
import type { Inverse } from './entry-patch';
import type { EventLog } from './event-log';
import type { ModelRegistry } from './model-registry';
import type { RouteEntry } from './route-entry';
import type { RouteTasks } from './route-tasks';
import { RouteViews, type RouteViewsParts } from './route-views';
import type { UndoStack } from './undo-stack';

export interface EngineRoutesParts {
  readonly registry: ModelRegistry;
  readonly models: RouteViewsParts['models'];
  readonly targets: Targets;
  readonly tasks: RouteTasks;
  readonly ledger: TrafficLedger;
  readonly log: EventLog;
  readonly undo: UndoStack;
  readonly clock: Clock;
}

type RouteOccasion = Occasion & { readonly kind: RouteEventKind };
type RouteEventKind = 'routeAdded' | 'routeChanged' | 'routeRemoved' | 'armStopped' | 'armStarted' | 'undone';

/** What people do to routes: each action is judged, kept, carried out and recorded, and can be taken back. */
export class EngineRoutes implements Routes {
  readonly #parts: EngineRoutesParts;
  readonly #views: RouteViews;
  #router: Router;
  readonly onDidChange: Routes['onDidChange'];
  readonly onDidCount: Routes['onDidCount'];
  /** Asks a route; set by whoever asks versions. */
  readonly #requests: () => RouteRequests;

  constructor(parts: EngineRoutesParts, requests: () => RouteRequests) {
    this.#parts = parts;
    this.#requests = requests;
    this.#router = this.#compiled();
    const { registry: entries, models, targets, tasks, clock } = parts;
    this.#views = new RouteViews({ entries, models, router: () => this.#router, targets, tasks, clock });
    this.onDidChange = this.#views.onDidChange;
    this.onDidCount = parts.ledger.onDidCount;
    for (const { route, appliedAtMs } of entries.routes()) void parts.ledger.resume(route.name, appliedAtMs);
  }

  get router(): Router {
    return this.#router;
  }

  snapshot: Routes['snapshot'] = () => this.#views.snapshot();

  get: Routes['get'] = (name) => this.#views.get(name);

  async preview(draft: RouteDraft, replaces: string | null): Promise<RoutePreview> {
    const problems = await this.#judge(draft, replaces);
    const before = replaces === null ? undefined : this.#parts.registry.findRoute(replaces)?.route;
    return {
      problems,
      expected: [
        ...draft.rules.map(({ id, split }) => ({ rule: id, shares: sharesOf(draft, split) })),
        { rule: null, shares: sharesOf(draft, draft.split) },
      ],
      moved: before ? movedShare(weightsOf(before), weightsOf(draft)) : null,
    };
  }

  async dryRun(
    draft: RouteDraft,
    replaces: string | null,
    sinceMs?: number,
    requests?: Iterable<RecordedRequest>,
  ) {
    const { registry, targets, ledger } = this.#parts;
    const name = replaces ?? draft.name;
    const others = [...registry.routes()]
      .map(({ route }) => route)
      .filter((route) => route.name !== replaces);
    const dry = new DryRunner(replaces === null ? draft : { ...draft, name: replaces }, others, targets);
    for (const request of requests ?? ledger.recorded(name, sinceMs)) dry.add(request);
    return dry.result();
  }

  async save(route: Route, replaces: string | null): Promise<Undoable> {
    const before = replaces === null ? null : this.#entry(replaces);
    if (before && route.name !== before.route.name)
      throw new AppError('ROUTE_INVALID', { route: route.name, reason: 'A route keeps its name.' });
    if (!before && this.#parts.registry.isTaken(route.name))
      throw new AppError('MODEL_NAME_TAKEN', { model: route.name }, { detail: `${route.name} is taken` });
    const errors = (await this.#judge(route, replaces)).filter(({ severity }) => severity === 'error');
    if (errors.length > 0) throw routeInvalid(route.name, errors);
    return this.#change(route.name, route, {
      kind: before ? 'routeChanged' : 'routeAdded',
      cause: 'person',
      params: describeSplit(route),
    });
  }

  async remove(name: string): Promise<Undoable> {
    this.#entry(name);
    return this.#change(name, null, { kind: 'routeRemoved', cause: 'person' });
  }

  async stopArm(name: string, arm: string, isStopped: boolean): Promise<Undoable> {
    const { route } = this.#entry(name);
    if (!route.arms.some(({ id }) => id === arm))
      throw new AppError('INVALID_ARGUMENT', {}, { detail: `${name} has no arm ${arm}` });
    const arms = route.arms.map((it) => (it.id === arm ? { ...it, isStopped } : it));
    return this.#change(
      name,
      { ...route, arms },
      { kind: isStopped ? 'armStopped' : 'armStarted', cause: 'person', params: { arm } },
    );
  }

  async switchShadow(name: string, isOn: boolean): Promise<Undoable> {
    const { route } = this.#entry(name);
    if (!route.shadow) throw new AppError('INVALID_ARGUMENT', {}, { detail: `${name} has no shadow` });
    const shadow = { ...route.shadow, isOn };
    return this.#change(
      name,
      { ...route, shadow },
      { kind: 'routeChanged', cause: 'person', params: { ...describeSplit(route), shadow: String(isOn) } },
    );
  }

  async figures(name: string, window: Parameters<Routes['figures']>[1]) {
    const { route } = this.#entry(name);
    const account = this.#parts.ledger.account(name);
    if (!account) throw routeNotFound(name);
    const compiled = this.#router.get(name);
    const waiting = (id: string): number => {
      const arm = compiled?.arm(id);
      return arm ? (this.#router.reach(arm, plainRequest(''))?.leaf.waiting ?? 0) : 0;
    };
    return figuresOf(route, account, window, this.#parts.clock.now(), waiting);
  }

  async differing(name: string, before: number | undefined, limit: number) {
    this.#entry(name);
    return this.#parts.ledger.differing(name, before, limit);
  }

  async differingPicture(name: string, id: number): Promise<Uint8Array | null> {
    this.#entry(name);
    return this.#parts.ledger.picture(name, id);
  }

  async feedback(name: string, requestId: string, verdict: Verdict): Promise<void> {
    const [refused] = await this.feedbackAll(name, [{ requestId, verdict }]);
    if (refused) throw refused;
  }

  async feedbackAll(name: string, said: readonly Feedback[]): Promise<(AppError | null)[]> {
    this.#entry(name);
    return this.#parts.ledger.feedback(name, said);
  }

  async classify(request: Parameters<Routes['classify']>[0], signal?: CancelSignal) {
    this.#entry(request.route);
    return this.#requests().classify(request, signal);
  }

  /** Takes an action back. Throws ROUTE_CHANGED when the route is another one by now, MODEL_NAME_TAKEN. */
  async takeBack({ name, before, after, action }: Extract<Inverse, { kind: 'route' }>): Promise<void> {
    const now = this.#parts.registry.findRoute(name) ?? null;
    if (!isDeepStrictEqual(now?.route ?? null, after?.route ?? null))
      throw new AppError('ROUTE_CHANGED', { route: name });
    if (!now && this.#parts.registry.isTaken(name)) throw new AppError('MODEL_NAME_TAKEN', { model: name });
    const entry = before && now ? this.#stamped(before.route, now) : before;
    await this.#commit(name, entry, { kind: 'undone', cause: 'person', params: { action } });
  }

  /** Carries out what the registry holds by now; `before` is what it held. */
  carryOut(before: ReadonlyMap<string, RouteEntry | undefined>, occasion: Occasion): void {
    const { registry, ledger, log } = this.#parts;
    if (before.size === 0) return;
    this.#router = this.#compiled();
    for (const [name, was] of before) {
      const is = registry.findRoute(name);
      if (is && is.appliedAtMs !== was?.appliedAtMs) {
        if (was || occasion.kind !== 'undone') ledger.begin(name, is.appliedAtMs, is.route.split);
        else void ledger.resume(name, is.appliedAtMs);
      }
      log.append({
        model: name,
        version: null,
        kind: occasion.kind ?? (is ? (was ? 'routeChanged' : 'routeAdded') : 'routeRemoved'),
        cause: occasion.cause,
        params: occasion.params ?? (is ? describeSplit(is.route) : {}),
        error: null,
      });
    }
    this.#views.noteRoutes();
  }

  /** The entry for a route that is to be applied now, in the place of the one before. */
  stamped(route: Route): RouteEntry {
    return this.#stamped(route, this.#parts.registry.findRoute(route.name) ?? null);
  }

  async close(): Promise<void> {
    this.#views.dispose();
    await this.#parts.ledger.close();
  }

  async #judge(draft: RouteDraft, replaces: string | null): Promise<RouteProblem[]> {
    await this.#views.learn(draft);
    return validateRoute(draft, this.#views.known, replaces);
  }

  #entry(name: string): RouteEntry {
    const entry = this.#parts.registry.findRoute(name);
    if (!entry) throw routeNotFound(name);
    return entry;
  }

  async #change(name: string, route: Route | null, occasion: RouteOccasion): Promise<Undoable> {
    const { registry, undo } = this.#parts;
    const before = registry.findRoute(name) ?? null;
    const plain = route && routeSchema.parse(route);
    if (isDeepStrictEqual(before?.route ?? null, plain)) return { undo: null };
    const after = plain && this.#stamped(plain, before);
    await this.#commit(name, after, occasion);
    return { undo: undo.push({ kind: 'route', name, before, after, action: occasion.kind }) };
  }

  async #commit(name: string, entry: RouteEntry | null, occasion: RouteOccasion): Promise<void> {
    const { registry } = this.#parts;
    const before = registry.findRoute(name);
    await registry.commit(new Map(), new Map([[name, entry]]));
    this.carryOut(new Map([[name, before]]), occasion);
  }

  #stamped(route: Route, before: RouteEntry | null): RouteEntry {
    const isCountedOn = before && isDeepStrictEqual(countedPart(before.route), countedPart(route));
    // Two changes within a millisecond are two all the same.
    const now = Math.max(this.#parts.clock.now(), (before?.appliedAtMs ?? 0) + 1);
    return { route, appliedAtMs: isCountedOn ? before.appliedAtMs : now };
  }

  #compiled(): Router {
    const { registry, targets } = this.#parts;
    return new Router(
      [...registry.routes()].map(({ route }) => route),
      targets,
    );
  }
}

const weightsOf = (route: Pick<Route, 'arms' | 'split'>): ReadonlyMap<string, number> =>
  new Map(sharesOf(route, route.split).map(({ arm, share }) => [arm, share]));

/** `v1 90 %, v2 10 %`. */
export const describeSplit = ({ split }: Pick<Route, 'split'>): { readonly split: string } => ({
  split: split.map(({ arm, weight }) => `${arm} ${weight} %`).join(', '),
});

const routeNotFound = (route: string): AppError =>
  new AppError('ROUTE_NOT_FOUND', { route }, { detail: `There is no route ${route}` });

/** The first problem for people, all of them for programs. */
export function routeInvalid(route: string, errors: readonly RouteProblem[]): AppError {
  const [first] = errors;
  return new AppError(
    'ROUTE_INVALID',
    { route, reason: first ? problemText(first) : '' },
    { detail: errors.map(problemLine).join('; ') },
  );
}
