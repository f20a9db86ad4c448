import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { jobDetailSchema, jobViewSchema, resultPageSchema } from '../../../app/contract/job-calls';
import type { Job, ResultFilter } from '../../../app/contract/jobs';
import type { Engine } from '../../../main/engine-api';
import { EngineBench, untilWords } from './engine-bench';

const all: ResultFilter = { show: 'all', between: null, class: null, confidence: null, order: 'input' };

let bench: EngineBench;
let engine: Engine;
const start = async (): Promise<void> => {
  engine = await bench.start({
    models: [{ name: 'digits', basePath: bench.path('digits'), policy: { kind: 'all' } }],
  });
  await untilWords(engine, 'digits', '2 available, 1 available');
};
beforeEach(async () => {
  bench = await EngineBench.create();
  for (const version of [1, 2]) await bench.version('digits', version);
  for (const name of ['a/1.png', 'a/2.jpg', 'b.png', 'notes.md'])
    await mkdir(join(bench.path('in', name), '..'), { recursive: true }).then(() =>
      writeFile(bench.path('in', name), 'a picture'),
    );
  await start();
});
afterEach(() => bench.close());

const ended = (id: string): Promise<Job> =>
  new Promise((resolve) => {
    const look = (): void => {
      const job = engine.jobs.get(id);
      if (job.state !== 'done' && job.state !== 'failed') return;
      subscription.dispose();
      resolve(job);
    };
    const subscription = engine.jobs.onDidChange(look);
    look();
  });
const run = async (...paths: string[]): Promise<Job> => {
  const { batches } = engine.jobs;
  const { ticket } = await batches.offer(paths);
  return ended(batches.start({ ticket, title: 'Batch: in', model: 'digits', versions: [2, 1], top: 1 }).id);
};

test('a folder is offered with its pictures counted, and looked at by ticket', async () => {
  const offer = await engine.jobs.batches.offer([bench.path('in')]);
  expect(offer).toMatchObject({ kind: 'folder', name: 'in', others: 0, pictures: 3, isCut: false });
  expect(JSON.stringify(offer)).not.toContain(bench.folder);
});

test('a batch is told to the page without any path', async () => {
  const job = await run(bench.path('in'));
  expect(job).toMatchObject({ state: 'done', progress: { done: 3, failed: 0 } });
  const { batches } = engine.jobs;
  const view = jobViewSchema.parse(batches.view(job));
  expect(view.batch).toEqual({ input: { kind: 'folder', name: 'in' }, top: 1 });
  const detail = jobDetailSchema.parse(await batches.detail(job.id));
  expect(detail.versions.map(({ version }) => version)).toEqual([2, 1]);
  const page = resultPageSchema.parse(
    await batches.page(job.id, { filter: all, offset: 0, limit: 10, isFresh: true }),
  );
  expect(page.total).toBe(3);
  expect(page.rows[0]).toMatchObject({
    name: 'a/1.png',
    thumb: `slipway://app/batches/${job.id}/0/thumb`,
    answers: [
      { version: 1, class: 'digits-1' },
      { version: 2, class: 'digits-2' },
    ],
  });
  expect(await batches.counts(job.id)).toMatchObject({ answered: 3, differing: 3, failed: 0 });
  expect(JSON.stringify([view, detail, page])).not.toContain(bench.folder);
  expect(await batches.pictureFile(job.id, 2)).toBe(bench.path('in', 'b.png'));
  await expect(batches.pictureFile(job.id, 3)).rejects.toMatchObject({ code: 'PICTURE_NOT_FOUND' });
  expect(batches.inputPath(job.id)).toBe(bench.path('in'));
});

test('several folders and single pictures become one list, that is kept as long as a job needs it', async () => {
  const lists = bench.path('state', 'batch-lists');
  const offer = await engine.jobs.batches.offer([bench.path('in', 'a'), bench.path('in', 'b.png')]);
  expect(offer).toMatchObject({ kind: 'pictures', name: 'a', others: 1, pictures: 3 });
  const job = await run(bench.path('in', 'a'), bench.path('in', 'b.png'), bench.path('in', 'notes.md'));
  expect(job.progress).toMatchObject({ done: 3, failed: 0 });
  expect(engine.jobs.batches.view(job).batch?.input.kind).toBe('pictures');
  const page = await engine.jobs.batches.page(job.id, { filter: all, offset: 0, limit: 9, isFresh: true });
  expect(page.rows.map(({ name }) => name)).toEqual(['1.png', '2.jpg', 'b.png']);
  await engine.close();
  await start();
  expect(await readdir(lists)).toHaveLength(1);
  await engine.jobs.remove(job.id);
  await engine.close();
  await start();
  expect(await readdir(lists)).toEqual([]);
});

test('a list may name pictures anywhere, and is offered by its name', async () => {
  await writeFile(
    bench.path('pictures.csv'),
    `path,label\nin/b.png,x\n${bench.path('in', 'a', '1.png')},y\n`,
  );
  const job = await run(bench.path('pictures.csv'));
  expect(engine.jobs.batches.view(job).batch?.input).toEqual({ kind: 'csv', name: 'pictures.csv' });
  const page = await engine.jobs.batches.page(job.id, { filter: all, offset: 0, limit: 9, isFresh: true });
  expect(page.rows.map(({ name }) => name)).toEqual(['in/b.png', 'in/a/1.png']);
});

test('what holds no pictures is refused by name, and leaves nothing behind', async () => {
  await mkdir(bench.path('empty'));
  const refused = (...paths: string[]) => expect(engine.jobs.batches.offer(paths)).rejects;
  await refused(bench.path('empty')).toMatchObject({ code: 'BATCH_NO_PICTURES', params: { name: 'empty' } });
  await refused(bench.path('in', 'notes.md'), bench.path('empty')).toMatchObject({
    code: 'BATCH_NO_PICTURES',
  });
  await writeFile(bench.path('letter.txt'), 'Dear all,\nno picture here.\n');
  await refused(bench.path('letter.txt')).toMatchObject({ code: 'BATCH_NO_PICTURES' });
  await refused(bench.path('gone')).toMatchObject({ code: 'BATCH_NO_PICTURES' });
  expect(await readdir(bench.path('state', 'batch-lists'))).toEqual([]);
});

test('a ticket that was never given starts nothing, and results are only those of batches', async () => {
  const { batches } = engine.jobs;
  expect(() => batches.start({ ticket: 'x', title: 'x', model: 'digits', versions: [1], top: 1 })).toThrow(
    expect.objectContaining({ code: 'DROP_EXPIRED' }),
  );
  await expect(batches.pictureFile('no-job', 0)).rejects.toMatchObject({ code: 'FAILED_PRECONDITION' });
});
