import { AppError, type WireError } from '../../app/base/errors';
import type { InferOutput } from './codecs/infer';
import { createInferHandler } from './codecs/infer-handler';
import { stageLimitMs } from './load-stages';
import { Outbox } from './outbox';
import { plainDetail } from './plain-detail';
import type { RunnerPort } from './port';
import type { FromRunner, RunnerPlatform, ToRunner } from './protocol';
import { abortReason, RunQueue, wholeTurn } from './run-queue';
import { RunnerMeter } from './runner-meter';
import type { CallContext, CreateRunnerModule, RunnerModule } from './runner-module';
import { madeInputs } from './warm-up/made-inputs';
import { warmUp } from './warm-up/warm-up';

type Request = Extract<ToRunner, { kind: 'request' }>;
interface Admitted {
  readonly context: CallContext;
  readonly cancel: () => void;
  readonly release: () => void;
}
type Handler = (input: unknown, context: CallContext) => Promise<unknown>;

/** Answers the engine's messages on `port` with the module that the first message asks for. */
export function serveRunner(
  port: RunnerPort,
  platforms: Readonly<Record<RunnerPlatform, () => Promise<CreateRunnerModule>>>,
): void {
  const outbox = new Outbox<FromRunner>((batch) => port.send(batch));
  const inFlight = new Map<number, Admitted>();
  const queue = new RunQueue();
  const meter = new RunnerMeter();
  meter.addQueue(() => queue.length);
  let starting: Promise<RunnerModule> | undefined;

  async function start(platform: RunnerPlatform): Promise<RunnerModule> {
    const create = await platforms[platform]();
    const module = create({ queue, meter });
    const infer = createInferHandler(module);
    return infer ? withWarmUp({ ...module, infer }) : module;
  }

  async function answer(request: Request, context: CallContext): Promise<unknown> {
    if (!starting) throw new AppError('FAILED_PRECONDITION', {}, { detail: 'The runner was not started' });
    const module = await starting;
    const handler = module[request.method] as Handler | undefined;
    if (!handler) {
      throw new AppError(
        'FAILED_PRECONDITION',
        {},
        { detail: `This kind of servable has no "${request.method}"`, status: 'UNIMPLEMENTED' },
      );
    }
    if (context.signal.aborted) throw abortReason(context.signal);
    return handler(request.input, context);
  }

  function take(message: ToRunner): void {
    switch (message.kind) {
      case 'prepare':
        // A platform that cannot be loaded is reported when it is started.
        platforms[message.platform]().catch(() => undefined);
        return;
      case 'start':
        if (message.name !== undefined) process.title = message.name;
        starting = start(message.platform);
        starting.then(
          () => outbox.post({ kind: 'started' }),
          (thrown: unknown) => outbox.post({ kind: 'startFailed', error: startError(thrown) }),
        );
        return;
      case 'cancel':
        inFlight.get(message.id)?.cancel();
        return;
      case 'ping':
        outbox.post({ kind: 'pong', id: message.id, stats: meter.read() });
        return;
      case 'request':
        takeRequest(message);
    }
  }

  function takeRequest(request: Request): void {
    const { id } = request;
    const admitted = admit(request, async (stage, bytes = 0) => {
      outbox.post({ kind: 'stage', id, stage, limitMs: stageLimitMs(bytes) });
      await wholeTurn();
    });
    inFlight.set(id, admitted);
    answer(request, admitted.context)
      .then(
        (value) =>
          outbox.post(
            request.method === 'infer'
              ? { kind: 'inferred', id, output: value as InferOutput }
              : { kind: 'done', id, value },
          ),
        (thrown: unknown) => outbox.post({ kind: 'failed', id, error: wireErrorOf(AppError.from(thrown)) }),
      )
      .finally(() => {
        admitted.release();
        inFlight.delete(id);
      });
  }

  port.onMessage((batch) => {
    for (const message of batch) take(message);
  });
}

/** Loading is done when the warm-up is. Whoever asked ends the process when it fails, as when the load itself does. */
function withWarmUp(module: RunnerModule & Pick<Required<RunnerModule>, 'infer'>): RunnerModule {
  const { load, describe, predict, infer } = module;
  if (!load || !describe || !predict) return module;
  return {
    ...module,
    load: async (input, context) => {
      const stats = await load(input, context);
      const warmedUp = await warmUp(input.folder, input.options.warmUp ?? {}, {
        replay: async ({ method, body }) => {
          await context.enter('warmingUp', stats.residentBytes);
          return infer(
            { codec: 'tfs-proto', body, params: { method }, model: 'warm-up', version: 0 },
            context,
          );
        },
        makeUp: async () => {
          const { inputs, preprocessing } = await describe(null, context);
          const made = preprocessing ? undefined : madeInputs(inputs); // a classifier was tried out when it was loaded
          if (!made) return;
          await context.enter('warmingUp', stats.residentBytes);
          await predict({ inputs: made, outputs: [] }, context);
        },
      });
      return { ...stats, ...(warmedUp ? { warmedUp } : {}) };
    },
  };
}

/** Gives the request its signal: aborted by a cancellation, or once its deadline has passed. */
function admit(request: Request, enter: CallContext['enter']): Admitted {
  const controller = new AbortController();
  const expire = (): void => controller.abort(new AppError('DEADLINE_EXCEEDED'));
  const { deadlineAtMs } = request;
  const leftMs = deadlineAtMs === undefined ? undefined : deadlineAtMs - Date.now();
  if (leftMs !== undefined && leftMs <= 0) expire();
  const timer = leftMs !== undefined && leftMs > 0 ? setTimeout(expire, leftMs) : undefined;
  return {
    context: { signal: controller.signal, arrivedAt: performance.now(), enter },
    cancel: () => controller.abort(new AppError('CANCELLED')),
    release: () => clearTimeout(timer),
  };
}

/** As it leaves the process: what libraries and the file system say of their failures holds paths. */
function wireErrorOf(error: AppError): WireError {
  const wire = error.toWire();
  return { ...wire, detail: plainDetail(wire.detail) };
}

const startError = (thrown: unknown): WireError =>
  wireErrorOf(
    new AppError(
      'RUNNER_START_FAILED',
      {},
      { detail: thrown instanceof Error ? thrown.message : String(thrown), cause: thrown },
    ),
  );
