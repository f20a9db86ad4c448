import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEngine } from '../../../main/engine';
import type { Engine } from '../../../main/engine-api';
import { createNodeSpawn } from '../../../main/runner/spawn-node';
import { builtRunner } from '../../support/built-runner';
import { descendantsOf, isAlive } from '../../support/processes';
import { until, untilWords, versionOf } from './engine-bench';

const samplesFolder = resolve(import.meta.dirname, '../../../app/resources/samples');
let folder: string;
let engine: Engine;
let model: string;

async function start(): Promise<Engine> {
  return createEngine({
    spawnRunner: createNodeSpawn(await builtRunner()),
    stateFolder: join(folder, 'state'),
    samplesFolder,
    settings: { stabilityMs: 0 },
  });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-real-'));
  engine = await start();
  ({ model } = await engine.models.addSample());
  await untilWords(engine, model, '3 available, 2 onDisk, 1 onDisk');
}, 120_000);
afterAll(async () => {
  await engine.close();
  await rm(folder, { recursive: true });
});
const sneaker = (): Promise<Uint8Array> => readFile(join(samplesFolder, 'pictures/sneaker-1.png'));

describe('the engine with real runners and the sample model', () => {
  test('from the sample to a first answer', async () => {
    const answer = await engine.inference.classify({
      model,
      version: 'latest',
      picture: await sneaker(),
      top: 3,
    });
    expect(answer).toMatchObject({ model, version: 3, classCount: 10 });
    expect(answer.classes.map((it) => it.label)[0]).toBe('Sneaker');
    expect(answer.classes).toHaveLength(3);
  });

  test('a batch answers as the versions do when they serve, from one decoding for all of them', async () => {
    const input = { kind: 'folder' as const, path: join(samplesFolder, 'pictures') };
    const { id } = engine.jobs.classifyBatch({ model, versions: [1, 2, 3], top: 10, input }, 'All');
    await new Promise<void>((resolve) => {
      engine.jobs.onDidChange((job) => job.id === id && job.state === 'done' && resolve());
    });
    let count = 0;
    for await (const { picture, answers } of engine.jobs.answersOf(id)) {
      const bytes = await readFile(join(input.path, picture));
      const served = await engine.inference.classify({ model, version: 'latest', picture: bytes, top: 10 });
      expect(answers.map(({ version }) => version)).toEqual([1, 2, 3]);
      const batched = answers[2]?.classes ?? [];
      expect(batched[0]).toMatchObject({ label: served.classes[0]?.label });
      for (const { index, probability } of served.classes) {
        // kernels add up in another order for several pictures at once
        expect(batched.find((it) => it.index === index)?.probability).toBeCloseTo(probability, 5);
      }
      count++;
    }
    expect(count).toBe(12);
  }, 60_000);

  test('memory is measured in the process and charged against the budget', async () => {
    const { memory, models } = engine.models.snapshot();
    const version = models[0]?.versions[0];
    expect(version?.residentBytes).toBeGreaterThan(20_000_000);
    expect(memory.usedBytes).toBeGreaterThan(20_000_000);
    expect(memory.reservedBytes).toBe(0);
    expect(memory.budgetBytes).toBeGreaterThan(memory.usedBytes);
  });

  test('how it runs is told, can be set, and shows in the sizes of its runs', async () => {
    const asMeasured = (await engine.inference.describe(model, 3)).running;
    expect(asMeasured).toMatchObject({
      batching: { source: 'measured' },
      instances: 1,
      memoryCapBytes: expect.any(Number),
    });
    const batching = { maxBatchSize: 4, batchTimeoutMicros: 1_000_000, allowedBatchSizes: [4] };
    const { undo } = await engine.models.setRunning(model, { batching, intraOpThreads: 2, instances: 2 });
    const picture = await sneaker();
    const classify = () => engine.inference.classify({ model, version: { version: 3 }, picture, top: 1 });
    await classify(); // waits for the reload
    expect((await engine.inference.describe(model, 3)).running).toEqual({
      batching: { source: 'set', maxBatchSize: 4, batchTimeoutMicros: 1_000_000 },
      instances: 2,
      intraOpThreads: 2,
      provider: { asked: 'cpu', used: 'cpu', listed: expect.any(Array), parts: [], agreement: null },
      memoryCapBytes: expect.any(Number),
    });
    const counted = await until(engine, model, (it) => (versionOf(it, 3)?.batches.length ?? 0) > 0);
    expect(versionOf(counted, 3)?.batches).toMatchObject([{ size: 4, runs: 1, totalMs: expect.any(Number) }]);
    await engine.models.undo(undo ?? '');
    await classify();
    expect((await engine.inference.describe(model, 3)).running).toEqual(asMeasured);
  }, 60_000);

  test('what cannot run it here is replaced by cpu, and not in silence', async () => {
    const elsewhere = process.platform === 'darwin' ? 'dml' : 'coreml';
    const { undo } = await engine.models.setRunning(model, { executionProvider: elsewhere });
    await engine.inference.classify({ model, version: { version: 3 }, picture: await sneaker(), top: 1 });
    const { running, warnings } = await engine.inference.describe(model, 3);
    expect(running.provider).toMatchObject({ asked: elsewhere, used: 'cpu' });
    expect(running.provider?.listed).toContain('cpu');
    expect(warnings).toMatchObject([{ reason: 'warnProviderNotListed', params: { asked: elsewhere } }]);
    const events = await engine.models.events({ model, limit: 100 });
    expect(events.find(({ kind }) => kind === 'providerFellBack')).toMatchObject({
      version: 3,
      cause: 'runner',
      params: { asked: elsewhere, used: 'cpu' },
    });
    await engine.models.undo(undo ?? '');
  }, 60_000);

  test('what a person sets about pictures is kept, seen through, and survives a restart', async () => {
    const { preprocessing, inferred } = await engine.inference.describe(model, 3);
    if (!preprocessing) throw new Error('The sample is a classifier');
    const changed = { ...preprocessing, values: { scale: 1, mean: [0], std: [255] } };
    expect((await engine.inference.setPreprocessing(model, 3, changed)).description.preprocessing).toEqual(
      changed,
    );
    const view = await engine.inference.viewInput({
      model,
      version: 3,
      picture: await sneaker(),
      channel: 'all',
    });
    expect([view.width, view.height]).toEqual([28, 28]);
    expect(view.max).toBeLessThanOrEqual(1);
    await engine.close();
    engine = await start();
    await untilWords(engine, model, '3 available, 2 onDisk, 1 onDisk');
    expect((await engine.inference.describe(model, 3)).preprocessing).toEqual(changed);
    expect((await engine.inference.setPreprocessing(model, 3, null)).description.preprocessing).toEqual(
      inferred,
    );
    expect(engine.models.get(model)?.versions[0]?.isChangedOnDisk).toBe(false);
  });

  test('names of classes are set, and taken back by undo, as preprocessing is', async () => {
    const before = await engine.inference.describe(model, 3);
    const found = (await engine.inference.classNames(model, 3, null)).byClass;
    expect(found[7]).toBe('Sneaker');
    const names = found.map((name) => name.toUpperCase());
    const renamed = await engine.inference.setClassNames(model, 3, names);
    const answer = () => engine.inference.classify({ model, version: { version: 3 }, picture, top: 1 });
    const picture = await sneaker();
    expect((await answer()).classes[0]?.label).toBe('SNEAKER');
    const { preprocessing } = before;
    if (!preprocessing) throw new Error('The sample is a classifier');
    const fed = await engine.inference.setPreprocessing(model, 3, {
      ...preprocessing,
      resize: { kind: 'letterbox' },
    });
    expect(await engine.models.undo(renamed.undo ?? '')).toEqual({
      action: 'classNamesSet',
      models: [model],
    });
    expect((await answer()).classes[0]?.label).toBe('Sneaker');
    expect((await engine.inference.describe(model, 3)).preprocessing?.resize).toEqual({ kind: 'letterbox' });
    await engine.models.undo(fed.undo ?? '');
    expect(await engine.inference.describe(model, 3)).toEqual(before);
  });

  test('the right preprocessing is found with a few labelled pictures, and nothing is changed by looking', async () => {
    const before = await engine.inference.describe(model, 3);
    const { preprocessing } = before;
    if (!preprocessing) throw new Error('The sample is a classifier');
    const wrong = { ...preprocessing, values: { scale: 1, mean: [0], std: [1] } };
    const { undo } = await engine.inference.setPreprocessing(model, 3, wrong);
    const labels = ['Sneaker', 'Bag', 'Ankle boot', 'Coat', 'Trouser', 'Sandal', 'Shirt', 'Dress'];
    const pictures = await Promise.all(
      ['sneaker-1', 'bag', 'ankle-boot', 'coat', 'trouser', 'sandal', 'shirt', 'dress'].map(
        async (name, index) => ({
          picture: await readFile(join(samplesFolder, `pictures/${name}.png`)),
          label: labels[index] ?? '',
        }),
      ),
    );
    const { ranked, pictureCount } = await engine.inference.rankPreprocessings(model, 3, pictures);
    expect(pictureCount).toBe(8);
    expect(ranked[0]?.preprocessing.values).toEqual(preprocessing.values);
    expect(ranked.find(({ isCurrent }) => isCurrent)?.preprocessing).toEqual(wrong);
    expect((await engine.inference.describe(model, 3)).preprocessing).toEqual(wrong);
    await engine.models.undo(undo ?? '');
  });

  test.skipIf(process.getuid?.() === 0)(
    'a folder that cannot be written to does not lose the choice',
    async () => {
      const versionFolder = engine.models.folderOf(model, 3);
      const { preprocessing } = await engine.inference.describe(model, 3);
      if (!preprocessing) throw new Error('The sample is a classifier');
      await chmod(versionFolder, 0o500);
      try {
        const changed = { ...preprocessing, values: { scale: 1, mean: [1], std: [200] } };
        await engine.inference.setPreprocessing(model, 3, changed);
        await engine.close();
        engine = await start();
        await untilWords(engine, model, '3 available, 2 onDisk, 1 onDisk');
        expect((await engine.inference.describe(model, 3)).preprocessing).toEqual(changed);
      } finally {
        await chmod(versionFolder, 0o700);
      }
    },
  );

  test.skipIf(process.platform === 'win32')(
    'a runner killed by hand shows as failed, comes back, and harms no other',
    async () => {
      await engine.models.load(model, 1);
      await untilWords(engine, model, '3 available, 2 onDisk, 1 available');
      const before = descendantsOf(process.pid).filter(isAlive);
      await engine.models.unload(model, 1);
      await until(engine, model, (it) => versionOf(it, 1)?.lifecycle === 'unloaded');
      const left = new Set(descendantsOf(process.pid).filter(isAlive));
      expect(before.filter((pid) => !left.has(pid))).toHaveLength(1); // its process, and its memory with it
      await engine.models.load(model, 1);
      await until(engine, model, (it) => versionOf(it, 1)?.lifecycle === 'available');
      const [ofVersion1] = descendantsOf(process.pid).filter((pid) => isAlive(pid) && !left.has(pid));
      process.kill(ofVersion1 ?? 0, 'SIGKILL');
      const failed = await until(engine, model, (it) => versionOf(it, 1)?.lifecycle === 'failed');
      expect(versionOf(failed, 1)?.error?.code).toBe('RUNNER_CRASHED');
      const answer = await engine.inference.classify({
        model,
        version: { version: 3 },
        picture: await sneaker(),
        top: 1,
      });
      expect(answer.classes[0]?.label).toBe('Sneaker');
      await until(engine, model, (it) => versionOf(it, 1)?.lifecycle === 'available');
    },
  );

  test('pictures are looked at and drawn out of this process; what is none is refused', async () => {
    const samples = await engine.pictures.samples();
    expect(samples.refused).toEqual([]);
    expect(samples.pictures).toHaveLength(12);
    const [first] = samples.pictures;
    expect(first).toMatchObject({ format: 'png', name: 'ankle-boot.png' });
    const thumb = await engine.pictures.draw(first?.id ?? '', 'thumb');
    expect(thumb.mime).toMatch(/^image\/(webp|png)$/);
    expect(thumb.bytes.byteLength).toBeGreaterThan(50);
    const { refused } = await engine.pictures.offerBytes('x.png', new TextEncoder().encode('not a picture'));
    expect(refused[0]?.error.code).toBe('PICTURE_UNREADABLE');
  });
});
