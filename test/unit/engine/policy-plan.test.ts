import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Clock, systemClock } from '../../../app/base/clock';
import type { Lifecycle, ModelEvent, Plan, Switching, VersionPolicy } from '../../../app/contract/models';
import { planPolicy } from '../../../main/engine/policy-plan';
import type { Engine } from '../../../main/engine-api';
import { settle } from '../../support/fake-clock';
import { ServingWorld } from '../../support/serving-world';
import { EngineBench, until, untilWords, versionOf } from './engine-bench';

/** A busy computer would end the manager's passes early by the time, and what they left would come after `atRest`. */
const standing: Clock = { now: () => 1_000_000, schedule: systemClock.schedule };

let bench: EngineBench;
let engine: Engine;
beforeEach(async () => {
  bench = await EngineBench.create();
  for (const version of [1, 2, 3]) await bench.version('digits', version);
  engine = await bench.start({ models: [{ name: 'digits', basePath: bench.path('digits') }] }, standing);
  await untilWords(engine, 'digits', '3 available, 2 onDisk, 1 onDisk');
});
afterEach(() => bench.close());

const inWords = (plan: Plan): string =>
  plan.steps
    .map(({ action, version, afterVersion, refusal }) => {
      const after = afterVersion === null ? '' : ` after ${afterVersion}`;
      return `${action} ${version}${after}${refusal ? ' refused' : ''}`;
    })
    .join(', ');
const preview = (policy: VersionPolicy, switching: Switching = 'availabilityPreserving') =>
  engine.models.previewPolicy('digits', policy, switching);

describe('a preview of a policy', () => {
  test.each<[string, VersionPolicy, Switching, string, boolean]>([
    ['the same', { kind: 'latest', count: 1 }, 'availabilityPreserving', 'keep 3', false],
    ['more', { kind: 'all' }, 'availabilityPreserving', 'keep 3, load 2, load 1', false],
    [
      'another, available',
      { kind: 'specific', versions: [1] },
      'availabilityPreserving',
      'load 1, unload 3 after 1',
      false,
    ],
    [
      'another, frugal',
      { kind: 'specific', versions: [1] },
      'resourcePreserving',
      'unload 3, load 1 after 3',
      true,
    ],
    ['none', { kind: 'specific', versions: [] }, 'availabilityPreserving', 'unload 3', false],
    [
      'one that is not there',
      { kind: 'specific', versions: [9] },
      'availabilityPreserving',
      'unload 3',
      false,
    ],
  ])('%s', async (_, policy, switching, words, hasGap) => {
    const plan = await preview(policy, switching);
    expect(inWords(plan)).toBe(words);
    expect(plan.hasGap).toBe(hasGap);
  });

  test('says what it takes at most, and what will not fit', async () => {
    const used = engine.models.snapshot().memory.usedBytes;
    expect(used).toBe(60_000_000);
    const frugal = await preview({ kind: 'specific', versions: [1] }, 'resourcePreserving');
    const available = await preview({ kind: 'specific', versions: [1] });
    const [load] = available.steps;
    expect(load?.bytes).toBeGreaterThan(50_000_000);
    expect(available.peakBytes).toBe(used + (load?.bytes ?? 0));
    expect(frugal.peakBytes).toBe(Math.max(used, load?.bytes ?? 0));
    const budgetBytes = available.peakBytes - 1;
    await engine.settings.set({ memoryBudgetBytes: budgetBytes });
    const tight = await preview({ kind: 'specific', versions: [1] });
    expect(inWords(tight)).toBe('keep 3, load 1 refused');
    const needBytes = load?.bytes ?? 0;
    expect(tight.steps[1]?.refusal).toEqual({
      needBytes,
      freeBytes: budgetBytes - used,
      totalBytes: budgetBytes,
    });
    expect(tight.peakBytes).toBe(used);
    expect(inWords(await preview({ kind: 'specific', versions: [1] }, 'resourcePreserving'))).toBe(
      'unload 3, load 1 after 3',
    );
    await engine.models.applyPolicy('digits', { kind: 'specific', versions: [1] }, 'availabilityPreserving');
    const model = await untilWords(engine, 'digits', '3 available, 2 onDisk, 1 failed');
    expect(versionOf(model, 1)?.error).toMatchObject({
      code: 'MEMORY_EXHAUSTED',
      params: { needBytes: String(needBytes), freeBytes: String(budgetBytes - used) },
    });
  });

  test('touches nothing, and what follows Apply is what it said', async () => {
    const plan = await preview({ kind: 'specific', versions: [2] }, 'resourcePreserving');
    await untilWords(engine, 'digits', '3 available, 2 onDisk, 1 onDisk');
    await engine.models.applyPolicy('digits', { kind: 'specific', versions: [2] }, 'resourcePreserving');
    await untilWords(engine, 'digits', '3 unloaded, 2 available, 1 onDisk');
    const events = (await engine.models.events({ model: 'digits', limit: 100 })).reverse();
    const after = events.slice(events.findIndex((it) => it.kind === 'policyApplied'));
    const done = after.flatMap(({ kind, version }) =>
      kind === 'loading' ? [`load ${version}`] : kind === 'unloading' ? [`unload ${version}`] : [],
    );
    expect(done).toEqual(plan.steps.map((it) => `${it.action} ${it.version}`));
  });
});

