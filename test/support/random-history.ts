import fc from 'fast-check';
import { AppError } from '../../app/base/errors';
import type { AspiredVersionPolicyKind } from '../../main/serving/aspired-version-policy';
import type { ServableHandle } from '../../main/serving/manager';
import { settle } from './fake-clock';
import type { FakeLoader, FakeServable } from './fake-loader';
import { ServingWorld } from './serving-world';

/** How the next loader that is made behaves. */
export interface Behaviour {
  readonly bytes: number;
  /** What it takes once loaded, as a share of `bytes`. */
  readonly growth: number;
  readonly failures: number;
  readonly isSlow: boolean;
  readonly obeysAbort: boolean;
}

export type Command =
  | {
      readonly do: 'aspire';
      readonly name: string;
      readonly versions: readonly number[];
      readonly key: string;
    }
  | { readonly do: 'policy'; readonly name: string; readonly policy: AspiredVersionPolicyKind }
  | { readonly do: 'acquire'; readonly name: string }
  | { readonly do: 'release' | 'proceed' | 'settle' }
  | { readonly do: 'advance'; readonly ms: number }
  | { readonly do: 'crash' | 'retryNow' | 'cancelLoad' | 'reload'; readonly pick: number }
  | { readonly do: 'budget'; readonly bytes: number };

const names = ['a', 'b'];
const versions = fc.uniqueArray(fc.integer({ min: 0, max: 4 }), { maxLength: 3 });
const aspire = fc.record({
  do: fc.constant('aspire' as const),
  name: fc.constantFrom(...names),
  versions,
  key: fc.constantFrom('x', 'x', 'y'),
});
const policy = fc.record({
  do: fc.constant('policy' as const),
  name: fc.constantFrom(...names),
  policy: fc.constantFrom<AspiredVersionPolicyKind>('availabilityPreserving', 'resourcePreserving'),
});

export const anyBehaviours: fc.Arbitrary<Behaviour[]> = fc.array(
  fc.record({
    bytes: fc.integer({ min: 1, max: 6 }),
    growth: fc.constantFrom(1, 0.5, 1.5),
    failures: fc.constantFrom(0, 0, 0, 1, 5),
    isSlow: fc.boolean(),
    obeysAbort: fc.boolean(),
  }),
  { minLength: 1, maxLength: 8 },
);

export const anyCommands: fc.Arbitrary<Command[]> = fc.array(
  fc.oneof(
    { arbitrary: aspire, weight: 5 },
    { arbitrary: policy, weight: 1 },
    {
      arbitrary: fc.record({ do: fc.constant('acquire' as const), name: fc.constantFrom(...names) }),
      weight: 2,
    },
    {
      arbitrary: fc.record({
        do: fc.constantFrom('release' as const, 'proceed' as const, 'settle' as const),
      }),
      weight: 6,
    },
    {
      arbitrary: fc.record({ do: fc.constant('advance' as const), ms: fc.constantFrom(50, 500, 70_000) }),
      weight: 2,
    },
    {
      arbitrary: fc.record({
        do: fc.constantFrom('crash' as const, 'retryNow' as const, 'cancelLoad' as const, 'reload' as const),
        pick: fc.nat(99),
      }),
      weight: 3,
    },
    {
      arbitrary: fc.record({ do: fc.constant('budget' as const), bytes: fc.integer({ min: 10, max: 14 }) }),
      weight: 1,
    },
  ),
  { maxLength: 40 },
);

/** A world whose manager runs by itself, with loaders that behave as told, in turn. */
export class HistoryWorld extends ServingWorld {
  readonly handles: { readonly handle: ServableHandle<FakeServable>; readonly loader: FakeLoader }[] = [];
  /** Calls of `unload` under a handle: there must be none. */
  readonly violations: string[] = [];
  readonly #behaviours: readonly Behaviour[];

  constructor(behaviours: readonly Behaviour[], budget: number) {
    super({
      budget,
      basic: { loadRetry: { maxRetries: 2, intervalMs: 100, factor: 2 }, random: () => 0.5 },
      aspired: {
        manageStateIntervalMs: 10_000,
        maxActionsPerTick: Number.POSITIVE_INFINITY,
        random: () => 0.5,
      },
    });
    this.#behaviours = behaviours;
    this.manager.run();
  }

  async carryOut(command: Command): Promise<void> {
    switch (command.do) {
      case 'aspire': {
        const { name, key } = command;
        return this.aspire(
          name,
          ...command.versions.map((version) => this.item(name, version, (it) => this.#behave(it), key)),
        );
      }
      case 'policy':
        return this.manager.setPolicy(command.name, command.policy);
      case 'acquire':
        return this.#acquire(command.name);
      case 'release':
        return this.handles.shift()?.handle.dispose();
      case 'proceed':
        for (const { loader } of this.loaders) loader.proceed();
        return settle();
      case 'settle':
        return settle();
      case 'advance':
        return this.clock.advance(command.ms);
      case 'crash':
        return this.#crash(command.pick);
      case 'budget':
        return this.basic.setTotalResources([
          { resource: { device: 'main', kind: 'ram_in_bytes' }, quantity: command.bytes },
        ]);
      default:
        return this.#ask(command.do, command.pick);
    }
  }

  /** Lets everything happen that can: nobody holds anything, every load goes on, time passes. */
  async comeToRest(): Promise<void> {
    for (let round = 0; round < 4; round++) {
      for (const { handle } of this.handles.splice(0)) handle.dispose();
      for (let again = 0; again < 8; again++) await this.carryOut({ do: 'proceed' });
      await this.clock.advance(70_000);
    }
  }

  #behave(loader: FakeLoader): void {
    const next = this.#behaviours[this.loaders.length % this.#behaviours.length];
    if (!next) return;
    loader.bytes = next.bytes;
    loader.loadedBytes = Math.ceil(next.bytes * next.growth);
    loader.failures = Array.from({ length: next.failures }, () => new AppError('RUNNER_START_FAILED'));
    loader.obeysAbort = next.obeysAbort;
    if (next.isSlow) loader.hold();
    loader.onUnload = () => {
      if (this.handles.some((it) => it.loader === loader))
        this.violations.push(`${loader.label} under a handle`);
    };
  }

  #acquire(name: string): void {
    if (!this.available().some((it) => it.startsWith(`${name}:`))) return;
    const handle = this.handle(name);
    const held = this.basic.find(handle.id)?.harness.loader;
    const found = this.loaders.find(({ loader }) => loader === held);
    if (found) this.handles.push({ handle, loader: found.loader });
  }

  #crash(pick: number): void {
    const ready = this.loaders.filter(({ loader }) => loader.servable() !== undefined);
    ready[pick % ready.length]?.loader.die();
  }

  #ask(what: 'retryNow' | 'cancelLoad' | 'reload', pick: number): void {
    const all = this.manager.snapshots();
    const chosen = all[pick % all.length];
    if (!chosen) return;
    try {
      this.manager[what](chosen.id);
    } catch (thrown) {
      if (!(thrown instanceof AppError && thrown.code === 'FAILED_PRECONDITION')) throw thrown;
    }
  }
}
