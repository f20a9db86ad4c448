import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AspiredVersionPolicyKind } from '../../../main/serving/aspired-version-policy';
import { type Simulation, simulate } from '../../../main/serving/simulate';
import { settle } from '../../support/fake-clock';
import { ServingWorld } from '../../support/serving-world';

const m = (version: number) => ({ name: 'm', version });
const plain = ({ steps }: Simulation): string[] =>
  steps.map(
    ({ kind, id, after, refusal }) =>
      `${kind} ${id.version}${after ? ` after ${after.version}` : ''}${refusal ? ` refused, ${refusal.freeBytes} of ${refusal.totalBytes} free for ${refusal.needBytes}` : ''}`,
  );

describe('rehearsal', () => {
  const from1To2 = (policy: AspiredVersionPolicyKind, budgetBytes: number | null) =>
    simulate({
      servables: [{ id: m(1), state: 'ready', isAspired: true }],
      wanted: new Map([['m', [2]]]),
      policyOf: () => policy,
      bytesOf: ({ version }) => (version === 1 ? 100 : 120),
      budgetBytes,
    });

  test('SI1: availability-preserving loads the new before it unloads the old, and holds both for a moment', async () => {
    const result = await from1To2('availabilityPreserving', 1_000);
    expect(plain(result)).toEqual(['load 2', 'unload 1 after 2']);
    expect(result).toMatchObject({ peakBytes: 220, finalBytes: 120, gaps: new Set() });
  });

  test('SI1: resource-preserving unloads the old before it loads the new, with a gap', async () => {
    const result = await from1To2('resourcePreserving', 1_000);
    expect(plain(result)).toEqual(['unload 1', 'load 2 after 1']);
    expect(result).toMatchObject({ peakBytes: 120, finalBytes: 120, gaps: new Set(['m']) });
  });

  test('SI2: what does not fit is refused, and the old stays', async () => {
    const result = await from1To2('availabilityPreserving', 200);
    expect(plain(result)).toEqual(['load 2 refused, 100 of 200 free for 120']);
    expect(result).toMatchObject({ peakBytes: 100, finalBytes: 100, gaps: new Set() });
  });

  test('SI2: memory that others hold counts', async () => {
    const result = await simulate({
      servables: [],
      wanted: new Map([['m', [1]]]),
      policyOf: () => 'availabilityPreserving',
      bytesOf: () => 60,
      otherBytes: 50,
      budgetBytes: 100,
    });
    expect(plain(result)).toEqual(['load 1 refused, 50 of 100 free for 60']);
    expect(result.peakBytes).toBe(50);
  });

  test('SI3: what was refused before is tried again when the change makes room', async () => {
    const world = new ServingWorld({ budget: 100 });
    world.aspire(
      'm',
      world.item('m', 1, (it) => {
        it.bytes = 80;
      }),
    );
    world.aspire(
      'n',
      world.item('n', 1, (it) => {
        it.bytes = 90;
      }),
    );
    await world.rest();
    expect(world.snapshot('n', 1).state).toBe('error');
    const result = await simulate({
      servables: world.manager.snapshots(),
      wanted: new Map([['m', []]]),
      policyOf: () => 'availabilityPreserving',
      bytesOf: ({ name }) => (name === 'm' ? 80 : 90),
      budgetBytes: 100,
    });
    expect(result.steps.map(({ kind, id }) => `${kind} ${id.name}`)).toEqual(['unload m', 'load n']);
  });

  test('SI4: nothing to do is no step; loads under way count as loaded, what leaves as gone', async () => {
    const result = await simulate({
      servables: [
        { id: m(1), state: 'quiescing', isAspired: false },
        { id: m(2), state: 'loading', isAspired: true },
        { id: m(3), state: 'error', isAspired: true },
      ],
      wanted: new Map([['m', [2, 3]]]),
      policyOf: () => 'resourcePreserving',
      bytesOf: () => 10,
      budgetBytes: 100,
    });
    expect(plain(result)).toEqual([]);
    expect(result).toMatchObject({ peakBytes: 20, finalBytes: 10 });
  });
});

const policies = fc.constantFrom<AspiredVersionPolicyKind>('availabilityPreserving', 'resourcePreserving');
const change = fc.record({
  name: fc.constantFrom('a', 'b'),
  versions: fc.uniqueArray(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }),
  policy: policies,
});

test('[SI5]: a rehearsal foretells what the real manager does, on random histories', {
  timeout: 120_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(change, { maxLength: 5 }),
      change,
      fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 5, maxLength: 5 }),
      fc.integer({ min: 6, max: 24 }),
      async (history, last, sizes, budgetBytes) => {
        const bytesOf = ({ version }: { version: number }): number => sizes[version] ?? 1;
        const world = new ServingWorld({
          budget: budgetBytes,
          aspired: { manageStateIntervalMs: 10_000, maxActionsPerTick: Number.POSITIVE_INFINITY },
        });
        world.manager.run();
        const carryOut = async ({ name, versions, policy }: typeof last): Promise<void> => {
          world.manager.setPolicy(name, policy);
          const items = versions.map((version) =>
            world.item(name, version, (it) => {
              it.bytes = bytesOf({ version });
            }),
          );
          world.aspire(name, ...items);
          await settle();
        };
        for (const step of history) await carryOut(step);

        const foretold = await simulate({
          servables: world.manager.snapshots(),
          wanted: new Map([[last.name, last.versions]]),
          policyOf: (name) => (name === last.name ? last.policy : world.manager.policyOf(name)),
          bytesOf,
          budgetBytes,
        });

        const decided: string[] = [];
        const used = (): number => world.tracker?.used[0]?.quantity ?? 0;
        let peakBytes = used();
        world.manager.onDidDecide(({ kind, id }) => decided.push(`${kind} ${id.name}:${id.version}`));
        world.manager.onDidChange(() => {
          peakBytes = Math.max(peakBytes, used());
        });
        await carryOut(last);

        expect(foretold.steps.map(({ kind, id }) => `${kind} ${id.name}:${id.version}`)).toEqual(decided);
        expect(foretold.peakBytes).toBe(peakBytes);
        expect(foretold.finalBytes).toBe(used());
        await world.manager.close();
      },
    ),
    { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 200) },
  );
});
