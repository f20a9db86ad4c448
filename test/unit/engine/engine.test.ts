import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EngineBench, inWords, until, untilWords, versionOf } from './engine-bench';

let bench: EngineBench;
beforeEach(async () => {
  bench = await EngineBench.create();
});
afterEach(() => bench.close());
const seed = (name: string, more = {}) => ({ models: [{ name, basePath: bench.path(name), ...more }] });
const picture = new Uint8Array([1]);

describe('the engine', () => {
  test('loads what the policy asks for and answers with it', async () => {
    for (const version of [1, 2, 3]) await bench.version('digits', version);
    const engine = await bench.start(seed('digits'));
    await untilWords(engine, 'digits', '3 available, 2 onDisk, 1 onDisk');
    const answer = await engine.inference.classify({ model: 'digits', version: 'latest', picture, top: 1 });
    expect([answer.model, answer.version, answer.classes[0]?.label]).toEqual(['digits', 3, 'digits-3']);
    await expect(
      engine.inference.classify({ model: 'digits', version: { version: 1 }, picture, top: 1 }),
    ).rejects.toMatchObject({ code: 'SERVABLE_NOT_FOUND' });
    await expect(
      engine.inference.classify({ model: 'nobody', version: 'latest', picture, top: 1 }),
    ).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
  });

  test('takes up a new version that appears, and lets go of one that is deleted', async () => {
    await bench.version('digits', 1);
    const engine = await bench.start(seed('digits', { policy: { kind: 'all' } }));
    await untilWords(engine, 'digits', '1 available');
    await bench.version('digits', 2);
    await untilWords(engine, 'digits', '2 available, 1 available');
    await rm(bench.path('digits', '1'), { recursive: true });
    const model = await until(engine, 'digits', (it) => versionOf(it, 1) === undefined);
    expect(inWords(model)).toBe('2 available');
  });

  test('a broken version fails alone, with its reason, and is tried again when its file changes', async () => {
    await bench.version('digits', 1);
    await bench.version('digits', 2, 'bad');
    const engine = await bench.start(seed('digits', { policy: { kind: 'all' } }));
    const model = await untilWords(engine, 'digits', '2 failed, 1 available');
    expect(versionOf(model, 2)?.error).toMatchObject({ code: 'MODEL_FILE_TRUNCATED', detail: 'ends early' });
    await bench.version('digits', 2, 'repaired');
    await untilWords(engine, 'digits', '2 available, 1 available');
  });

  test('a version folder without a model file fails with its reason and leaves the others alone', async () => {
    await bench.version('digits', 1);
    const { mkdir } = await import('node:fs/promises');
    await mkdir(bench.path('digits', '2'));
    const engine = await bench.start(seed('digits'));
    const model = await untilWords(engine, 'digits', '2 failed, 1 available');
    expect(versionOf(model, 2)?.error?.code).toBe('MODEL_FILE_MISSING');
  });

  test('a runner that dies shows as failed, harms no other version, and comes back by itself', async () => {
    for (const version of [1, 2]) await bench.version('digits', version);
    const engine = await bench.start(seed('digits', { policy: { kind: 'all' } }));
    await untilWords(engine, 'digits', '2 available, 1 available');
    await engine.models.events({ limit: 1 }); // what was before has been told
    const lifecycles: string[] = [];
    engine.models.onDidLog((events) => {
      const changes = events.filter((it) => it.kind !== 'contentRecorded'); // hashed in its own time
      for (const it of changes) lifecycles.push(`${it.version} ${it.kind} ${it.error?.code ?? ''}`.trim());
    });
    bench.runners.named('digits 2').kill();
    const failed = await untilWords(engine, 'digits', '2 failed, 1 available');
    expect(versionOf(failed, 2)).toMatchObject({
      error: { code: 'RUNNER_CRASHED' },
      nextAttemptAtMs: expect.any(Number),
    });
    await engine.inference.classify({ model: 'digits', version: { version: 1 }, picture, top: 1 });
    await untilWords(engine, 'digits', '2 available, 1 available');
    await engine.models.events({ limit: 1 }); // the log tells in batches: by now it has told this one
    expect(lifecycles[0]).toBe('2 failed RUNNER_CRASHED');
  });

  test("a folder that is gone is the model's problem and no other's; the last good version is kept", async () => {
    await bench.version('digits', 1);
    await bench.version('letters', 1);
    const engine = await bench.start({
      models: ['digits', 'letters'].map((name) => ({ name, basePath: bench.path(name) })),
    });
    await untilWords(engine, 'digits', '1 available');
    await rm(bench.path('digits'), { recursive: true });
    const model = await until(engine, 'digits', (it) => it.problem?.code === 'BASE_PATH_MISSING');
    expect(inWords(model)).toBe('1 available');
    expect(versionOf(model, 1)?.isOnDisk).toBe(false);
    expect((await untilWords(engine, 'letters', '1 available')).problem).toBeNull();
  });

  test('closing unloads everything and ends every runner', async () => {
    for (const version of [1, 2]) await bench.version('digits', version);
    const engine = await bench.start(seed('digits', { policy: { kind: 'all' } }));
    await untilWords(engine, 'digits', '2 available, 1 available');
    expect(bench.runners.alive.size).toBe(2);
    await engine.close();
    expect(bench.runners.alive.size).toBe(0);
  });

  test('tells at most one change in 50 ms, holding whole models that changed and no others', async () => {
    for (const name of ['a', 'b']) for (const version of [1, 2, 3]) await bench.version(name, version);
    const engine = await bench.start({
      models: ['a', 'b'].map((name) => ({ name, basePath: bench.path(name) })),
    });
    await untilWords(engine, 'a', '3 available, 2 onDisk, 1 onDisk');
    await untilWords(engine, 'b', '3 available, 2 onDisk, 1 onDisk');
    for (const name of ['a', 'b'])
      await until(engine, name, (it) => typeof versionOf(it, 3)?.contentHash === 'string'); // the last to be known
    const { revision } = engine.models.snapshot();
    const changes: { atMs: number; revision: number; names: string[] }[] = [];
    engine.models.onDidChange((it) =>
      changes.push({
        atMs: performance.now(),
        revision: it.revision,
        names: it.changed.map(({ name }) => name),
      }),
    );
    await engine.models.applyPolicy('a', { kind: 'all' }, 'availabilityPreserving');
    await untilWords(engine, 'a', '3 available, 2 available, 1 available');
    engine.models.snapshot();
    expect(changes.map((it) => it.revision)).toEqual(changes.map((_, index) => revision + 1 + index));
    expect(new Set(changes.flatMap((it) => it.names))).toEqual(new Set(['a']));
    expect(changes.length).toBeLessThan(12);
  });
});

describe('settings that change while it runs', () => {
  test('a larger memory budget lets a version load that was refused before', async () => {
    await bench.version('digits', 1);
    const engine = await bench.start(seed('digits'));
    await untilWords(engine, 'digits', '1 available');
    await engine.settings.set({ memoryBudgetBytes: 70_000_000 }); // the loaded one takes 60
    await engine.models.applyPolicy('digits', { kind: 'all' }, 'availabilityPreserving');
    await bench.version('digits', 2);
    const refused = await untilWords(engine, 'digits', '2 failed, 1 available');
    expect(versionOf(refused, 2)?.error?.code).toBe('MEMORY_EXHAUSTED');
    await engine.settings.set({ memoryBudgetBytes: 1_000_000_000 });
    await untilWords(engine, 'digits', '2 available, 1 available');
  });

  test('the wait for stability is the one set last', async () => {
    await bench.version('digits', 1);
    const engine = await bench.start({ ...seed('digits'), settings: { stabilityMs: 60_000 } });
    await until(engine, 'digits', (it) => it.versions.length === 1);
    await engine.settings.set({ stabilityMs: 0 });
    await engine.models.rescan('digits');
    await untilWords(engine, 'digits', '1 available');
  });
});