type Act =
  | { readonly do: 'policy'; readonly policy: VersionPolicy; readonly switching: Switching }
  | { readonly do: 'load' | 'unload'; readonly version: number }
  | { readonly do: 'budget'; readonly megabytes: number };
const anyPolicy = fc.record({
  do: fc.constant('policy' as const),
  policy: fc.oneof(
    fc.record({ kind: fc.constant('latest' as const), count: fc.integer({ min: 1, max: 3 }) }),
    fc.constant<VersionPolicy>({ kind: 'all' }),
    fc.record({
      kind: fc.constant('specific' as const),
      versions: fc.uniqueArray(fc.integer({ min: 1, max: 3 }), { maxLength: 3 }),
    }),
  ),
  switching: fc.constantFrom<Switching>('availabilityPreserving', 'resourcePreserving'),
});
const anyAct: fc.Arbitrary<Act> = fc.oneof(
  anyPolicy,
  fc.record({
    do: fc.constantFrom('load' as const, 'unload' as const),
    version: fc.integer({ min: 1, max: 3 }),
  }),
  fc.record({ do: fc.constant('budget' as const), megabytes: fc.integer({ min: 100, max: 350 }) }),
);

async function carryOut(act: Act): Promise<void> {
  if (act.do === 'policy') await engine.models.applyPolicy('digits', act.policy, act.switching);
  else if (act.do === 'budget') await engine.settings.set({ memoryBudgetBytes: act.megabytes * 1e6 });
  else await engine.models[act.do]('digits', act.version);
  await atRest();
}
async function atRest(): Promise<void> {
  await settle();
  await until(engine, 'digits', ({ versions }) =>
    versions.every(({ lifecycle }) => !['waiting', 'loading', 'unloading'].includes(lifecycle)),
  );
}
const isTriedAgain = ({ steps }: Plan, at: number): boolean =>
  steps.slice(at + 1).some(({ version, action }) => action === 'load' && version === steps[at]?.version);
const versionsIn = (lifecycle: Lifecycle): number[] =>
  (engine.models.get('digits')?.versions ?? [])
    .filter((it) => it.lifecycle === lifecycle)
    .map(({ version }) => version);

test('what a preview foretells is what the engine then does, on random histories', {
  timeout: 120_000,
}, async () => {
  const newest: Act = {
    do: 'policy',
    policy: { kind: 'latest', count: 1 },
    switching: 'availabilityPreserving',
  };
  await fc.assert(
    fc.asyncProperty(fc.array(anyAct, { maxLength: 4 }), anyPolicy, async (history, last) => {
      for (const act of [{ do: 'budget', megabytes: 4_000 } as const, newest, ...history])
        await carryOut(act);
      const plan = await preview(last.policy, last.switching);
      const failedBefore = versionsIn('failed');
      const [before] = await engine.models.events({ model: 'digits', limit: 1 });
      await carryOut(last);
      const events = (await engine.models.events({ model: 'digits', limit: 100 }))
        .filter(({ id }) => id > (before?.id ?? 0))
        .reverse();
      const did = (kind: ModelEvent['kind']) =>
        events.filter((it) => it.kind === kind).map((it) => it.version);
      const will = (action: string) =>
        plan.steps.filter((it) => it.action === action && it.refusal === null).map((it) => it.version);
      expect(did('loading')).toEqual(will('load'));
      expect(did('unloading')).toEqual(will('unload'));
      expect(versionsIn('available')).toEqual(
        [...will('keep'), ...will('load')].filter((it) => !will('unload').includes(it)).sort((a, b) => b - a),
      );
      const refused = plan.steps
        .filter((it, at) => it.refusal && !isTriedAgain(plan, at))
        .map((it) => it.version);
      const failed = versionsIn('failed');
      expect(failed).toEqual(expect.arrayContaining(refused));
      expect([...failedBefore, ...refused]).toEqual(expect.arrayContaining(failed));
    }),
    { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 25) },
  );
});

