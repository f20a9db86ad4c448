import { isDeepStrictEqual } from 'node:util';
import pLimit from 'p-limit';
import { AppError, type ErrorCode } from '../../../app/base/errors';
import type { Classification } from '../../../app/contract/inference';
import type { JobKind, JobRun } from '../job-kind';
import { pictureFile, pictureName, picturesOf } from './batch-input';
import { type BatchParams, batchParamsSchema } from './batch-params';
import type { AnsweredItem, BatchAnswer, BatchItem, BatchResults, BatchVersion } from './batch-results';

/** What a batch asks of the engine. */
export interface BatchEngine {
  /** Settles when the version answers, with what it is; throws why it will not. */
  ready(model: string, version: number, signal: AbortSignal): Promise<BatchVersion>;
  read(path: string): Promise<Uint8Array>;
  classify(
    request: { model: string; version: number; picture: Uint8Array; top: number },
    signal: AbortSignal,
  ): Promise<Classification>;
}

export interface BatchClassificationOptions {
  readonly engine: BatchEngine;
  readonly results: BatchResults;
  /** Pictures in flight. Few: each waits in the same queue as those of people. */
  readonly atOnce?: number;
}

const page = 256;
/** Answers are kept together, so many at a time. */
const keptTogether = 64;
const triesOfAnItem = 3;
const mostWarnings = 50;

/** Errors that are the picture's own: another try would end the same. */
const ofThePicture: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'PICTURE_UNREADABLE',
  'PICTURE_TOO_LARGE',
  'PICTURE_NOT_FOUND',
  'INPUT_CRASHED_VERSION',
  'MODEL_RUN_FAILED',
  'TENSOR_MISMATCH',
  'INVALID_ARGUMENT',
]);
/** Errors that may be the picture's: it has them when they come again and again. */
const perhapsOfThePicture: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'RUNNER_CRASHED',
  'RUNNER_UNRESPONSIVE',
  'RUNNER_OUT_OF_MEMORY',
  'DEADLINE_EXCEEDED',
]);

/** Asks versions of a model about many pictures. Each picture is read once; one that cannot be answered is a row with its error. */
export class BatchClassification implements JobKind<BatchParams> {
  readonly name = 'batchClassification';
  readonly isHeavy = true;
  readonly params = batchParamsSchema;
  readonly #engine: BatchEngine;
  readonly #results: BatchResults;
  readonly #atOnce: number;

  constructor({ engine, results, atOnce = 4 }: BatchClassificationOptions) {
    this.#engine = engine;
    this.#results = results;
    this.#atOnce = atOnce;
  }

