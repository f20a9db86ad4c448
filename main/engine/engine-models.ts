import { isDeepStrictEqual } from 'node:util';
import { AppError } from '../../app/base/errors';
import type { Explanation } from '../../app/contract/explanation';
import {
  type AddChoice,
  type ModelEvent,
  modelNameSchema,
  type Offer,
  type Plan,
  type Switching,
  type VersionPolicy,
} from '../../app/contract/models';
import type { Models, Undoable } from '../engine-api';
import type { ServableId } from '../serving/servable-id';
import { versionsByPolicy } from '../sources/version-policy';
import type { Additions } from './additions';
import { createApplyConfiguration } from './apply-configuration';
import type { Occasion } from './chronicle';
import type { EventLog } from './event-log';
import { explain } from './explain';
import type { RecordedState } from './history';
import type { ModelEntry, ModelRegistry } from './model-registry';
import type { ModelViews } from './model-views';
import type { UndoStack } from './undo-stack';

/** What carries out the wishes: source and manager behind one door. */
export interface ServingControl {
  /** Takes a new or changed entry; null removes the model. */
  apply(name: string, entry: ModelEntry | null): void;
  rescan(name: string): Promise<void>;
  retry(id: ServableId): void;
  reload(id: ServableId): void;
  cancelLoad(id: ServableId): void;
  /** Did its load end because it was cancelled? */
  isCancelled(id: ServableId): boolean;
  plan(
    name: string,
    change: { policy: VersionPolicy; switching: Switching; present: readonly number[] },
  ): Promise<Plan>;
}

export interface EngineModelsParts {
  readonly registry: ModelRegistry;
  readonly views: ModelViews;
  readonly control: ServingControl;
  readonly log: EventLog;
  readonly undo: UndoStack;
  readonly additions: Additions;
}

/** How far back the event that decided something is looked for. */
const eventsSearched = 1_000;

/** What an action makes of a model's settings, given those of that moment. */
type Update = (entry: ModelEntry) => Partial<Omit<ModelEntry, 'name'>>;

/** What people do to models: each action is kept first, then carried out, recorded, and can be taken back. */
export class EngineModels implements Models {
  readonly #parts: EngineModelsParts;
  readonly onDidChange: Models['onDidChange'];
  readonly onDidLog: Models['onDidLog'];
  readonly applyConfiguration: Models['applyConfiguration'];

  constructor(parts: EngineModelsParts) {
    this.#parts = parts;
    this.onDidChange = parts.views.onDidChange;
    this.onDidLog = parts.log.onDidAppend;
    this.applyConfiguration = createApplyConfiguration(parts);
  }

  snapshot: Models['snapshot'] = () => this.#parts.views.snapshot();

  get: Models['get'] = (name) => this.#parts.views.get(name);

  offer(paths: readonly string[]): Promise<Offer> {
    return this.#parts.additions.offer(paths);
  }

