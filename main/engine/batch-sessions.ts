import { availableParallelism } from 'node:os';
import type { Clock } from '../../app/base/clock';
import { AppError } from '../../app/base/errors';
import type { Disposable } from '../../app/base/lifecycle';
import type { BatchHost, BatchVersion } from '../jobs/batch/batch-host';
import { BatchProcess } from '../jobs/batch/batch-process';
import { BatchProcesses } from '../jobs/batch/batch-processes';
import { emptyRunnerBytes } from '../platforms/platform';
import type { BatchVersionInput, OpenTensorsInput } from '../runner/protocol';
import type { SpawnRunner } from '../runner/runner-process';
import { hashVersion } from '../sources/content-hash';
import type { ScannedVersion } from '../sources/model-scan';
import type { InteractiveLoad } from './interactive-load';

export interface BatchSessionsOptions {
  readonly spawnRunner: SpawnRunner;
  readonly clock: Clock;
  /** The version as it is on disk, once its files are at rest. Throws MODEL_NOT_FOUND, VERSION_NOT_FOUND, CANCELLED. */
  readonly versionOf: (model: string, version: number, signal: AbortSignal) => Promise<ScannedVersion>;
  /** How it is loaded, as for serving. Throws what no platform takes. */
  readonly loadOf: (model: string, scanned: ScannedVersion) => BatchVersionInput;
  /** Bytes that a process of its own is expected to take for it. */
  readonly forecast: (scanned: ScannedVersion) => number;
  /** What a version of the model may take; null sets no limit. */
  readonly capOf: (model: string) => number | null;
  /** Throws MEMORY_EXHAUSTED. */
  readonly lend: (bytes: number) => Promise<Disposable>;
  readonly load: InteractiveLoad;
  /** Does it give way to everything else on the machine? */
  readonly isBackground: boolean;
}

/** A process decodes in four threads and runs in a fifth: so many of them keep the cores busy, whichever of the two takes longer. */
const coresOfAProcess = 2;
/** Beside what a process works at lies what it works at next. */
const lanesOfAProcess = 2;

/**
 * Loads versions for a batch into processes of its own, which have the lowest priority of the system and stand still while anybody
 * waits for an answer: so the processes that serve never notice it, and a picture that crashes one harms no request.
 */
export class BatchSessions implements BatchHost {
  readonly #options: BatchSessionsOptions;

  constructor(options: BatchSessionsOptions) {
    this.#options = options;
  }

  readonly open: BatchHost['open'] = async (model, numbers, signal) => {
    const { processes, ...session } = await this.#open({ model, numbers }, signal);
    const unfit = processes.opened.versions.find(({ preprocessing }) => preprocessing === null);
    if (unfit) {
      await session.close();
      throw new AppError(
        'MODEL_NOT_A_CLASSIFIER',
        { model, version: String(unfit.version) },
        { detail: `Version ${unfit.version} is no image classifier` },
      );
    }
    return { ...session, classify: (paths, top, from) => processes.classify(paths, top, from) };
  };

  readonly openRows: BatchHost['openRows'] = async (request, signal) => {
    const { model, versions: numbers, input, folder, outputs, target } = request;
    const tensors: OpenTensorsInput = { ...input, folder, outputs, target };
    const { processes, ...session } = await this.#open({ model, numbers, tensors }, signal);
    const { rows, blocks } = processes.opened;
    return { ...session, rows, blocks, predict: (block, from) => processes.predict(block, folder, from) };
  };

  readonly writeRows: BatchHost['writeRows'] = (request) =>
    this.#help(async (process) => void (await process.ask('writeTensors', request, nobodyLeaves)));

  readonly unpack: BatchHost['unpack'] = (input) =>
    this.#help(async (process) => (await process.ask('unpackUpload', input, nobodyLeaves)).pictures);

  /** An encoded picture of this size, with as much in it as a photo has. */
  makePicture(width: number, height: number): Promise<Uint8Array> {
    return this.#help(
      async (process) => (await process.ask('makePicture', { width, height }, nobodyLeaves)).bytes,
    );
  }

  /** Memory for as many processes as are of use, or for fewer where it does not suffice. Throws MEMORY_EXHAUSTED when not even one fits. */
  async #lend(bytesOfAProcess: number): Promise<{ readonly count: number; readonly loan: Disposable }> {
    const most = Math.max(1, Math.floor(availableParallelism() / coresOfAProcess));
    for (let count = most; ; count--) {
      try {
        return { count, loan: await this.#options.lend(count * bytesOfAProcess) };
      } catch (thrown) {
        if (count === 1) throw thrown;
      }
    }
  }

  /** Does one piece of work in a process that holds no model. */
  async #help<T>(work: (process: BatchProcess) => Promise<T>): Promise<T> {
    const { spawnRunner, clock, isBackground } = this.#options;
    const input = { isBackground, versions: [] };
    const process = new BatchProcess({
      spawnRunner,
      clock,
      name: 'slipway batch files',
      memoryCapBytes: null,
      input,
    });
    try {
      return await work(process);
    } finally {
      await process.close();
    }
  }

  async #open({ model, numbers, tensors }: Wanted, signal: AbortSignal) {
    const { versionOf, loadOf, forecast, capOf, spawnRunner, clock, load, isBackground } = this.#options;
    const scanned: ScannedVersion[] = [];
    for (const number of numbers) scanned.push(await versionOf(model, number, signal));
    const versions = scanned.map((it) => {
      const input = loadOf(model, it);
      return tensors ? unbatched(input) : input;
    });
    const hashes: string[] = [];
    for (const { path } of scanned) hashes.push(await hashVersion(path, signal));
    const bytesOfModels = scanned.reduce((sum, it) => sum + forecast(it) - emptyRunnerBytes, 0);
    const { count, loan } = await this.#lend(emptyRunnerBytes + bytesOfModels);
    const cap = capOf(model);
    let processes: BatchProcesses;
    try {
      processes = await BatchProcesses.open(
        {
          spawnRunner,
          clock,
          name: `slipway batch ${model}`,
          count,
          memoryCapBytes: cap === null ? null : cap * versions.length,
          input: { isBackground, versions },
          ...(tensors ? { tensors } : {}),
        },
        signal,
      );
    } catch (thrown) {
      loan.dispose();
      throw thrown;
    }
    processes.isHeld = load.isBusy;
    const subscription = load.onDidChange((isBusy) => {
      processes.isHeld = isBusy;
    });
    return {
      processes,
      versions: processes.opened.versions.map(
        ({ version, preprocessing }, index): BatchVersion => ({
          version,
          hash: hashes[index] ?? '',
          settings: JSON.stringify(preprocessing),
        }),
      ),
      lanes: lanesOfAProcess * count,
      close: async (): Promise<void> => {
        subscription.dispose();
        await processes.close();
        loan.dispose();
      },
    };
  }
}

const nobodyLeaves = new AbortController().signal;

interface Wanted {
  readonly model: string;
  readonly numbers: readonly number[];
  readonly tensors?: OpenTensorsInput;
}

/** Rows come together already. */
const unbatched = (input: BatchVersionInput): BatchVersionInput => ({
  ...input,
  load: { ...input.load, options: { ...input.load.options, batching: 'off' } },
});
