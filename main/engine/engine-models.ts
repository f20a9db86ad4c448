import { isDeepStrictEqual } from 'node:util';
import { AppError } from '../../app/base/errors';
import type { Explanation } from '../../app/contract/explanation';
import type { Loading } from '../../app/contract/loading';
import {
  type AddChoice,
  labelNameSchema,
  type ModelEvent,
  type Offer,
  type Plan,
  type Switching,
  type TakenBack,
  type UndoableActions,
  type Version,
  type VersionPolicy,
} from '../../app/contract/models';
import type { RunningSettings } from '../../app/contract/running';
import type { Models } from '../engine-api';
import { batchingParameters } from '../runner/batching/batching-parameters';
import { versionsByPolicy } from '../sources/version-policy';
import type { Undoable } from '../undoable';
import type { Additions } from './additions';
import { Configurations } from './apply-configuration';
import type { Occasion } from './chronicle';
import { applyPatch, type EntryPatch, inverseOf } from './entry-patch';
import type { EventLog } from './event-log';
import type { EventFilter } from './event-store';
import { explain } from './explain';
import type { RecordedState } from './history';
import type { LoadedContents } from './loaded-contents';
import { ModelChanges } from './model-changes';
import type { ModelEntry, ModelRegistry } from './model-registry';
import type { ModelViews } from './model-views';
import type { PictureChoices } from './picture-choices';
import type { RoutesControl } from './routes-control';
import { changedSettings, definedOnly } from './running-changes';
import type { ServingControl } from './serving-control';
import type { SettingsStore } from './settings-store';
import type { UndoStack } from './undo-stack';

export interface EngineModelsParts {
  readonly registry: ModelRegistry;
  readonly settings: Pick<SettingsStore, 'get' | 'set'>;
  readonly views: ModelViews;
  readonly control: ServingControl;
  readonly contents: Pick<LoadedContents, 'expect' | 'accept'>;
  readonly log: EventLog;
  readonly undo: UndoStack;
  readonly additions: Additions;
  readonly routes: RoutesControl;
  readonly pictures: Pick<PictureChoices, 'takeBack'>;
}

/** How far back the event that decided something is looked for. */
const eventsSearched = 1_000;

/** What people do to models: each action is kept first, then carried out, recorded, and can be taken back. */
export class EngineModels implements Models {
  readonly #parts: EngineModelsParts;
  readonly #changes: ModelChanges;
  readonly onDidChange: Models['onDidChange'];
  readonly onDidLog: Models['onDidLog'];
  readonly applyConfiguration: Models['applyConfiguration'];
  readonly configure: Models['configure'];

  constructor(parts: EngineModelsParts) {
    this.#parts = parts;
    this.#changes = new ModelChanges(parts);
    this.onDidChange = parts.views.onDidChange;
    this.onDidLog = parts.log.onDidAppend;
    const configurations = new Configurations(parts);
    this.applyConfiguration = (config) => configurations.apply(config);
    this.configure = (name, model) => configurations.configure(name, model);
  }

  snapshot: Models['snapshot'] = () => this.#parts.views.snapshot();

  get: Models['get'] = (name) => this.#parts.views.get(name);

  offer(paths: readonly string[]): Promise<Offer> {
    return this.#parts.additions.offer(paths);
  }

  async add(ticket: string, choices: readonly AddChoice[]) {
    const { additions, undo } = this.#parts;
    const { added, refused, entries, copies } = await additions.take(ticket, choices);
    try {
      await this.#changes.insert(entries, { kind: 'modelAdded', cause: 'person' });
    } catch (error) {
      await additions.takeBack(copies);
      throw error;
    }
    const token =
      added.length === 0
        ? null
        : undo.push({ kind: 'remove', models: entries.map(placeOf), copies: [...copies] });
    for (const { model } of added) void this.rescan(model);
    return { added, refused, undo: token };
  }

