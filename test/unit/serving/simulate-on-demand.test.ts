import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AppError } from '../../../app/base/errors';
import type { AspiredVersionPolicyKind } from '../../../main/serving/aspired-version-policy';
import { BasicManager } from '../../../main/serving/basic-manager';
import { loaderFactory } from '../../../main/serving/loader';
import { latest, specific } from '../../../main/serving/manager';
import { ResourceTracker } from '../../../main/serving/resource-tracker';
import { mainOnly, ResourceUtil } from '../../../main/serving/resource-util';
import { mainMemory } from '../../../main/serving/resources';
import { servableData } from '../../../main/serving/servable-data';
import type { ServableId } from '../../../main/serving/servable-id';
import { simulateOnDemand } from '../../../main/serving/simulate-on-demand';
import { StreamManager } from '../../../main/serving/stream-manager';
import { FakeClock, settle } from '../../support/fake-clock';
import { FakeLoader, isFakeServable } from '../../support/fake-loader';

const names = ['a', 'b'] as const;
type Name = (typeof names)[number];

/** Streams that are loaded on demand under one budget; versions take what `sizes` says, and fail while they are in `broken`. */
class OnDemandWorld {
  readonly clock = new FakeClock(1_000);
  readonly tracker: ResourceTracker;
  readonly basic: BasicManager;
  readonly manager: StreamManager;
  readonly broken = new Set<string>();
  readonly #sizes: readonly number[];
  readonly #pinned: ReadonlySet<number>;
  readonly #loaders: FakeLoader[] = [];

