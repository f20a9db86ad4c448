import { isDeepStrictEqual } from 'node:util';
import { AppError } from '../../app/base/errors';
import type { TakenBack } from '../../app/contract/models';
import type { Additions } from './additions';
import type { Occasion } from './chronicle';
import { applyPatch, type EntryPatch, type Inverse } from './entry-patch';
import { type ModelEntry, type ModelRegistry, modelEntrySchema } from './model-registry';
import type { ModelViews } from './model-views';
import type { PictureChoices } from './picture-choices';
import type { RoutesControl } from './routes-control';
import type { ServingControl } from './serving-control';

export interface ModelChangesParts {
  readonly registry: ModelRegistry;
  readonly views: ModelViews;
  readonly control: Pick<ServingControl, 'apply' | 'label' | 'isRegistered' | 'keepInMemory'>;
  readonly additions: Pick<Additions, 'takeBack'>;
  readonly routes: Pick<RoutesControl, 'takeBack'>;
  readonly pictures: Pick<PictureChoices, 'takeBack'>;
}

/** How what a person sets about models is made so: kept first, all of it or nothing, then shown, recorded and carried out. */
export class ModelChanges {
  readonly #parts: ModelChangesParts;

  constructor(parts: ModelChangesParts) {
    this.#parts = parts;
  }

  /** `version` when it is about one version. */
  async patch(model: string, patch: EntryPatch, occasion: Occasion, version?: number): Promise<void> {
    await this.#change(applyPatch(this.#parts.registry.get(model), patch), occasion, version);
  }

  /** `isComplete`: their folders were put there in one step just now. */
  async insert(entries: readonly ModelEntry[], occasion: Occasion, isComplete = false): Promise<void> {
    const { registry, views, control } = this.#parts;
    await registry.commit(new Map(entries.map((it) => [it.name, it])));
    for (const entry of entries) {
      control.label(entry.name, entry.labels);
      views.add(entry, occasion);
      control.apply(entry.name, entry, isComplete);
    }
  }

  async remove(names: readonly string[], occasion: Occasion): Promise<void> {
    const { registry, views, control } = this.#parts;
    await registry.commit(new Map(names.map((name) => [name, null])));
    for (const name of names) {
      views.remove(name, occasion);
      control.apply(name, null);
    }
  }

  /** Loads or unloads a version of a model that is loaded on demand; nothing of what is set changes. */
  inMemory(model: string, version: number, wish: 'load' | 'unload', occasion: Occasion): void {
    const { views, control } = this.#parts;
    const id = { name: model, version };
    if (!control.isRegistered(id)) return;
    views.noteEntry(model, occasion, version);
    control.keepInMemory(id, wish);
  }

  /** Takes an action back. What of it is undone already, in another way, is no obstacle. */
  async takeBack(inverse: Inverse): Promise<TakenBack> {
    const { registry, additions } = this.#parts;
    const takenBack = takenBackBy(inverse);
    const occasion: Occasion = { kind: 'undone', cause: 'person', params: { action: takenBack.action } };
    switch (inverse.kind) {
      case 'patch':
        await this.patch(inverse.model, inverse.patch, occasion, inverse.version ?? undefined);
        break;
      case 'remove': {
        const left = inverse.models.filter(
          ({ name, basePath }) => registry.find(name)?.basePath === basePath,
        );
        await this.remove(
          left.map(({ name }) => name),
          occasion,
        );
        await additions.takeBack(inverse.copies);
        break;
      }
      case 'insert':
        if (registry.isTaken(inverse.entry.name))
          throw new AppError('MODEL_NAME_TAKEN', { model: inverse.entry.name });
        await this.insert([inverse.entry], occasion);
        break;
      case 'settings':
        await this.#restoreSettings(inverse, occasion);
        break;
      case 'memory': {
        const { model, version, wish } = inverse;
        this.inMemory(model, version, wish, occasion);
        break;
      }
      case 'route':
        await this.#parts.routes.takeBack(inverse);
        break;
      case 'pictures':
        await this.#parts.pictures.takeBack(inverse, occasion);
    }
    return takenBack;
  }

  async #restoreSettings(
    { before, after }: Extract<Inverse, { kind: 'settings' }>,
    occasion: Occasion,
  ): Promise<void> {
    const now = this.#parts.registry.get(after.name);
    const entry = modelEntrySchema.parse({
      ...putBack(now, before, after),
      ...Object.fromEntries(keyed.map((name) => [name, putBack(now[name], before[name], after[name])])),
    });
    await this.#change(entry, occasion);
  }

  async #change(entry: ModelEntry, occasion: Occasion, version?: number): Promise<void> {
    const { registry, views, control } = this.#parts;
    const { name } = entry;
    await registry.commit(new Map([[name, entry]]));
    control.label(name, entry.labels);
    views.noteEntry(name, occasion, version);
    control.apply(name, entry);
  }
}

function takenBackBy(inverse: Inverse): TakenBack {
  switch (inverse.kind) {
    case 'patch':
    case 'memory':
      return { action: inverse.action, models: [inverse.model] };
    case 'remove':
      return { action: 'modelAdded', models: inverse.models.map(({ name }) => name) };
    case 'insert':
      return { action: 'modelRemoved', models: [inverse.entry.name] };
    case 'settings':
      return { action: 'settingChanged', models: [inverse.after.name] };
    case 'route':
      return { action: inverse.action, models: [inverse.name] };
    case 'pictures':
      return { action: inverse.action, models: [inverse.model] };
  }
}

/** Settings of which each key is one of its own. */
const keyed = [
  'labels',
  'overrides',
  'running',
  'preprocessing',
  'classNames',
] as const satisfies (keyof ModelEntry)[];

/** What is so now, with the values from before for what became another; undefined, and so left out, for what was not there. */
const putBack = (now: object, before: object, after: object): Record<string, unknown> => {
  const [then, later] = [new Map(Object.entries(before)), new Map(Object.entries(after))];
  const changed = [...new Set([...then.keys(), ...later.keys()])].filter(
    (name) => !isDeepStrictEqual(then.get(name), later.get(name)),
  );
  const all = { ...now, ...Object.fromEntries(changed.map((name) => [name, then.get(name)])) };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
};
