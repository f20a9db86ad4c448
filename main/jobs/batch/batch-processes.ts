import pLimit from 'p-limit';
import { AppError } from '../../../app/base/errors';
import type { BatchAnswer, BatchOpened } from '../../runner/protocol';
import { BatchProcess, type BatchProcessOptions } from './batch-process';

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

/**
 * The processes of one batch. When one ends, what it was at is asked again picture by picture in a process of its own: the picture that
 * ends that one too has an error, and the batch goes on.
 */
export class BatchProcesses {
  readonly #options: BatchProcessesOptions;
  readonly #processes: readonly BatchProcess[];
  readonly #oneByOne = pLimit(1);
  #suspected: BatchProcess | undefined;
  #isHeld = false;
  readonly opened: BatchOpened;

  private constructor(
    options: BatchProcessesOptions,
    processes: readonly BatchProcess[],
    opened: BatchOpened,
  ) {
    this.#options = options;
    this.#processes = processes;
    this.opened = opened;
  }

  /** Starts the first, the others when they are needed. Throws CANCELLED, RUNNER_START_FAILED, and what loading a version throws. */
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
  async classify(
    paths: readonly string[],
    top: number,
    signal: AbortSignal,
  ): Promise<readonly (readonly BatchAnswer[])[]> {
    const process = this.#processes.reduce((a, b) => (b.inFlight < a.inFlight ? b : a));
    try {
      return await process.ask('classifyFiles', { paths, versions: this.#versions, top }, signal);
    } catch (thrown) {
      if (!isEnd(thrown)) throw thrown;
      return this.#oneByOne(() => this.#classifyOneByOne(paths, top, signal));
    }
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

  async #classifyOneByOne(paths: readonly string[], top: number, signal: AbortSignal) {
    const process = new BatchProcess(this.#options);
    process.isHeld = this.#isHeld;
    this.#suspected = process;
    try {
      const answers: (readonly BatchAnswer[])[] = [];
      for (const path of paths) answers.push(await this.#try(process, path, top, signal));
      return answers;
    } finally {
      this.#suspected = undefined;
      await process.close();
    }
  }

  /** Asks about one picture in a process that has nothing else to do. If that ends too, each version is asked by itself. */
  async #try(process: BatchProcess, path: string, top: number, signal: AbortSignal) {
    const ask = async (versions: readonly number[]): Promise<readonly BatchAnswer[]> =>
      (await process.ask('classifyFiles', { paths: [path], versions, top }, signal))[0] ?? [];
    try {
      return await ask(this.#versions);
    } catch (thrown) {
      if (!isEnd(thrown)) throw thrown;
    }
    const answers: BatchAnswer[] = [];
    for (const version of this.#versions) {
      try {
        answers.push(...(await ask([version])));
      } catch (thrown) {
        if (!isEnd(thrown)) throw thrown;
        answers.push({ version, classes: [], error: crashed });
      }
    }
    return answers;
  }
}

const crashed = {
  code: 'INPUT_CRASHED_VERSION',
  detail: 'This picture ended the process of the version again and again',
} as const;
