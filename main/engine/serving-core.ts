import type { Clock } from '../../app/base/clock';
import type { Memory, Plan } from '../../app/contract/models';
import type { ProviderReport } from '../../app/contract/running';
import type { Settings } from '../../app/contract/settings';
import type { ServingOptions } from '../engine-api';
import { isInferenceServable } from '../platforms/inference-servable';
import { BasicManager } from '../serving/basic-manager';
import { EventBus } from '../serving/event-bus';
import { isLeaving, isOrWillBeReady } from '../serving/harness-state';
import { mainRamIn, memoryTracker, type ResourceTracker } from '../serving/resource-tracker';
import { mainOnly, ResourceUtil } from '../serving/resource-util';
import { mainMemory } from '../serving/resources';
import { isTransient, type RetrySchedule } from '../serving/retry';
import { type ServableId, servableKey } from '../serving/servable-id';
import { ServableLabels } from '../serving/servable-labels';
import type { ServableState } from '../serving/servable-state';
import { type OnDemand, StreamManager } from '../serving/stream-manager';
import { FileSystemSource } from '../sources/file-system-source';
import type { ScannedVersion, WatchedModel } from '../sources/model-scan';
import { SystemWatcher } from '../sources/system-watcher';
import type { VersionFolder } from '../sources/version-folders';
import { MemoryLoans } from './memory-loans';
import type { ModelEntry } from './model-registry';
import { type OnDemandPlanInput, planOnDemand } from './on-demand-plan';
import type { Platforms } from './platform';
import { type PlanInput, planPolicy } from './policy-plan';
import { RollingReload } from './rolling-reload';
import { needsReload } from './running-changes';
import type { ServingControl } from './serving-control';
import { memoryBudget } from './settings-store';
import type { LoaderFigures } from './version-view';

export interface ServingCoreOptions {
  readonly clock: Clock;
  readonly settings: () => Settings;
  /** Leads version folders to the manager as loaders. */
  readonly connect: Platforms['connect'];
  readonly isModel: (files: readonly string[]) => boolean;
  /** Bytes that loading a version is expected to take. */
  readonly forecast: (name: string, folder: VersionFolder) => number;
  readonly serving?: ServingOptions | undefined;
}

/** The first restart comes soon, for one crash is no loop, yet late enough for the page to show what happened. */
const restartAfterCrash: RetrySchedule = { maxRetries: 8, intervalMs: 60, factor: 4, maxIntervalMs: 60_000 };
/** How long closing waits for requests in flight. */
const drainMs = 5_000;
const defaultLoadsAtOnce = 2;

/** Source, adapter and manager, connected: what is set about a model goes in here, and becomes loaded versions. */
export class ServingCore implements ServingControl {
  readonly source: FileSystemSource;
  readonly manager: StreamManager;
  readonly labels: ServableLabels;
  /** Memory of the budget for work beside what is served. */
  readonly loans: MemoryLoans;
  readonly #basic: BasicManager;
  readonly #tracker: ResourceTracker;
  readonly #clock: Clock;
  /** What the manager holds in any state: few of many models. */
  readonly #managed = new Map<string, ServableId>();
  /** As each model was given to `apply` last. */
  readonly #applied = new Map<string, ModelEntry>();
  readonly #reloads: RollingReload;
  readonly #settings: () => Settings;
  readonly #forecast: ServingCoreOptions['forecast'];

