import { realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { systemClock } from '../../../app/base/clock';
import { AppError } from '../../../app/base/errors';
import { type Disposable, DisposableStore, toDisposable } from '../../../app/base/lifecycle';
import type { Job, JobState } from '../../../app/contract/jobs';
import type { Jobs } from '../../engine-api';
import type { BatchInput, BatchParams } from '../../jobs/batch/batch-params';
import { uploadListName } from '../../runner/batch/upload-list';
import type { BatchAnswer } from '../../runner/protocol';
import type { Caller } from '../auth/gate';
import { clientError } from '../statuses';
import type { BatchPort, BatchResult, BatchStatus, NewBatch } from './batch-port';
import { namesIn, UploadFolder, type UploadRecord } from './upload-folder';

export interface BatchServiceOptions {
  readonly jobs: Jobs;
  /** Where uploaded pictures are kept while their batch is. */
  readonly folder: string;
  /** Below it clients may name folders of pictures; null allows none. */
  readonly inputRoot: string | null;
  /** Batches that have not ended; one more is refused. */
  readonly mostUnfinished?: number;
  /** Of the pictures of one batch. */
  readonly mostBytes: number;
}

/** Together the uploads take no more: the oldest that have ended go. */
const mostKeptBytes = 2 * 2 ** 30;
const defaultMostUnfinished = 32;
/** A connection on which nothing is said for long is taken for dead, here and by those between. */
const stillMs = 20_000;
const endedStates: ReadonlySet<JobState> = new Set(['done', 'failed', 'cancelled']);

interface Upload {
  readonly folder: UploadFolder;
  readonly record: UploadRecord;
}

/** Batches over the network as jobs of the engine, each with a folder for what was uploaded. */
export class BatchService implements BatchPort, Disposable {
  readonly #options: BatchServiceOptions;
  /** By job. */
  readonly #uploads = new Map<string, Upload>();
  readonly #subscription: Disposable;
  #beginning = 0;

  private constructor(options: BatchServiceOptions) {
    this.#options = options;
    this.#subscription = options.jobs.onDidRemove((id) => void this.#forget(id));
  }

  /** Takes up what an earlier run left, and deletes what belongs to no batch. */
  static async open(options: BatchServiceOptions): Promise<BatchService> {
    const service = new BatchService(options);
    const known = new Set(options.jobs.list().map(({ id }) => id));
    for (const { folder, record } of await UploadFolder.all(options.folder)) {
      if (record && known.has(record.job)) service.#uploads.set(record.job, { folder, record });
      else await folder.remove();
    }
    return service;
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  async create({ owner, model, versions, top, pictures }: NewBatch): Promise<BatchStatus> {
    this.#assertRoom();
    this.#beginning++;
    const folder = await UploadFolder.make(this.#options.folder);
    try {
      const { jobs, mostBytes } = this.#options;
      const bytes = pictures.kind === 'upload' ? pictures.body.length : 0;
      let input: BatchInput;
      if (pictures.kind === 'upload') {
        await jobs.unpackUpload(await folder.take(pictures.body, pictures.contentType, mostBytes));
        input = { kind: 'jsonl', path: join(folder.path, uploadListName) };
      } else input = { kind: 'folder', path: await this.#folderBelowRoot(pictures.path) };
      const params: BatchParams = { model, versions: [...versions], top, input };
      const job = jobs.classifyBatch(params, owner === null ? model : `${model} (${owner})`);
      const list = pictures.kind === 'upload' ? input.path : null;
      const record = { job: job.id, owner, bytes, list };
      this.#uploads.set(job.id, { folder, record });
      await folder.keep(record);
      await this.#makeRoom();
      return statusOf(jobs.get(job.id));
    } catch (thrown) {
      await folder.remove();
      throw thrown;
    } finally {
      this.#beginning--;
    }
  }

  list(owner: Caller): readonly BatchStatus[] {
    return this.#options.jobs
      .list()
      .filter(({ id }) => this.#uploads.has(id) && this.#uploads.get(id)?.record.owner === owner)
      .map(statusOf);
  }

  get(id: string, owner: Caller): BatchStatus {
    this.#uploadOf(id, owner);
    return statusOf(this.#options.jobs.get(id));
  }

  async *results(
    id: string,
    owner: Caller,
    { isFollowing, signal }: { readonly isFollowing: boolean; readonly signal: AbortSignal },
  ): AsyncGenerator<BatchResult | null> {
    const { list } = this.#uploadOf(id, owner).record;
    const names = list === null ? null : namesIn(list);
    let next = 0; // pictures that were passed by
    while (!signal.aborted) {
      const seen = this.#options.jobs.get(id);
      const hasEnded = endedStates.has(seen.state);
      for await (const { item, picture, answers } of this.#options.jobs.answersOf(id, next - 1)) {
        if (signal.aborted || (isFollowing && !hasEnded && item > next)) break; // the one before is not answered yet
        let name = picture;
        for (; next <= item; next++) name = (await names?.next())?.value ?? picture;
        yield { index: item, name, results: answers.map(resultOf) };
      }
      if (!isFollowing || hasEnded) return;
      if (!(await this.#change(seen, signal))) yield null;
    }
  }

  cancel(id: string, owner: Caller): BatchStatus {
    this.#uploadOf(id, owner);
    this.#options.jobs.cancel(id);
    return statusOf(this.#options.jobs.get(id));
  }

  async remove(id: string, owner: Caller): Promise<void> {
    this.#uploadOf(id, owner);
    const { jobs } = this.#options;
    jobs.cancel(id);
    for (let job = jobs.get(id); !endedStates.has(job.state); job = jobs.get(id)) await this.#change(job);
    await jobs.remove(id);
  }

  /** True when the job is another than was seen, is gone, or nobody waits any more; false after a while in which it stays the same. */
  #change(seen: Job, signal?: AbortSignal): Promise<boolean> {
    const { jobs } = this.#options;
    const { id } = seen;
    if (jobs.get(id) !== seen || signal?.aborted) return Promise.resolve(true);
    return new Promise((resolve) => {
      const owned = new DisposableStore();
      const end = (hasChanged: boolean): void => {
        owned.dispose();
        resolve(hasChanged);
      };
      const leave = (): void => end(true);
      owned.add(jobs.onDidChange((job) => job.id === id && end(true)));
      owned.add(jobs.onDidRemove((gone) => gone === id && end(true)));
      owned.add(systemClock.schedule(stillMs, () => end(false)));
      owned.add(toDisposable(() => signal?.removeEventListener('abort', leave)));
      signal?.addEventListener('abort', leave, { once: true });
    });
  }

  #uploadOf(id: string, owner: Caller): Upload {
    const upload = this.#uploads.get(id);
    if (upload && upload.record.owner === owner) return upload;
    throw new AppError(
      'FAILED_PRECONDITION',
      { id },
      { detail: `There is no batch ${id}`, status: 'NOT_FOUND' },
    );
  }

  #assertRoom(): void {
    const { jobs, mostUnfinished = defaultMostUnfinished } = this.#options;
    const unfinished = jobs
      .list()
      .filter(({ id, state }) => this.#uploads.has(id) && !endedStates.has(state));
    if (unfinished.length + this.#beginning < mostUnfinished) return;
    throw new AppError(
      'QUEUE_FULL',
      {},
      {
        detail: `${mostUnfinished} batches have not ended yet`,
        status: 'RESOURCE_EXHAUSTED',
      },
    );
  }

  async #makeRoom(): Promise<void> {
    const { jobs } = this.#options;
    let bytes = [...this.#uploads.values()].reduce((sum, { record }) => sum + record.bytes, 0);
    for (const { id, state } of jobs.list()) {
      const upload = this.#uploads.get(id);
      if (bytes <= mostKeptBytes) return;
      if (!upload || !endedStates.has(state)) continue;
      bytes -= upload.record.bytes;
      await jobs.remove(id);
    }
  }

  async #forget(id: string): Promise<void> {
    const upload = this.#uploads.get(id);
    this.#uploads.delete(id);
    await upload?.folder.remove();
  }

  /** Links are followed before it is judged. Throws PERMISSION_DENIED, NOT_FOUND. */
  async #folderBelowRoot(path: string): Promise<string> {
    const { inputRoot } = this.#options;
    if (inputRoot === null) throw denied('This server takes no pictures from its own disk: upload them');
    const root = await realpath(inputRoot);
    const folder = await realpath(join(root, path)).catch(() => null);
    const isBelow = folder !== null && (folder === root || folder.startsWith(root + sep));
    if (!isBelow || !(await stat(folder)).isDirectory())
      throw new AppError('INVALID_ARGUMENT', {}, { detail: 'There is no such folder', status: 'NOT_FOUND' });
    return folder;
  }
}

const denied = (detail: string): AppError =>
  new AppError('INVALID_ARGUMENT', {}, { detail, status: 'PERMISSION_DENIED' });

const statusOf = ({
  id,
  model,
  versions,
  state,
  progress,
  error,
  createdAtMs,
  endedAtMs,
}: Job): BatchStatus => ({
  id,
  model: model ?? '',
  versions,
  state,
  ...progress,
  createdAtMs,
  endedAtMs,
  error: error && clientError(AppError.fromWire(error)).message,
});

function resultOf({ version, classes, error }: BatchAnswer): BatchResult['results'][number] {
  return error ? { version, error: error.detail } : { version, classes };
}
