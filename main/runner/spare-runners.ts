import type { Clock } from '../../app/base/clock';
import { type Disposable, DisposableStore } from '../../app/base/lifecycle';
import type { RunnerPlatform, ToRunner } from './protocol';
import type { RunnerProcess, SpawnRunner } from './runner-process';

export interface SpareRunnersOptions {
  readonly clock: Clock;
  /** Whose code a spare loads while it waits: that of the platform most versions are of. */
  readonly platform: RunnerPlatform;
  /** A new spare is started when nothing was for so long, so that it never competes with a load. */
  readonly idleMs?: number;
}

const mostEarlyEnds = 3;

/**
 * Keeps one runner process started ahead, with its code loaded and no model: starting a process and loading native libraries is most of
 * what a small model's load takes. It is handed out at the next `spawn` and replaced when things are quiet. Dispose ends the spare.
 */
export class SpareRunners implements Disposable {
  readonly #spawn: SpawnRunner;
  readonly #options: Required<SpareRunnersOptions>;
  #spare: { readonly process: RunnerProcess; readonly watch: DisposableStore } | undefined;
  #refill: Disposable | undefined;
  #count = 0;
  #earlyEnds = 0;
  #isDisposed = false;

  constructor(spawn: SpawnRunner, options: SpareRunnersOptions) {
    this.#spawn = spawn;
    this.#options = { idleMs: 1_500, ...options };
    this.#refillLater();
  }

  /** The spare when there is one, else a fresh process. Either way the runner's client tells it its name at `start`. */
  readonly spawn: SpawnRunner = (options) => {
    this.#refillLater();
    const spare = this.#spare;
    this.#spare = undefined;
    spare?.watch.dispose();
    if (spare?.process.pid !== undefined) return spare.process;
    spare?.process.kill();
    return this.#spawn(options);
  };

  dispose(): void {
    this.#isDisposed = true;
    this.#refill?.dispose();
    this.#spare?.watch.dispose();
    this.#spare?.process.kill();
    this.#spare = undefined;
  }

  #refillLater(): void {
    this.#refill?.dispose();
    if (this.#isDisposed || this.#earlyEnds >= mostEarlyEnds) return;
    const { clock, idleMs } = this.#options;
    this.#refill = clock.schedule(idleMs, () => this.#startSpare());
  }

  #startSpare(): void {
    if (this.#isDisposed || this.#spare) return;
    let process: RunnerProcess;
    try {
      process = this.#spawn({ name: `slipway spare ${++this.#count}` });
    } catch {
      this.#earlyEnds++; // whoever needs a runner next is told why it cannot be had
      this.#refillLater();
      return;
    }
    const watch = new DisposableStore();
    watch.add(
      process.onExit(() => {
        this.#spare = undefined;
        this.#earlyEnds++; // a machine that cannot keep one is not asked for ever
        this.#refillLater();
      }),
    );
    this.#spare = { process, watch };
    const prepare: readonly ToRunner[] = [{ kind: 'prepare', platform: this.#options.platform }];
    process.send(prepare);
  }
}
