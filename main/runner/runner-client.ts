import type { CancelSignal } from '../../app/base/cancel-signal';
import { type Clock, systemClock } from '../../app/base/clock';
import { Emitter } from '../../app/base/emitter';
import { AppError } from '../../app/base/errors';
import { IdTable } from '../../app/base/id-table';
import { type Disposable, DisposableStore } from '../../app/base/lifecycle';
import type { BatchCount } from '../../app/contract/running';
import { Deadlines } from './deadlines';
import type { Freezer } from './freezer';
import { LoadWatch } from './load-stages';
import { Outbox } from './outbox';
import { residentBytesOf } from './process-memory';
import type {
  Batch,
  FromRunner,
  MethodInput,
  MethodOutput,
  RunnerMethod,
  RunnerPlatform,
  RunnerStats,
  ToRunner,
} from './protocol';
import type { RunnerExit, RunnerProcess } from './runner-process';

export interface RunnerClientOptions {
  readonly clock?: Clock;
  /** How often the runner is asked whether it lives and what memory it takes. */
  readonly pingIntervalMs?: number;
  /** A runner that answers nothing for so long, outside of `load`, is taken for hung and ended. */
  readonly unresponsiveMs?: number;
  /** A request still running so long after its deadline ends the runner, since a native run cannot be stopped. */
  readonly overstayMs?: number;
  /** Resident memory above which the runner is ended; null sets no limit. */
  readonly memoryCapBytes?: number | null;
  /** How often its memory is looked at where there is a limit. */
  readonly memoryWatchMs?: number;
  /** Looks at a process's memory from outside, for a runner that is too busy to answer; undefined where the system does not tell. */
  readonly residentBytesOf?: (pid: number) => Promise<number | undefined>;
}

export interface RequestOptions {
  readonly signal?: CancelSignal | undefined;
  /** Milliseconds since the epoch by the client's clock. */
  readonly deadlineAtMs?: number | undefined;
  /** Called when it was given up and would not end, just before the runner is ended for it. */
  readonly onDidOverstay?: () => void;
}

interface Pending {
  readonly method: RunnerMethod;
  readonly onDidOverstay: (() => void) | undefined;
  /** Of a load alone. */
  readonly watch: LoadWatch | undefined;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: AppError) => void;
  readonly release: () => void;
}

/**
 * The engine's side of one runner: asks, and waits for answers. When the process ends, everything in flight rejects with
 * RUNNER_CRASHED (RUNNER_START_FAILED before it was up, RUNNER_UNRESPONSIVE when it was ended for being silent, RUNNER_LOAD_OVERRAN for a
 * load without end).
 */
export class RunnerClient {
  readonly #process: RunnerProcess;
  readonly #clock: Clock;
  readonly #pingIntervalMs: number;
  readonly #unresponsiveMs: number;
  readonly #overstayMs: number;
  readonly #memoryCapBytes: number;
  readonly #memoryWatchMs: number;
  readonly #residentBytesOf: (pid: number) => Promise<number | undefined>;
  readonly #outbox: Outbox<ToRunner>;
  readonly #pending = new IdTable<Pending>();
  readonly #deadlines: Deadlines;
  /** Requests whose caller has left while the runner may still be at them: id → the timer that ends an overstay. */
  readonly #abandoned = new Map<number, Disposable>();
  readonly #owned = new DisposableStore();
  readonly #didEnd = this.#owned.add(new Emitter<AppError>());
  readonly #didSample = this.#owned.add(new Emitter<RunnerStats>());
  /** Resolves when the process has gone, however it ended. */
  readonly exited: Promise<void>;
  #resolveExited: () => void = () => undefined;
  #nextId = 1;
  #lastHeardAtMs: number;
  #ping: Disposable | undefined;
  #starting: { resolve: () => void; reject: (error: AppError) => void } | undefined;
  #end: AppError | undefined;
  #closing: Promise<AppError | undefined> | undefined;
  #residentBytes: number | null = null;
  #batches: readonly BatchCount[] = [];
  #queued = 0;
  #memoryWatch: Disposable | undefined;

  /** Fires once when the process has ended without `close` having been called. */
  readonly onDidEnd = this.#didEnd.event;
  /** Fires with every measurement of the process. */
  readonly onDidSample = this.#didSample.event;

