import { homedir } from 'node:os';
import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../../app/base/clock';
import { Emitter, type Event } from '../../app/base/emitter';
import type { Disposable } from '../../app/base/lifecycle';
import type { Memory, Model, ModelsChange, ModelsSnapshot, Version } from '../../app/contract/models';
import { onnxPlatform } from '../platforms/onnx/platform';
import { platformNamed, platformOfModel } from '../platforms/registry';
import type { ServableId } from '../serving/servable-id';
import type { ServableSnapshot } from '../serving/servable-snapshot';
import type { ModelScan, ScannedVersion } from '../sources/model-scan';
import type { Chronicle, Occasion } from './chronicle';
import type { ModelEntry } from './model-registry';
import { type LoaderFigures, viewVersion } from './version-view';

/** What the views are made of. */
export interface ViewSources {
  /** Undefined for a model that is just being removed. */
  entry(name: string): ModelEntry | undefined;
  servable(name: string, version: number): ServableSnapshot | undefined;
  /** Does a request load it, if it is not loaded? */
  loadsOnRequest(name: string, version: number): boolean;
  figures(name: string, version: number, scanned: ScannedVersion | undefined): LoaderFigures;
  /** Was something else loaded than what is on disk now? */
  isChangedOnDisk(name: string, version: number): boolean;
  /** Was it loaded from other content than was known, unasked? */
  isOtherContent(name: string, version: number): boolean;
  /** The hash of what is loaded, unless it is other content than was known; null when there is none. */
  loadedHash(name: string, version: number): string | null;
  labels(name: string): Model['labels'];
  /** Is this folder one of copies that we made? */
  holdsCopies(basePath: string): boolean;
  memory(): Memory;
}

interface Tracked {
  entry: ModelEntry;
  scan: ModelScan | undefined;
  readonly scanned: Map<number, ScannedVersion>;
  readonly seenAtMs: Map<number, number>;
  readonly unloadedAtMs: Map<number, number>;
  readonly versions: Map<number, Version>;
  /** Versions of a first look, or of one that found very many changed, that are not taken up yet. */
  readonly unseen: Set<number>;
  /** Versions whose figures changed, but not their state. */
  readonly stale: Set<number>;
  model: Model;
}

const coalesceMs = 50;
const modelsPerChange = 250;
/** What is taken up of a look in one turn of the event loop. */
const versionsPerTurn = 1_000;

/**
 * The models as the page and the command line see them. State is looked at whenever something says that it changed, and
 * recorded at once; who watches is told at most every 50 ms, with only those models that changed.
 */
export class ModelViews {
  readonly #sources: ViewSources;
  readonly #chronicle: Chronicle;
  readonly #clock: Clock;
  readonly #tracked = new Map<string, Tracked>();
  readonly #dirty = new Set<string>();
  readonly #removed = new Set<string>();
  readonly #changed = new Emitter<ModelsChange>();
  #revision = 0;
  #timer: Disposable | undefined;
  #memory: Memory;
  #isDisposed = false;

  readonly onDidChange: Event<ModelsChange> = this.#changed.event;

  constructor(sources: ViewSources, chronicle: Chronicle, clock: Clock) {
    this.#sources = sources;
    this.#chronicle = chronicle;
    this.#clock = clock;
    this.#memory = sources.memory();
  }