  async run(run: JobRun<BatchParams>): Promise<void> {
    const { id, params } = run;
    if (!(await this.#results.isListed(id))) await this.#results.list(id, picturesOf(params.input));
    const { total, ...finished } = await this.#results.counts(id);
    run.total(total);
    run.log('info', 'pictures', { count: String(total) });
    run.resumed(finished);
    if (finished.done === total) return;
    await this.#checkVersions(run);
    run.log('info', 'versionsReady', { model: params.model, versions: params.versions.join(', ') });
    const atOnce = pLimit(this.#atOnce);
    const keeper = new Keeper(this.#results, run);
    for (let after = -1; ; ) {
      const items = await this.#results.waiting(id, after, page);
      const last = items.at(-1);
      if (!last) break;
      after = last.item;
      let isBroken = false; // then the rest of the page is not begun
      const outcomes = await Promise.allSettled(
        items.map((item) =>
          atOnce(async () => {
            if (isBroken) return;
            try {
              await keeper.take(await this.#answer(run, item));
            } catch (error) {
              isBroken = true;
              throw error;
            }
          }),
        ),
      );
      await keeper.flush(); // also what was answered before it was cancelled or broke down
      const broken = outcomes.find((it) => it.status === 'rejected');
      if (broken) throw broken.reason;
    }
  }

  forget(id: string): Promise<void> {
    return this.#results.forget(id);
  }

  /** Waits until all versions answer. A batch that goes on must not mix the answers of different contents or settings. */
  async #checkVersions({ id, params, signal }: JobRun<BatchParams>): Promise<void> {
    const { model, versions } = params;
    const now = await Promise.all(versions.map((it) => this.#engine.ready(model, it, signal)));
    const before = await this.#results.versions(id);
    if (before === null) await this.#results.setVersions(id, now);
    else if (!isDeepStrictEqual(before, now)) {
      const changed = now.find((it, index) => !isDeepStrictEqual(it, before[index]));
      const version = String(changed?.version ?? '');
      throw new AppError(
        'FAILED_PRECONDITION',
        { model, version },
        { detail: `Version ${version} is not what it was when the batch began` },
      );
    }
  }

  async #answer(run: JobRun<BatchParams>, item: BatchItem): Promise<AnsweredItem> {
    await run.ready();
    const { versions, input } = run.params;
    let picture: Uint8Array;
    try {
      picture = await this.#engine.read(pictureFile(input, item.picture));
    } catch (thrown) {
      const error = AppError.from(thrown);
      return { ...item, answers: versions.map((version) => failure(version, error)) };
    }
    const answers = await Promise.all(versions.map((version) => this.#ask(run, version, picture)));
    return { ...item, answers };
  }

  async #ask(run: JobRun<BatchParams>, version: number, picture: Uint8Array): Promise<BatchAnswer> {
    const { model, top } = run.params;
    for (let attempt = 1; ; attempt++) {
      try {
        const answer = await this.#engine.classify({ model, version, picture, top }, run.signal);
        if (answer.version !== version) throw new AppError('RUNNER_CRASHED'); // another one answered in its place
        const classes = answer.classes.map(({ index, label, probability }) => ({
          index,
          label,
          probability,
        }));
        return { version, classes, error: null };
      } catch (thrown) {
        if (run.signal.aborted) throw new AppError('CANCELLED');
        const error = AppError.from(thrown);
        const isLast = attempt === triesOfAnItem;
        if (ofThePicture.has(error.code) || (isLast && perhapsOfThePicture.has(error.code)))
          return failure(version, error);
        if (isLast) throw error;
        await this.#engine.ready(model, version, run.signal);
      }
    }
  }
}

const failure = (version: number, { code, message }: AppError): BatchAnswer => ({
  version,
  classes: [],
  error: { code, detail: message },
});

/** Writes answers in groups; an item counts as finished when it is written. */
class Keeper {
  readonly #results: BatchResults;
  readonly #run: JobRun<BatchParams>;
  #items: AnsweredItem[] = [];
  #writing: Promise<void> = Promise.resolve();
  #warnings = 0;

  constructor(results: BatchResults, run: JobRun<BatchParams>) {
    this.#results = results;
    this.#run = run;
  }

  async take(item: AnsweredItem): Promise<void> {
    this.#items.push(item);
    if (this.#items.length >= keptTogether) await this.flush();
  }

  flush(): Promise<void> {
    const items = this.#items;
    this.#items = [];
    if (items.length > 0) this.#writing = this.#writing.then(() => this.#write(items));
    return this.#writing;
  }

  async #write(items: readonly AnsweredItem[]): Promise<void> {
    await this.#results.keep(this.#run.id, items);
    for (const { picture, answers } of items) {
      const error = answers.find((it) => it.error !== null)?.error;
      if (error) this.#warn(pictureName(this.#run.params.input, picture), error.code);
      this.#run.finished(error !== undefined);
    }
  }

  /** The log names the first ones that failed; the results hold them all. */
  #warn(picture: string, code: ErrorCode): void {
    this.#warnings++;
    if (this.#warnings <= mostWarnings) this.#run.log('warning', 'pictureFailed', { picture, code });
    else if (this.#warnings === mostWarnings + 1) this.#run.log('warning', 'moreFailed');
  }
}
