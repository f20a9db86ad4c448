import type { CallSignal } from './call-signal';
import type { LoadStage } from './load-stages';
import type { MethodInput, MethodOutput, RunnerMethod } from './protocol';
import type { RunQueue } from './run-queue';
import type { RunnerMeter } from './runner-meter';

/** What a method of a runner knows about the request it answers. */
export interface CallContext {
  /** Aborted when the caller has left or its deadline has passed. */
  readonly signal: CallSignal;
  /** `performance.now()` at which the request arrived in this process. */
  readonly arrivedAt: number;
  /**
   * Says what a load is at and the bytes that it concerns, so that one which never ends is told from one that takes its time. To be awaited:
   * what blocks the event loop next would keep it from being sent.
   */
  readonly enter: (stage: LoadStage, bytes?: number) => Promise<void>;
}

export type RunnerHandler<M extends RunnerMethod> = (
  input: MethodInput<M>,
  context: CallContext,
) => Promise<MethodOutput<M>>;

/** The code of one platform that runs inside a runner: it answers the methods that its kind of servable has. Throws `AppError`. */
export type RunnerModule = { readonly [M in RunnerMethod]?: RunnerHandler<M> };

/** What the process offers to the module in it. */
export interface RunnerHost {
  /** One native run at a time; what nobody waits for any more is dropped before it runs. */
  readonly queue: RunQueue;
  /** Counts what the engine is told with every measurement. */
  readonly meter: RunnerMeter;
}

export type CreateRunnerModule = (host: RunnerHost) => RunnerModule;
