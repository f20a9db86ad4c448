import { AppError, type WireError } from '../../app/base/errors';
import { IdTable } from '../../app/base/id-table';
import { AdmittedCall } from './admitted-call';
import type { InferOutput } from './codecs/infer';
import { createInferHandler } from './codecs/infer-handler';
import { stageLimitMs } from './load-stages';
import { Outbox } from './outbox';
import { plainDetail } from './plain-detail';
import type { RunnerPort } from './port';
import type { Manners } from './process-priority';
import type { FromRunner, RunnerPlatform, ToRunner } from './protocol';
import { abortReason, RunQueue, wholeTurn } from './run-queue';
import { RunnerMeter } from './runner-meter';
import type { CallContext, CreateRunnerModule, RunnerModule } from './runner-module';
import { madeInputs } from './warm-up/made-inputs';
import { warmUp } from './warm-up/warm-up';

type Request = Extract<ToRunner, { kind: 'request' }>;
type Handler = (input: unknown, context: CallContext) => Promise<unknown>;

/** Answers the engine's messages on `port` with the module that the first message asks for. */
export function serveRunner(
  port: RunnerPort,
  platforms: Readonly<Record<RunnerPlatform, () => Promise<CreateRunnerModule>>>,
  manners: Manners,
): void {
  const outbox = new Outbox<FromRunner>((batch) => port.send(batch));
  const inFlight = new IdTable<AdmittedCall>();
  const queue = new RunQueue();
  const meter = new RunnerMeter();
  meter.addQueue(() => queue.length);
  let starting: Promise<RunnerModule> | undefined;
  let started: RunnerModule | undefined;
  let takeTurnAgain: () => void = () => undefined;

  async function start(platform: RunnerPlatform): Promise<RunnerModule> {
    const create = await platforms[platform]();
    const module = create({ queue, meter });
    const infer = createInferHandler(module);
    return infer ? withWarmUp({ ...module, infer }) : module;
  }

  function answer(request: Request, context: CallContext): Promise<unknown> {
    if (started) return ask(started, request, context);
    if (starting) return starting.then((module) => ask(module, request, context));
    throw new AppError('FAILED_PRECONDITION', {}, { detail: 'The runner was not started' });
  }

  function take(message: ToRunner): void {
    switch (message.kind) {
      case 'prepare':
        // A platform that cannot be loaded is reported when it is started.
        platforms[message.platform]().catch(() => undefined);
        return;
      case 'start':
        if (message.name !== undefined) process.title = message.name;
        if (message.givesWay) takeTurnAgain = manners.giveWayForNow();
        starting = start(message.platform);
        starting.then(
          (module) => {
            started = module;
            outbox.post({ kind: 'started' });
          },
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
    const { id, method, deadlineAtMs } = request;
    const call = new AdmittedCall(deadlineAtMs, async (stage, bytes = 0) => {
      outbox.post({ kind: 'stage', id, stage, limitMs: stageLimitMs(bytes) });
      await wholeTurn();
    });
    inFlight.set(id, call);
    if (method === 'unload') manners.giveWay(); // giving memory back keeps a core busy as well
    const leave = (): void => {
      inFlight.delete(id);
      if (method !== 'load') return;
      takeTurnAgain();
      manners.decodeBehind();
    };
    const done = (value: unknown): void => {
      leave();
      if (method === 'infer') outbox.post({ kind: 'inferred', id, output: value as InferOutput });
      else outbox.post({ kind: 'done', id, value });
    };
    const failed = (thrown: unknown): void => {
      leave();
      outbox.post({ kind: 'failed', id, error: wireErrorOf(AppError.from(thrown)) });
    };
    try {
      answer(request, call).then(done, failed);
    } catch (thrown) {
      failed(thrown);
    }
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
        replay: async ({ codec, params, request: body }) => {
          await context.enter('warmingUp', stats.residentBytes);
          return infer({ codec, body, params, model: 'warm-up', version: 0 }, context);
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

/** Throws FAILED_PRECONDITION for a method that the servable does not have, and why nobody waits for the answer any more. */
function ask(module: RunnerModule, { method, input }: Request, context: CallContext): Promise<unknown> {
  const handler = module[method] as Handler | undefined;
  if (!handler) {
    throw new AppError(
      'FAILED_PRECONDITION',
      {},
      { detail: `This kind of servable has no "${method}"`, status: 'UNIMPLEMENTED' },
    );
  }
  if (context.signal.aborted) throw abortReason(context.signal);
  return handler(input, context);
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
