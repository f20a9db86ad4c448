import type { Event } from '../../app/base/emitter';
import type { Freezer } from './freezer';
import type { Batch, FromRunner, ToRunner } from './protocol';

export interface RunnerExit {
  /** Null when a signal or the system ended it. */
  readonly code: number | null;
  readonly signal: string | null;
  /** The system ended it for want of memory; absent where that cannot be told. */
  readonly isOutOfMemory?: boolean;
}

/**
 * The operating-system process of a runner, seen from the engine: a `utilityProcess` under Electron, a child process under Node.
 * Messages arrive as they were sent, typed arrays as typed arrays. What is sent must not be changed any more.
 */
export interface RunnerProcess {
  /** Undefined until it is running, and after it has gone. */
  readonly pid: number | undefined;
  send(batch: Batch<ToRunner>): void;
  readonly onMessage: Event<Batch<FromRunner>>;
  /** Fires once. */
  readonly onExit: Event<RunnerExit>;
  /** Ends it by force. Harmless when it has gone. */
  kill(): void;
  /** A fresh one, to be disposed when the process has gone at the latest; undefined where it cannot be stopped, or does not run. */
  freezer(): Freezer | undefined;
}

export interface SpawnRunnerOptions {
  /** Shown by the system's process list, such as `slipway fashion-mnist 3`. */
  readonly name: string;
}

/** Starts a runner process; it runs `main/runner/entry.ts`. */
export type SpawnRunner = (options: SpawnRunnerOptions) => RunnerProcess;
