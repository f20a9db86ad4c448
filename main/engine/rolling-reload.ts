import type { Event } from '../../app/base/emitter';
import type { ServableId } from '../serving/servable-id';
import type { ServableSnapshot } from '../serving/servable-snapshot';

/** A manager that can load anew what it holds. */
export interface ReloadingManager {
  readonly onDidChange: Event<{ readonly id: ServableId }>;
  snapshot(id: ServableId): ServableSnapshot | undefined;
  snapshots(name: string): readonly ServableSnapshot[];
  reload(id: ServableId): void;
  retryNow(id: ServableId): void;
}

/**
 * Loads the versions of a model anew, the newest first and one after the other, so that where there are several one always answers. A model
 * that is to be reloaded while it is reloaded begins again.
 */
export class RollingReload {
  readonly #manager: ReloadingManager;
  /** What is under way, by model. */
  readonly #rounds = new Map<string, object>();

  constructor(manager: ReloadingManager) {
    this.#manager = manager;
  }

  /** Settles when each wanted version has been loaded anew or has failed, or another round has begun. */
  async reload(name: string): Promise<void> {
    const round = {};
    this.#rounds.set(name, round);
    const versions = this.#manager
      .snapshots(name)
      .map(({ id }) => id)
      .sort((a, b) => b.version - a.version);
    for (const id of versions) {
      if (this.#rounds.get(name) !== round) return;
      if (this.#begin(id)) await this.#settled(id);
    }
    if (this.#rounds.get(name) === round) this.#rounds.delete(name);
  }

  /** True when there is something to wait for. */
  #begin(id: ServableId): boolean {
    const snapshot = this.#manager.snapshot(id);
    if (!snapshot?.isAspired) return false;
    switch (snapshot.state) {
      case 'ready':
      case 'loading':
        this.#manager.reload(id);
        return true;
      case 'error':
        this.#manager.retryNow(id); // what it failed of may be what was changed
        return false;
      default:
        return false; // it is loaded with the new settings when its turn comes, or is on its way out
    }
  }

  #settled(id: ServableId): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        const snapshot = this.#manager.snapshot(id);
        if (snapshot?.isAspired && snapshot.isReloading) return;
        subscription.dispose();
        resolve();
      };
      const subscription = this.#manager.onDidChange((change) => {
        if (change.id.name === id.name && change.id.version === id.version) queueMicrotask(look); // a new life begins by forgetting the old one
      });
    });
  }
}
