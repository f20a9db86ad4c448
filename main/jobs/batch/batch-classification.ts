import type { ErrorCode } from '../../../app/base/errors';
import type { JobKind, JobRun } from '../job-kind';
import type { BatchHost, BatchSession } from './batch-host';
import { pictureFile, pictureName, picturesOf } from './batch-input';
import { type BatchParams, batchParamsSchema } from './batch-params';
import type { BatchItem, BatchResults } from './batch-results';
import { ChunkSize } from './chunk-size';
import { inLanes, Pages } from './lanes';
import { assertSameVersions } from './same-versions';

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
    while (!(await this.#isOver(id))) {
      await run.ready();
      const session = await this.#host.open(params.model, params.versions, signal);
      try {
        await this.#checkVersions(run, session);
        run.log('info', 'versionsReady', { model: params.model, versions: params.versions.join(', ') });
        if (await this.#answerAll(run, session)) return;
      } finally {
        await session.close(); // in a pause as well: it may be long
      }
    }
  }

  forget(id: string): Promise<void> {
    return this.#results.forget(id);
  }

  async #checkVersions({ id, params }: JobRun<BatchParams>, { versions }: BatchSession): Promise<void> {
    const before = await this.#results.versions(id);
    if (before === null) await this.#results.setVersions(id, versions);
    else assertSameVersions(params.model, before, versions);
  }

  async #isOver(id: string): Promise<boolean> {
    const { total, done } = await this.#results.counts(id);
    return done === total;
  }

  /** False when a pause came between. */
  async #answerAll(run: JobRun<BatchParams>, session: BatchSession): Promise<boolean> {
    const { input, top } = run.params;
    const waiting = new Pages((after, limit) => this.#results.waiting(run.id, after, limit));
    const chunk = new ChunkSize();
    const warnings = new Warnings(run);
    return inLanes(
      run,
      session.lanes,
      () => waiting.take(chunk.size),
      async (items) => {
        const startedAt = performance.now();
        const paths = items.map(({ picture }) => pictureFile(input, picture));
        const answers = await session.classify(paths, top, run.signal);
        chunk.note(items.length, performance.now() - startedAt);
        await this.#keep(run, items, answers, warnings);
      },
    );
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

const mostWarnings = 50;
