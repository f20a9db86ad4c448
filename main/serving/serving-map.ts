import { AppError } from '../../app/base/errors';
import {
  formatServableRequest,
  type ServableGuard,
  type ServableHandle,
  type ServableRequest,
} from './manager';
import { servableNotFound } from './servable-errors';
import type { ServableId } from './servable-id';

/** One ready version and who uses it. */
export interface ReadyServable {
  readonly id: ServableId;
  servable(): unknown;
  acquire(): void;
  release(): void;
}

class Handle<T> implements ServableHandle<T> {
  readonly id: ServableId;
  readonly servable: T;
  #held: ReadyServable | undefined;

  constructor(held: ReadyServable, servable: T) {
    this.id = held.id;
    this.servable = servable;
    this.#held = held;
    held.acquire();
  }

  dispose(): void {
    const held = this.#held;
    this.#held = undefined;
    held?.release();
  }
}

interface Versions {
  /** Ascending. */
  readonly sorted: number[];
  readonly byVersion: Map<number, ReadyServable>;
}

/**
 * What can be requested now: ready versions by name, so that a lookup scans nothing. Handles count per version: one that is held
 * delays nobody else. Source: TensorFlow Serving, `BasicManager::ServingMap`.
 */
export class ServingMap {
  readonly #byName = new Map<string, Versions>();

  add(ready: ReadyServable): void {
    const { name, version } = ready.id;
    let versions = this.#byName.get(name);
    if (!versions) {
      versions = { sorted: [], byVersion: new Map() };
      this.#byName.set(name, versions);
    }
    versions.byVersion.set(version, ready);
    const at = versions.sorted.findIndex((other) => other > version);
    versions.sorted.splice(at < 0 ? versions.sorted.length : at, 0, version);
  }

  /** False when this very object is not listed. */
  removeExactly(ready: ReadyServable): boolean {
    const { name, version } = ready.id;
    const versions = this.#byName.get(name);
    if (versions?.byVersion.get(version) !== ready) return false;
    versions.byVersion.delete(version);
    versions.sorted.splice(versions.sorted.indexOf(version), 1);
    if (versions.sorted.length === 0) this.#byName.delete(name);
    return true;
  }

  has({ name, version }: ServableId): boolean {
    return this.#byName.get(name)?.byVersion.has(version) ?? false;
  }

  find(request: ServableRequest): ReadyServable | undefined {
    const versions = this.#byName.get(request.name);
    if (!versions) return undefined;
    const { sorted, byVersion } = versions;
    if (request.kind === 'specific') return byVersion.get(request.version);
    const version = request.kind === 'latest' ? sorted[sorted.length - 1] : sorted[0];
    return version === undefined ? undefined : byVersion.get(version);
  }

  /** Throws SERVABLE_NOT_FOUND, SERVABLE_WRONG_TYPE, or INTERNAL when the loader has no object. */
  handle<T>(request: ServableRequest, guard: ServableGuard<T>): ServableHandle<T> {
    const ready = this.find(request);
    if (!ready) throw servableNotFound(request);
    const servable = ready.servable();
    if (servable === undefined || servable === null) {
      throw new AppError('INTERNAL', {}, { detail: `No servable behind ${formatServableRequest(request)}` });
    }
    if (!guard(servable)) {
      throw new AppError(
        'SERVABLE_WRONG_TYPE',
        { name: request.name, version: String(ready.id.version) },
        { detail: `Servable is of another type: ${formatServableRequest(request)}` },
      );
    }
    return new Handle(ready, servable);
  }

  handles<T>(guard: ServableGuard<T>): ServableHandle<T>[] {
    const found: ServableHandle<T>[] = [];
    for (const ready of this.#all()) {
      const servable = ready.servable();
      if (servable !== undefined && servable !== null && guard(servable))
        found.push(new Handle(ready, servable));
    }
    return found;
  }

  ids(): ServableId[] {
    return [...this.#all()].map(({ id }) => id);
  }

  *#all(): Iterable<ReadyServable> {
    for (const { sorted, byVersion } of this.#byName.values()) {
      for (const version of sorted) {
        const ready = byVersion.get(version);
        if (ready) yield ready;
      }
    }
  }
}
