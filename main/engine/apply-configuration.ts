import { isDeepStrictEqual } from 'node:util';
import { AppError } from '../../app/base/errors';
import type { Model, ModelEvent } from '../../app/contract/models';
import type { Route } from '../../app/contract/routes';
import { configError } from '../config/config-error';
import type { ModelConfig } from '../config/config-schema';
import { type ActiveConfig, type ConfigChange, noConfig, transition } from '../config/config-transition';
import type { ServerConfig } from '../config/server-config';
import { defaultPlatformNames } from '../config/validate-config';
import { validateRoutes } from '../config/validate-routes';
import type { ConfigurationReport, ModelReport, RouteReport } from '../engine-api';
import type { Inverse } from './entry-patch';
import { type ModelEntry, type ModelRegistry, modelEntrySchema } from './model-registry';
import type { ModelViews } from './model-views';
import type { RouteEntry } from './route-entry';
import type { RoutesControl } from './routes-control';
import type { ServingControl } from './serving-control';
import type { SettingsStore } from './settings-store';
import type { UndoStack } from './undo-stack';

export interface ApplyConfigurationParts {
  readonly registry: ModelRegistry;
  readonly settings: Pick<SettingsStore, 'get' | 'set'>;
  readonly views: ModelViews;
  readonly control: Pick<ServingControl, 'apply' | 'label'>;
  readonly routes: Pick<RoutesControl, 'stamped' | 'carryOut'>;
  readonly undo: Pick<UndoStack, 'push'>;
}

/** The models that a first configuration names, for a run that is to begin with them. Throws CONFIG_INVALID, CONFIG_CHANGE_REFUSED. */
export const entriesOf = (config: ServerConfig): readonly ModelEntry[] =>
  transition(noConfig, config, defaultPlatformNames).change.added.map((model) =>
    modelEntrySchema.parse(model),
  );

/**
 * Makes the models what a configuration says: all of it is checked and kept before any of it is carried out, so it applies as a whole
 * or not at all. Configurations that come at the same time follow each other. Throws CONFIG_INVALID, CONFIG_CHANGE_REFUSED.
 */
export class Configurations {
  readonly #parts: ApplyConfigurationParts;
  #isSet: boolean;
  #last: Promise<unknown> = Promise.resolve();

  constructor(parts: ApplyConfigurationParts) {
    this.#parts = parts;
    this.#isSet = parts.registry.size > 0;
  }

