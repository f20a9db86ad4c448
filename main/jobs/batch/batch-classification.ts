import { isDeepStrictEqual } from 'node:util';
import { AppError, type ErrorCode } from '../../../app/base/errors';
import type { JobKind, JobRun } from '../job-kind';
import type { BatchHost, BatchSession } from './batch-host';
import { pictureFile, pictureName, picturesOf } from './batch-input';
import { type BatchParams, batchParamsSchema } from './batch-params';
import type { BatchItem, BatchResults } from './batch-results';
import { ChunkSize } from './chunk-size';

export interface BatchClassificationOptions {
  readonly host: BatchHost;
  readonly results: BatchResults;
}

/** Asks versions of a model about many pictures. One that cannot be answered is a row with its error. */
export class BatchClassification implements JobKind<BatchParams> {
  readonly name = 'batchClassification';
  readonly isHeavy = true;
  readonly params = batchParamsSchema;
  readonly #host: BatchHost;
  readonly #results: BatchResults;

  constructor({ host, results }: BatchClassificationOptions) {
    this.#host = host;
    this.#results = results;
  }

  async run(run: JobRun<BatchParams>): Promise<void> {
    const { id, params, signal } = run;
    if (!(await this.#results.isListed(id))) await this.#results.list(id, picturesOf(params.input));
    const { total, ...finished } = await this.#results.counts(id);
    run.total(total);
    run.log('info', 'pictures', { count: String(total) });
    run.resumed(finished);
    if (finished.done === total) return;
    await run.ready();
    const session = await this.#host.open(params.model, params.versions, signal);
    try {
      await this.#checkVersions(run, session);
      run.log('info', 'versionsReady', { model: params.model, versions: params.versions.join(', ') });
      await this.#answerAll(run, session);
    } finally {
      await session.close();
    }
  }

  forget(id: string): Promise<void> {
    return this.#results.forget(id);
  }

  /** A batch that goes on must not mix the answers of different contents or settings. */
  async #checkVersions({ id, params }: JobRun<BatchParams>, { versions }: BatchSession): Promise<void> {
    const before = await this.#results.versions(id);
    if (before === null) return this.#results.setVersions(id, versions);
    const changed = versions.find((it, index) => !isDeepStrictEqual(it, before[index]));
    if (!changed) return;
    const version = String(changed.version);
    throw new AppError(
      'FAILED_PRECONDITION',
      { model: params.model, version },
      { detail: `Version ${version} is not what it was when the batch began` },
    );
  }

  /** Several lanes take pictures in turn, so that the processes always have the next ones. What ends one ends all. */
  async #answerAll(run: JobRun<BatchParams>, session: BatchSession): Promise<void> {
    const { input, top } = run.params;
    const waiting = new WaitingItems(this.#results, run.id);
    const chunk = new ChunkSize();
    const warnings = new Warnings(run);
    let isBroken = false;
    const work = async (): Promise<void> => {
      for (;;) {
        await run.ready();
        const items = isBroken ? [] : await waiting.take(chunk.size);
        if (items.length === 0) return;
        const startedAt = performance.now();
        const paths = items.map(({ picture }) => pictureFile(input, picture));
        const answers = await session.classify(paths, top, run.signal);
        chunk.note(items.length, performance.now() - startedAt);
        await this.#keep(run, items, answers, warnings);
      }
    };
    const lane = (): Promise<void> =>
      work().catch((thrown: unknown) => {
        isBroken = true;
        throw thrown;
      });
    const lanes = await Promise.allSettled(Array.from({ length: session.lanes }, lane));
    const broken = lanes.find((it) => it.status === 'rejected');
    if (broken) throw broken.reason;
  }

  /** An item counts as finished when it is written. */
  async #keep(
    run: JobRun<BatchParams>,
    items: readonly BatchItem[],
    answers: Awaited<ReturnType<BatchSession['classify']>>,
    warnings: Warnings,
  ): Promise<void> {
    const answered = items.map((item, index) => ({ ...item, answers: answers[index] ?? [] }));
    await this.#results.keep(run.id, answered);
    for (const { picture, answers } of answered) {
      const error = answers.find((it) => it.error !== null)?.error;
      if (error) warnings.note(pictureName(run.params.input, picture), error.code);
      run.finished(error !== undefined);
    }
  }
}

/** The log names the first pictures that failed; the results hold them all. */
class Warnings {
  readonly #run: JobRun<BatchParams>;
  #count = 0;

  constructor(run: JobRun<BatchParams>) {
    this.#run = run;
  }

  note(picture: string, code: ErrorCode): void {
    this.#count++;
    if (this.#count <= mostWarnings) this.#run.log('warning', 'pictureFailed', { picture, code });
    else if (this.#count === mostWarnings + 1) this.#run.log('warning', 'moreFailed');
  }
}

/** The pictures without an answer, in their order, to be taken piece by piece; a page of them is in memory. */
class WaitingItems {
  readonly #results: BatchResults;
  readonly #job: string;
  #page: readonly BatchItem[] = [];
  #after = -1;
  #reading: Promise<void> = Promise.resolve();

  constructor(results: BatchResults, job: string) {
    this.#results = results;
    this.#job = job;
  }

  /** At most `count`; none when there are no more. */
  async take(count: number): Promise<readonly BatchItem[]> {
    this.#reading = this.#reading.then(() => this.#read());
    await this.#reading;
    const taken = this.#page.slice(0, count);
    this.#page = this.#page.slice(count);
    return taken;
  }

  async #read(): Promise<void> {
    if (this.#page.length > 0) return;
    this.#page = await this.#results.waiting(this.#job, this.#after, page);
    this.#after = this.#page.at(-1)?.item ?? this.#after;
  }
}

const page = 512;
const mostWarnings = 50;