test('so is what it foretells of a model that is loaded on demand', { timeout: 120_000 }, async () => {
  const begin = [
    { do: 'budget', megabytes: 4_000 },
    { do: 'policy', policy: { kind: 'all' }, switching: 'availabilityPreserving' },
  ] as const satisfies Act[];
  await engine.models.setLoading('digits', { loaded: 'onDemand', idleUnloadMs: null });
  await fc.assert(
    fc.asyncProperty(fc.array(anyAct, { maxLength: 6 }), anyPolicy, async (history, last) => {
      for (const act of [...begin, ...history]) await carryOut(act);
      const plan = await preview(last.policy, last.switching);
      const [before] = await engine.models.events({ model: 'digits', limit: 1 });
      await carryOut(last);
      const events = (await engine.models.events({ model: 'digits', limit: 100 }))
        .filter(({ id }) => id > (before?.id ?? 0))
        .reverse();
      const did = events.flatMap(({ kind, version }) =>
        kind === 'loading' ? [`load ${version}`] : kind === 'unloading' ? [`unload ${version}`] : [],
      );
      const carriedOut = plan.steps.filter(({ action, refusal }) => action !== 'keep' && refusal === null);
      expect(did).toEqual(carriedOut.map(({ action, version }) => `${action} ${version}`));
      const refused = plan.steps.filter(({ refusal }) => refusal !== null).map(({ version }) => version);
      expect(versionsIn('failed')).toEqual(expect.arrayContaining(refused));
      const stay = plan.steps.filter(
        ({ version, action, refusal }) =>
          action !== 'unload' &&
          refusal === null &&
          !carriedOut.some((it) => it.action === 'unload' && it.version === version),
      );
      expect(versionsIn('available')).toEqual(stay.map(({ version }) => version).sort((a, b) => b - a));
    }),
    { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 25) },
  );
});

const anyChange = fc.record({
  name: fc.constantFrom('a', 'b'),
  versions: fc.uniqueArray(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }),
  switching: fc.constantFrom<Switching>('availabilityPreserving', 'resourcePreserving'),
});

test('[SI5]: steps, refusals with their numbers, peak and gap are those of the manager, beside other models', {
  timeout: 120_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyChange, { maxLength: 5 }),
      anyChange,
      fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 5, maxLength: 5 }),
      fc.integer({ min: 6, max: 24 }),
      async (history, last, sizes, budgetBytes) => {
        const bytesOf = (version: number): number => sizes[version] ?? 1;
        const world = new ServingWorld({
          budget: budgetBytes,
          aspired: { manageStateIntervalMs: 10_000, maxActionsPerTick: Number.POSITIVE_INFINITY },
        });
        world.manager.run();
        const used = (): number => world.tracker?.used[0]?.quantity ?? 0;
        const ready = (): number => world.available().filter((it) => it.startsWith(last.name)).length;
        const change = async ({ name, versions, switching }: typeof last): Promise<void> => {
          world.manager.setPolicy(name, switching);
          const newestFirst = [...versions].sort((a, b) => b - a);
          const items = newestFirst.map((version) =>
            world.item(name, version, (it) => (it.bytes = bytesOf(version))),
          );
          world.aspire(name, ...items);
          await settle();
        };
        for (const step of history) await change(step);

        const plan = await planPolicy({
          model: last.name,
          policy: { kind: 'specific', versions: last.versions },
          switching: last.switching,
          present: [0, 1, 2, 3, 4],
          servables: world.manager.snapshots(),
          policyOf: (name) => world.manager.policyOf(name),
          forecastOf: ({ version }) => bytesOf(version),
          chargedBytes: used(),
          budgetBytes,
        });

        const done: { action: string; version: number; refusal: unknown }[] = [];
        let peakBytes = used();
        let hasGap = false;
        const wasReady = ready() > 0;
        world.manager.onDidDecide(({ kind, id }) => {
          if (id.name === last.name) done.push({ action: kind, version: id.version, refusal: null });
        });
        world.manager.onDidChange(({ id, what }) => {
          if (what !== 'state') return;
          peakBytes = Math.max(peakBytes, used());
          if (wasReady && last.versions.length > 0 && ready() === 0) hasGap = true;
          const { error } = world.manager.snapshot(id) ?? {};
          const load = done.findLast((it) => it.action === 'load' && it.version === id.version);
          if (id.name !== last.name || error?.code !== 'MEMORY_EXHAUSTED' || !load) return;
          const { needBytes, freeBytes, totalBytes } = error.params;
          load.refusal = {
            needBytes: Number(needBytes),
            freeBytes: Number(freeBytes),
            totalBytes: Number(totalBytes),
          };
        });
        await change(last);

        const steps = plan.steps.filter((it) => it.action !== 'keep');
        expect(steps.map(({ action, version, refusal }) => ({ action, version, refusal }))).toEqual(done);
        expect({ peakBytes: plan.peakBytes, hasGap: plan.hasGap }).toEqual({ peakBytes, hasGap });
        await world.manager.close();
      },
    ),
    { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 200) },
  );
});
