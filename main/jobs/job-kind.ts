import type { z } from 'zod';
import type { JobLogCode, JobLogLine } from '../../app/contract/jobs';

/** What a job that runs can do. */
export interface JobRun<P> {
  /** Names the job, also after a restart: what it keeps is kept under this. */
  readonly id: string;
  readonly params: P;
  /** Aborted when the job is cancelled or the app ends. What is finished until then stays. */
  readonly signal: AbortSignal;
  /** How many items there are, once they are counted. */
  total(count: number): void;
  /** Items that an earlier run finished: they count, but not for the rate. */
  resumed(items: { readonly done: number; readonly failed: number }): void;
  /** One more item is finished, and kept. */
  finished(isFailure: boolean): void;
  /** So many items are finished by now, where they are not worth a word each, such as megabytes. */
  reached(done: number): void;
  /** `params` fill the text; they are shown, so they hold no machine path. */
  log(level: JobLogLine['level'], code: JobLogCode, params?: Readonly<Record<string, string>>): void;
  /** A job that is paused lets go of what it holds, and takes it again once `ready` resolves. */
  readonly isPaused: boolean;
  /** To be awaited before each item: resolves at once unless the job is paused. Rejects CANCELLED with `signal`. */
  ready(): Promise<void>;
}

/** A kind of long work. */
export interface JobKind<P> {
  readonly name: string;
  /** Heavy jobs run one at a time. */
  readonly isHeavy: boolean;
  readonly params: z.ZodType<P>;
  /**
   * Does the work. It may be called again for a job that was interrupted: then it finds what is finished among what it keeps and
   * does only the rest. A rejection fails the job.
   */
  run(run: JobRun<P>): Promise<void>;
  /** Lets go of what a removed job kept. */
  forget?(id: string): Promise<void>;
}