  constructor(sizes: readonly number[], budgetBytes: number, pinned: readonly number[] = []) {
    this.#sizes = sizes;
    this.#pinned = new Set(pinned);
    this.tracker = new ResourceTracker(mainMemory(budgetBytes), new ResourceUtil(mainOnly));
    this.basic = new BasicManager({
      clock: this.clock,
      loadRetry: { maxRetries: 0, intervalMs: 0 },
      resourceTracker: this.tracker,
    });
    this.manager = new StreamManager({
      basicManager: this.basic,
      aspiredVersionPolicy: 'availabilityPreserving',
    });
    this.manager.run();
    for (const name of names) this.manager.setOnDemand(name, { idleUnloadMs: null, pinned: this.#pinned });
  }

  bytesOf = ({ version }: ServableId): number => this.#sizes[version] ?? 1;

  get usedBytes(): number {
    return this.tracker.used.reduce((sum, { quantity }) => sum + quantity, 0);
  }

  async aspire(
    name: Name,
    versions: readonly number[],
    policy: AspiredVersionPolicyKind = 'availabilityPreserving',
  ): Promise<void> {
    this.manager.setPolicy(name, policy);
    const items = versions.map((version) => {
      const id = { name, version };
      return servableData(
        id,
        loaderFactory(() => this.#loaderOf(id), 'same'),
      );
    });
    this.manager.aspiredVersionsCallback()(name, items);
    await settle();
  }

  async ask(name: Name, version: number | null): Promise<void> {
    await this.clock.advance(1); // so that no two are used at the same time
    const request = version === null ? latest(name) : specific(name, version);
    await this.manager.loadedHandle(request, isFakeServable).then(
      (handle) => handle.dispose(),
      (thrown: unknown) => {
        if (!(thrown instanceof AppError)) throw thrown;
      },
    );
    await settle();
  }

  async die(): Promise<void> {
    this.#loaders.findLast((loader) => loader.servable() !== undefined)?.die();
    await settle();
  }

  foretell(name: Name, wanted: readonly number[], policy: AspiredVersionPolicyKind, budgetBytes: number) {
    const servables = names.flatMap((each) =>
      this.manager.snapshots(each).flatMap(({ id, state, isAspired, lastUsedAtMs, sinceMs }) => {
        const isLoaded = state === 'ready';
        if (!isLoaded && !this.manager.hasFailed(id)) return [];
        const isPinned = this.#pinned.has(id.version);
        return { id, isLoaded, isRegistered: isAspired, isPinned, usedAtMs: lastUsedAtMs ?? sinceMs };
      }),
    );
    const registered = this.manager.registered(name);
    return simulateOnDemand({
      name,
      servables,
      registered,
      wanted,
      policy,
      bytesOf: this.bytesOf,
      budgetBytes,
    });
  }

  /** What is carried out from now on, as a rehearsal tells it, and the most memory that is taken. */
  watch(name: Name): { readonly done: string[]; readonly peakBytes: () => number } {
    const done: string[] = [];
    let peakBytes = this.usedBytes;
    this.basic.onDidChange(({ id, what }) => {
      if (what !== 'state') return;
      peakBytes = Math.max(peakBytes, this.usedBytes);
      const state = this.basic.find(id)?.harness.state;
      if (id.name !== name) return;
      if (state?.kind === 'loading') done.push(`load ${id.version}`);
      if (state?.kind === 'quiescing') done.push(`unload ${id.version}`);
      if (state?.kind !== 'error' || state.error.code !== 'MEMORY_EXHAUSTED') return;
      const { needBytes, freeBytes, totalBytes } = state.error.params;
      done.push(`load ${id.version} refused: ${freeBytes} of ${totalBytes} for ${needBytes}`);
    });
    return { done, peakBytes: () => peakBytes };
  }

  #loaderOf(id: ServableId): FakeLoader {
    const key = `${id.name}:${id.version}`;
    const loader = new FakeLoader(key, this.bytesOf(id));
    if (this.broken.has(key)) loader.failing(new AppError('MODEL_FILE_TRUNCATED'));
    this.#loaders.push(loader);
    return loader;
  }
}

const inWords = ({ steps }: Awaited<ReturnType<typeof simulateOnDemand>>): string[] =>
  steps.map(({ kind, id, refusal }) =>
    refusal === null
      ? `${kind} ${id.version}`
      : `${kind} ${id.version} refused: ${refusal.freeBytes} of ${refusal.totalBytes} for ${refusal.needBytes}`,
  );

describe('a rehearsal of a stream that is loaded on demand', () => {
  test('SI6: loads nothing while nothing is loaded', async () => {
    const world = new OnDemandWorld([1, 1, 1, 1], 10);
    await world.aspire('a', [3]);
    expect(await world.foretell('a', [2], 'availabilityPreserving', 10)).toMatchObject({
      steps: [],
      peakBytes: 0,
    });
  });

  test('SI6: does not load again what has failed, and keeps what answers in its place', async () => {
    const world = new OnDemandWorld([1, 1, 1, 1, 1], 10);
    world.broken.add('a:4');
    await world.aspire('a', [4, 3]);
    await world.ask('a', 4);
    await world.ask('a', 3);
    expect(inWords(await world.foretell('a', [4], 'availabilityPreserving', 10))).toEqual([]);
  });

  test('SI6: makes room by what was used the longest ago, in whatever stream, and never by what is pinned', async () => {
    const world = new OnDemandWorld([1, 4, 3, 3, 5], 10, [1]);
    await world.aspire('a', [3, 2, 1]);
    for (const version of [1, 2, 3]) await world.ask('a', version);
    const plan = await world.foretell('a', [4, 3, 2, 1], 'availabilityPreserving', 10);
    expect(inWords(plan)).toEqual(['unload 2', 'unload 3', 'load 4']);
    expect(plan).toMatchObject({ peakBytes: 10, finalBytes: 9 });
  });
});

type Act =
  | {
      readonly do: 'aspire';
      readonly name: Name;
      readonly versions: readonly number[];
      readonly policy: AspiredVersionPolicyKind;
    }
  | { readonly do: 'ask'; readonly name: Name; readonly version: number | null }
  | { readonly do: 'unload' | 'break' | 'mend'; readonly name: Name; readonly version: number }
  | { readonly do: 'die' };
const anyName = fc.constantFrom(...names);
const anyVersion = fc.integer({ min: 0, max: 4 });
const anyChange = fc.record({
  do: fc.constant('aspire' as const),
  name: anyName,
  versions: fc.uniqueArray(anyVersion, { maxLength: 4 }),
  policy: fc.constantFrom<AspiredVersionPolicyKind>('availabilityPreserving', 'resourcePreserving'),
});
const anyAct: fc.Arbitrary<Act> = fc.oneof(
  { arbitrary: anyChange, weight: 3 },
  {
    arbitrary: fc.record({ do: fc.constant('ask' as const), name: anyName, version: fc.option(anyVersion) }),
    weight: 6,
  },
  {
    arbitrary: fc.record({
      do: fc.constantFrom('unload' as const, 'break' as const, 'mend' as const),
      name: anyName,
      version: anyVersion,
    }),
    weight: 3,
  },
  { arbitrary: fc.constant({ do: 'die' as const }), weight: 1 },
);

async function carryOut(world: OnDemandWorld, act: Act): Promise<void> {
  switch (act.do) {
    case 'aspire':
      return world.aspire(act.name, act.versions, act.policy);
    case 'ask':
      return world.ask(act.name, act.version);
    case 'unload':
      world.manager.unload(act);
      return settle();
    case 'break':
      world.broken.add(`${act.name}:${act.version}`);
      return;
    case 'mend':
      world.broken.delete(`${act.name}:${act.version}`);
      return;
    case 'die':
      return world.die();
  }
}

test('[SI6]: steps, refusals with their numbers, peak and final memory are those of the manager, on random histories', {
  timeout: 120_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyAct, { maxLength: 12 }),
      anyChange,
      fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 5, maxLength: 5 }),
      fc.integer({ min: 6, max: 24 }),
      fc.uniqueArray(anyVersion, { maxLength: 2 }),
      async (history, last, sizes, budgetBytes, pinned) => {
        const world = new OnDemandWorld(sizes, budgetBytes, pinned);
        for (const act of history) await carryOut(world, act);
        world.broken.clear(); // what fails for the first time, nobody can foretell
        const foretold = await world.foretell(last.name, last.versions, last.policy, budgetBytes);
        const { done, peakBytes } = world.watch(last.name);
        await carryOut(world, last);
        expect(inWords(foretold)).toEqual(done);
        expect([foretold.peakBytes, foretold.finalBytes]).toEqual([peakBytes(), world.usedBytes]);
        await world.manager.close();
      },
    ),
    { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 200) },
  );
});