  constructor(process: RunnerProcess, options: RunnerClientOptions = {}) {
    this.#process = process;
    this.#clock = options.clock ?? systemClock;
    this.#pingIntervalMs = options.pingIntervalMs ?? 2_000;
    this.#unresponsiveMs = options.unresponsiveMs ?? 60_000;
    this.#overstayMs = options.overstayMs ?? 10_000;
    this.#memoryCapBytes = options.memoryCapBytes ?? Number.POSITIVE_INFINITY;
    this.#memoryWatchMs = options.memoryWatchMs ?? 250;
    this.#residentBytesOf = options.residentBytesOf ?? residentBytesOf;
    this.#lastHeardAtMs = this.#clock.now();
    this.#outbox = new Outbox((batch) => process.send(batch));
    this.#deadlines = new Deadlines(this.#clock, (id) =>
      this.#abandon(id, new AppError('DEADLINE_EXCEEDED')),
    );
    this.exited = new Promise((resolve) => {
      this.#resolveExited = resolve;
    });
    this.#owned.add(process.onMessage((batch) => this.#take(batch)));
    process.onExit((exit) => this.#finish(exit)); // outlives `#owned`: `close` waits for it even after a kill
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** See `RunnerProcess`. */
  freezer(): Freezer | undefined {
    return this.#process.freezer();
  }

  /** As last measured; null before the first measurement and after the end. */
  get residentBytes(): number | null {
    return this.#end || this.#closing ? null : this.#residentBytes;
  }

  /** Runs by the number of examples in them, as last reported. */
  get batches(): readonly BatchCount[] {
    return this.#batches;
  }

  /** How many requests wait for their run, as last reported. */
  get queued(): number {
    return this.#queued;
  }

  /** How many requests wait for their answer. */
  get inFlight(): number {
    return this.#pending.size;
  }

  /**
   * Turns the fresh process into a runner of `platform`, shown as `name` by the system; with `givesWay`, others go first until it has
   * loaded. Called once, before any request. Throws RUNNER_START_FAILED.
   */
  start(platform: RunnerPlatform, name?: string, givesWay = false): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#end) return reject(this.#end);
      this.#starting = { resolve, reject };
      this.#outbox.post({ kind: 'start', platform, givesWay, ...(name === undefined ? {} : { name }) });
    });
  }

  /**
   * Throws what the runner answered, CANCELLED or DEADLINE_EXCEEDED when the caller left or the time was over, and the
   * runner's end when it ended meanwhile. A request whose caller left is dropped there if it has not begun to run.
   */
  request<M extends RunnerMethod>(
    method: M,
    input: MethodInput<M>,
    options: RequestOptions = {},
  ): Promise<MethodOutput<M>> {
    if (this.#closing)
      return Promise.reject(new AppError('CANCELLED', {}, { detail: 'The runner is closing' }));
    return this.#ask(method, input, options);
  }

  #ask<M extends RunnerMethod>(
    method: M,
    input: MethodInput<M>,
    { signal, deadlineAtMs, onDidOverstay }: RequestOptions,
  ): Promise<MethodOutput<M>> {
    if (this.#end) return Promise.reject(this.#end);
    if (signal?.aborted) return Promise.reject(new AppError('CANCELLED'));
    const leftMs = deadlineAtMs === undefined ? undefined : deadlineAtMs - this.#clock.now();
    if (leftMs !== undefined && leftMs <= 0) return Promise.reject(new AppError('DEADLINE_EXCEEDED'));
    const id = this.#nextId++;
    return new Promise<MethodOutput<M>>((resolve, reject) => {
      const cancel = (): void => this.#abandon(id, new AppError('CANCELLED'));
      if (deadlineAtMs !== undefined) this.#deadlines.set(id, deadlineAtMs);
      signal?.addEventListener('abort', cancel, { once: true });
      const watch = loads.has(method) ? new LoadWatch(this.#clock, (error) => this.kill(error)) : undefined;
      this.#pending.set(id, {
        method,
        onDidOverstay,
        watch,
        resolve: resolve as (value: unknown) => void,
        reject,
        release: () => {
          watch?.dispose();
          signal?.removeEventListener('abort', cancel);
        },
      });
      this.#outbox.post({
        kind: 'request',
        id,
        method,
        input,
        deadlineAtMs: leftMs === undefined ? undefined : Date.now() + leftMs,
      });
    });
  }

  /**
   * Lets the runner finish what it has, then ends the process: by force after `withinMs`, which is answered with RUNNER_END_FORCED.
   * Resolves when it has gone; never rejects.
   */
  close(withinMs = 5_000): Promise<AppError | undefined> {
    this.#closing ??= this.#close(withinMs);
    return this.#closing;
  }

  async #close(withinMs: number): Promise<AppError | undefined> {
    let forced: AppError | undefined;
    const timer = this.#clock.schedule(withinMs, () => {
      forced = new AppError(
        'RUNNER_END_FORCED',
        {},
        { detail: `The runner did not end within ${withinMs} ms` },
      );
      this.#process.kill();
    });
    try {
      await this.#ask('unload', null, {});
    } catch {
      // Refused, or gone meanwhile: either way the process is ended next.
    }
    this.#process.kill();
    await this.exited;
    timer.dispose();
    return forced;
  }

  /** Ends the process at once; what is in flight rejects with `reason`. */
  kill(reason: AppError): void {
    if (this.#end) return;
    this.#fail(reason);
    this.#process.kill();
  }

  #take(batch: Batch<FromRunner>): void {
    this.#lastHeardAtMs = this.#clock.now();
    for (const message of batch) {
      switch (message.kind) {
        case 'started':
          this.#starting?.resolve();
          this.#starting = undefined;
          this.#schedulePing();
          this.#watchMemory();
          break;
        case 'startFailed':
          this.#starting?.reject(AppError.fromWire(message.error));
          this.#starting = undefined;
          break;
        case 'pong':
          this.#sample(message.stats);
          break;
        case 'done':
          if (hasStats(message.value)) this.#sample(message.value);
          this.#settle(message.id)?.resolve(message.value);
          break;
        case 'inferred':
          this.#settle(message.id)?.resolve(message.output);
          break;
        case 'stage':
          this.#pending.get(message.id)?.watch?.enter(message.stage, message.limitMs);
          break;
        case 'failed':
          this.#settle(message.id)?.reject(AppError.fromWire(message.error));
      }
    }
  }

  #sample(stats: RunnerStats): void {
    this.#residentBytes = stats.residentBytes;
    if (stats.batches) this.#batches = stats.batches;
    this.#queued = stats.queued ?? 0;
    this.#didSample.fire(stats);
    this.#checkMemory(stats.residentBytes);
  }

  #settle(id: number): Pending | undefined {
    this.#abandoned.get(id)?.dispose();
    this.#abandoned.delete(id);
    const pending = this.#pending.delete(id);
    this.#deadlines.delete(id);
    pending?.release();
    return pending;
  }

  #abandon(id: number, reason: AppError): void {
    const pending = this.#settle(id);
    if (!pending) return;
    pending.reject(reason);
    this.#outbox.post({ kind: 'cancel', id });
    this.#abandoned.set(
      id,
      this.#clock.schedule(this.#overstayMs, () => {
        pending.onDidOverstay?.();
        this.kill(new AppError('RUNNER_UNRESPONSIVE', {}, { detail: `A ${pending.method} would not end` }));
      }),
    );
  }

  #schedulePing(): void {
    this.#ping = this.#clock.schedule(this.#pingIntervalMs, () => {
      if (this.#end) return;
      const isLoading = [...this.#pending].some(([, { method }]) => loads.has(method));
      if (isLoading) this.#lastHeardAtMs = this.#clock.now(); // a large model blocks its runner for long; its stages have limits of their own
      const silentMs = this.#clock.now() - this.#lastHeardAtMs;
      if (silentMs > this.#unresponsiveMs) {
        this.kill(
          new AppError('RUNNER_UNRESPONSIVE', {}, { detail: `The runner was silent for ${silentMs} ms` }),
        );
        return;
      }
      this.#outbox.post({ kind: 'ping', id: this.#nextId++ });
      this.#schedulePing();
    });
  }

  /** Only where there is a limit: pongs come every few seconds and not at all during a long run, which is when memory grows. */
  #watchMemory(): void {
    if (this.#memoryCapBytes === Number.POSITIVE_INFINITY) return;
    this.#memoryWatch = this.#clock.schedule(this.#memoryWatchMs, async () => {
      const { pid } = this;
      const usedBytes = pid === undefined ? undefined : await this.#residentBytesOf(pid);
      if (usedBytes !== undefined) this.#checkMemory(usedBytes);
      if (!this.#end) this.#watchMemory();
    });
  }

  #checkMemory(usedBytes: number): void {
    const capBytes = this.#memoryCapBytes;
    if (usedBytes <= capBytes || this.#end) return;
    const params = { usedBytes: String(usedBytes), capBytes: String(capBytes) };
    const detail = `The runner took ${usedBytes} bytes of at most ${capBytes}`;
    this.kill(new AppError('RUNNER_OVER_MEMORY_CAP', params, { detail }));
  }

  #finish(exit: RunnerExit): void {
    this.#resolveExited();
    this.#fail(endOf(exit, this.#starting !== undefined));
  }

  #fail(reason: AppError): void {
    if (this.#end) return;
    this.#end = reason;
    this.#release(reason);
    if (!this.#closing) this.#didEnd.fire(reason);
    this.#owned.dispose();
  }

  #release(reason: AppError): void {
    this.#ping?.dispose();
    this.#memoryWatch?.dispose();
    this.#deadlines.dispose();
    this.#starting?.reject(reason);
    this.#starting = undefined;
    for (const timer of this.#abandoned.values()) timer.dispose();
    this.#abandoned.clear();
    for (const [id] of [...this.#pending]) this.#settle(id)?.reject(reason);
  }
}

const hasStats = (value: unknown): value is RunnerStats =>
  typeof value === 'object' && value !== null && 'residentBytes' in value;

/** Methods that load models, which may block the runner for as long as their stages may take. */
const loads: ReadonlySet<RunnerMethod> = new Set(['load', 'openBatch']);

function endOf({ code, signal, isOutOfMemory }: RunnerExit, wasStarting: boolean): AppError {
  const how = signal
    ? `ended by ${signal}`
    : code === null
      ? 'ended by the system'
      : `ended with code ${code}`;
  if (isOutOfMemory) {
    return new AppError('RUNNER_OUT_OF_MEMORY', {}, { detail: `The runner was ${how} for want of memory` });
  }
  const params = { ...(code === null ? {} : { code: String(code) }), ...(signal ? { signal } : {}) };
  return new AppError(wasStarting ? 'RUNNER_START_FAILED' : 'RUNNER_CRASHED', params, {
    detail: `The runner was ${how}`.replace('was ended with', 'ended with'),
  });
}
