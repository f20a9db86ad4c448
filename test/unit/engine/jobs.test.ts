import { readFile, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Job } from '../../../app/contract/jobs';
import type { Engine } from '../../../main/engine-api';
import { hashVersion } from '../../../main/sources/content-hash';
import { spoilDatabase } from '../../support/spoil-database';
import { EngineBench, untilWords } from './engine-bench';

let bench: EngineBench;
beforeEach(async () => {
  bench = await EngineBench.create();
  for (const version of [1, 2]) await bench.version('digits', version);
  for (let picture = 0; picture < 200; picture++) {
    await writeFile(bench.path(`${String(picture).padStart(3, '0')}.png`), 'a picture');
  }
});
afterEach(() => bench.close());

const start = (): Promise<Engine> =>
  bench.start({ models: [{ name: 'digits', basePath: bench.path('digits'), policy: { kind: 'all' } }] });
const batch = (engine: Engine, versions: number[]): Job => {
  const input = { kind: 'folder' as const, path: bench.folder };
  return engine.jobs.classifyBatch({ model: 'digits', versions, top: 1, input }, 'All of them');
};
const reached = (engine: Engine, id: string, isSo: (job: Job) => boolean): Promise<Job> =>
  new Promise((resolve) => {
    const look = (): void => {
      const job = engine.jobs.get(id);
      if (!isSo(job)) return;
      subscription.dispose();
      resolve(job);
    };
    const subscription = engine.jobs.onDidChange(look);
    look();
  });
const isOver = ({ state }: Job): boolean => state === 'done' || state === 'failed';

test('a batch asks loaded versions and says from what they were loaded', async () => {
  const engine = await start();
  await untilWords(engine, 'digits', '2 available, 1 available');
  const job = await reached(engine, batch(engine, [1, 2]).id, isOver);
  expect(job).toMatchObject({
    state: 'done',
    model: 'digits',
    versions: [1, 2],
    progress: { done: 200, failed: 0 },
  });
  const path = bench.path('out.jsonl');
  await engine.jobs.exportBatch(job.id, path, 'jsonl');
  const rows = (await readFile(path, 'utf8'))
    .trim()
    .split('\n')
    .map((it) => JSON.parse(it));
  expect(rows).toHaveLength(400);
  expect(rows[1]).toMatchObject({
    picture: '000.png',
    version: 2,
    classes: [{ label: 'digits-2' }],
    modelHash: await hashVersion(bench.path('digits', '2')),
  });
});

test('a batch that the end of the app interrupted goes on by itself at the next start', async () => {
  const first = await start();
  await untilWords(first, 'digits', '2 available, 1 available');
  const { id } = batch(first, [1]);
  await reached(first, id, ({ progress }) => progress.done > 0);
  await first.close();
  const second = await start();
  const job = await reached(second, id, isOver);
  expect(job).toMatchObject({ state: 'done', error: null, progress: { done: 200, total: 200 } });
});

test('a version that is not loaded for serving answers as well; one that is not on disk fails the batch', async () => {
  const engine = await start();
  await untilWords(engine, 'digits', '2 available, 1 available');
  await engine.models.unload('digits', 1);
  await untilWords(engine, 'digits', '2 available, 1 unloaded');
  const job = await reached(engine, batch(engine, [1]).id, isOver);
  expect(job).toMatchObject({ state: 'done', progress: { done: 200, failed: 0 } });
  const lost = await reached(engine, batch(engine, [7]).id, isOver);
  expect(lost).toMatchObject({ state: 'failed', error: { code: 'VERSION_NOT_FOUND' } });
});

test('a batch has a process of its own, for which there must be memory in the budget', async () => {
  const engine = await start();
  await untilWords(engine, 'digits', '2 available, 1 available');
  const before = engine.models.snapshot().memory;
  await engine.settings.set({ memoryBudgetBytes: before.usedBytes + 20_000_000 });
  const refused = await reached(engine, batch(engine, [1]).id, isOver);
  expect(refused).toMatchObject({ state: 'failed', error: { code: 'MEMORY_EXHAUSTED' } });
  await engine.settings.set({ memoryBudgetBytes: null });
  engine.jobs.retry(refused.id);
  expect(await reached(engine, refused.id, isOver)).toMatchObject({ state: 'done' });
  expect([...bench.runners.alive].filter(({ name }) => name.includes('batch'))).toEqual([]);
});

test('for a batch, what is loaded on demand and unused makes room', async () => {
  const engine = await bench.start({
    models: [{ name: 'digits', basePath: bench.path('digits'), policy: { kind: 'all' }, loaded: 'onDemand' }],
    settings: { stabilityMs: 0, maxLoadRetries: 0, memoryBudgetBytes: 130_000_000 },
  });
  await untilWords(engine, 'digits', '2 onDisk, 1 onDisk');
  const request = { model: 'digits', version: { version: 2 }, picture: new Uint8Array([1]), top: 1 };
  await engine.inference.classify(request);
  const job = await reached(engine, batch(engine, [1]).id, isOver);
  expect(job).toMatchObject({ state: 'done', progress: { done: 200, failed: 0 } });
  await untilWords(engine, 'digits', '2 unloaded, 1 onDisk');
  expect((await engine.inference.classify(request)).classes[0]?.label).toBe('digits-2');
});

test('a damaged file of jobs is kept aside and said, and the models start', async () => {
  const first = await start();
  await untilWords(first, 'digits', '2 available, 1 available');
  await first.close();
  await spoilDatabase(bench.path('state', 'jobs.db'));
  const second = await start();
  await untilWords(second, 'digits', '2 available, 1 available');
  expect(second.jobs.list()).toEqual([]);
  const events = await second.models.events({ limit: 50 });
  expect(events.find(({ kind }) => kind === 'fileSetAside')?.params).toEqual({ file: 'jobs.db' });
});
