import { Emitter, type Event } from '../../app/base/emitter';
import { reportUnexpected } from '../../app/base/errors';
import { withLoader } from './aspired-state';
import type { CachingLoaderFactory } from './caching-manager';
import type { Loader, LoaderFactory } from './loader';
import { earliest, latest, specific } from './manager';
import { type ServableData, servableError } from './servable-data';
import { servableNotFound } from './servable-errors';
import { formatServableId, type ServableId } from './servable-id';
import type { AspiredVersionsCallback, Target } from './source';

type Versions = ReadonlyMap<number, ServableData<LoaderFactory>>;

/** Registers what sources aspire to without loading it: a caching manager loads from it on demand. */
export class ServableCatalogue implements Target<LoaderFactory>, CachingLoaderFactory {
  readonly #byName = new Map<string, Versions>();
  readonly #didWithdraw = new Emitter<ServableId>();
  #isDetached = false;

  /** Fires for what is no longer registered, or has other content now: what is loaded of it should go. */
  readonly onDidWithdraw: Event<ServableId> = this.#didWithdraw.event;

  aspiredVersionsCallback(): AspiredVersionsCallback<LoaderFactory> {
    return (name, versions) => {
      if (this.#isDetached) return;
      const stranger = versions.find(({ id }) => id.name !== name);
      if (stranger) {
        reportUnexpected(new Error(`List for ${name} contains ${formatServableId(stranger.id)}`));
        return;
      }
      const before = this.#byName.get(name) ?? new Map();
      const after: Versions = new Map(versions.map((item) => [item.id.version, item]));
      if (after.size > 0) this.#byName.set(name, after);
      else this.#byName.delete(name);
      for (const [version, item] of before) {
        if (contentKey(item) !== contentKey(after.get(version)) || !after.has(version)) {
          this.#didWithdraw.fire({ name, version });
        }
      }
    };
  }

  detach(): void {
    this.#isDetached = true;
  }

  /** By name in the order of registration, then by version. */
  registeredIds(): ServableId[] {
    return [...this.#byName].flatMap(([name, versions]) =>
      sorted(versions).map((version) => ({ name, version })),
    );
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
