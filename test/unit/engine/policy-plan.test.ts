import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Plan, Switching, VersionPolicy } from '../../../app/contract/models';
import type { Engine } from '../../../main/engine-api';
import { EngineBench, untilWords } from './engine-bench';

let bench: EngineBench;
let engine: Engine;
beforeEach(async () => {
  bench = await EngineBench.create();
  for (const version of [1, 2, 3]) await bench.version('digits', version);
  engine = await bench.start({ models: [{ name: 'digits', basePath: bench.path('digits') }] });
  await untilWords(engine, 'digits', '3 available, 2 onDisk, 1 onDisk');
});
afterEach(() => bench.close());

const inWords = (plan: Plan): string =>
  plan.steps
    .map((it) => `${it.action} ${it.version}${it.afterVersion === null ? '' : ` after ${it.afterVersion}`}`)
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

  test('says what it takes at most, and whether that fits', async () => {
    const used = engine.models.snapshot().memory.usedBytes;
    expect(used).toBe(60_000_000);
    const frugal = await preview({ kind: 'specific', versions: [1] }, 'resourcePreserving');
    const available = await preview({ kind: 'specific', versions: [1] });
    const [load] = available.steps;
    expect(load?.bytes).toBeGreaterThan(50_000_000);
    expect(available.peakBytes).toBe(used + (load?.bytes ?? 0));
    expect(frugal.peakBytes).toBe(Math.max(used, load?.bytes ?? 0));
    await engine.settings.set({ memoryBudgetBytes: available.peakBytes - 1 });
    expect((await preview({ kind: 'specific', versions: [1] })).fits).toBe(false);
    expect((await preview({ kind: 'specific', versions: [1] }, 'resourcePreserving')).fits).toBe(true);
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
