import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { beforeEach, describe, expect, test } from 'vitest';
import { AppError, type ErrorCode } from '../../../app/base/errors';
import type { Job } from '../../../app/contract/jobs';
import { BatchClassification } from '../../../main/jobs/batch/batch-classification';
import { type BatchFormat, exportBatch } from '../../../main/jobs/batch/batch-export';
import type { BatchHost, BatchSession } from '../../../main/jobs/batch/batch-host';
import { inputKindOf, pictureFile, pictureName, picturesOf } from '../../../main/jobs/batch/batch-input';
import type { BatchInput } from '../../../main/jobs/batch/batch-params';
import { BatchResults } from '../../../main/jobs/batch/batch-results';
import { JobQueue } from '../../../main/jobs/job-queue';
import { MemoryJobStore } from '../../../main/jobs/job-store';
import { FakeClock } from '../../support/fake-clock';
import { temporaryFolder } from '../../support/temp-folder';

const folder = temporaryFolder();
const all = async (input: BatchInput): Promise<string[]> => {
  const found: string[] = [];
  for await (const picture of picturesOf(input)) found.push(picture);
  return found;
};
const written = (kind: BatchInput['kind'], name: string, text: string): BatchInput => ({
  kind,
  path: folder.write(name, text),
});

describe('the input', () => {
  test('of a folder is every picture below it, by name, without hidden ones, other files and circles', async () => {
    for (const name of ['b.JPG', 'a/z.png', 'a/y.webp', 'notes.txt', '.hidden/x.png', '.x.png'])
      folder.write(`in/${name}`, '');
    symlinkSync(join(folder.path, 'in'), join(folder.path, 'in', 'circle'));
    const input: BatchInput = { kind: 'folder', path: join(folder.path, 'in') };
    expect(await all(input)).toEqual(['a/y.webp', 'a/z.png', 'b.JPG']);
    expect(existsSync(pictureFile(input, 'a/z.png'))).toBe(true);
  });

  test('of a list, a CSV and a JSONL file are the paths that it names, relative to it', async () => {
    const list = written('list', 'sub/list.txt', 'a.png\r\n\n  b c.png \n/abs/d.png');
    expect(await all(list)).toEqual(['a.png', 'b c.png', '/abs/d.png']);
    expect(pictureFile(list, 'a.png')).toBe(join(folder.path, 'sub', 'a.png'));
    expect(pictureFile(list, '/abs/d.png')).toBe('/abs/d.png');
    expect(
      ['a.png', '/abs/d.png', join(folder.path, 'sub', 'x', 'e.png')].map((it) => pictureName(list, it)),
    ).toEqual(['a.png', 'd.png', 'x/e.png']);
    const csv = written('csv', 'a.csv', '\uFEFFlabel,Picture\ncat,"a, b.png"\n\ndog,c.png\n');
    expect(await all(csv)).toEqual(['a, b.png', 'c.png']);
    expect(await all(written('csv', 'b.csv', 'a.png,1\nb.png,2\n'))).toEqual(['a.png', 'b.png']);
    const jsonl = written('jsonl', 'a.jsonl', '"a.png"\n{"label":1,"image":"b.png"}\n');
    expect(await all(jsonl)).toEqual(['a.png', 'b.png']);
  });

  test('that makes no sense is refused with its line', async () => {
    await expect(all(written('jsonl', 'a.jsonl', '"a.png"\n{"x":1}'))).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: 'Line 2 names no picture',
    });
    await expect(all(written('jsonl', 'b.jsonl', 'a.png'))).rejects.toThrow('Line 1 is not JSON');
    await expect(all(written('csv', 'c.csv', 'path\n"open'))).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
  });

  test('is told by its name', () => {
    expect(['a.CSV', 'a.ndjson', 'a.txt'].map((name) => inputKindOf(name, false))).toEqual([
      'csv',
      'jsonl',
      'list',
    ]);
    expect(inputKindOf('photos.csv', true)).toBe('folder');
  });
});

/** Answers with the picture's text; counts what it is asked. */
class FakeHost implements BatchHost {
  readonly asked: string[] = [];
  readonly read: string[] = [];
  hash = 'one';
  isOpen = false;
  opened = 0;
  inFlight = 0;
  mostInFlight = 0;
  /** The error of a picture, by its text. */
  readonly troubles = new Map<string, ErrorCode>();
  /** Thrown by the next question. */
  trouble: AppError | null = null;
  onAnswer: () => void = () => {};

