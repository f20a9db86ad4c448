import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AppError } from '../../../app/base/errors';
import { BasicManager } from '../../../main/serving/basic-manager';
import { loaderFactory } from '../../../main/serving/loader';
import { latest, type ServableHandle, specific } from '../../../main/serving/manager';
import { ResourceTracker } from '../../../main/serving/resource-tracker';
import { mainOnly, ResourceUtil } from '../../../main/serving/resource-util';
import { mainMemory } from '../../../main/serving/resources';
import { servableData } from '../../../main/serving/servable-data';
import { StreamManager } from '../../../main/serving/stream-manager';
import { FakeClock, settle } from '../../support/fake-clock';
import { FakeLoader, type FakeServable, isFakeServable } from '../../support/fake-loader';

const budget = 10;
const names = ['a', 'b'] as const;

/** How the loaders of one version behave. */
interface Behaviour {
  readonly bytes: number;
  readonly outcome: 'loads' | 'fails' | 'waits';
}

type Command =
  | { readonly kind: 'aspire'; readonly name: string; readonly versions: readonly number[] }
  | { readonly kind: 'way'; readonly name: string; readonly idleUnloadMs: number | null | 'always' }
  | { readonly kind: 'ask'; readonly name: string; readonly version: number | null; readonly holds: boolean }
  | { readonly kind: 'letGo' | 'proceed' | 'die' }
  | { readonly kind: 'load' | 'unload' | 'reload'; readonly name: string; readonly version: number }
  | { readonly kind: 'pass'; readonly ms: number };

const anyName = fc.constantFrom(...names);
const anyVersion = fc.integer({ min: 1, max: 3 });
const anyCommand: fc.Arbitrary<Command> = fc.oneof(
  fc.record({
    kind: fc.constant('aspire' as const),
    name: anyName,
    versions: fc.uniqueArray(anyVersion, { maxLength: 3 }),
  }),
  fc.record({
    kind: fc.constant('way' as const),
    name: anyName,
    idleUnloadMs: fc.constantFrom('always' as const, null, 0, 50),
  }),
  fc.record({
    kind: fc.constant('ask' as const),
    name: anyName,
    version: fc.option(anyVersion),
    holds: fc.boolean(),
  }),
  fc.record({ kind: fc.constantFrom('letGo' as const, 'proceed' as const, 'die' as const) }),
  fc.record({
    kind: fc.constantFrom('load' as const, 'unload' as const, 'reload' as const),
    name: anyName,
    version: anyVersion,
  }),
  fc.record({ kind: fc.constant('pass' as const), ms: fc.constantFrom(1, 60, 20_000) }),
);
const anyBehaviour: fc.Arbitrary<Behaviour> = fc.record({
  bytes: fc.integer({ min: 1, max: 7 }),
  outcome: fc.constantFrom('loads', 'loads', 'loads', 'fails', 'waits'),
});

/** Two streams under one budget, their ways switched and their versions asked at random. */
class StreamWorld {
  readonly clock = new FakeClock();
  readonly tracker = new ResourceTracker(mainMemory(budget), new ResourceUtil(mainOnly));
  readonly basic = new BasicManager({
    clock: this.clock,
    loadRetry: { maxRetries: 0, intervalMs: 0 },
    resourceTracker: this.tracker,
  });
  readonly manager = new StreamManager({
    basicManager: this.basic,
    aspiredVersionPolicy: 'availabilityPreserving',
    random: () => 0,
  });
  readonly loaders: FakeLoader[] = [];
  readonly violations: string[] = [];
  readonly wanted = new Map<string, readonly number[]>();
  readonly #behaviours: ReadonlyMap<string, Behaviour>;
  readonly #held: ServableHandle<FakeServable>[] = [];
  /** Requests that have neither been answered nor refused. */
  open = 0;

  constructor(behaviours: readonly Behaviour[]) {
    const ids = names.flatMap((name) => [1, 2, 3].map((version) => `${name}:${version}`));
    this.#behaviours = new Map(ids.map((id, at) => [id, behaviours[at] ?? { bytes: 1, outcome: 'loads' }]));
    this.manager.run();
  }

