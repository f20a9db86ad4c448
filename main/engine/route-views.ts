import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../../app/base/clock';
import { Emitter, type Event } from '../../app/base/emitter';
import { type Disposable, DisposableStore } from '../../app/base/lifecycle';
import type { Model, ModelsChange } from '../../app/contract/models';
import type {
  Arm,
  ArmView,
  RouteDraft,
  RoutesChange,
  RoutesSnapshot,
  RouteView,
} from '../../app/contract/routes';
import { plainRequest } from '../traffic/request-attributes';
import { type Leaf, maxDepth, type Router } from '../traffic/router';
import type { Task } from '../traffic/task';
import { type KnownTargets, validateRoute } from '../traffic/validate-route';
import type { RouteEntry } from './route-entry';
import type { RouteTasks } from './route-tasks';

export interface RouteViewsParts {
  readonly entries: { routes(): Iterable<RouteEntry>; findRoute(name: string): RouteEntry | undefined };
  readonly models: { get(name: string): Model | undefined; readonly onDidChange: Event<ModelsChange> };
  readonly router: () => Router;
  readonly targets: { find(arm: Pick<Arm, 'model' | 'version' | 'label'>): Leaf | null };
  readonly tasks: RouteTasks;
  readonly clock: Clock;
}

const coalesceMs = 50;
/** Whoever looks at a route as such, and not at one request. */
const nobody = plainRequest('');

/** Routes as people and programs see them: where each arm leads now, and what is not right with it. */
export class RouteViews implements Disposable {
  readonly #parts: RouteViewsParts;
  readonly #owned = new DisposableStore();
  readonly #changed = this.#owned.add(new Emitter<RoutesChange>());
  readonly onDidChange: Event<RoutesChange> = this.#changed.event;
  readonly #told = new Map<string, RouteView>();
  /** What arms could notice of each model when it last changed. */
  readonly #seen = new Map<string, string>();
  #revision = 0;
  #timer: Disposable | null = null;

  constructor(parts: RouteViewsParts) {
    this.#parts = parts;
    this.#owned.add(parts.models.onDidChange((change) => this.#noteModels(change)));
    this.noteRoutes();
  }

  snapshot(): RoutesSnapshot {
    this.#tell();
    return { revision: this.#revision, routes: [...this.#told.values()] };
  }

  get(name: string): RouteView | undefined {
    const entry = this.#parts.entries.findRoute(name);
    return entry && this.#viewOf(entry);
  }

  /** Something about routes is different: whoever watches hears of it soon. */
  noteRoutes(): void {
    this.#learn();
    this.#timer ??= this.#parts.clock.schedule(coalesceMs, () => this.#tell());
  }

  dispose(): void {
    this.#timer?.dispose();
    this.#owned.dispose();
  }

  /** What routes may lead to, for judging them. */
  readonly known: KnownTargets = {
    model: (name) => {
      const model = this.#parts.models.get(name);
      if (!model) return undefined;
      const versions = model.versions.map(({ version }) => version);
      return {
        versions: versions.length === 0 ? null : versions,
        labels: model.labels.map(({ label }) => label),
      };
    },
    route: (name) => this.#parts.entries.findRoute(name)?.route,
    task: (arm) => this.#taskOf(arm),
  };

  /** Settles when everything that the draft leads to, and is loaded, has said what it answers. */
  async learn(draft: Pick<RouteDraft, 'arms'>): Promise<void> {
    await Promise.all(
      this.#leaves(draft.arms).map(({ model, version }) => this.#parts.tasks.learn(model, version)),
    );
  }

  #taskOf(arm: Pick<Arm, 'model' | 'version' | 'label'>): Task | null {
    for (const { model, version } of this.#leaves([arm])) {
      const task = this.#parts.tasks.get(model, version);
      if (task) return task;
    }
    return null;
  }

  /** What arms lead to now, through routes as well. */
  #leaves(arms: readonly Pick<Arm, 'model' | 'version' | 'label'>[], depth = maxDepth): Leaf[] {
    if (depth === 0) return [];
    return arms.flatMap((arm) => {
      const route = this.#parts.entries.findRoute(arm.model)?.route;
      return route ? this.#leaves(route.arms, depth - 1) : (this.#parts.targets.find(arm) ?? []);
    });
  }

  /** Models change many times a second while they answer: only what arms can notice is looked at. */
  #noteModels({ changed, removed }: ModelsChange): void {
    const names = new Set(removed);
    for (const name of removed) this.#seen.delete(name);
    for (const model of changed) {
      const { name, versions } = model;
      for (const { version, lifecycle } of versions)
        if (lifecycle !== 'available') this.#parts.tasks.forget(name, version);
      const seen = visibleTo(model);
      if (this.#seen.get(name) === seen) continue;
      this.#seen.set(name, seen);
      names.add(name);
    }
    if (names.size > 0 && this.#hasArmOn(names)) this.noteRoutes();
  }

  #hasArmOn(names: ReadonlySet<string>): boolean {
    for (const { route } of this.#parts.entries.routes())
      if (route.arms.some(({ model }) => names.has(model))) return true;
    return false;
  }

  #learn(): void {
    for (const { route } of this.#parts.entries.routes()) {
      const unknown = this.#leaves(route.arms).filter(
        ({ model, version }) => this.#parts.tasks.get(model, version) === null,
      );
      if (unknown.length > 0)
        void this.learn(route).then(() => {
          this.#timer ??= this.#parts.clock.schedule(coalesceMs, () => this.#tell());
        });
    }
  }

  #tell(): void {
    this.#timer?.dispose();
    this.#timer = null;
    const changed: RouteView[] = [];
    const gone = new Set(this.#told.keys());
    for (const entry of this.#parts.entries.routes()) {
      const { name } = entry.route;
      const view = this.#viewOf(entry);
      gone.delete(name);
      if (isDeepStrictEqual(this.#told.get(name), view)) continue;
      this.#told.set(name, view);
      changed.push(view);
    }
    for (const name of gone) this.#told.delete(name);
    if (changed.length + gone.size === 0) return;
    this.#revision++;
    this.#changed.fire({ revision: this.#revision, changed, removed: [...gone] });
  }

  #viewOf({ route, appliedAtMs }: RouteEntry): RouteView {
    return {
      route,
      arms: route.arms.map((arm) => this.#armView(route.name, arm)),
      problems: validateRoute(route, this.known, route.name),
      appliedAtMs,
    };
  }

  #armView(route: string, { id, isStopped }: Arm): ArmView {
    const router = this.#parts.router();
    const arm = router.get(route)?.arm(id);
    const leaf = arm ? (router.reach({ ...arm, isStopped: false }, nobody)?.leaf ?? null) : null;
    return {
      arm: id,
      state: isStopped ? 'stopped' : leaf ? 'available' : 'unavailable',
      model: leaf?.model ?? null,
      version: leaf?.version ?? null,
    };
  }
}

/** Which versions there are, which of them answer, and where labels point. */
const visibleTo = ({ versions, labels }: Model): string =>
  [
    ...versions.map(({ version, lifecycle, loadsOnRequest }) => `${version} ${lifecycle} ${loadsOnRequest}`),
    ...labels.map(({ label, version, isPending }) => `${label} ${version} ${isPending}`),
  ].join('\n');