  async addSample(): Promise<Undoable & { readonly model: string }> {
    const { entry, isHere } = await this.#parts.additions.sample();
    if (isHere) return { model: entry.name, undo: null };
    await this.#changes.insert(
      [entry],
      { kind: 'modelAdded', cause: 'person', params: { sample: entry.name } },
      true,
    );
    const undo = this.#parts.undo.push({ kind: 'remove', models: [placeOf(entry)], copies: [] });
    return { model: entry.name, undo };
  }

  async remove(model: string, { deletesCopies = false } = {}): Promise<Undoable> {
    const entry = this.#parts.registry.get(model);
    await this.#changes.remove([model], { kind: 'modelRemoved', cause: 'person' });
    return { undo: this.#parts.undo.push({ kind: 'insert', entry, deletesCopies }) };
  }

  load(model: string, version: number): Promise<Undoable> {
    return this.#wish(model, version, 'load');
  }

  unload(model: string, version: number): Promise<Undoable> {
    return this.#wish(model, version, 'unload');
  }

  async retry(model: string, version: number): Promise<void> {
    const view = this.#version(model, version);
    const { control, contents, views } = this.#parts;
    const isAvailable = view.lifecycle === 'available';
    if (isAvailable && view.isOtherContent && !view.isChangedOnDisk) {
      contents.accept(model, version); // what a reload would load is loaded
      return;
    }
    if (view.harness === null) await this.rescan(model);
    else if (isAvailable) control.reload({ name: model, version });
    else control.retry({ name: model, version });
    if (view.harness !== null) contents.expect(model, version);
    views.noteEntry(model, { kind: 'retryRequested', cause: 'person' }, version);
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
    return this.#change(
      model,
      { field: 'policy', policy, switching },
      { kind: 'policyApplied', cause: 'person', params: { ...describePolicy(policy), switching } },
    );
  }

  async setKeepLastGood(model: string, keepLastGood: boolean): Promise<Undoable> {
    return this.#change(
      model,
      { field: 'keepLastGood', keepLastGood },
      { kind: 'settingChanged', cause: 'person', params: { keepLastGood: String(keepLastGood) } },
    );
  }

  async setLoading(model: string, { loaded, idleUnloadMs }: Loading): Promise<Undoable> {
    const params = { loaded, idleUnloadMs: idleUnloadMs === null ? '' : String(idleUnloadMs) };
    return this.#change(
      model,
      { field: 'loading', loaded, idleUnloadMs },
      { kind: 'settingChanged', cause: 'person', params },
    );
  }

  async setPinned(model: string, version: number, isPinned: boolean): Promise<Undoable> {
    this.#version(model, version);
    return this.#change(
      model,
      { field: 'pin', version, isPinned },
      { kind: isPinned ? 'pinned' : 'unpinned', cause: 'person' },
      version,
    );
  }

  async setRunning(model: string, running: RunningSettings): Promise<Undoable> {
    const { batching } = running;
    if (batching !== 'off') batchingParameters(batching); // refused now, not when the next version is loaded
    const wanted = definedOnly(running);
    const changed = changedSettings(this.#parts.registry.get(model).running, wanted);
    return this.#change(
      model,
      { field: 'running', settings: [...changed], running: wanted },
      { kind: 'settingChanged', cause: 'person', params: { running: changed.join(', ') } },
    );
  }

  /** Points a label at a version, or takes it away (null). It applies when its version is available. */
  async setLabel(model: string, label: string, version: number | null): Promise<Undoable> {
    if (!labelNameSchema.safeParse(label).success) {
      throw new AppError(
        'MODEL_NAME_INVALID',
        { label },
        { detail: 'A label has 1 to 128 characters, without / and :' },
      );
    }
    return this.#change(
      model,
      { field: 'label', label, version },
      {
        kind: version === null ? 'labelRemoved' : 'labelSet',
        cause: 'person',
        params: { label, ...(version === null ? {} : { version: String(version) }) },
      },
    );
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

  undoable(): UndoableActions {
    return this.#parts.undo.tokens();
  }

  undo(token: string): Promise<TakenBack> {
    return this.#parts.undo.run(token, (inverse) => this.#changes.takeBack(inverse));
  }

  events(filter: EventFilter): Promise<ModelEvent[]> {
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
    const override = isAskedFor === (wish === 'load') ? null : wish;
    if (view.loadsOnRequest && (wish === 'load' || isAskedFor)) return this.#wishInMemory(model, view, wish);
    if ((entry.overrides[version] ?? null) === override) {
      const hasEnded = view.lifecycle === 'failed' || view.lifecycle === 'unloaded'; // also because somebody cancelled it
      if (wish === 'load' && view.isAspired && hasEnded) await this.retry(model, version);
      return { undo: null };
    }
    const undoable = await this.#change(
      model,
      { field: 'override', version, wish: override },
      { kind: wish === 'load' ? 'loadRequested' : 'unloadRequested', cause: 'person' },
      version,
    );
    const id = { name: model, version };
    if (wish === 'load' && control.isRegistered(id)) control.keepInMemory(id, 'load');
    return undoable;
  }

  /** What is loaded on demand stays to be had: it is in memory now, or not until it is asked again. */
  #wishInMemory(model: string, { version, lifecycle }: Version, wish: 'load' | 'unload'): Undoable {
    const isLoaded = lifecycle === 'available';
    const isIdle = lifecycle === 'onDisk' || lifecycle === 'unloaded' || lifecycle === 'failed';
    if (wish === 'load' ? isLoaded : isIdle) return { undo: null };
    const action = wish === 'load' ? 'loadRequested' : 'unloadRequested';
    if (wish === 'load') this.#parts.contents.expect(model, version);
    this.#changes.inMemory(model, version, wish, { kind: action, cause: 'person' });
    const back = wish === 'load' ? 'unload' : 'load';
    return { undo: this.#parts.undo.push({ kind: 'memory', model, version, wish: back, action }) };
  }

  #version(model: string, version: number) {
    this.#parts.registry.get(model);
    const view = this.#parts.views.get(model)?.versions.find((it) => it.version === version);
    if (!view) throw versionNotFound(model, version);
    return view;
  }

  /** Keeps and carries out a change of one model; `version` when it is about one version. */
  async #change(
    model: string,
    patch: EntryPatch,
    occasion: Occasion & { readonly kind: ModelEvent['kind'] },
    version?: number,
  ): Promise<Undoable> {
    const { registry, undo } = this.#parts;
    const entry = registry.get(model);
    if (isDeepStrictEqual(applyPatch(entry, patch), entry)) return { undo: null };
    await this.#changes.patch(model, patch, occasion, version);
    const inverse = inverseOf(entry, patch);
    const token = undo.push({
      kind: 'patch',
      model,
      patch: inverse,
      action: occasion.kind,
      version: version ?? null,
    });
    return { undo: token };
  }
}

const placeOf = ({ name, basePath }: ModelEntry) => ({ name, basePath });

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
