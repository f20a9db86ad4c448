import type { WireError } from '../../app/base/errors';
import type { Model, ModelEvent, Version } from '../../app/contract/models';
import { Breather } from '../serving/breather';
import type { ModelEntry } from './model-registry';

/** The part of a version that is state, not measurement: what the event log keeps and can rebuild. */
export type RecordedVersion = Pick<
  Version,
  | 'lifecycle'
  | 'isAspired'
  | 'override'
  | 'isOnDisk'
  | 'isPinned'
  | 'isChangedOnDisk'
  | 'isOtherContent'
  | 'contentHash'
  | 'attempt'
> & { readonly error: WireError | null };

/** The same of a model, without its versions. */
export type RecordedHead = Pick<
  Model,
  'platform' | 'policy' | 'switching' | 'keepLastGood' | 'loaded' | 'idleUnloadMs' | 'labels' | 'problem'
>;

export interface RecordedModel {
  readonly head: RecordedHead;
  readonly versions: Readonly<Record<number, RecordedVersion>>;
}

/** Models by name, as they stood at one moment. */
export type RecordedState = ReadonlyMap<string, RecordedModel>;

/** What an event changed: null means that it is gone. */
export interface StateChange {
  readonly head?: RecordedHead | null;
  readonly versions?: Readonly<Record<number, RecordedVersion | null>>;
}

/** One line of the event log: what people read, and what it did to the state. */
export interface LoggedEvent extends ModelEvent {
  readonly change: StateChange | null;
}

export function recordVersion(version: Version): RecordedVersion {
  const { lifecycle, isAspired, override, isOnDisk, attempt, error } = version;
  const { isChangedOnDisk, isOtherContent, contentHash, isPinned } = version;
  return {
    lifecycle,
    isAspired,
    override,
    isOnDisk,
    isPinned,
    isChangedOnDisk,
    isOtherContent,
    contentHash,
    attempt,
    error,
  };
}

export function recordHead(model: Model): RecordedHead {
  const { platform, policy, switching, keepLastGood, loaded, idleUnloadMs, labels, problem } = model;
  return { platform, policy, switching, keepLastGood, loaded, idleUnloadMs, labels, problem };
}

export function recordModels(models: readonly Model[]): RecordedState {
  return new Map(
    models.map((model) => [
      model.name,
      {
        head: recordHead(model),
        versions: Object.fromEntries(model.versions.map((it) => [it.version, recordVersion(it)])),
      },
    ]),
  );
}

/**
 * What is left of a state when a new run begins: the versions that were on disk, none of them loaded, under what is set now.
 * A model's versions stand like that until its folder has been looked at again. In turns: there may be ten thousand models.
 */
export async function stateAtRest(
  before: RecordedState,
  entryOf: (name: string) => ModelEntry | undefined,
): Promise<RecordedState> {
  const rest = new Map<string, RecordedModel>();
  const breather = new Breather();
  for (const [name, { head, versions }] of before) {
    if (breather.isDue) await breather.breathe();
    const entry = entryOf(name);
    if (!entry) continue;
    const labels = Object.entries(entry.labels).map(([label, version]) => ({
      label,
      version,
      appliedVersion: null,
      isPending: true,
    }));
    const onDisk = Object.entries(versions).filter(([, { isOnDisk }]) => isOnDisk);
    rest.set(name, {
      head: { ...head, loaded: entry.loaded, idleUnloadMs: entry.idleUnloadMs, labels, problem: null },
      versions: Object.fromEntries(
        onDisk.map(([version, { contentHash }]) => [
          version,
          versionAtRest(entry, Number(version), contentHash),
        ]),
      ),
    });
  }
  return rest;
}

const versionAtRest = (
  { overrides, pinned }: ModelEntry,
  version: number,
  contentHash: RecordedVersion['contentHash'],
): RecordedVersion => ({
  lifecycle: 'onDisk',
  isAspired: false,
  override: overrides[version] ?? null,
  isOnDisk: true,
  isPinned: pinned.includes(version),
  isChangedOnDisk: false,
  isOtherContent: false,
  contentHash,
  attempt: null,
  error: null,
});

interface ReplayedModel {
  readonly model: RecordedModel & { readonly versions: Record<number, RecordedVersion> };
  /** Before which snapshot these versions were made: later ones have handed them out. */
  readonly madeIn: number;
}

/**
 * The state as a replay builds it. What it hands out is never changed afterwards: a model is copied with the first event after that, and
 * not with each, since it may have ten thousand versions.
 */
export class Replay {
  readonly #models = new Map<string, ReplayedModel>();
  #snapshots = 0;

  constructor(from: RecordedState = new Map()) {
    for (const [name, model] of from) this.#models.set(name, { model, madeIn: -1 });
  }

  apply(event: Pick<LoggedEvent, 'model' | 'change'>): void {
    if (!event.change) return;
    const { head, versions } = event.change;
    if (head === null) {
      this.#models.delete(event.model);
      return;
    }
    const before = this.#models.get(event.model);
    const knownHead = head ?? before?.model.head;
    if (!knownHead) return; // its beginning fell out of the bounded log
    const isOwn = before?.madeIn === this.#snapshots;
    const after = isOwn || !versions ? (before?.model.versions ?? {}) : { ...before?.model.versions };
    for (const [version, state] of Object.entries(versions ?? {})) {
      if (state) after[Number(version)] = state;
      else delete after[Number(version)];
    }
    const madeIn = isOwn || versions ? this.#snapshots : (before?.madeIn ?? this.#snapshots);
    this.#models.set(event.model, { model: { head: knownHead, versions: after }, madeIn });
  }

  snapshot(): RecordedState {
    this.#snapshots++;
    return new Map([...this.#models].map(([name, { model }]) => [name, model]));
  }
}
