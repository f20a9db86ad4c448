import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { callSpecs, type In, type Out } from '../../../app/contract';
import type { CallName } from '../../../app/contract/channels';
import { inputOfferSchema } from '../../../app/contract/job-calls';
import type { Job } from '../../../app/contract/jobs';
import { createJobHandlers, offerInput } from '../../../app/shell/job-handlers';
import type { Engine } from '../../../main/engine-api';
import { EngineBench, untilWords } from '../engine/engine-bench';

type JobCall = Extract<CallName, `jobs.${string}`>;

let bench: EngineBench;
let engine: Engine;
let handlers: ReturnType<typeof createJobHandlers>;
/** What the person answers in dialogs, and what was shown in the system's files. */
const person = {
  chosen: [] as string[],
  exportTo: null as string | null,
  askedName: '',
  shown: [] as string[],
};
beforeEach(async () => {
  Object.assign(person, { chosen: [], exportTo: null, askedName: '', shown: [] });
  bench = await EngineBench.create();
  await bench.version('digits', 1);
  await mkdir(bench.path('in'));
  for (const name of ['a.png', 'b.png']) await writeFile(bench.path('in', name), 'a picture');
  engine = await bench.start({ models: [{ name: 'digits', basePath: bench.path('digits') }] });
  await untilWords(engine, 'digits', '1 available');
  handlers = createJobHandlers(Promise.resolve(engine), {
    chooseBatchInput: {
      folder: async () => person.chosen,
      list: async () => person.chosen,
      tensors: async () => person.chosen,
    },
    chooseExport: async (suggested) => {
      person.askedName = suggested;
      return person.exportTo;
    },
    showInFolder: (path) => void person.shown.push(path),
  });
});
afterEach(() => bench.close());

/** Calls as the page does: what goes in and comes out fits the contract, and names no path. */
async function call<K extends JobCall>(name: K, input: In<K>): Promise<Out<K>> {
  const handler = handlers[name] as (input: In<K>) => Promise<Out<K>>;
  const output = await handler(callSpecs[name].input.parse(input) as In<K>);
  expect(JSON.stringify(output) ?? '').not.toContain(bench.folder);
  return callSpecs[name].output.parse(output) as Out<K>;
}
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
const runBatch = async (): Promise<string> => {
  person.chosen = [bench.path('in')];
  const offer = await call('jobs.chooseInput', { kind: 'folder' });
  const request = {
    ticket: offer?.ticket ?? '',
    title: 'Batch: in/out',
    model: 'digits',
    versions: [1],
    top: 1,
  };
  const { id } = await call('jobs.startBatch', request);
  await ended(id);
  return id;
};

test('a chosen folder becomes a batch that is listed, looked at, run again and removed', async () => {
  const id = await runBatch();
  expect(await call('jobs.list', undefined)).toMatchObject([
    { id, state: 'done', progress: { done: 2 }, batch: { input: { kind: 'folder', name: 'in' } } },
  ]);
  expect((await call('jobs.detail', { id })).log.at(-1)).toMatchObject({ code: 'finished' });
  expect(await call('jobs.counts', { id })).toMatchObject({ answered: 2, failed: 0 });
  const again = await call('jobs.runAgain', { id });
  expect(again.title).toBe('Batch: in/out');
  await ended(again.id);
  await call('jobs.remove', { id });
  expect((await call('jobs.list', undefined)).map((job) => job.id)).toEqual([again.id]);
});

test('who cancels the dialog starts nothing', async () => {
  expect(await call('jobs.chooseInput', { kind: 'list' })).toBeNull();
});

describe('results', () => {
  test('go into the file that the person chose, which can be shown', async () => {
    const id = await runBatch();
    expect(await call('jobs.export', { id, format: 'csv' })).toBeNull();
    expect(person.askedName).toBe('Batch in out.csv');
    await call('jobs.showExport', { id }); // nothing was written, so there is nothing to show
    person.exportTo = bench.path('answers.csv');
    expect(await call('jobs.export', { id, format: 'csv' })).toEqual({ name: 'answers.csv' });
    expect(await readFile(person.exportTo, 'utf8')).toContain('a.png,digits,1,digits-1');
    expect(person.shown).toEqual([]);
    await call('jobs.showExport', { id });
    expect(person.shown).toEqual([person.exportTo]);
  });

  test('that cannot be written say so, without saying where', async () => {
    const id = await runBatch();
    person.exportTo = bench.path('no-such-folder', 'answers.csv');
    await expect(call('jobs.export', { id, format: 'csv' })).rejects.toMatchObject({
      code: 'EXPORT_FAILED',
      params: { name: 'answers.csv' },
      message: 'The file cannot be written (ENOENT)',
    });
  });

  test('and their pictures are shown in the system only', async () => {
    const id = await runBatch();
    await call('jobs.showInput', { id });
    expect(person.shown).toEqual([bench.path('in')]);
    const { refused } = await call('jobs.openPicture', { id, item: 0 });
    expect(refused).toMatchObject([{ name: 'a.png' }]); // it is no real picture
  });
});

test('pictures that were pasted have no file, and cannot be a batch', async () => {
  await expect(call('jobs.offerPictures', { pictures: ['pasted'] })).rejects.toMatchObject({
    code: 'BATCH_PASTED_PICTURES',
  });
});

test('a drop for input is models when it holds some, and pictures otherwise', async () => {
  await bench.version('flowers', 1);
  const models = inputOfferSchema.parse(await offerInput(engine, [bench.path('flowers')]));
  expect(models.kind).toBe('models');
  const batch = inputOfferSchema.parse(await offerInput(engine, [bench.path('in')]));
  expect(batch).toMatchObject({ kind: 'batch', offer: { pictures: 2 } });
});
