import { systemClock } from '../../../app/base/clock';
import { AspiredVersionsManager } from '../../../main/serving/aspired-versions-manager';
import { BasicManager } from '../../../main/serving/basic-manager';
import { CachingManager } from '../../../main/serving/caching-manager';
import { loaderFactory } from '../../../main/serving/loader';
import { ServableCatalogue } from '../../../main/serving/servable-catalogue';
import { servableData } from '../../../main/serving/servable-data';
import { SimpleLoader } from '../../../main/serving/simple-loader';

export interface LightServable {
  readonly kind: 'light';
}

export const isLightServable = (servable: unknown): servable is LightServable =>
  typeof servable === 'object' && servable !== null && 'kind' in servable && servable.kind === 'light';

const factory = loaderFactory(() => new SimpleLoader({ create: (): LightServable => ({ kind: 'light' }) }));

/** The real managers over loaders that do nothing; passes are run by hand, so that each can be timed. */
export class LightManager {
  readonly #basic = new BasicManager({ clock: systemClock, numLoadThreads: 64 });
  readonly manager = new AspiredVersionsManager({
    basicManager: this.#basic,
    aspiredVersionPolicy: 'availabilityPreserving',
    manageStateIntervalMs: 0,
  });
  /** Hears of every handle, as it does in the app. */
  readonly caching = new CachingManager({
    basicManager: this.#basic,
    loaderFactory: new ServableCatalogue(),
  });
  readonly #aspire = this.manager.aspiredVersionsCallback();

  aspire(name: string, ...versions: readonly number[]): void {
    this.#aspire(
      name,
      versions.map((version) => servableData({ name, version }, factory)),
    );
  }

  /** Runs passes until there is nothing left to do. */
  async settle(): Promise<void> {
    do {
      this.manager.manageState();
      await new Promise<void>((resolve) => setImmediate(resolve));
    } while (!this.manager.isAtRest);
  }
}