  constructor({ clock, settings, connect, isModel, forecast, serving = {} }: ServingCoreOptions) {
    this.#clock = clock;
    this.#forecast = forecast;
    this.#settings = settings;
    this.#tracker = memoryTracker(memoryBudget(settings()), new ResourceUtil(mainOnly));
    const bus = new EventBus<ServableState>(clock);
    this.#basic = new BasicManager({
      clock,
      servableEventBus: bus,
      numLoadThreads: serving.loadsAtOnce ?? defaultLoadsAtOnce,
      get loadRetry(): RetrySchedule {
        const maxRetries = settings().maxLoadRetries;
        if (serving.loadRetryIntervalMs !== undefined)
          return { maxRetries, intervalMs: serving.loadRetryIntervalMs };
        return { maxRetries, intervalMs: 1_000, factor: 2, maxIntervalMs: 60_000, jitter: 0.2 };
      },
      shouldRetryModelLoad: isTransient,
      resourceTracker: this.#tracker,
    });
    this.manager = new StreamManager({
      basicManager: this.#basic,
      aspiredVersionPolicy: 'availabilityPreserving',
      restart: restartAfterCrash,
    });
    this.loans = new MemoryLoans({
      tracker: this.#tracker,
      makeRoom: (shortage) => this.manager.makeRoom(shortage),
      onDidFree: this.#basic.onDidFreeResources,
      onDidReturn: () => this.#basic.reconsiderResources(),
    });
    this.#reloads = new RollingReload(this.manager);
    const isToBeHad = (id: ServableId): boolean =>
      this.manager.isAvailable(id) || this.manager.isRegistered(id);
    this.labels = new ServableLabels(bus, isToBeHad);
    this.source = new FileSystemSource({
      clock,
      watcher: new SystemWatcher(),
      stabilityMs: settings().stabilityMs,
      safetyScanMs: settings().safetyScanMs,
      isModel,
      isAvailable: (name, version) => isToBeHad({ name, version }),
    });
    connect(this.source, this.manager, (name) => this.source.scanOf(name)?.versions ?? []);
    bus.subscribe(({ event }) => {
      if (event.managerState === 'available') this.source.reconsider(event.id.name); // what is kept has a successor
    });
    this.manager.onDidRegister((id) => {
      this.labels.noteAvailable(id);
      queueMicrotask(() => this.source.reconsider(id.name)); // the source is just speaking
    });
    this.manager.onDidChange(({ id, what }) => {
      if (what === 'managed') this.#managed.set(servableKey(id), id);
      else if (what === 'forgotten') this.#managed.delete(servableKey(id));
    });
    this.manager.run();
  }

  /** `isComplete`: the folder's versions were put there in one step just now. */
  apply(name: string, entry: ModelEntry | null, isComplete = false): void {
    this.manager.setPolicy(name, entry?.switching ?? null);
    if (entry) this.manager.setOnDemand(name, onDemandOf(entry));
    this.label(name, entry?.labels ?? {});
    if (entry) this.source.updateModel(watched(entry, isComplete));
    else {
      this.source.removeModel(name);
      this.manager.setOnDemand(name, null);
    }
    const before = this.#applied.get(name);
    if (entry) this.#applied.set(name, entry);
    else this.#applied.delete(name);
    if (!before || !entry) return;
    if (before.platform !== entry.platform) this.source.emitAgain(name); // to the adapter that is its own now
    if (needsReload(before.running, entry.running)) void this.#reloads.reload(name);
  }

  label(name: string, labels: ModelEntry['labels']): void {
    this.labels.set(name, labels);
  }

  async rescan(name: string): Promise<void> {
    await this.source.rescan(name);
  }

  retry(id: ServableId): void {
    this.manager.retryNow(id);
  }

  reload(id: ServableId): void {
    this.manager.reload(id);
  }

  cancelLoad(id: ServableId): void {
    this.manager.cancelLoad(id);
  }

  isRegistered(id: ServableId): boolean {
    return this.manager.isRegistered(id);
  }

  keepInMemory(id: ServableId, wish: 'load' | 'unload'): void {
    if (wish === 'load') this.manager.load(id);
    else this.manager.unload(id);
  }

  isCancelled(id: ServableId): boolean {
    return this.manager.snapshot(id)?.error?.code === 'CANCELLED';
  }

  async plan(name: string, change: Pick<PlanInput, 'policy' | 'switching' | 'present'>): Promise<Plan> {
    await this.#tracker.refreshAll(); // as the manager does before it refuses anything
    const chargedBytes = mainRamIn(this.#tracker.used);
    const budgetBytes = memoryBudget(this.#settings());
    const forecastOf = (id: ServableId): number | null => {
      const scanned = this.source.scanOf(id.name)?.versions.find(({ version }) => version === id.version);
      return scanned ? this.#forecast(id.name, scanned) : null;
    };
    if (this.manager.isOnDemand(name)) {
      return planOnDemand({
        ...change,
        model: name,
        ...this.#onDemand(),
        registered: this.manager.registered(name),
        forecastOf,
        chargedBytes,
        budgetBytes,
      });
    }
    return planPolicy({
      ...change,
      model: name,
      servables: this.manager.snapshots(),
      policyOf: (other) => this.manager.policyOf(other),
      forecastOf,
      chargedBytes: chargedBytes - this.manager.spareBytes, // it makes room for whatever is to be loaded
      budgetBytes,
    });
  }

  /** What is loaded, or has failed to load, of models that are loaded on demand. */
  #onDemand(): Pick<OnDemandPlanInput, 'servables' | 'leavingBytes'> {
    let leavingBytes = 0;
    const servables = [...this.#managed.values()].flatMap((id) => {
      const snapshot = this.manager.isOnDemand(id.name) ? this.manager.snapshot(id) : undefined;
      if (!snapshot) return [];
      const { state, isAspired, lastUsedAtMs, sinceMs, reservedBytes } = snapshot;
      const isLoaded = isOrWillBeReady(state);
      if (isLeaving(state)) leavingBytes += reservedBytes ?? 0;
      if (!isLoaded && !this.manager.hasFailed(id)) return [];
      const isPinned = this.#applied.get(id.name)?.pinned.includes(id.version) ?? false;
      const usedAtMs = lastUsedAtMs ?? sinceMs;
      return { id, isLoaded, isRegistered: isAspired, isPinned, usedAtMs, chargedBytes: reservedBytes };
    });
    return { servables, leavingBytes };
  }

  figures(name: string, version: number, scanned?: ScannedVersion): LoaderFigures {
    const loader = this.#basic.find({ name, version })?.harness.loader;
    const servable = loader?.servable();
    const chargedBytes = loader && this.#tracker.chargedBytes(loader);
    const held = isInferenceServable(servable) ? servable : undefined;
    return {
      residentBytes: held?.residentBytes ?? null,
      batches: held?.batches ?? [],
      queued: held?.queued ?? 0,
      warmedUp: held?.warmedUp ?? null,
      estimatedBytes: chargedBytes ?? (scanned ? this.#forecast(name, scanned) : null),
    };
  }

  /** What one process of a loaded version takes, when it has several as much as the others; null where nothing is known. */
  processBytes(id: ServableId): number | null {
    const servable = this.#basic.find(id)?.harness.loader.servable();
    if (!isInferenceServable(servable) || servable.residentBytes === null) return null;
    return Math.ceil(servable.residentBytes / Math.max(1, servable.processes ?? 1));
  }

  /** What runs a loaded version; null where nothing of it can be chosen. */
  provider(id: ServableId): ProviderReport | null {
    const servable = this.#basic.find(id)?.harness.loader.servable();
    return isInferenceServable(servable) ? (servable.provider ?? null) : null;
  }

  memory(): Memory {
    let usedBytes = 0;
    let reservedBytes = this.loans.totalBytes;
    for (const id of this.#managed.values()) {
      const loader = this.#basic.find(id)?.harness.loader;
      if (!loader) continue;
      const servable = loader.servable();
      const residentBytes = isInferenceServable(servable) ? servable.residentBytes : null;
      if (residentBytes === null) reservedBytes += this.#tracker.chargedBytes(loader) ?? 0;
      else usedBytes += residentBytes;
    }
    return { budgetBytes: memoryBudget(this.#settings()), usedBytes, reservedBytes };
  }

  /** Takes up a changed memory budget and changed times. */
  noteSettings(): void {
    this.source.setTimes(this.#settings());
    this.#tracker.setTotal(mainMemory(memoryBudget(this.#settings())));
    this.#basic.reconsiderResources();
  }

  /** Refuses new work, lets what is in flight finish for a while, and unloads everything. */
  async close(): Promise<void> {
    await this.source.close();
    const patience = new AbortController();
    const timer = this.#clock.schedule(drainMs, () => patience.abort());
    await this.manager.close(patience.signal);
    timer.dispose();
    this.labels.dispose();
  }
}

const onDemandOf = ({ loaded, idleUnloadMs, pinned }: ModelEntry): OnDemand | null =>
  loaded === 'onDemand' ? { idleUnloadMs, pinned: new Set(pinned) } : null;

const watched = (
  { name, basePath, policy, overrides, keepLastGood }: ModelEntry,
  isComplete: boolean,
): WatchedModel => ({
  name,
  isComplete,
  basePath,
  policy,
  keepLastGood,
  overrides: new Map(Object.entries(overrides).map(([version, wish]) => [Number(version), wish])),
});
