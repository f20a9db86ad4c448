import { setMaxListeners } from 'node:events';
import type { Clock } from '../../app/base/clock';
import { AppError } from '../../app/base/errors';
import type { Job, JobLogCode, JobLogLine } from '../../app/contract/jobs';
import type { JobKind, JobRun } from './job-kind';
import { withLine } from './job-log';
import { ProgressMeter } from './progress-meter';
import { RateHistory } from './rate-history';

export interface ActiveJobOptions {
  readonly clock: Clock;
  readonly kind: JobKind<unknown>;
  /** As it is now. */
  readonly job: () => Job;
  readonly update: (change: Partial<Job>) => void;
}

/** The log tells of progress this often from beginning to end. */
const progressLines = 10;

/** One job that was begun and has not ended: it runs, or waits in a pause. */
export class ActiveJob implements JobRun<unknown> {
  readonly #options: ActiveJobOptions;
  readonly #abort = new AbortController();
  readonly #meter = new ProgressMeter();
  readonly #history: RateHistory;
  readonly id: string;
  readonly params: unknown;
  /** Null when it came to its end. Never rejects. */
  readonly ended: Promise<AppError | null>;
  #pause: { readonly over: Promise<void>; readonly end: () => void } | null = null;
  #ranSinceMs: number;
  #ranBeforeMs: number;

  constructor(options: ActiveJobOptions) {
    this.#options = options;
    setMaxListeners(0, this.signal); // each item under way listens to it
    const { id, params, progress, elapsedMs, rates } = options.job();
    this.id = id;
    this.params = options.kind.params.parse(params);
    this.#ranSinceMs = options.clock.now();
    this.#ranBeforeMs = elapsedMs;
    options.update({ progress: { ...progress, done: 0, failed: 0 } }); // the run tells what is finished already
    this.#meter.restart(this.#ranSinceMs, 0);
    this.#history = new RateHistory(rates, elapsedMs);
    this.log('info', 'started');
    this.ended = this.#run();
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  total(count: number): void {
    this.#options.update({ progress: { ...this.#options.job().progress, total: count } });
  }

  resumed({ done, failed }: { done: number; failed: number }): void {
    this.#options.update({ progress: { ...this.#options.job().progress, done, failed } });
    this.#meter.restart(this.#options.clock.now(), done);
    this.#history.restart(this.#elapsedMs, done);
    if (done > 0) this.log('info', 'resumed', { done: String(done) });
  }

  finished(isFailure: boolean): void {
    const { done, failed } = this.#options.job().progress;
    this.#note(done + 1, failed + Number(isFailure));
  }

  reached(done: number): void {
    this.#note(done, this.#options.job().progress.failed);
  }

  log(level: JobLogLine['level'], code: JobLogCode, params: JobLogLine['params'] = {}): void {
    const line = { atMs: this.#options.clock.now(), level, code, params };
    this.#options.update({ log: withLine(this.#options.job().log, line) });
  }

  get isPaused(): boolean {
    return this.#pause !== null;
  }

  async ready(): Promise<void> {
    while (this.#pause && !this.signal.aborted) await this.#pause.over;
    if (this.signal.aborted) throw new AppError('CANCELLED', {}, { detail: 'The job was ended' });
  }

  pause(): void {
    if (this.#pause) return;
    this.#ranBeforeMs = this.#elapsedMs;
    let end = (): void => undefined;
    const over = new Promise<void>((resolve) => {
      end = resolve;
    });
    this.#pause = { over, end };
    this.#options.update({ rate: null, remainingMs: null, elapsedMs: this.#ranBeforeMs });
    this.log('info', 'paused');
  }

  goOn(): void {
    const pause = this.#pause;
    this.#pause = null;
    this.#ranSinceMs = this.#options.clock.now();
    this.#meter.restart(this.#ranSinceMs, this.#options.job().progress.done);
    this.log('info', 'continued');
    pause?.end();
  }

  cancel(): void {
    this.#abort.abort();
    this.#pause?.end();
  }

  #note(done: number, failed: number): void {
    const { progress } = this.#options.job();
    const nowMs = this.#options.clock.now();
    this.#options.update({
      progress: { ...progress, done, failed },
      ...(this.#pause ? {} : this.#meter.note(nowMs, done, progress.total)),
      elapsedMs: this.#elapsedMs,
      rates: [...this.#history.note(this.#elapsedMs, done)],
    });
    this.#logProgress(progress.done, done, progress.total);
  }

  #logProgress(before: number, done: number, total: number | null): void {
    if (total === null || total < progressLines || done === total) return; // its end has a line of its own
    const tenth = (count: number): number => Math.floor((count * progressLines) / total);
    if (tenth(done) > tenth(before))
      this.log('info', 'progress', { done: String(done), total: String(total) });
  }

  get #elapsedMs(): number {
    return this.#pause ? this.#ranBeforeMs : this.#ranBeforeMs + this.#options.clock.now() - this.#ranSinceMs;
  }

  async #run(): Promise<AppError | null> {
    await Promise.resolve(); // whoever starts it holds it first
    try {
      await this.#options.kind.run(this);
      return null;
    } catch (error) {
      // Whatever it says on its way out, it did not break down.
      return this.signal.aborted ? new AppError('CANCELLED', {}, { cause: error }) : AppError.from(error);
    } finally {
      this.#options.update({ elapsedMs: this.#elapsedMs });
    }
  }
}
