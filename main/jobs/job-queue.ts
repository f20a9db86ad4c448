import { randomUUID } from 'node:crypto';
import type { Clock } from '../../app/base/clock';
import { Emitter, type Event } from '../../app/base/emitter';
import { AppError, isCancelled, reportUnexpected } from '../../app/base/errors';
import type { Disposable } from '../../app/base/lifecycle';
import type { Job, JobLogCode, JobLogLine, JobState } from '../../app/contract/jobs';
import { ActiveJob } from './active-job';
import type { JobKind } from './job-kind';
import { withLine } from './job-log';
import type { JobStore } from './job-store';

/** What a new job is asked for with. */
export interface JobRequest {
  readonly kind: string;
  readonly title: string;
  readonly model?: string;
  readonly versions?: readonly number[];
  readonly priority?: number;
  readonly params: Job['params'];
}

export interface JobQueueOptions {
  readonly clock: Clock;
  readonly store: JobStore;
  readonly kinds: readonly JobKind<unknown>[];
  /** Light jobs that may run beside the heavy one. */
  readonly lightAtOnce?: number;
  /** Do jobs that were interrupted go on by themselves? */
  readonly resumesInterrupted?: boolean;
}

const tellMs = 100;
const keepMs = 1_000;
/** Ended jobs beyond this many go, the oldest first. */
const endedKept = 100;

const isEnded = (state: JobState): boolean => state === 'done' || state === 'failed' || state === 'cancelled';

/**
 * Runs jobs by priority, heavy ones one at a time, and keeps them: what was running when the app ended is `interrupted` at the
 * next start and goes on without doing anything twice.
 */
export class JobQueue {
  readonly #options: Required<JobQueueOptions>;
  readonly #kinds: ReadonlyMap<string, JobKind<unknown>>;
  readonly #jobs = new Map<string, Job>();
  readonly #active = new Map<string, ActiveJob>();
  readonly #changed = new Emitter<Job>();
  readonly #removed = new Emitter<string>();
  readonly #untold = new Set<string>();
  readonly #unkept = new Set<string>();
  #telling: Disposable | undefined;
  #keeping: Disposable | undefined;
  #writing: Promise<void> = Promise.resolve();
  #isClosed = false;
  #closing: Promise<void> | undefined;

  /** Each job that changed, at most ten times a second. */
  readonly onDidChange: Event<Job> = this.#changed.event;
  readonly onDidRemove: Event<string> = this.#removed.event;

  private constructor(options: JobQueueOptions) {
    this.#options = { lightAtOnce: 2, resumesInterrupted: false, ...options };
    this.#kinds = new Map(options.kinds.map((kind) => [kind.name, kind]));
  }

  static async open(options: JobQueueOptions): Promise<JobQueue> {
    const queue = new JobQueue(options);
    for (const job of await options.store.all()) queue.#takeKept(job);
    queue.#startNext();
    return queue;
  }

