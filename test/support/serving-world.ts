import {
  AspiredVersionsManager,
  type AspiredVersionsManagerOptions,
} from '../../main/serving/aspired-versions-manager';
import { BasicManager, type BasicManagerOptions } from '../../main/serving/basic-manager';
import { EventBus } from '../../main/serving/event-bus';
import { type LoaderFactory, loaderFactory } from '../../main/serving/loader';
import { latest, type ServableHandle, specific } from '../../main/serving/manager';
import { ResourceTracker } from '../../main/serving/resource-tracker';
import { mainOnly, ResourceUtil } from '../../main/serving/resource-util';
import { mainMemory } from '../../main/serving/resources';
import { tensorFlowRetrySchedule } from '../../main/serving/retry';
import { type ServableData, servableData } from '../../main/serving/servable-data';
import type { ServableId } from '../../main/serving/servable-id';
import type { ServableSnapshot } from '../../main/serving/servable-snapshot';
import type { ServableState } from '../../main/serving/servable-state';
import { ServableStateMonitor } from '../../main/serving/servable-state-monitor';
import { FakeClock, settle } from './fake-clock';
import { FakeLoader, type FakeServable, isFakeServable } from './fake-loader';

export interface WorldOptions {
  /** Main memory that may be reserved; nothing is tracked without it. */
  readonly budget?: number;
  readonly basic?: Partial<BasicManagerOptions>;
  readonly aspired?: Partial<AspiredVersionsManagerOptions>;
}

/** A manager on a clock that stands still, set as TensorFlow Serving's: one action per tick, ticks by hand, fixed retries. */
export class ServingWorld {
  readonly clock = new FakeClock();
  readonly bus = new EventBus<ServableState>(this.clock);
  readonly monitor = new ServableStateMonitor(this.bus, { clock: this.clock });
  readonly tracker: ResourceTracker | undefined;
  readonly basic: BasicManager;
  readonly manager: AspiredVersionsManager;
  /** `m:1 available`, `m:1 end MEMORY_EXHAUSTED`, … in order. */
  readonly events: string[] = [];
  /** Every loader that was made, oldest first. */
  readonly loaders: { readonly id: ServableId; readonly loader: FakeLoader }[] = [];

  constructor({ budget, basic, aspired }: WorldOptions = {}) {
    this.tracker =
      budget === undefined ? undefined : new ResourceTracker(mainMemory(budget), new ResourceUtil(mainOnly));
    this.bus.subscribe(({ event: { id, managerState, health } }) =>
      this.events.push(`${id.name}:${id.version} ${managerState}${health ? ` ${health.code}` : ''}`),
    );
    this.basic = new BasicManager({
      clock: this.clock,
      servableEventBus: this.bus,
      loadRetry: { ...tensorFlowRetrySchedule, maxRetries: 0 },
      ...(this.tracker ? { resourceTracker: this.tracker } : {}),
      ...basic,
    });
    this.manager = new AspiredVersionsManager({
      basicManager: this.basic,
      aspiredVersionPolicy: 'availabilityPreserving',
      maxActionsPerTick: 1,
      manageStateIntervalMs: 0,
      ...aspired,
    });
  }

  /** An aspired item whose loaders the test can get hold of; `set` prepares each of them. */
  item(
    name: string,
    version: number,
    set: (loader: FakeLoader) => void = () => {},
    contentKey?: string,
  ): ServableData<LoaderFactory> {
    const id = { name, version };
    const create = (): FakeLoader => {
      const loader = new FakeLoader(`${name}:${version}`);
      set(loader);
      this.loaders.push({ id, loader });
      return loader;
    };
    return servableData(id, loaderFactory(create, contentKey));
  }

  /** Takes up a list; versions stand for loaders that simply load. */
  aspire(name: string, ...versions: readonly (number | ServableData<LoaderFactory>)[]): void {
    const items = versions.map((it) => (typeof it === 'number' ? this.item(name, it) : it));
    this.manager.aspiredVersionsCallback()(name, items);
  }

  /** One pass by hand, with everything settled that can settle. Answers what was decided: `load m:1`. */
  async tick(count = 1): Promise<string[]> {
    const actions: string[] = [];
    for (let i = 0; i < count; i++) {
      for (const { kind, id } of this.manager.manageState()) actions.push(`${kind} ${id.name}:${id.version}`);
      await settle();
    }
    return actions;
  }

  /** Ticks until nothing is decided any more, and two passes on for what is forgotten. */
  async rest(): Promise<string[]> {
    const actions: string[] = [];
    for (let idle = 0; idle < 3; ) {
      const done = await this.tick();
      actions.push(...done);
      idle = done.length > 0 ? 0 : idle + 1;
    }
    return actions;
  }

  snapshot(name: string, version: number): ServableSnapshot {
    const found = this.manager.snapshot({ name, version });
    if (!found) throw new Error(`${name}:${version} is not managed`);
    return found;
  }

  /** `{ 1: 'ready', 2: 'loading' }` */
  states(name = 'm'): Record<number, string> {
    return Object.fromEntries(this.manager.snapshots(name).map(({ id, state }) => [id.version, state]));
  }

  /** `m:1`, … */
  available(): string[] {
    return this.manager.listAvailableServableIds().map(({ name, version }) => `${name}:${version}`);
  }

  handle(name: string, version?: number): ServableHandle<FakeServable> {
    return this.manager.getServableHandle(
      version === undefined ? latest(name) : specific(name, version),
      isFakeServable,
    );
  }

  /** The newest loader made for a version. */
  loader(name: string, version: number): FakeLoader {
    const found = this.loaders.findLast(({ id }) => id.name === name && id.version === version);
    if (!found) throw new Error(`No loader was made for ${name}:${version}`);
    return found.loader;
  }
}
