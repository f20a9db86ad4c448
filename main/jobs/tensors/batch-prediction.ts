import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../../app/base/errors';
import type { BatchHost, RowSession } from '../batch/batch-host';
import { inLanes, Pages } from '../batch/lanes';
import { assertSameVersions } from '../batch/same-versions';
import type { JobKind, JobRun } from '../job-kind';
import type { PredictionBlocks, WaitingBlock } from './prediction-blocks';
import { type PredictionParams, predictionKind, predictionParamsSchema } from './prediction-params';

export interface BatchPredictionOptions {
  readonly host: BatchHost;
  readonly blocks: PredictionBlocks;
  /** Each job has a folder for its answers in it. */
  readonly partsFolder: string;
}

/** Asks versions of a model about the rows of a file of tensors. One that cannot be answered is a row with an error. */
export class BatchPrediction implements JobKind<PredictionParams> {
  readonly name = predictionKind;
  readonly isHeavy = true;
  readonly params = predictionParamsSchema;
  readonly #options: BatchPredictionOptions;

  constructor(options: BatchPredictionOptions) {
    this.#options = options;
  }

  /** Where the answers of a job are. */
  folderOf(id: string): string {
    return join(this.#options.partsFolder, id);
  }

  async run(run: JobRun<PredictionParams>): Promise<void> {
    const { id, params, signal } = run;
    const { host, blocks } = this.#options;
    const folder = this.folderOf(id);
    for (let isFirst = true; ; isFirst = false) {
      await run.ready();
      const session = await host.openRows({ ...params, folder }, signal);
      try {
        await this.#begin(run, session);
        if (isFirst) {
          const { total, ...finished } = await blocks.counts(id);
          run.total(total);
          run.resumed(finished);
        }
        const waiting = new Pages((after, limit) => blocks.waiting(id, after, limit));
        const take = async (): Promise<WaitingBlock | null> => (await waiting.take(1))?.[0] ?? null;
        if (await inLanes(run, session.lanes, take, (next) => this.#answer(run, session, next))) return;
      } finally {
        await session.close(); // in a pause as well: it may be long
      }
    }
  }

  async forget(id: string): Promise<void> {
    await rm(this.folderOf(id), { recursive: true, force: true });
    await this.#options.blocks.forget(id);
  }

  async #begin({ id, params }: JobRun<PredictionParams>, session: RowSession): Promise<void> {
    const { blocks } = this.#options;
    const before = await blocks.versions(id);
    if (before === null) return blocks.begin(id, session.blocks, session.versions);
    assertSameVersions(params.model, before, session.versions);
    const { total } = await blocks.counts(id);
    if (total !== session.rows)
      throw new AppError(
        'FAILED_PRECONDITION',
        {},
        { detail: 'The file is not what it was when the batch began' },
      );
  }

  /** A block counts as finished when its answers are in its part, and that is noted. */
  async #answer(
    run: JobRun<PredictionParams>,
    session: RowSession,
    { item, block }: WaitingBlock,
  ): Promise<void> {
    const failures = await session.predict(block, run.signal);
    const failed = new Set(failures.map(({ row }) => row));
    await this.#options.blocks.keep(run.id, item, failed.size);
    for (let row = block.from; row < block.from + block.rows; row++) run.finished(failed.has(row));
  }
}
