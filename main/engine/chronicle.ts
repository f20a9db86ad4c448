import { isDeepStrictEqual } from 'node:util';
import type { Model, ModelEvent, Version } from '../../app/contract/models';
import type { EventLog } from './event-log';
import {
  type RecordedHead,
  type RecordedState,
  type RecordedVersion,
  recordHead,
  recordVersion,
} from './history';

/** Why something changed, where it is known better than the change itself tells. */
export interface Occasion {
  readonly kind?: ModelEvent['kind'];
  readonly cause: ModelEvent['cause'];
  readonly params?: ModelEvent['params'];
}

const versionsPerEvent = 500;

interface Recorded {
  head: RecordedHead;
  readonly versions: Map<number, RecordedVersion>;
}

/**
 * Writes the event log out of differences: whatever the views show is compared with what was last recorded, and only a change is
 * an event. So the log can leave nothing out, and a replay of it ends in what the views show.
 */
export class Chronicle {
  readonly #log: EventLog;
  readonly #models = new Map<string, Recorded>();

  constructor(log: EventLog) {
    this.#log = log;
  }

  /** Takes it that the log stands at this state, so that only what differs from it is recorded. */
  begin(state: RecordedState): void {
    for (const [name, { head, versions }] of state) {
      const known = Object.entries(versions).map(([version, it]) => [Number(version), it] as const);
      this.#models.set(name, { head, versions: new Map(known) });
    }
  }

  /** The versions that the log knows of a model. */
  versionsOf(name: string): number[] {
    return [...(this.#models.get(name)?.versions.keys() ?? [])];
  }

  /** The content that the log knows a version by. */
  contentHashOf(name: string, version: number): string | null {
    return this.#models.get(name)?.versions.get(version)?.contentHash ?? null;
  }

  /** Records a model that is new, or whose own settings or problem changed. An occasion with a kind is recorded in any case. */
  head(model: Model, occasion: Occasion): void {
    const head = recordHead(model);
    const known = this.#models.get(model.name);
    const before = known?.head;
    const isChanged = !before || !isDeepStrictEqual(before, head);
    if (!isChanged && !occasion.kind) return;
    const kind = occasion.kind ?? kindOfHead(before, head);
    const params = before ? paramsOfHead(kind, before, head) : {};
    if (known) known.head = head;
    else this.#models.set(model.name, { head, versions: new Map() });
    this.#log.append({
      model: model.name,
      version: null,
      kind,
      cause: occasion.cause,
      params: occasion.params ?? params,
      error: head.problem,
      ...(isChanged ? { change: { head } } : {}),
    });
  }

  /** Records the first look at a model's folder as one event, or as few as there can be: one must not be too large to write at once. */
  firstScan(name: string, versions: readonly Version[], occasion: Occasion): void {
    const known = this.#models.get(name);
    if (!known) return;
    const states = versions
      .map((it) => [it.version, recordVersion(it)] as const)
      .filter(([version, state]) => {
        const before = known.versions.get(version);
        return before === undefined || !isDeepStrictEqual(before, state);
      });
    for (const [version, state] of states) known.versions.set(version, state);
    for (let from = 0; from < states.length; from += versionsPerEvent) {
      const some = states.slice(from, from + versionsPerEvent);
      this.#log.append({
        model: name,
        version: null,
        kind: 'onDisk',
        cause: occasion.cause,
        params: { versions: some.map(([version]) => version).join(', ') },
        error: null,
        change: { versions: Object.fromEntries(some) },
      });
    }
  }

  /** Records a version if anything about its state changed. */
  version(name: string, version: Version, occasion: Occasion): void {
    const known = this.#models.get(name);
    if (!known) return;
    const before = known.versions.get(version.version);
    const after = recordVersion(version);
    const isChanged = !isDeepStrictEqual(before, after);
    if (!isChanged && !occasion.kind) return;
    known.versions.set(version.version, after);
    this.#log.append({
      model: name,
      version: version.version,
      kind: occasion.kind ?? kindOfVersion(before, after),
      cause: occasion.cause,
      params: occasion.params ?? {},
      error: after.error,
      ...(isChanged ? { change: { versions: { [version.version]: after } } } : {}),
    });
  }

  /** Records that nothing is left of a version. */
  versionGone(name: string, version: number, occasion: Occasion): void {
    if (!this.#models.get(name)?.versions.delete(version)) return;
    this.#log.append({
      model: name,
      version,
      kind: 'gone',
      cause: occasion.cause,
      params: occasion.params ?? {},
      error: null,
      change: { versions: { [version]: null } },
    });
  }

  removed(name: string, occasion: Occasion): void {
    if (!this.#models.delete(name)) return;
    this.#log.append({
      model: name,
      version: null,
      kind: occasion.kind ?? 'modelRemoved',
      cause: occasion.cause,
      params: occasion.params ?? {},
      error: null,
      change: { head: null },
    });
  }
}

const differing = (before: RecordedHead, after: RecordedHead): readonly (keyof RecordedHead)[] =>
  (Object.keys(after) as (keyof RecordedHead)[]).filter(
    (name) => !isDeepStrictEqual(before[name], after[name]),
  );

function kindOfHead(before: RecordedHead | undefined, after: RecordedHead): ModelEvent['kind'] {
  if (!before) return 'modelAdded';
  if (before.problem?.code !== after.problem?.code) return after.problem ? 'gone' : 'onDisk';
  return isDeepStrictEqual(before.labels, after.labels) ? 'settingChanged' : 'labelSet';
}

function paramsOfHead(
  kind: ModelEvent['kind'],
  before: RecordedHead,
  after: RecordedHead,
): ModelEvent['params'] {
  if (kind === 'settingChanged') return { settings: differing(before, after).join(', ') };
  if (kind !== 'labelSet') return {};
  const moved = after.labels.filter((it) => !before.labels.some((other) => isDeepStrictEqual(it, other)));
  const [first] = moved;
  const label = moved.map((it) => it.label).join(', ');
  return first ? { label, version: String(first.appliedVersion ?? first.version) } : {};
}

function kindOfVersion(before: RecordedVersion | undefined, after: RecordedVersion): ModelEvent['kind'] {
  if (before?.lifecycle !== after.lifecycle) {
    return after.lifecycle === 'loading' && (after.attempt ?? 1) > 1 ? 'retrying' : after.lifecycle;
  }
  if (before.isChangedOnDisk !== after.isChangedOnDisk && after.isChangedOnDisk) return 'changedOnDisk';
  if (before.isOnDisk !== after.isOnDisk) return after.isOnDisk ? 'onDisk' : 'gone';
  if (before.isAspired !== after.isAspired) return after.isAspired ? 'wanted' : 'notWanted';
  if (before.isPinned !== after.isPinned) return after.isPinned ? 'pinned' : 'unpinned';
  if (before.attempt !== after.attempt && (after.attempt ?? 1) > 1) return 'retrying';
  if (before.override !== after.override)
    return after.override === 'load' ? 'loadRequested' : 'unloadRequested';
  return after.lifecycle;
}