  async carryOut(command: Command): Promise<void> {
    const { manager } = this;
    switch (command.kind) {
      case 'aspire':
        this.wanted.set(command.name, command.versions);
        manager.aspiredVersionsCallback()(
          command.name,
          command.versions.map((version) => this.#item(command.name, version)),
        );
        break;
      case 'way': {
        const { name, idleUnloadMs } = command;
        manager.setOnDemand(name, idleUnloadMs === 'always' ? null : { idleUnloadMs, pinned: new Set() });
        break;
      }
      case 'ask':
        if (manager.isOnDemand(command.name)) void this.#ask(command);
        break;
      case 'letGo':
        this.#held.shift()?.dispose();
        break;
      case 'proceed':
        for (const loader of this.loaders) loader.proceed();
        break;
      case 'die':
        this.loaders.findLast((loader) => loader.servable() !== undefined)?.die();
        break;
      case 'pass':
        await this.clock.advance(command.ms);
        break;
      default:
        this.#byHand(command.kind, { name: command.name, version: command.version });
    }
    await settle();
    this.#look();
  }

  /** Everybody lets go, every load that waits goes on, and time passes. */
  async comeToRest(): Promise<void> {
    for (let round = 0; round < 4; round++) {
      for (const handle of this.#held.splice(0)) handle.dispose();
      for (const loader of this.loaders) loader.proceed();
      await this.clock.advance(30_000);
    }
  }

  get usedBytes(): number {
    return this.tracker.used.reduce((sum, { quantity }) => sum + quantity, 0);
  }

  #byHand(kind: 'load' | 'unload' | 'reload', id: { name: string; version: number }): void {
    if (!this.manager.isOnDemand(id.name) || !this.manager.isRegistered(id)) return;
    if (kind === 'load') this.manager.load(id);
    else if (kind === 'unload') this.manager.unload(id);
    else this.manager.reload(id);
  }

  async #ask({ name, version, holds }: Command & { readonly kind: 'ask' }): Promise<void> {
    this.open++;
    try {
      const request = version === null ? latest(name) : specific(name, version);
      const handle = await this.manager.loadedHandle(request, isFakeServable);
      if (handle.servable.label !== `${name}:${handle.id.version}`) this.violations.push('the wrong one');
      if (holds) this.#held.push(handle);
      else handle.dispose();
    } catch (thrown) {
      if (!(thrown instanceof AppError)) this.violations.push(String(thrown));
    } finally {
      this.open--;
    }
  }

  #look(): void {
    if (this.usedBytes > budget) this.violations.push('more is reserved than there is');
    for (const { calls } of this.loaders) {
      const ends = calls.filter((it) => it === 'loaded' || it === 'unload').join();
      if (!['', 'loaded', 'loaded,unload', 'unload'].includes(ends))
        this.violations.push(`a life of ${ends}`);
    }
  }

  #item(name: string, version: number) {
    const id = { name, version };
    const { bytes, outcome } = this.#behaviours.get(`${name}:${version}`) ?? { bytes: 1, outcome: 'loads' };
    const create = (): FakeLoader => {
      const loader = new FakeLoader(`${name}:${version}`, bytes);
      if (outcome === 'fails') loader.failing(new AppError('MODEL_FILE_TRUNCATED'));
      if (outcome === 'waits') loader.hold();
      loader.onUnload = () => {
        if (this.#held.some(({ servable }) => servable === loader.servable()))
          this.violations.push('unloaded under a handle');
      };
      this.loaders.push(loader);
      return loader;
    };
    return servableData(id, loaderFactory(create, 'same'));
  }
}

test('[IN2] [IN3] [IN6] [IN7] [IN9] of streams: whatever way they are managed in turn, every request ends and nothing is left over', {
  timeout: 120_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyBehaviour, { minLength: 6, maxLength: 6 }),
      fc.array(anyCommand, { minLength: 5, maxLength: 30 }),
      async (behaviours, commands) => {
        const world = new StreamWorld(behaviours);
        for (const command of commands) await world.carryOut(command);
        await world.comeToRest();
        expect(world.open).toBe(0);
        let chargedBytes = 0;
        for (const name of names) {
          const wanted = world.wanted.get(name) ?? [];
          for (const { id, state, isAspired, reservedBytes } of world.manager.snapshots(name)) {
            chargedBytes += reservedBytes ?? 0;
            expect(['ready', 'error', 'disabled']).toContain(state);
            if (isAspired) expect(wanted).toContain(id.version);
          }
          if (world.manager.isOnDemand(name) || wanted.length === 0) continue;
          const managed = world.manager.snapshots(name).filter(({ isAspired }) => isAspired);
          expect(managed.map(({ id }) => id.version).sort()).toEqual([...wanted].sort());
        }
        expect(chargedBytes).toBe(world.usedBytes);
        const closed = world.manager.close();
        await world.comeToRest();
        await closed;
        expect(world.usedBytes).toBe(0);
        expect(world.loaders.filter((loader) => loader.servable() !== undefined)).toEqual([]);
        expect([...new Set(world.violations)]).toEqual([]);
      },
    ),
    { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 150) },
  );
});