  snapshot(): ModelsSnapshot {
    this.#flush();
    return {
      revision: this.#revision,
      models: [...this.#tracked.values()].map(({ model }) => model),
      memory: this.#memory,
    };
  }

  get(name: string): Model | undefined {
    const tracked = this.#tracked.get(name);
    if (tracked && this.#dirty.has(name)) this.#assemble(name, tracked);
    return tracked?.model;
  }

  has(name: string): boolean {
    return this.#tracked.has(name);
  }

  /** The versions among which a policy chooses: at rest, or loaded, and with a model file in them. */
  present(name: string): readonly number[] {
    const tracked = this.#tracked.get(name);
    return [...(tracked?.scanned.values() ?? [])]
      .filter(({ version, isStable, error }) => {
        const isLoaded = (tracked?.versions.get(version)?.harness ?? null) !== null;
        return (isStable || isLoaded) && error?.code !== 'MODEL_FILE_MISSING';
      })
      .map((it) => it.version);
  }

  scannedVersion(name: string, version: number): ScannedVersion | undefined {
    return this.#tracked.get(name)?.scanned.get(version);
  }

  override(name: string, version: number): 'load' | 'unload' | null {
    return this.#tracked.get(name)?.entry.overrides[version] ?? null;
  }

  add(entry: ModelEntry, occasion: Occasion): void {
    const { name } = entry;
    const tracked: Tracked = {
      entry,
      scan: undefined,
      scanned: new Map(),
      seenAtMs: new Map(),
      unloadedAtMs: new Map(),
      versions: new Map(),
      unseen: new Set(),
      stale: new Set(),
      model: headOf(entry, undefined, this.#sources),
    };
    this.#tracked.set(name, tracked);
    this.#removed.delete(name);
    this.#chronicle.head(tracked.model, occasion);
    this.#touch(name);
  }

  remove(name: string, occasion: Occasion): void {
    if (!this.#tracked.delete(name)) return;
    this.#dirty.delete(name);
    this.#removed.add(name);
    this.#chronicle.removed(name, occasion);
    this.#plan();
  }

  /** What a person set about a model changed; `version` when it is about one version only. */
  noteEntry(name: string, occasion: Occasion, version?: number): void {
    const tracked = this.#tracked.get(name);
    if (!tracked) return;
    tracked.entry = this.#sources.entry(name) ?? tracked.entry;
    const { kind: _kind, ...quiet } = occasion;
    this.#refreshHead(name, tracked, version === undefined ? occasion : quiet);
    for (const it of tracked.versions.keys())
      this.#refresh(name, tracked, it, it === version ? occasion : quiet);
  }

  noteScan(scan: ModelScan, occasion: Occasion): void {
    const tracked = this.#tracked.get(scan.name);
    if (!tracked) return;
    const isFirst = tracked.scan === undefined;
    const changed = takeScan(tracked, scan, this.#clock.now());
    this.#refreshHead(scan.name, tracked, occasion);
    if (!isFirst && tracked.unseen.size === 0 && changed.length <= versionsPerTurn) {
      for (const version of changed) this.#refresh(scan.name, tracked, version, occasion);
      return;
    }
    const isTaking = tracked.unseen.size > 0;
    for (const version of changed) tracked.unseen.add(version);
    if (!isTaking) this.#takeUnseen(scan.name, tracked, occasion);
  }

  noteServable(id: ServableId, occasion: Occasion): void {
    const tracked = this.#tracked.get(id.name);
    if (!tracked) return;
    const { managed, isUnloaded } = this.#look(id.name, id.version);
    if (isUnloaded) tracked.unloadedAtMs.set(id.version, this.#clock.now());
    else if (managed?.state === 'ready') tracked.unloadedAtMs.delete(id.version);
    this.#refresh(id.name, tracked, id.version, occasion);
  }

  /** A label began to point at its version. */
  noteLabels(name: string): void {
    const tracked = this.#tracked.get(name);
    if (tracked) this.#refreshHead(name, tracked, { cause: 'policy' });
  }

  /** What it was loaded from, or whether its files differ from that, is known anew. */
  noteContent(name: string, version: number, occasion: Occasion): void {
    const tracked = this.#tracked.get(name);
    if (tracked?.versions.has(version)) this.#refresh(name, tracked, version, occasion);
  }

  /** Something about a version changed that is measured, such as its memory. */
  noteFigures(name: string, version: number): void {
    const tracked = this.#tracked.get(name);
    if (!tracked?.versions.has(version)) return;
    tracked.stale.add(version);
    this.#touch(name);
  }

  noteMemory(): void {
    this.#plan();
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#timer?.dispose();
    this.#changed.dispose();
  }

  #look(name: string, version: number) {
    const managed = this.#sources.servable(name, version);
    const wasCancelled = managed?.state === 'error' && managed.error?.code === 'CANCELLED';
    return { managed, isUnloaded: managed?.state === 'disabled' || wasCancelled };
  }

  /** Goes on in the next turn where there is much: ten thousand versions at once would hold up the event loop. */
  #takeUnseen(name: string, tracked: Tracked, occasion: Occasion): void {
    if (this.#isDisposed || this.#tracked.get(name) !== tracked) return; // removed meanwhile
    const quiet: Version[] = [];
    let left = versionsPerTurn;
    for (const version of tracked.unseen) {
      if (left-- === 0) break;
      tracked.unseen.delete(version);
      const view = tracked.versions.has(version) ? null : this.#view(name, tracked, version);
      if (view?.lifecycle === 'onDisk') {
        tracked.versions.set(version, view);
        quiet.push(view);
      } else this.#refresh(name, tracked, version, occasion); // what has a story of its own gets an event of its own
    }
    this.#chronicle.firstScan(name, quiet, occasion);
    this.#touch(name);
    if (tracked.unseen.size > 0) {
      this.#clock.schedule(0, () => this.#takeUnseen(name, tracked, occasion));
      return;
    }
    for (const version of this.#chronicle.versionsOf(name)) {
      const isThere = tracked.scanned.has(version) || this.#sources.servable(name, version) !== undefined;
      if (!isThere) this.#chronicle.versionGone(name, version, occasion); // it went while nobody looked
    }
  }

  #refresh(name: string, tracked: Tracked, version: number, occasion: Occasion): void {
    const view = this.#view(name, tracked, version);
    tracked.stale.delete(version);
    if (view) {
      tracked.versions.set(version, view);
      this.#chronicle.version(name, view, occasion);
    } else {
      tracked.versions.delete(version);
      tracked.seenAtMs.delete(version);
      tracked.unloadedAtMs.delete(version);
      this.#chronicle.versionGone(name, version, occasion);
    }
    this.#touch(name);
  }

  #refreshHead(name: string, tracked: Tracked, occasion: Occasion): void {
    const head = headOf(tracked.entry, tracked.scan, this.#sources);
    tracked.model = { ...head, versions: tracked.model.versions };
    this.#chronicle.head(head, occasion);
    this.#touch(name);
  }

  /** Null when nothing is left of the version: no files, nothing loaded. */
  #view(name: string, tracked: Tracked, version: number): Version | null {
    const scanned = tracked.scanned.get(version);
    const managed = this.#sources.servable(name, version);
    if (!scanned && !managed) return null;
    return viewVersion({
      version,
      scanned,
      seenAtMs: tracked.seenAtMs.get(version) ?? this.#clock.now(),
      managed,
      figures: this.#sources.figures(name, version, scanned),
      override: tracked.entry.overrides[version] ?? null,
      loadsOnRequest: this.#sources.loadsOnRequest(name, version),
      isPinned: tracked.entry.pinned.includes(version),
      unloadedAtMs: tracked.unloadedAtMs.get(version),
      isChangedOnDisk: this.#sources.isChangedOnDisk(name, version),
      isOtherContent: this.#sources.isOtherContent(name, version),
      contentHash: this.#sources.loadedHash(name, version) ?? this.#chronicle.contentHashOf(name, version),
    });
  }

  #touch(name: string): void {
    this.#dirty.add(name);
    this.#plan();
  }

  #plan(): void {
    this.#timer ??= this.#clock.schedule(coalesceMs, () => this.#flush(modelsPerChange));
  }

  #assemble(name: string, tracked: Tracked): void {
    for (const version of tracked.stale) {
      const view = this.#view(name, tracked, version);
      if (view) tracked.versions.set(version, view);
    }
    tracked.stale.clear();
    const versions = [...tracked.versions.values()].sort((a, b) => b.version - a.version);
    const { lastUsedAtMs } = this.#sources.entry(name) ?? tracked.entry;
    tracked.model = { ...tracked.model, lastUsedAtMs, versions };
  }