  /** In the order in which they were asked for. */
  list(): readonly Job[] {
    return [...this.#jobs.values()];
  }

  /** Throws FAILED_PRECONDITION for one that is not there. */
  get(id: string): Job {
    const job = this.#jobs.get(id);
    if (!job) throw new AppError('FAILED_PRECONDITION', { id }, { detail: `No job ${id}` });
    return job;
  }

  /** Queues a job. Throws INVALID_ARGUMENT for a kind that does not exist and params that it refuses. */
  add(request: JobRequest): Job {
    if (this.#isClosed) throw new AppError('CANCELLED', {}, { detail: 'The app is closing' });
    const parsed = this.#kind(request.kind).params.safeParse(request.params);
    if (!parsed.success) {
      throw new AppError('INVALID_ARGUMENT', {}, { detail: parsed.error.issues[0]?.message ?? 'params' });
    }
    const job: Job = {
      id: randomUUID(),
      kind: request.kind,
      title: request.title,
      model: request.model ?? null,
      versions: [...(request.versions ?? [])],
      state: 'queued',
      priority: request.priority ?? 0,
      progress: { done: 0, total: null, failed: 0 },
      rate: null,
      remainingMs: null,
      createdAtMs: this.#options.clock.now(),
      startedAtMs: null,
      endedAtMs: null,
      elapsedMs: 0,
      log: [],
      rates: [],
      params: request.params,
      error: null,
    };
    this.#update(job);
    this.#startNext();
    return this.get(job.id);
  }

  /** The same again, as a new job. */
  runAgain(id: string): Job {
    const { kind, title, model, versions, priority, params } = this.get(id);
    return this.add({ kind, title, versions, priority, params, ...(model === null ? {} : { model }) });
  }

  /** Queues a failed or cancelled job again, to do what is left of it. Throws FAILED_PRECONDITION for any other. */
  retry(id: string): Job {
    const job = this.get(id);
    if (job.state !== 'failed' && job.state !== 'cancelled') {
      throw new AppError('FAILED_PRECONDITION', { id }, { detail: 'The job has not failed' });
    }
    this.#update({ ...job, state: 'queued', error: null, endedAtMs: null });
    this.#startNext();
    return this.get(id);
  }

  /** Items under way are finished; the job then gives up its turn. Does nothing when it has ended. */
  pause(id: string): void {
    const job = this.get(id);
    if (job.state !== 'running' && job.state !== 'queued') return;
    this.#active.get(id)?.pause();
    this.#update({ ...this.get(id), state: 'paused' });
    this.#startNext();
  }

  /** Lets a paused or interrupted job go on when its turn comes. */
  resume(id: string): void {
    const job = this.get(id);
    if (job.state !== 'paused' && job.state !== 'interrupted') return;
    this.#update({ ...job, state: 'queued' });
    this.#startNext();
  }

  /** Ends a job; what is finished so far is kept. Does nothing when it has ended. */
  cancel(id: string): void {
    const job = this.get(id);
    if (isEnded(job.state) || job.state === 'cancelling') return;
    const active = this.#active.get(id);
    if (!active) {
      this.#update({ ...job, state: 'cancelled', endedAtMs: this.#options.clock.now() });
      return;
    }
    this.#update({ ...job, state: 'cancelling', log: this.#logged(job, 'info', 'stopping') });
    active.cancel();
  }

  /** The highest goes first; a job that runs is not disturbed. */
  setPriority(id: string, priority: number): void {
    this.#update({ ...this.get(id), priority });
  }

  /** Forgets an ended or interrupted job with what it kept. Throws FAILED_PRECONDITION while it has not ended. */
  async remove(id: string): Promise<void> {
    const job = this.get(id);
    if (!isEnded(job.state) && job.state !== 'interrupted') {
      throw new AppError('FAILED_PRECONDITION', { id }, { detail: 'The job has not ended' });
    }
    this.#jobs.delete(id);
    this.#removed.fire(id);
    await this.#kinds.get(job.kind)?.forget?.(id);
    await this.#write(() => this.#options.store.remove(id));
  }

  /** Settles when everything that changed so far is kept. */
  settled(): Promise<void> {
    return this.#keep();
  }

  /** Ends what runs, without calling it cancelled: it goes on at the next start. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#isClosed = true;
    const active = [...this.#active.values()];
    for (const job of active) job.cancel();
    await Promise.all(active.map((job) => job.ended));
    this.#telling?.dispose();
    this.#keeping?.dispose();
    await this.#keep();
    await this.#write(() => this.#options.store.close());
    this.#changed.dispose();
    this.#removed.dispose();
  }

  #takeKept(job: Job): void {
    let { state } = job;
    if (state === 'running' || state === 'interrupted')
      state = this.#options.resumesInterrupted ? 'queued' : 'interrupted';
    else if (state === 'cancelling') state = 'cancelled';
    this.#jobs.set(job.id, job);
    if (state !== job.state) this.#update({ ...job, state, rate: null, remainingMs: null });
  }

  #kind(name: string): JobKind<unknown> {
    const kind = this.#kinds.get(name);
    if (!kind) throw new AppError('INVALID_ARGUMENT', { kind: name }, { detail: `No kind of job ${name}` });
    return kind;
  }

  #startNext(): void {
    if (this.#isClosed) return;
    const queued = [...this.#jobs.values()]
      .filter(({ state, kind }) => state === 'queued' && this.#kinds.has(kind))
      .sort((a, b) => b.priority - a.priority); // stable, so the oldest of equals comes first
    for (const job of queued) if (this.#hasRoom(this.#kind(job.kind))) this.#start(job);
  }

  #hasRoom({ isHeavy }: JobKind<unknown>): boolean {
    const running = [...this.#jobs.values()].filter(
      ({ state, kind }) =>
        (state === 'running' || state === 'cancelling') && this.#kinds.get(kind)?.isHeavy === isHeavy,
    );
    return running.length < (isHeavy ? 1 : this.#options.lightAtOnce);
  }

  #start(job: Job): void {
    const { clock } = this.#options;
    this.#update({ ...job, state: 'running', startedAtMs: job.startedAtMs ?? clock.now() });
    const waiting = this.#active.get(job.id);
    if (waiting) {
      waiting.goOn();
      return;
    }
    const active = new ActiveJob({
      clock,
      kind: this.#kind(job.kind),
      job: () => this.get(job.id),
      update: (change) => this.#update({ ...this.get(job.id), ...change }),
    });
    this.#active.set(job.id, active);
    void active.ended.then((error) => this.#ended(job.id, error));
  }

  #ended(id: string, error: AppError | null): void {
    this.#active.delete(id);
    const job = this.get(id);
    const change = { rate: null, remainingMs: null };
    const endedAtMs = this.#options.clock.now();
    const { done, failed } = job.progress;
    const params = { done: String(done), failed: String(failed) };
    if (error === null) {
      const log = this.#logged(job, 'info', 'finished', params);
      this.#update({ ...job, ...change, state: 'done', endedAtMs, log });
    } else if (job.state === 'cancelling') {
      const log = this.#logged(job, 'info', 'cancelled', params);
      this.#update({ ...job, ...change, state: 'cancelled', endedAtMs, log });
    } else if (this.#isClosed && isCancelled(error))
      this.#update({ ...job, ...change, state: job.state === 'paused' ? 'paused' : 'interrupted' });
    else {
      const log = this.#logged(job, 'warning', 'failed', { code: error.code });
      this.#update({ ...job, ...change, state: 'failed', endedAtMs, error: error.toWire(), log });
    }
    this.#dropOldest();
    this.#startNext();
  }

  #logged(
    job: Job,
    level: JobLogLine['level'],
    code: JobLogCode,
    params: JobLogLine['params'] = {},
  ): JobLogLine[] {
    return withLine(job.log, { atMs: this.#options.clock.now(), level, code, params });
  }

  #dropOldest(): void {
    const ended = [...this.#jobs.values()].filter(({ state }) => isEnded(state));
    for (const { id } of ended.slice(0, Math.max(0, ended.length - endedKept))) {
      this.remove(id).catch(reportUnexpected);
    }
  }

  #update(job: Job): void {
    const before = this.#jobs.get(job.id);
    this.#jobs.set(job.id, job);
    this.#untold.add(job.id);
    this.#unkept.add(job.id);
    const { clock } = this.#options;
    this.#telling ??= clock.schedule(tellMs, () => this.#tell());
    if (before?.state === job.state) this.#keeping ??= clock.schedule(keepMs, () => void this.#keep());
    else void this.#keep(); // a state is kept at once, mere progress once a second
  }

  #tell(): void {
    this.#telling = undefined;
    for (const id of this.#untold) {
      this.#untold.delete(id);
      const job = this.#jobs.get(id);
      if (job) this.#changed.fire(job);
    }
  }

  #keep(): Promise<void> {
    this.#keeping?.dispose();
    this.#keeping = undefined;
    for (const id of this.#unkept) {
      const job = this.#jobs.get(id);
      if (job) void this.#write(() => this.#options.store.put(job));
    }
    this.#unkept.clear();
    return this.#writing;
  }

  /** One write after the other; one that fails is reported and does not stop the work. */
  #write(task: () => Promise<void>): Promise<void> {
    this.#writing = this.#writing.then(task).catch(reportUnexpected);
    return this.#writing;
  }
}
