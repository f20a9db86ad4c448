import { availableParallelism } from 'node:os';
import type { Clock } from '../../app/base/clock';
import { AppError } from '../../app/base/errors';
import type { Disposable } from '../../app/base/lifecycle';
import type { BatchHost, BatchSession, BatchVersion } from '../jobs/batch/batch-host';
import { BatchProcesses } from '../jobs/batch/batch-processes';
import { emptyRunnerBytes } from '../platforms/platform';
import type { BatchVersionInput } from '../runner/protocol';
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
  /** Throws MEMORY_EXHAUSTED. */
  readonly lend: (bytes: number) => Promise<Disposable>;
  readonly load: InteractiveLoad;
  /** Does it give way to everything else on the machine? */
  readonly isBackground: boolean;
}

/** A process decodes in four threads and runs in a fifth. */
const coresOfAProcess = 4;
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
    const { versionOf, loadOf, forecast, lend } = this.#options;
    const scanned: ScannedVersion[] = [];
    for (const number of numbers) scanned.push(await versionOf(model, number, signal));
    const inputs = scanned.map((it) => loadOf(model, it));
    const hashes: string[] = [];
    for (const { path } of scanned) hashes.push(await hashVersion(path, signal));
    const count = Math.max(1, Math.floor(availableParallelism() / coresOfAProcess));
    const bytesOfModels = scanned.reduce((sum, it) => sum + forecast(it) - emptyRunnerBytes, 0);
    const loan = await lend(count * (emptyRunnerBytes + bytesOfModels));
    try {
      return await this.#open({ model, inputs, hashes, count, loan }, signal);
    } catch (thrown) {
      loan.dispose();
      throw thrown;
    }
  };

  async #open({ model, inputs, hashes, count, loan }: Opening, signal: AbortSignal): Promise<BatchSession> {
    const { spawnRunner, clock, load, isBackground } = this.#options;
    const name = `slipway batch ${model}`;
    const input = { isBackground, versions: inputs };
    const processes = await BatchProcesses.open({ spawnRunner, clock, name, input, count }, signal);
    processes.isHeld = load.isBusy;
    const subscription = load.onDidChange((isBusy) => {
      processes.isHeld = isBusy;
    });
    const versions = processes.opened.versions.map(
      ({ version, preprocessing }, index): BatchVersion => ({
        version,
        hash: hashes[index] ?? '',
        settings: JSON.stringify(preprocessing),
      }),
    );
    const unfit = processes.opened.versions.find(({ preprocessing }) => preprocessing === null);
    const close = async (): Promise<void> => {
      subscription.dispose();
      await processes.close();
      loan.dispose();
    };
    if (unfit) {
      await close();
      throw new AppError(
        'MODEL_NOT_A_CLASSIFIER',
        { model, version: String(unfit.version) },
        { detail: `Version ${unfit.version} is no image classifier` },
      );
    }
    return {
      versions,
      lanes: lanesOfAProcess * count,
      classify: (paths, top, from) => processes.classify(paths, top, from),
      close,
    };
  }
}

interface Opening {
  readonly model: string;
  readonly inputs: readonly BatchVersionInput[];
  readonly hashes: readonly string[];
  readonly count: number;
  readonly loan: Disposable;
}