  apply(config: ServerConfig): Promise<ConfigurationReport> {
    return this.#inTurn(async () => {
      const { registry } = this.#parts;
      const active = this.#isSet || registry.size > 0 ? activeOf(registry.all()) : noConfig;
      return this.#apply(active, config);
    });
  }

  /** Adds a model, makes the one of that name what is said, or removes it: all others are left alone. Throws MODEL_NOT_FOUND. */
  configure(name: string, model: ModelConfig | null): Promise<ModelReport> {
    return this.#inTurn(async () => {
      const known = this.#parts.registry.find(name);
      if (!known && !model) throw new AppError('MODEL_NOT_FOUND', { model: name });
      const config: ServerConfig = {
        kind: 'list',
        models: model ? [{ ...model, name, where: name }] : [],
        rootFolder: null,
        resources: null,
        routes: null,
      };
      const { models } = await this.#apply(activeOf(known ? [known] : []), config, () => {
        const inverse = inverseOf(known, this.#parts.registry.find(name));
        return { undo: this.#parts.undo.push(inverse, 'program') };
      });
      const [report] = models;
      if (!report) throw new Error(`Nothing was said of ${name}`);
      return report;
    });
  }

  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const done = this.#last.then(run);
    this.#last = done.catch(() => undefined); // whoever asked hears of it
    return done;
  }

  /** `params` of its events are asked for when all of it is kept. */
  async #apply(
    active: ActiveConfig,
    config: ServerConfig,
    params: () => ModelEvent['params'] = () => ({}),
  ): Promise<ConfigurationReport> {
    const { registry, views, settings } = this.#parts;
    const { next, change } = transition(active, config, defaultPlatformNames, (name) =>
      knownPlatform(views.get(name)),
    );
    const models = next.kind === 'list' ? next.config.models : new Map<string, ModelConfig>();
    const routes = routeChangesOf(this.#parts, config.kind === 'list' ? config.routes : null, models);
    const before = new Map([...routes.changes.keys()].map((name) => [name, registry.findRoute(name)]));
    const memory = memoryChangeOf(settings.get().memoryBudgetBytes, config);
    if (memory) await settings.set({ memoryBudgetBytes: memory.to });
    try {
      await registry.commit(changesOf(registry, change), routes.changes);
    } catch (thrown) {
      if (memory) await settings.set({ memoryBudgetBytes: memory.from });
      throw thrown;
    }
    this.#isSet ||= next.kind === 'list';
    if (change.added.length + change.changed.length + change.removed.length > 0)
      carryOut(this.#parts, change, params());
    this.#parts.routes.carryOut(before, { cause: 'configuration' });
    return { models: reportOf(change), routes: routes.report, memoryBytes: memory };
  }
}

/** Null when the configuration has no word for it, or says what is so. */
function memoryChangeOf(from: number | null, config: ServerConfig): ConfigurationReport['memoryBytes'] {
  if (config.kind !== 'list' || config.resources === null) return null;
  const to = config.resources.memoryBytes;
  return to === from ? null : { from, to };
}

/** What a list of routes means for those there are; null leaves them as they are. Throws CONFIG_INVALID. */
function routeChangesOf(
  { registry, routes: control }: ApplyConfigurationParts,
  wanted: readonly Route[] | null,
  models: ReadonlyMap<string, ModelConfig>,
): { readonly changes: ReadonlyMap<string, RouteEntry | null>; readonly report: RouteReport[] } {
  const changes = new Map<string, RouteEntry | null>();
  if (wanted === null) {
    const taken = [...models.keys()].find((name) => registry.findRoute(name));
    if (taken !== undefined) throw configError(taken, 'a route is already called so');
    return { changes, report: [] };
  }
  validateRoutes(wanted, models);
  const names = new Set(wanted.map(({ name }) => name));
  const report: RouteReport[] = [];
  for (const route of wanted) {
    const before = registry.findRoute(route.name)?.route;
    const isSame = isDeepStrictEqual(before, route);
    report.push({ route: route.name, change: before ? (isSame ? 'unchanged' : 'changed') : 'added' });
    if (!isSame) changes.set(route.name, control.stamped(route));
  }
  for (const { route } of registry.routes()) {
    if (names.has(route.name)) continue;
    changes.set(route.name, null);
    report.push({ route: route.name, change: 'removed' });
  }
  return { changes, report };
}

const activeOf = (entries: Iterable<ModelEntry>): ActiveConfig => ({
  kind: 'list',
  config: { models: new Map([...entries].map((entry) => [entry.name, configOf(entry)])) },
});

/** That of the versions that were found; nothing is known of a model that has none, or of one whose folder is to be looked at still. */
const knownPlatform = (model: Model | undefined): string | undefined =>
  model?.versions.some(({ isOnDisk }) => isOnDisk) ? model.platform : undefined;

const configOf = ({
  name,
  basePath,
  policy,
  switching,
  keepLastGood,
  loaded,
  idleUnloadMs,
  pinned,
  labels,
  running,
  platform,
}: ModelEntry): ModelConfig => ({
  name,
  basePath,
  platform,
  policy,
  switching,
  keepLastGood,
  loaded,
  idleUnloadMs,
  pinned,
  labels,
  running,
});

function changesOf(registry: ModelRegistry, change: ConfigChange): ReadonlyMap<string, ModelEntry | null> {
  const changes = new Map<string, ModelEntry | null>();
  for (const { name } of change.removed) changes.set(name, null);
  for (const model of change.added) changes.set(model.name, modelEntrySchema.parse(model));
  for (const { to, settings } of change.changed) {
    const before = registry.get(to.name);
    const isElsewhere = settings.includes('basePath');
    changes.set(to.name, {
      ...before,
      ...to,
      // A policy is the whole wish: what was loaded or unloaded by hand before follows it again.
      ...(isElsewhere || settings.includes('policy') ? { overrides: {} } : {}),
      ...(isElsewhere ? { preprocessing: {}, classNames: {} } : {}),
    });
  }
  return changes;
}

function carryOut(
  { registry, views, control }: ApplyConfigurationParts,
  change: ConfigChange,
  params: ModelEvent['params'],
): void {
  for (const { name } of change.removed) {
    views.remove(name, { kind: 'modelRemoved', cause: 'configuration', params });
    control.apply(name, null);
  }
  for (const { name } of change.added) {
    const entry = registry.get(name);
    control.label(name, entry.labels);
    views.add(entry, { kind: 'modelAdded', cause: 'configuration', params });
    control.apply(name, entry);
  }
  for (const { to, settings } of change.changed) {
    control.label(to.name, to.labels);
    views.noteEntry(to.name, {
      kind: 'settingChanged',
      cause: 'configuration',
      params: { settings: settings.join(', '), ...params },
    });
    control.apply(to.name, registry.get(to.name));
  }
}

/** What takes back that one model was added, changed or removed. */
function inverseOf(before: ModelEntry | undefined, after: ModelEntry | undefined): Inverse {
  if (before && after) return { kind: 'settings', before, after };
  if (before) return { kind: 'insert', entry: before, deletesCopies: false };
  return {
    kind: 'remove',
    models: after ? [{ name: after.name, basePath: after.basePath }] : [],
    copies: [],
  };
}

const reportOf = ({ added, changed, removed, unchanged }: ConfigChange): readonly ModelReport[] => [
  ...added.map(({ name }) => ({ model: name, change: 'added' as const, settings: [] })),
  ...changed.map(({ to, settings }) => ({ model: to.name, change: 'changed' as const, settings })),
  ...removed.map(({ name }) => ({ model: name, change: 'removed' as const, settings: [] })),
  ...unchanged.map(({ name }) => ({ model: name, change: 'unchanged' as const, settings: [] })),
];
