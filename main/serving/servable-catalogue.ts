import { Emitter, type Event } from '../../app/base/emitter';
import { withLoader } from './aspired-state';
import type { CachingLoaderFactory } from './caching-manager';
import type { Loader, LoaderFactory } from './loader';
import { earliest, latest, specific } from './manager';
import { type ServableData, servableError } from './servable-data';
import { servableNotFound } from './servable-errors';
import type { ServableId } from './servable-id';
import { type AspiredVersionsCallback, isOwnList, type Target } from './source';

type Versions = ReadonlyMap<number, ServableData<LoaderFactory>>;

/** Registers what sources aspire to without loading it: a caching manager loads from it on demand. */
export class ServableCatalogue implements Target<LoaderFactory>, CachingLoaderFactory {
  readonly #byName = new Map<string, Versions>();
  readonly #didRegister = new Emitter<ServableId>();
  readonly #didWithdraw = new Emitter<ServableId>();
  #isDetached = false;

  /** Fires for what is newly registered. */
  readonly onDidRegister: Event<ServableId> = this.#didRegister.event;
  /** Fires for what is no longer registered, or has other content now: what is loaded of it should go. */
  readonly onDidWithdraw: Event<ServableId> = this.#didWithdraw.event;

  aspiredVersionsCallback(): AspiredVersionsCallback<LoaderFactory> {
    return (name, versions) => {
      if (this.#isDetached || !isOwnList(name, versions)) return;
      const before = this.#byName.get(name) ?? new Map();
      const after: Versions = new Map(versions.map((item) => [item.id.version, item]));
      if (after.size > 0) this.#byName.set(name, after);
      else this.#byName.delete(name);
      for (const [version, item] of before) {
        if (contentKey(item) !== contentKey(after.get(version)) || !after.has(version)) {
          this.#didWithdraw.fire({ name, version });
        }
      }
      for (const version of after.keys()) {
        if (!before.has(version)) this.#didRegister.fire({ name, version });
      }
    };
  }

  detach(): void {
    this.#isDetached = true;
  }

  /** Leaves a stream to another manager: nothing of it is registered any more, and nothing has to go. */
  release(name: string): void {
    this.#byName.delete(name);
  }

  /** By name in the order of registration, then by version. */
  registeredIds(): ServableId[] {
    return [...this.#byName].flatMap(([name, versions]) =>
      sorted(versions).map((version) => ({ name, version })),
    );
  }

  isRegistered({ name, version }: ServableId): boolean {
    return this.#byName.get(name)?.has(version) ?? false;
  }

  /** Of one stream, newest first; without those that came as an error. */
  loadable(name: string): number[] {
    const versions = this.#byName.get(name) ?? new Map();
    return sorted(versions)
      .filter((version) => versions.get(version)?.ok)
      .reverse();
  }

  createLoader(id: ServableId): ServableData<Loader> {
    const item = this.#byName.get(id.name)?.get(id.version);
    return item ? withLoader(item) : servableError(id, servableNotFound(specific(id.name, id.version)));
  }

  getServableVersion(name: string, policy: 'latest' | 'earliest'): number {
    const version = sorted(this.#byName.get(name) ?? new Map()).at(policy === 'latest' ? -1 : 0);
    if (version === undefined) throw servableNotFound(policy === 'latest' ? latest(name) : earliest(name));
    return version;
  }
}

const sorted = (versions: Versions): number[] => [...versions.keys()].sort((a, b) => a - b);

const contentKey = (item: ServableData<LoaderFactory> | undefined): string | undefined =>
  item?.ok ? item.data.contentKey : undefined;