  async open(_model: string, versions: readonly number[]): Promise<BatchSession> {
    this.isOpen = true;
    this.opened++;
    return {
      versions: versions.map((version) => ({ version, hash: this.hash, settings: '{"width":28}' })),
      lanes: 3,
      classify: (paths, top, signal) => this.#classify(paths, versions, top, signal),
      close: async () => {
        this.isOpen = false;
      },
    };
  }

  openRows(): never {
    throw new Error('It is about pictures');
  }

  unpack(): never {
    throw new Error('It is about pictures that are there');
  }

  writeRows(): never {
    throw new Error('It is about pictures');
  }

  async #classify(paths: readonly string[], versions: readonly number[], top: number, signal: AbortSignal) {
    this.mostInFlight = Math.max(this.mostInFlight, ++this.inFlight);
    await new Promise((resolve) => setImmediate(resolve));
    this.inFlight--;
    if (signal.aborted) throw new AppError('CANCELLED');
    if (this.trouble) throw this.trouble;
    return paths.map((path) => {
      this.read.push(path);
      const text = readFileSync(path, 'utf8');
      const code = this.troubles.get(text);
      const answers = versions.map((version) => {
        this.asked.push(`${text} ${version}`);
        this.onAnswer();
        const classes = [text, 'other'].slice(0, top).map((label, index) => ({
          index,
          label,
          probability: 0.75 - index / 2,
        }));
        return code
          ? { version, classes: [], error: { code, detail: 'no picture' } }
          : { version, classes, error: null };
      });
      return answers;
    });
  }
}