  /** Tells what changed: all of it, or so much that the event loop is not held up, and the rest later. */
  #flush(limit = Number.POSITIVE_INFINITY): void {
    this.#timer?.dispose();
    this.#timer = undefined;
    const memory = this.#sources.memory();
    const isMemoryChanged = !isDeepStrictEqual(memory, this.#memory);
    if (this.#dirty.size === 0 && this.#removed.size === 0 && !isMemoryChanged) return;
    const changed: Model[] = [];
    for (const name of this.#dirty) {
      if (changed.length >= limit) break;
      this.#dirty.delete(name);
      const tracked = this.#tracked.get(name);
      if (!tracked) continue;
      this.#assemble(name, tracked);
      changed.push(tracked.model);
    }
    const removed = [...this.#removed];
    this.#removed.clear();
    this.#memory = memory;
    this.#revision++;
    if (this.#dirty.size > 0) this.#plan();
    this.#changed.fire({ revision: this.#revision, changed, removed, memory });
  }
}

function headOf(
  entry: ModelEntry,
  scan: ModelScan | undefined,
  sources: Pick<ViewSources, 'labels' | 'holdsCopies'>,
): Model {
  const home = homedir();
  return {
    name: entry.name,
    platform: (platformNamed(entry.platform) ?? platformOfModel(scan?.versions ?? []) ?? onnxPlatform).name,
    displayPath: entry.basePath.startsWith(home) ? `~${entry.basePath.slice(home.length)}` : entry.basePath,
    policy: entry.policy,
    switching: entry.switching,
    keepLastGood: entry.keepLastGood,
    loaded: entry.loaded,
    idleUnloadMs: entry.idleUnloadMs,
    labels: sources.labels(entry.name),
    running: entry.running,
    versions: [],
    isLookedAt: scan !== undefined,
    problem: scan?.problem?.toWire() ?? null,
    isSample: entry.isSample,
    holdsCopies: sources.holdsCopies(entry.basePath),
    lastUsedAtMs: entry.lastUsedAtMs,
  };
}

/** Takes up what was found; answers for the versions about which something is different now, also those that are gone. */
function takeScan(tracked: Tracked, scan: ModelScan, nowMs: number): number[] {
  const { scanned, seenAtMs } = tracked;
  const changed: number[] = [];
  for (const it of scan.versions) {
    const before = scanned.get(it.version);
    if (before === it) continue; // as the source says when nothing has changed
    scanned.set(it.version, it);
    if (!seenAtMs.has(it.version)) seenAtMs.set(it.version, nowMs);
    if (!isSame(before, it)) changed.push(it.version);
  }
  if (scanned.size > scan.versions.length) {
    const left = new Set(scan.versions.map(({ version }) => version));
    for (const version of [...scanned.keys()]) {
      if (left.has(version)) continue;
      scanned.delete(version);
      changed.push(version);
    }
  }
  tracked.scan = scan;
  return changed;
}

const isSame = (a: ScannedVersion | undefined, b: ScannedVersion | undefined): boolean =>
  a !== undefined &&
  b !== undefined &&
  a.fingerprint === b.fingerprint &&
  a.isStable === b.isStable &&
  a.isOnDisk === b.isOnDisk &&
  a.sizeBytes === b.sizeBytes &&
  a.path === b.path &&
  a.error?.code === b.error?.code;
