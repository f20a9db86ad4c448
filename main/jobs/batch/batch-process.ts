import type { Clock } from '../../../app/base/clock';
import { AppError } from '../../../app/base/errors';
import type {
  BatchOpened,
  MethodInput,
  MethodOutput,
  OpenBatchInput,
  OpenTensorsInput,
  RunnerMethod,
} from '../../runner/protocol';
import { RunnerClient } from '../../runner/runner-client';
import type { SpawnRunner } from '../../runner/runner-process';
import type { TensorBlock } from '../../runner/tensors/tensor-blocks';
import { ProcessHold } from './process-hold';

export interface BatchProcessOptions {
  readonly spawnRunner: SpawnRunner;
  readonly clock: Clock;
  /** As the system's list of processes shows it. */
  readonly name: string;
  /** Resident memory above which it is ended; null sets no limit. */
  readonly memoryCapBytes: number | null;
  readonly input: OpenBatchInput;
  /** The file of rows that it is about; absent for pictures. */
  readonly tensors?: OpenTensorsInput;
}

interface Running {
  readonly client: RunnerClient;
  readonly hold: ProcessHold;
  readonly opened: OpenedBatch;
}

/** What a process has loaded and opened. */
export interface OpenedBatch extends BatchOpened {
  readonly rows: number;
  readonly blocks: readonly TensorBlock[];
}

const closeWithinMs = 1_000;

/** A process that holds the versions of a batch. It is started when it is first asked, and again when it has ended. */
export class BatchProcess {
  readonly #options: BatchProcessOptions;
  #running: Promise<Running> | undefined;
  #isHeld = false;
  #isClosed = false;
  inFlight = 0;

  constructor(options: BatchProcessOptions) {
    this.#options = options;
  }

  /** What it has loaded. Throws CANCELLED, RUNNER_START_FAILED, and what loading a version throws. */
  async opened(): Promise<OpenedBatch> {
    return (await this.#open()).opened;
  }

  /** Throws what opening it throws, what it answers, and its end when it ended meanwhile. */
  async ask<M extends RunnerMethod>(
    method: M,
    input: MethodInput<M>,
    signal: AbortSignal,
  ): Promise<MethodOutput<M>> {
    this.inFlight++;
    try {
      const { client } = await this.#open();
      return await client.request(method, input, { signal });
    } finally {
      this.inFlight--;
    }
  }

  set isHeld(isHeld: boolean) {
    this.#isHeld = isHeld;
    void this.#running?.then(({ hold }) => {
      hold.isHeld = isHeld;
    }, ignore);
  }

  /** Resolves when the process has gone. Never rejects. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const running = await this.#running?.catch(ignore);
    running?.hold.dispose();
    await running?.client.close(closeWithinMs);
  }

  #open(): Promise<Running> {
    if (this.#isClosed)
      return Promise.reject(new AppError('CANCELLED', {}, { detail: 'The batch has ended' }));
    this.#running ??= this.#start().catch((thrown: unknown) => {
      this.#running = undefined;
      throw thrown;
    });
    return this.#running;
  }

  async #start(): Promise<Running> {
    const { spawnRunner, clock, name, memoryCapBytes, input, tensors } = this.#options;
    const client = new RunnerClient(spawnRunner({ name }), { clock, memoryCapBytes });
    client.onDidEnd(() => {
      this.#running = undefined;
    });
    try {
      await client.start('batch', name);
      const opened = await client.request('openBatch', input);
      const { rows, blocks } = tensors
        ? await client.request('openTensors', tensors)
        : { rows: 0, blocks: [] };
      const hold = new ProcessHold(client, clock);
      client.onDidEnd(() => hold.dispose());
      if (this.#isHeld) hold.isHeld = true;
      return { client, hold, opened: { ...opened, rows, blocks } };
    } catch (thrown) {
      client.kill(AppError.from(thrown));
      await client.exited;
      throw thrown;
    }
  }
}

const ignore = (): undefined => undefined;
