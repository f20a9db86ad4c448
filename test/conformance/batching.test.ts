import { beforeEach, describe, expect, test } from 'vitest';
import { AppError } from '../../app/base/errors';
import { BatchScheduler } from '../../main/runner/batching/batch-scheduler';
import { type BatchingSettings, batchingParameters } from '../../main/runner/batching/batching-parameters';
import { BatchingSession, type Signature, type Tensors } from '../../main/runner/batching/batching-session';
import type { Tensor } from '../../main/runner/tensor';
import { failureOf } from '../support/app-errors';
import { FakeClock, settle } from '../support/fake-clock';

/** A model whose output `y` is twice `x` and whose output `z` is `x` plus one; runs wait until the test lets them go. */
class FakeModel {
  readonly runs: {
    readonly rows: number;
    readonly shape: readonly number[];
    readonly outputs: readonly string[];
  }[] = [];
  readonly #held: (() => void)[] = [];
  isHeld = false;
  fail: (feeds: Tensors) => AppError | undefined = () => undefined;
  outputShape: (shape: readonly number[]) => readonly number[] = (shape) => shape;

  readonly run = async (feeds: Tensors, outputs: readonly string[]): Promise<Tensors> => {
    const x = Object.values(feeds)[0];
    if (!x) throw new Error('No input');
    this.runs.push({ rows: x.shape[0] ?? 0, shape: x.shape, outputs });
    if (this.isHeld) await new Promise<void>((resolve) => this.#held.push(resolve));
    const error = this.fail(feeds);
    if (error) throw error;
    const numbers = x.data as Float32Array;
    const all: Record<string, Float32Array> = {
      y: numbers.map((it) => it * 2),
      z: numbers.map((it) => it + 1),
    };
    const shape = this.outputShape(x.shape);
    return Object.fromEntries(
      outputs.map((name) => [name, { dtype: 'float32', shape, data: all[name] ?? numbers }]),
    );
  };

  /** Lets the runs that wait, and all later ones, finish. */
  release(): void {
    this.isHeld = false;
    for (const resolve of this.#held.splice(0)) resolve();
  }

  get sizes(): number[] {
    return this.runs.map(({ rows }) => rows);
  }
}

let clock: FakeClock;
let model: FakeModel;
const forever = new AbortController().signal;

beforeEach(() => {
  clock = new FakeClock();
  model = new FakeModel();
});

function sessionOf(
  settings: BatchingSettings,
  extra: {
    readonly signatures?: readonly Signature[];
    readonly threads?: number;
    readonly isKeyedByShape?: boolean;
  } = {},
): BatchingSession {
  const scheduler = new BatchScheduler({ clock, threads: extra.threads ?? 1 });
  return new BatchingSession({
    scheduler,
    parameters: batchingParameters(settings),
    run: model.run,
    signatures: extra.signatures ?? null,
    ...(extra.isKeyedByShape ? { isKeyedByShape: true } : {}),
  });
}

const tensor = (shape: readonly number[], ...values: number[]): Tensor => ({
  dtype: 'float32',
  shape,
  data: Float32Array.from(values),
});
/** Rows of one number. */
const rows = (...values: number[]): Tensors => ({ x: tensor([values.length, 1], ...values) });
const numbersOf = (answer: Tensors, name = 'y'): number[] => numbersIn(answer[name]);
const numbersIn = (one: Tensor | undefined): number[] => [...((one?.data ?? []) as Float32Array)];
const failure = (promise: Promise<unknown>): Promise<AppError> => failureOf(() => promise);

describe('T218', () => {
  test('T218: calls of 2 and 2 make one run of 4, and each gets its rows', async () => {
    const session = sessionOf({ maxBatchSize: 4, batchTimeoutMicros: 1_000_000 });
    const first = session.run(rows(1, 2), ['y'], forever);
    const second = session.run(rows(3, 4), ['y'], forever);
    expect(numbersOf(await first)).toEqual([2, 4]);
    expect(numbersOf(await second)).toEqual([6, 8]);
    expect((await first)['y']?.shape).toEqual([2, 1]);
    expect(model.sizes).toEqual([4]);
  });

  test('T218: with no timeout a single call runs at once', async () => {
    const session = sessionOf({ maxBatchSize: 4 });
    expect(numbersOf(await session.run(rows(7), ['y'], forever))).toEqual([14]);
    expect(clock.pending).toBe(0);
  });

  test('T218: a batch that is not full runs when its oldest task is as old as the timeout', async () => {
    const session = sessionOf({ maxBatchSize: 4, batchTimeoutMicros: 5_000 });
    const first = session.run(rows(1), ['y'], forever);
    await clock.advance(4);
    const second = session.run(rows(2), ['y'], forever);
    expect(model.runs).toEqual([]);
    await clock.advance(1);
    await Promise.all([first, second]);
    expect(model.sizes).toEqual([2]);
  });

  test('T218: what comes while everything is busy is gathered, and a task never joins a batch that it would overflow', async () => {
    model.isHeld = true;
    const session = sessionOf({ maxBatchSize: 4 });
    const calls = [rows(0), rows(1, 2, 3), rows(4, 5), rows(6)].map((feeds) =>
      session.run(feeds, ['y'], forever),
    );
    await settle();
    expect(model.sizes).toEqual([1]);
    model.release();
    await Promise.all(calls);
    expect(model.sizes).toEqual([1, 3, 3]);
    expect(numbersOf((await calls[3]) ?? {})).toEqual([12]);
  });
});

test('T219: tasks of differing shapes are filled up to common dimensions with their own first element', async () => {
  const fed: Tensor[] = [];
  const session = sessionOf({
    maxBatchSize: 3,
    batchTimeoutMicros: 1_000_000,
    padVariableLengthInputs: true,
  });
  model.fail = ({ x }) => {
    if (x) fed.push(x);
    return undefined;
  };
  const first = session.run({ x: tensor([1, 2, 3], 1, 2, 3, 4, 5, 6) }, ['y'], forever);
  const second = session.run({ x: tensor([2, 1, 1], 7, 8) }, ['y'], forever);
  expect((await first)['y']?.shape).toEqual([1, 2, 3]);
  expect((await second)['y']?.shape).toEqual([2, 2, 3]);
  expect(fed[0]?.shape).toEqual([3, 2, 3]);
  expect(numbersIn(fed[0])).toEqual([1, 2, 3, 4, 5, 6, 7, 7, 7, 7, 7, 7, 8, 7, 7, 7, 7, 7]);
  const emptyTask = session.run({ x: tensor([1, 0, 1]) }, ['y'], forever);
  const fullTask = session.run({ x: tensor([2, 1, 1], 1, 2) }, ['y'], forever);
  expect([(await failure(emptyTask)).status, (await failure(fullTask)).status]).toEqual([
    'INVALID_ARGUMENT',
    'INVALID_ARGUMENT',
  ]);
});

test('T220: tasks of differing shapes fail together when they are not padded', async () => {
  const session = sessionOf({ maxBatchSize: 2, batchTimeoutMicros: 1_000_000 });
  const failures = [
    failure(session.run({ x: tensor([1, 2], 1, 2) }, ['y'], forever)),
    failure(session.run({ x: tensor([1, 3], 1, 2, 3) }, ['y'], forever)),
  ];
  expect((await Promise.all(failures)).map(({ status }) => status)).toEqual([
    'FAILED_PRECONDITION',
    'FAILED_PRECONDITION',
  ]);
  expect(model.runs).toEqual([]);
});

test('where batching was nobody’s wish, calls of differing shapes never meet', async () => {
  const session = sessionOf({ maxBatchSize: 2 }, { isKeyedByShape: true });
  model.isHeld = true;
  const calls = [
    [1, 1],
    [1, 2],
    [1, 1],
    [1, 2],
  ].map((shape) =>
    session.run({ x: tensor(shape, ...Array.from({ length: shape[1] ?? 0 }, () => 1)) }, ['y'], forever),
  );
  await settle();
  model.release();
  await Promise.all(calls);
  expect(model.runs.map(({ shape }) => shape)).toEqual([
    [1, 1],
    [2, 2],
    [1, 1],
  ]);
});

test('T221: a batch is filled up to the next allowed size, which callers do not see', async () => {
  const fed: Tensor[] = [];
  model.fail = ({ x }) => {
    if (x) fed.push(x);
    return undefined;
  };
  const session = sessionOf({ maxBatchSize: 4, batchTimeoutMicros: 1_000, allowedBatchSizes: [2, 4] });
  const three = session.run(rows(1, 2, 3), ['y'], forever);
  await clock.advance(1);
  expect(await three).toEqual({ y: tensor([3, 1], 2, 4, 6) });
  expect(await session.run(rows(1, 2, 3, 4), ['y'], forever)).toEqual({ y: tensor([4, 1], 2, 4, 6, 8) });
  expect(fed.map(({ data }) => [...(data as Float32Array)])).toEqual([
    [1, 2, 3, 1],
    [1, 2, 3, 4],
  ]);
});

test('T222: allowed sizes that do not rise, or do not end with the largest batch, are refused', () => {
  const refuse = (settings: BatchingSettings) => () => batchingParameters(settings);
  for (const settings of [
    { maxBatchSize: 4, allowedBatchSizes: [4, 2] },
    { maxBatchSize: 4, allowedBatchSizes: [2, 2, 4] },
    { maxBatchSize: 4, allowedBatchSizes: [2, 3] },
    { maxBatchSize: 4, allowedBatchSizes: [0, 4] },
    { maxBatchSize: 4, enableLargeBatchSplitting: true, maxExecutionBatchSize: 2, allowedBatchSizes: [2, 4] },
    { maxBatchSize: 4, enableLargeBatchSplitting: true, maxExecutionBatchSize: 5 },
    { maxBatchSize: 0 },
    { batchTimeoutMicros: -1 },
  ])
    expect(refuse(settings), JSON.stringify(settings)).toThrowError(
      expect.objectContaining({ code: 'BATCHING_INVALID', status: 'INVALID_ARGUMENT' }),
    );
  expect(batchingParameters({ maxBatchSize: 4, allowedBatchSizes: [2, 4] }).allowedBatchSizes).toEqual([
    2, 4,
  ]);
});

test('T223: inputs of a call that differ in their rows, have none, or are none, are refused', async () => {
  const session = sessionOf({ maxBatchSize: 4 });
  const differing = { x: tensor([1, 1], 1), w: tensor([2, 1], 1, 2) };
  for (const feeds of [differing, { x: tensor([], 1) }, {}])
    expect((await failure(session.run(feeds, ['y'], forever))).code).toBe('INVALID_ARGUMENT');
  expect(model.runs).toEqual([]);
});

test('T224: a task larger than the largest batch is refused', async () => {
  const session = sessionOf({ maxBatchSize: 4 });
  expect((await failure(session.run(rows(1, 2, 3, 4, 5), ['y'], forever))).code).toBe('INVALID_ARGUMENT');
  const splitting = sessionOf({ maxBatchSize: 4, enableLargeBatchSplitting: true, maxExecutionBatchSize: 2 });
  expect((await failure(splitting.run(rows(1, 2, 3, 4, 5), ['y'], forever))).code).toBe('INVALID_ARGUMENT');
});

describe('T225', () => {
  const splitting = { maxBatchSize: 8, enableLargeBatchSplitting: true, maxExecutionBatchSize: 2 } as const;

  test('T225: a task above the execution size is cut, and its answer is whole and in order', async () => {
    const session = sessionOf(splitting);
    expect(await session.run(rows(1, 2, 3), ['y'], forever)).toEqual({ y: tensor([3, 1], 2, 4, 6) });
    expect(model.sizes).toEqual([2, 1]);
  });

  test('T225: its first part fills the batch that is open', async () => {
    model.isHeld = true;
    const session = sessionOf(splitting);
    const calls = [rows(0), rows(1), rows(2, 3, 4)].map((feeds) => session.run(feeds, ['y'], forever));
    await settle();
    model.release();
    expect(numbersOf((await Promise.all(calls))[2] ?? {})).toEqual([4, 6, 8]);
    expect(model.sizes).toEqual([1, 2, 2]);
  });

  test('T225: when one part fails, the whole call does', async () => {
    const session = sessionOf(splitting);
    model.fail = ({ x }) => (x?.shape[0] === 1 ? new AppError('MODEL_RUN_FAILED') : undefined);
    expect((await failure(session.run(rows(1, 2, 3), ['y'], forever))).code).toBe('MODEL_RUN_FAILED');
  });
});

describe('T226', () => {
  test('T226: the order of names does not matter, and answers come in the order asked for', async () => {
    const session = sessionOf({ maxBatchSize: 2, batchTimeoutMicros: 1_000_000 });
    const a = tensor([1, 1], 1);
    const b = tensor([1, 1], 1);
    const first = session.run({ a, b }, ['y', 'z'], forever);
    const second = session.run({ b, a }, ['z', 'y'], forever);
    expect(Object.keys(await first)).toEqual(['y', 'z']);
    expect(Object.keys(await second)).toEqual(['z', 'y']);
    expect(model.sizes).toEqual([2]);
  });

  test('T226: of several outputs only those that were asked for are run', async () => {
    const session = sessionOf({ maxBatchSize: 2 });
    expect(await session.run(rows(1), ['z'], forever)).toEqual({ z: tensor([1, 1], 2) });
    expect(model.runs[0]?.outputs).toEqual(['z']);
  });
});

test('T227: calls of two signatures are not mixed', async () => {
  const session = sessionOf({ maxBatchSize: 2, batchTimeoutMicros: 1_000_000 });
  const calls = [
    session.run(rows(1), ['y'], forever),
    session.run(rows(2), ['z'], forever),
    session.run(rows(3), ['y'], forever),
    session.run(rows(4), ['z'], forever),
  ];
  expect(
    (await Promise.all(calls)).map((answer) =>
      Object.values(answer).map(({ data }) => [...(data as Float32Array)]),
    ),
  ).toEqual([[[2]], [[3]], [[6]], [[5]]]);
  expect(model.runs.map(({ outputs, rows: count }) => [outputs, count])).toEqual([
    [['y'], 2],
    [['z'], 2],
  ]);
});

test('T228: a call of an unknown signature runs by itself, at once', async () => {
  const session = sessionOf(
    { maxBatchSize: 2, batchTimeoutMicros: 1_000_000 },
    { signatures: [{ inputs: ['x'], outputs: ['y'] }] },
  );
  expect(numbersOf(await session.run(rows(1), ['z'], forever), 'z')).toEqual([2]);
  expect(clock.pending).toBe(0);
});

describe('T229', () => {
  const expiring = (): { readonly signal: AbortSignal; readonly expire: () => void } => {
    const controller = new AbortController();
    return { signal: controller.signal, expire: () => controller.abort(new AppError('DEADLINE_EXCEEDED')) };
  };

  test('T229: when all tasks of a batch have expired, the model is not run', async () => {
    const session = sessionOf({ maxBatchSize: 4, batchTimeoutMicros: 1_000 });
    const [one, two] = [expiring(), expiring()];
    const failures = [one, two].map(({ signal }) => failure(session.run(rows(1), ['y'], signal)));
    one.expire();
    two.expire();
    await clock.advance(1);
    expect((await Promise.all(failures)).map(({ status }) => status)).toEqual([
      'RESOURCE_EXHAUSTED',
      'RESOURCE_EXHAUSTED',
    ]);
    expect(model.runs).toEqual([]);
  });

  test('T229: with one still awaited the batch runs, without the rows of the others', async () => {
    const session = sessionOf({ maxBatchSize: 4, batchTimeoutMicros: 1_000 });
    const late = expiring();
    const failed = failure(session.run(rows(1), ['y'], late.signal));
    const alive = session.run(rows(2), ['y'], forever);
    late.expire();
    await clock.advance(1);
    expect((await failed).status).toBe('RESOURCE_EXHAUSTED');
    expect(numbersOf(await alive)).toEqual([4]);
    expect(model.sizes).toEqual([1]);
  });
});

test('T230: when as many batches wait as may, a task is refused as unavailable', async () => {
  model.isHeld = true;
  const session = sessionOf({ maxBatchSize: 2, maxEnqueuedBatches: 2 });
  const calls = [rows(1, 2), rows(3, 4), rows(5, 6)].map((feeds) => session.run(feeds, ['y'], forever));
  expect(await failure(session.run(rows(7), ['y'], forever))).toMatchObject({
    code: 'QUEUE_FULL',
    status: 'UNAVAILABLE',
  });
  model.release();
  await Promise.all(calls);
  expect(numbersOf(await session.run(rows(7), ['y'], forever))).toEqual([14]);
});

test('T233: a tensor of rank 7 is not padded', async () => {
  const session = sessionOf({ maxBatchSize: 2, padVariableLengthInputs: true });
  const feeds = { x: tensor([1, 1, 1, 1, 1, 1, 1], 1) };
  expect((await failure(session.run(feeds, ['y'], forever))).code).toBe('INVALID_ARGUMENT');
});

describe('beside the table', () => {
  test('an output without rows, or with others than the batch, fails the batch', async () => {
    const session = sessionOf({ maxBatchSize: 2 });
    model.outputShape = () => [];
    expect((await failure(session.run(rows(1), ['y'], forever))).code).toBe('FAILED_PRECONDITION');
    model.outputShape = () => [3, 1];
    expect((await failure(session.run(rows(1), ['y'], forever))).code).toBe('FAILED_PRECONDITION');
  });

  test('a failed run fails every task in it, and none of the next', async () => {
    const session = sessionOf({ maxBatchSize: 2, batchTimeoutMicros: 1_000_000 });
    model.fail = () => new AppError('MODEL_RUN_FAILED');
    const failures = [1, 2].map((value) => failure(session.run(rows(value), ['y'], forever)));
    expect((await Promise.all(failures)).map(({ code }) => code)).toEqual([
      'MODEL_RUN_FAILED',
      'MODEL_RUN_FAILED',
    ]);
    model.fail = () => undefined;
    expect(numbersOf(await session.run(rows(1, 2), ['y'], forever))).toEqual([2, 4]);
  });

  test('queues are served in turn', async () => {
    model.isHeld = true;
    const session = sessionOf({ maxBatchSize: 1 });
    const calls = ['y', 'y', 'y', 'z'].map((name) => session.run(rows(1), [name], forever));
    await settle();
    model.release();
    await Promise.all(calls);
    expect(model.runs.map(({ outputs }) => outputs[0])).toEqual(['y', 'z', 'y', 'y']);
  });

  test('as many batches are under way as there are threads', async () => {
    model.isHeld = true;
    const session = sessionOf({ maxBatchSize: 1 }, { threads: 2 });
    const calls = [1, 2, 3].map((value) => session.run(rows(value), ['y'], forever));
    await settle();
    expect(model.runs.length).toBe(2);
    model.release();
    await Promise.all(calls);
  });

  test('closing runs what waits without waiting for more', async () => {
    const session = sessionOf({ maxBatchSize: 4, batchTimeoutMicros: 1_000_000 });
    const waiting = session.run(rows(1), ['y'], forever);
    await session.close();
    expect(numbersOf(await waiting)).toEqual([2]);
  });

  test('text is batched like numbers', async () => {
    const texts: (readonly string[])[] = [];
    const scheduler = new BatchScheduler({ clock, threads: 1 });
    const session = new BatchingSession({
      scheduler,
      parameters: batchingParameters({ maxBatchSize: 2, batchTimeoutMicros: 1_000_000 }),
      signatures: null,
      run: async ({ x }) => {
        texts.push(x?.data as readonly string[]);
        return x ? { y: x } : {};
      },
    });
    const call = (word: string) =>
      session.run({ x: { dtype: 'string', shape: [1], data: [word] } }, ['y'], forever);
    const answers = await Promise.all([call('a'), call('b')]);
    expect(texts).toEqual([['a', 'b']]);
    expect(answers.map(({ y }) => y?.data)).toEqual([['a'], ['b']]);
  });
});
