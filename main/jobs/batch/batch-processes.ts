import pLimit from 'p-limit';
import { AppError } from '../../../app/base/errors';
import type { BatchAnswer, FailedRow } from '../../runner/protocol';
import type { TensorBlock } from '../../runner/tensors/tensor-blocks';
import { BatchProcess, type BatchProcessOptions, type OpenedBatch } from './batch-process';

export interface BatchProcessesOptions extends BatchProcessOptions {
  readonly count: number;
}

/** How the end of a process reaches whoever waited for it. */
const ends: ReadonlySet<string> = new Set([
  'RUNNER_CRASHED',
  'RUNNER_UNRESPONSIVE',
  'RUNNER_OUT_OF_MEMORY',
  'RUNNER_OVER_MEMORY_CAP',
]);
const isEnd = (thrown: unknown): boolean => thrown instanceof AppError && ends.has(thrown.code);

/** What is asked about several items at once, and about one of them. */
interface Question<I, A> {
  readonly items: readonly I[];
  readonly all: (process: BatchProcess) => Promise<readonly (readonly A[])[]>;
  readonly one: (process: BatchProcess, item: I, versions: readonly number[]) => Promise<readonly A[]>;
  /** Of an item that ended every process in which this version was asked about it. */
  readonly crashed: (process: BatchProcess, item: I, version: number) => Promise<A>;
}

/**
 * The processes of one batch. When one ends, what it was at is asked again item by item in a process of its own: the item that ends that
 * one too has an error, and the batch goes on.
 */
export class BatchProcesses {
  readonly #options: BatchProcessesOptions;
  readonly #processes: readonly BatchProcess[];
  readonly #oneByOne = pLimit(1);
  #suspected: BatchProcess | undefined;
  #isHeld = false;
  readonly opened: OpenedBatch;

  private constructor(
    options: BatchProcessesOptions,
    processes: readonly BatchProcess[],
    opened: OpenedBatch,
  ) {
    this.#options = options;
    this.#processes = processes;
    this.opened = opened;
  }

  /** Starts the first, the others when they are needed. Throws CANCELLED, RUNNER_START_FAILED, and what opening throws. */
  static async open(options: BatchProcessesOptions, signal: AbortSignal): Promise<BatchProcesses> {
    const processes = Array.from({ length: options.count }, () => new BatchProcess(options));
    const [first = new BatchProcess(options)] = processes;
    const leave = (): void => void first.close();
    signal.addEventListener('abort', leave, { once: true });
    try {
      const opened = await first.opened();
      if (!signal.aborted) return new BatchProcesses(options, processes, opened);
    } finally {
      signal.removeEventListener('abort', leave);
    }
    throw new AppError('CANCELLED');
  }

  /** For each picture file the answers of all versions. Throws CANCELLED, and why a process cannot be started again. */
  classify(
    paths: readonly string[],
    top: number,
    signal: AbortSignal,
  ): Promise<readonly (readonly BatchAnswer[])[]> {
    return this.#ask<string, BatchAnswer>({
      items: paths,
      all: (process) => process.ask('classifyFiles', { paths, versions: this.#versions, top }, signal),
      one: async (process, path, versions) =>
        (await process.ask('classifyFiles', { paths: [path], versions, top }, signal))[0] ?? [],
      crashed: async (_process, _path, version) => ({ version, classes: [], error: crashed }),
    });
  }

  /** Keeps the answers of all versions about a block in `folder`; resolves to the rows that have none. Throws the same. */
  async predict(block: TensorBlock, folder: string, signal: AbortSignal): Promise<readonly FailedRow[]> {
    const failed = await this.#ask<number, FailedRow>({
      items: Array.from({ length: block.rows }, (_, row) => row),
      all: async (process) => [
        await process.ask('predictBlock', { block, only: null, versions: this.#versions, folder }, signal),
      ],
      one: (process, only, versions) =>
        process.ask('predictBlock', { block, only, versions, folder }, signal),
      crashed: async (process, only, version) => {
        const row = { row: block.from + only, version, error: crashed };
        await process.ask('failRows', { failed: [row], folder }, signal);
        return row;
      },
    });
    return failed.flat();
  }

  set isHeld(isHeld: boolean) {
    this.#isHeld = isHeld;
    for (const process of this.#processes) process.isHeld = isHeld;
    if (this.#suspected) this.#suspected.isHeld = isHeld;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#processes, this.#suspected].map((process) => process?.close()));
  }

  get #versions(): readonly number[] {
    return this.opened.versions.map(({ version }) => version);
  }

  async #ask<I, A>(question: Question<I, A>): Promise<readonly (readonly A[])[]> {
    const process = this.#processes.reduce((a, b) => (b.inFlight < a.inFlight ? b : a));
    try {
      return await question.all(process);
    } catch (thrown) {
      if (!isEnd(thrown)) throw thrown;
      return this.#oneByOne(() => this.#askOneByOne(question));
    }
  }

  async #askOneByOne<I, A>(question: Question<I, A>): Promise<readonly (readonly A[])[]> {
    const process = new BatchProcess(this.#options);
    process.isHeld = this.#isHeld;
    this.#suspected = process;
    try {
      const answers: (readonly A[])[] = [];
      for (const item of question.items) answers.push(await this.#try(process, item, question));
      return answers;
    } finally {
      this.#suspected = undefined;
      await process.close();
    }
  }

  /** Asks about one item in a process that has nothing else to do. If that ends too, each version is asked by itself. */
  async #try<I, A>(process: BatchProcess, item: I, { one, crashed }: Question<I, A>): Promise<readonly A[]> {
    try {
      return await one(process, item, this.#versions);
    } catch (thrown) {
      if (!isEnd(thrown)) throw thrown;
    }
    const answers: A[] = [];
    for (const version of this.#versions) {
      try {
        answers.push(...(await one(process, item, [version])));
      } catch (thrown) {
        if (!isEnd(thrown)) throw thrown;
        answers.push(await crashed(process, item, version));
      }
    }
    return answers;
  }
}

const crashed = {
  code: 'INPUT_CRASHED_VERSION',
  detail: 'It ended the process of the version again and again',
} as const;