  async add(ticket: string, choices: readonly AddChoice[]) {
    const { added, refused, entries, takeBack } = await this.#parts.additions.take(ticket, choices);
    try {
      await this.#insert(entries, { kind: 'modelAdded', cause: 'person' });
    } catch (error) {
      await takeBack();
      throw error;
    }
    const undo =
      added.length === 0
        ? null
        : this.#parts.undo.push(async () => {
            for (const { name } of entries) await this.#delete(name, { kind: 'undone', cause: 'person' });
            await takeBack();
          });
    for (const { model } of added) void this.rescan(model);
    return { added, refused, undo };
  }

  async addSample(): Promise<Undoable & { readonly model: string }> {
    const { entry, isHere } = await this.#parts.additions.sample();
    if (isHere) return { model: entry.name, undo: null };
    await this.#insert([entry], { kind: 'modelAdded', cause: 'person', params: { sample: entry.name } });
    const undo = this.#parts.undo.push(() => this.#delete(entry.name, { kind: 'undone', cause: 'person' }));
    return { model: entry.name, undo };
  }

  async remove(model: string): Promise<Undoable> {
    const entry = this.#parts.registry.get(model);
    await this.#delete(model, { kind: 'modelRemoved', cause: 'person' });
    const undo = this.#parts.undo.push(async () => {
      if (this.#parts.registry.has(model)) throw new AppError('MODEL_NAME_TAKEN', { model });
      await this.#insert([entry], { kind: 'undone', cause: 'person' });
    });
    return { undo };
  }

  load(model: string, version: number): Promise<Undoable> {
    return this.#wish(model, version, 'load');
  }

  unload(model: string, version: number): Promise<Undoable> {
    return this.#wish(model, version, 'unload');
  }

  async retry(model: string, version: number): Promise<void> {
    const view = this.#version(model, version);
    const occasion: Occasion = { kind: 'retryRequested', cause: 'person' };
    if (view.harness === null) await this.rescan(model);
    else if (view.lifecycle === 'available') this.#parts.control.reload({ name: model, version });
    else this.#parts.control.retry({ name: model, version });
    this.#parts.views.noteEntry(model, occasion, version);
  }

  async cancelLoad(model: string, version: number): Promise<void> {
    this.#version(model, version);
    this.#parts.control.cancelLoad({ name: model, version });
  }

  async previewPolicy(model: string, policy: VersionPolicy, switching: Switching): Promise<Plan> {
    const { registry, views, control } = this.#parts;
    registry.get(model);
    return control.plan(model, { policy, switching, present: views.present(model) });
  }

  /** A policy is the whole wish: what was loaded or unloaded by hand before follows it again. */
  async applyPolicy(model: string, policy: VersionPolicy, switching: Switching): Promise<Undoable> {
    const before = this.#parts.registry.get(model);
    return this.#change(model, {
      update: () => ({ policy, switching, overrides: {} }),
      revert: () => ({ policy: before.policy, switching: before.switching, overrides: before.overrides }),
      occasion: { kind: 'policyApplied', cause: 'person', params: { ...describePolicy(policy), switching } },
    });
  }

  async setKeepLastGood(model: string, keepLastGood: boolean): Promise<Undoable> {
    return this.#change(model, {
      update: () => ({ keepLastGood }),
      revert: () => ({ keepLastGood: !keepLastGood }),
      occasion: { kind: 'settingChanged', cause: 'person', params: { keepLastGood: String(keepLastGood) } },
    });
  }

  /** Points a label at a version, or takes it away (null). It applies when its version is available. */
  async setLabel(model: string, label: string, version: number | null): Promise<Undoable> {
    if (!modelNameSchema.safeParse(label).success) {
      throw new AppError(
        'MODEL_NAME_INVALID',
        { label },
        { detail: 'A label has 1 to 128 characters, without / and :' },
      );
    }
    const before = this.#parts.registry.get(model).labels[label];
    return this.#change(model, {
      update: ({ labels }) => ({ labels: withKey(labels, label, version ?? undefined) }),
      revert: ({ labels }) => ({ labels: withKey(labels, label, before) }),
      occasion: {
        kind: version === null ? 'labelRemoved' : 'labelSet',
        cause: 'person',
        params: { label, ...(version === null ? {} : { version: String(version) }) },
      },
    });
  }

  async rescan(model: string): Promise<void> {
    this.#parts.registry.get(model);
    await this.#parts.control.rescan(model);
  }

  folderOf(model: string, version?: number): string {
    const { basePath } = this.#parts.registry.get(model);
    if (version === undefined) return basePath;
    const scanned = this.#parts.views.scannedVersion(model, version);
    if (!scanned) throw versionNotFound(model, version);
    return scanned.path;
  }

  undo(token: string): Promise<void> {
    return this.#parts.undo.run(token);
  }

  events(filter: { readonly model?: string; readonly limit: number }): Promise<ModelEvent[]> {
    return this.#parts.log.query(filter);
  }

  stateAt(atMs: number): Promise<RecordedState | undefined> {
    return this.#parts.log.stateAt(atMs);
  }

  async explain(model: string, version: number): Promise<Explanation> {
    const { registry, views, control, log } = this.#parts;
    registry.get(model);
    const events = await log.query({ model, limit: eventsSearched });
    const view = views.get(model); // after the wait, so that it is the present state
    if (!view) throw new AppError('MODEL_NOT_FOUND', { model });
    return explain({
      model: view,
      version,
      view: view.versions.find((it) => it.version === version),
      scanned: views.scannedVersion(model, version),
      isCancelled: control.isCancelled({ name: model, version }),
      events,
    });
  }

  async #wish(model: string, version: number, wish: 'load' | 'unload'): Promise<Undoable> {
    const { registry, views, control } = this.#parts;
    const entry = registry.get(model);
    const view = this.#version(model, version);
    const isAskedFor = versionsByPolicy(views.present(model), entry.policy).includes(version);
    const before = entry.overrides[version];
    const override = isAskedFor === (wish === 'load') ? undefined : wish;
    if (before === override) {
      if (wish === 'load' && view.lifecycle === 'failed' && view.isAspired)
        control.retry({ name: model, version });
      return { undo: null };
    }
    return this.#change(model, {
      update: ({ overrides }) => ({ overrides: withKey(overrides, String(version), override) }),
      revert: ({ overrides }) => ({ overrides: withKey(overrides, String(version), before) }),
      occasion: { kind: wish === 'load' ? 'loadRequested' : 'unloadRequested', cause: 'person' },
      version,
    });
  }

  #version(model: string, version: number) {
    this.#parts.registry.get(model);
    const view = this.#parts.views.get(model)?.versions.find((it) => it.version === version);
    if (!view) throw versionNotFound(model, version);
    return view;
  }

  /** Keeps and carries out a change of one model; its inverse puts back only what it changed. */
  async #change(model: string, action: Action): Promise<Undoable> {
    const { registry, undo } = this.#parts;
    const entry = registry.get(model);
    if (isDeepStrictEqual({ ...entry, ...action.update(entry) }, entry)) return { undo: null };
    await this.#commitChange(model, action);
    const occasion: Occasion = {
      kind: 'undone',
      cause: 'person',
      params: { action: action.occasion.kind ?? '' },
    };
    return {
      undo: undo.push(() => this.#commitChange(model, { ...action, update: action.revert, occasion })),
    };
  }

  async #commitChange(model: string, { update, occasion, version }: Action): Promise<void> {
    const { registry, views, control } = this.#parts;
    const before = registry.get(model);
    const entry = { ...before, ...update(before) };
    await registry.commit(new Map([[model, entry]]));
    views.noteEntry(model, occasion, version);
    control.apply(model, entry);
  }

  async #insert(entries: readonly ModelEntry[], occasion: Occasion): Promise<void> {
    const { registry, views, control } = this.#parts;
    await registry.commit(new Map(entries.map((it) => [it.name, it])));
    for (const entry of entries) {
      views.add(entry, occasion);
      control.apply(entry.name, entry);
    }
  }

  async #delete(name: string, occasion: Occasion): Promise<void> {
    const { registry, views, control } = this.#parts;
    registry.get(name);
    await registry.commit(new Map([[name, null]]));
    views.remove(name, occasion);
    control.apply(name, null);
  }
}

interface Action {
  readonly update: Update;
  readonly revert: Update;
  readonly occasion: Occasion;
  /** Set when it is about one version. */
  readonly version?: number;
}

function withKey<T>(
  record: Readonly<Record<string, T>>,
  key: string,
  value: T | undefined,
): Record<string, T> {
  const { [key]: _before, ...others } = record;
  return value === undefined ? others : { ...others, [key]: value };
}

const versionNotFound = (model: string, version: number): AppError =>
  new AppError(
    'VERSION_NOT_FOUND',
    { model, version: String(version) },
    { detail: `${model} has no version ${version}` },
  );

function describePolicy(policy: VersionPolicy): Record<string, string> {
  switch (policy.kind) {
    case 'latest':
      return { policy: 'latest', count: String(policy.count) };
    case 'all':
      return { policy: 'all' };
    case 'specific':
      return { policy: 'specific', versions: policy.versions.join(', ') };
  }
}
