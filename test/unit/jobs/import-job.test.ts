import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import type { Job } from '../../../app/contract/jobs';
import { ImportJob, type ImportParams } from '../../../main/jobs/import/import-job';
import { JobQueue } from '../../../main/jobs/job-queue';
import { MemoryJobStore } from '../../../main/jobs/job-store';
import { hashVersion } from '../../../main/sources/content-hash';
import { FakeClock } from '../../support/fake-clock';
import { temporaryFolder } from '../../support/temp-folder';

const folder = temporaryFolder();
let clock: FakeClock;
let store: MemoryJobStore;
let imports: ImportJob;
let queue: JobQueue;

const open = async (): Promise<void> => {
  imports = new ImportJob((files) => files.some((file) => file.endsWith('.onnx')));
  queue = await JobQueue.open({ clock, store, kinds: [imports], resumesInterrupted: true });
};
beforeEach(async () => {
  clock = new FakeClock();
  store = new MemoryJobStore();
  await open();
  return () => queue.close();
});
const params = (differences: Partial<ImportParams> = {}): ImportParams => ({
  model: 'big',
  form: 'modelFile',
  path: folder.write('big.onnx', new Uint8Array(5_400_000)),
  source: 'big.onnx',
  modelFolder: join(folder.path, 'big'),
  isNewModel: true,
  ...differences,
});
/** The job as it changes, until it is so; time passes, so that changes are told. */
async function until(isSo: (job: Job) => boolean): Promise<Job> {
  for (;;) {
    const job = queue.list().at(-1);
    if (job && isSo(job)) return job;
    await clock.advance(100);
  }
}

test('a version is copied, and its megabytes are what is counted', async () => {
  const importing = imports.through(queue, params());
  const job = await until(({ state }) => state === 'done');
  expect(job).toMatchObject({
    kind: 'import',
    title: 'big.onnx',
    model: 'big',
    progress: { done: 5, total: 6 },
  });
  await clock.advance(200);
  const imported = await importing;
  expect(imported).toMatchObject({ version: 1, sizeBytes: 5_400_000 });
  expect(await hashVersion(imported.path)).toBe(imported.contentHash);
});

test('one that is cancelled leaves nothing, and says so to whoever waits', async () => {
  const importing = imports.through(queue, params());
  const [job] = queue.list();
  queue.cancel(job?.id ?? '');
  const refused = expect(importing).rejects.toMatchObject({ code: 'CANCELLED' });
  await until(({ state }) => state === 'cancelled');
  await clock.advance(200);
  await refused;
  expect(existsSync(join(folder.path, 'big'))).toBe(false);
});

test('why it failed is what whoever waits is told', async () => {
  const importing = imports.through(
    queue,
    params({ form: 'archive', path: folder.write('a.zip', 'no zip') }),
  );
  const refused = expect(importing).rejects.toMatchObject({ code: 'ARCHIVE_DAMAGED' });
  await until(({ state }) => state === 'failed');
  await clock.advance(200);
  await refused;
});

test('after a restart what joins a model goes on; what would have been a new model is dropped again', async () => {
  mkdirSync(join(folder.path, 'big'));
  for (const isNewModel of [false, true]) {
    queue.add({ kind: 'import', title: 'big.onnx', params: params({ isNewModel }) });
    const interrupted = queue.list().at(-1);
    if (!interrupted) throw new Error('It was added');
    await queue.close();
    await store.put({ ...queue.get(interrupted.id), state: 'interrupted', error: null });
    await open();
    const job = await until(({ state }) => state === 'done' || state === 'failed');
    expect(job.error?.code ?? job.state).toBe(isNewModel ? 'DROP_EXPIRED' : 'done');
  }
  expect(readdirSync(join(folder.path, 'big'))).toEqual(['1']);
});