describe('batch classification', () => {
  let host: FakeHost;
  let results: BatchResults;
  let queue: JobQueue;
  const store = { current: new MemoryJobStore() };
  const start = async (): Promise<void> => {
    results = await BatchResults.open(join(folder.path, 'batch.db'));
    const kinds = [new BatchClassification({ host, results })];
    queue = await JobQueue.open({
      clock: new FakeClock(),
      store: store.current,
      kinds,
      resumesInterrupted: true,
    });
  };
  const stop = async (): Promise<void> => {
    await queue.close();
    await results.close();
  };
  const add = (versions = [1, 3]): Job =>
    queue.add({
      kind: 'batchClassification',
      title: 'digits',
      params: { model: 'digits', versions, top: 2, input: { kind: 'folder', path: join(folder.path, 'in') } },
    });
  const ended = async (id: string): Promise<Job> => {
    for (;;) {
      const job = queue.get(id);
      if (['done', 'failed', 'cancelled'].includes(job.state)) return job;
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const exported = async (id: string, format: BatchFormat): Promise<string> => {
    const path = join(folder.path, `out.${format}`);
    await exportBatch({ results, job: id, model: 'digits', top: 2, format, path });
    return path;
  };
  beforeEach(async () => {
    host = new FakeHost();
    store.current = new MemoryJobStore();
    mkdirSync(join(folder.path, 'in'));
    await start();
    return stop;
  });
  const pictures = (count: number): void => {
    for (let item = 0; item < count; item++)
      writeFileSync(join(folder.path, 'in', `${String(item).padStart(4, '0')}.png`), `p${item}`);
  };

  test('asks each version about each picture, which is read once, with few questions in flight', async () => {
    pictures(600);
    const job = await ended(add().id);
    expect(job).toMatchObject({ state: 'done', progress: { done: 600, total: 600, failed: 0 } });
    expect(host.read).toHaveLength(600);
    expect(new Set(host.asked).size).toBe(1_200);
    expect(host.mostInFlight).toBeLessThanOrEqual(3);
    expect(host.isOpen).toBe(false);
  });

  test('a picture that cannot be answered is a row with its error, and the others go on', async () => {
    pictures(3);
    host.troubles.set('p1', 'PICTURE_UNREADABLE');
    folder.write('in/list.txt', '');
    const job = await ended(add([1]).id);
    expect(job).toMatchObject({ state: 'done', progress: { done: 3, failed: 1 } });
    expect(job.log.filter(({ level }) => level === 'warning')).toMatchObject([
      { code: 'pictureFailed', params: { picture: '0001.png', code: 'PICTURE_UNREADABLE' } },
    ]);
    expect(readFileSync(await exported(job.id, 'csv'), 'utf8')).toBe(
      [
        'picture,model,version,class_1,probability_1,class_2,probability_2,error,error_detail,model_hash,settings',
        '0000.png,digits,1,p0,0.75,other,0.25,,,one,"{""width"":28}"',
        '0001.png,digits,1,,,,,PICTURE_UNREADABLE,no picture,one,"{""width"":28}"',
        '0002.png,digits,1,p2,0.75,other,0.25,,,one,"{""width"":28}"',
        '',
      ].join('\n'),
    );
    const [row = ''] = readFileSync(await exported(job.id, 'jsonl'), 'utf8').split('\n');
    expect(JSON.parse(row)).toMatchObject({ modelHash: 'one', settings: { width: 28 } });
  });

  test('a batch that is paused lets go of its processes, and starts them again when it goes on', async () => {
    pictures(300);
    const { id } = add([1]);
    host.onAnswer = () => host.asked.length >= 100 && queue.pause(id);
    while (host.isOpen || queue.get(id).state !== 'paused')
      await new Promise((resolve) => setImmediate(resolve));
    expect(queue.get(id).progress.done).toBeGreaterThanOrEqual(100);
    host.onAnswer = () => {};
    queue.resume(id);
    expect(await ended(id)).toMatchObject({ state: 'done', progress: { done: 300 } });
    expect(host.asked).toHaveLength(300);
    expect(host.opened).toBe(2);
  });

  test('processes that cannot be started again fail the batch, which then lets go of them', async () => {
    pictures(2);
    host.trouble = new AppError('RUNNER_START_FAILED');
    expect(await ended(add([1]).id)).toMatchObject({
      state: 'failed',
      error: { code: 'RUNNER_START_FAILED' },
    });
    expect(host.isOpen).toBe(false);
  });

  test('what ends the batch loses no answer, and going on asks for no picture twice', async () => {
    pictures(700);
    const { id } = add([1]);
    await new Promise<void>((resolve) => {
      host.onAnswer = () => host.asked.length >= 300 && resolve();
    });
    await stop();
    const answered = new Set<string>();
    await start();
    for await (const { picture } of results.answered(id)) answered.add(picture);
    const finished = queue.get(id).progress.done;
    host.asked.length = 0;
    const job = await ended(id);
    expect(job).toMatchObject({ state: 'done', progress: { done: 700, total: 700, failed: 0 } });
    expect(answered.size).toBeGreaterThan(0);
    expect(finished).toBeLessThanOrEqual(answered.size);
    expect(host.asked).toHaveLength(700 - answered.size); // none of those that were kept
  });

  test('a version that changed meanwhile ends the batch instead of mixing answers', async () => {
    pictures(1_500); // many more than are under way at once
    const { id } = add([1]);
    host.onAnswer = () => host.asked.length >= 100 && queue.pause(id);
    while (queue.get(id).state !== 'paused') await new Promise((resolve) => setImmediate(resolve));
    await stop();
    host.hash = 'two';
    host.onAnswer = () => {};
    await start();
    queue.resume(id);
    const job = await ended(id);
    expect(job).toMatchObject({ state: 'failed', error: { code: 'FAILED_PRECONDITION' } });
  });

  test('Parquet holds the same rows', async () => {
    pictures(5);
    host.troubles.set('p4', 'PICTURE_UNREADABLE');
    const job = await ended(add([1, 3]).id);
    const rows = await parquetReadObjects({
      file: await asyncBufferFromFile(await exported(job.id, 'parquet')),
    });
    expect(rows).toHaveLength(10);
    expect(rows[3]).toEqual({
      picture: '0001.png',
      model: 'digits',
      version: 3n,
      class_1: 'p1',
      probability_1: 0.75,
      class_2: 'other',
      probability_2: 0.25,
      error: null,
      error_detail: null,
      model_hash: 'one',
      settings: '{"width":28}',
    });
    expect(rows.filter((it) => it['error'] !== null)).toHaveLength(2);
  });

  test('an empty input is done, and gives a file without rows', async () => {
    const job = await ended(add().id);
    expect(job).toMatchObject({ state: 'done', progress: { done: 0, total: 0 } });
    expect(readFileSync(await exported(job.id, 'csv'), 'utf8')).toMatch(/^picture,model.*\n$/);
  });

  test('an input that cannot be read fails the job with its reason', async () => {
    const { id } = queue.add({
      kind: 'batchClassification',
      title: 'digits',
      params: { model: 'digits', versions: [1], top: 1, input: written('jsonl', 'x.jsonl', '?') },
    });
    expect(await ended(id)).toMatchObject({ state: 'failed', error: { code: 'INVALID_ARGUMENT' } });
  });
});
