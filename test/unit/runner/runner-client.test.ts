import { beforeEach, describe, expect, test } from 'vitest';
import { AppError } from '../../../app/base/errors';
import type { ToRunner } from '../../../main/runner/protocol';
import { RunnerClient } from '../../../main/runner/runner-client';
import { FakeClock, settle } from '../../support/fake-clock';
import { answerPlainly, FakeRunnerProcess } from '../../support/fake-runner-process';

const picture = Uint8Array.of(1);
let clock: FakeClock;
let process: FakeRunnerProcess;
let client: RunnerClient;
let ends: AppError[];

beforeEach(async () => {
  clock = new FakeClock();
  process = new FakeRunnerProcess();
  client = new RunnerClient(process, {
    clock,
    pingIntervalMs: 1_000,
    unresponsiveMs: 5_000,
    overstayMs: 3_000,
  });
  ends = [];
  client.onDidEnd((error) => ends.push(error));
  await client.start('onnx');
});

const classify = (options = {}) => client.request('classify', { picture, top: 1 }, options);
const requests = (): Extract<ToRunner, { kind: 'request' }>[] =>
  process.messages.filter((message) => message.kind === 'request');
const caught = (promise: Promise<unknown>): Promise<AppError> =>
  promise.then(
    () => Promise.reject(new Error('It resolved')),
    (error: AppError) => error,
  );

describe('asking', () => {
  test('what one turn asks goes over two at once, and answers find their questions in any order', async () => {
    process.batches.length = 0;
    const answers = Promise.all([classify(), classify(), classify()]);
    await settle();
    expect(process.batches.map((batch) => batch.length)).toEqual([2, 1]);
    const [a, b, c] = requests().map(({ id }) => id);
    process.say({ kind: 'done', id: c ?? 0, value: 'third' }, { kind: 'done', id: a ?? 0, value: 'first' });
    process.say({ kind: 'done', id: b ?? 0, value: 'second' });
    expect(await answers).toEqual(['first', 'second', 'third']);
    expect(client.inFlight).toBe(0);
  });

  test('what the runner refuses rejects as it was said', async () => {
    const failed = caught(classify());
    await settle();
    const error = new AppError('PICTURE_UNREADABLE', { name: 'x' }, { detail: 'no' }).toWire();
    process.say({ kind: 'failed', id: requests()[0]?.id ?? 0, error });
    expect((await failed).toWire()).toEqual(error);
  });

  test('a caller that leaves is answered at once, and the runner is told', async () => {
    const leaving = new AbortController();
    const answer = caught(classify({ signal: leaving.signal }));
    await settle();
    leaving.abort();
    expect((await answer).code).toBe('CANCELLED');
    await settle();
    expect(process.messages.at(-1)).toEqual({ kind: 'cancel', id: requests()[0]?.id });
    expect(client.inFlight).toBe(0);
  });

  test('who has left before asking is not asked for', async () => {
    expect((await caught(classify({ signal: AbortSignal.abort() }))).code).toBe('CANCELLED');
    expect((await caught(classify({ deadlineAtMs: clock.now() }))).code).toBe('DEADLINE_EXCEEDED');
    await settle();
    expect(requests()).toEqual([]);
  });

  test('a deadline rejects when it passes, and travels along', async () => {
    const answer = caught(classify({ deadlineAtMs: clock.now() + 200 }));
    await clock.advance(199);
    expect(client.inFlight).toBe(1);
    expect(requests()[0]?.deadlineAtMs).toBeGreaterThan(0);
    await clock.advance(1);
    expect((await answer).code).toBe('DEADLINE_EXCEEDED');
  });
});

describe('a runner that ends', () => {
  test('rejects what is in flight with RUNNER_CRASHED, says so once, and refuses what comes after', async () => {
    const inFlight = caught(classify());
    await settle();
    process.exit({ code: null, signal: 'SIGSEGV' });
    expect(await inFlight).toMatchObject({ code: 'RUNNER_CRASHED', params: { signal: 'SIGSEGV' } });
    expect((await caught(classify())).code).toBe('RUNNER_CRASHED');
    expect(ends.map(({ code }) => code)).toEqual(['RUNNER_CRASHED']);
    expect(client.residentBytes).toBeNull();
    expect(clock.pending).toBe(0);
  });

  test('before it was up is RUNNER_START_FAILED', async () => {
    const early = new FakeRunnerProcess();
    early.reply = () => undefined;
    const starting = caught(new RunnerClient(early, { clock }).start('onnx'));
    early.exit({ code: 1, signal: null });
    expect(await starting).toMatchObject({ code: 'RUNNER_START_FAILED', params: { code: '1' } });
  });

  test('for a module that does not load says what was wrong', async () => {
    const broken = new FakeRunnerProcess();
    const error = new AppError('RUNNER_START_FAILED', {}, { detail: 'no such module' }).toWire();
    broken.reply = () => ({ kind: 'startFailed', error });
    expect((await caught(new RunnerClient(broken, { clock }).start('onnx'))).message).toBe('no such module');
  });
});

describe('a runner that hangs', () => {
  test('is ended when it answers nothing for too long', async () => {
    process.reply = () => undefined;
    const inFlight = caught(classify());
    await clock.advance(5_000);
    expect(process.pid).toBeDefined();
    await clock.advance(2_000);
    expect((await inFlight).code).toBe('RUNNER_UNRESPONSIVE');
    expect(process.pid).toBeUndefined();
    expect(ends.map(({ code }) => code)).toEqual(['RUNNER_UNRESPONSIVE']);
  });

  test('may be silent while it loads, as long as each stage of it may take', async () => {
    process.reply = () => undefined;
    const loading = client.request('load', { folder: '/models/1', options: {} });
    await clock.advance(50_000);
    const id = requests()[0]?.id ?? 0;
    process.say({ kind: 'stage', id, stage: 'building', limitMs: 600_000 });
    await clock.advance(599_999);
    process.say({ kind: 'stage', id, stage: 'warmingUp', limitMs: 30_000 });
    await clock.advance(29_999);
    expect(process.pid).toBeDefined();
    process.say({ kind: 'done', id, value: { residentBytes: 7 } });
    expect(await loading).toEqual({ residentBytes: 7 });
    expect(client.residentBytes).toBe(7);
  });

  test.each([
    ['reading its files', 60_000, undefined],
    ['running it to warm up', 30_000, { stage: 'warmingUp', limitMs: 30_000 }],
    ['running it for the first time', 3_600_000, { stage: 'trying', limitMs: 1e12 }],
  ] as const)('is ended when a stage of its load never ends: %s', async (words, limitMs, entered) => {
    process.reply = () => undefined;
    const loading = caught(client.request('load', { folder: '/models/1', options: {} }));
    await settle();
    if (entered) process.say({ kind: 'stage', id: requests()[0]?.id ?? 0, ...entered });
    await clock.advance(limitMs - 1);
    expect(process.pid).toBeDefined();
    await clock.advance(1);
    const seconds = String(limitMs / 1000);
    expect(await loading).toMatchObject({
      code: 'RUNNER_LOAD_OVERRAN',
      params: { seconds },
      message: `The load was still ${words} after ${seconds} s`,
    });
    expect(process.pid).toBeUndefined();
    expect(clock.pending).toBe(0);
  });

  test('and overstays a deadline is ended, since a native run cannot be stopped', async () => {
    const answer = caught(classify({ deadlineAtMs: clock.now() + 100 }));
    await clock.advance(100);
    await answer;
    await clock.advance(2_999);
    expect(process.pid).toBeDefined();
    await clock.advance(1);
    expect(process.pid).toBeUndefined();
    expect(ends.map(({ code }) => code)).toEqual(['RUNNER_UNRESPONSIVE']);
  });

  test('lives on when it answers late but before that', async () => {
    const answer = caught(classify({ deadlineAtMs: clock.now() + 100 }));
    await clock.advance(100);
    await answer;
    process.say({ kind: 'done', id: requests()[0]?.id ?? 0, value: 'late' });
    await clock.advance(60_000);
    expect(ends).toEqual([]);
  });
});

describe('measuring', () => {
  test('memory is asked for at intervals and told', async () => {
    const samples: number[] = [];
    client.onDidSample(({ residentBytes }) => samples.push(residentBytes));
    await clock.advance(2_500);
    expect(samples).toEqual([1000, 1000]);
    expect(client.residentBytes).toBe(1000);
  });
});

describe('closing', () => {
  test('unloads, ends the process, and is no failure', async () => {
    await client.close();
    expect(requests().map(({ method }) => method)).toEqual(['unload']);
    expect(process.pid).toBeUndefined();
    expect(ends).toEqual([]);
    expect(clock.pending).toBe(0);
    expect((await caught(classify())).code).toBe('CANCELLED');
  });

  test('twice is once', async () => {
    await Promise.all([client.close(), client.close()]);
    expect(requests().length).toBe(1);
  });

  test('a process that would not end is ended by force within the bound', async () => {
    process.reply = (message) => (message.kind === 'request' ? undefined : answerPlainly(message));
    let isClosed = false;
    const closing = client.close(2_000).then(() => {
      isClosed = true;
    });
    await clock.advance(1_999);
    expect(isClosed).toBe(false);
    await clock.advance(1);
    await closing;
    expect(process.pid).toBeUndefined();
    expect(ends).toEqual([]);
  });

  test('after a crash is done already', async () => {
    process.exit();
    await client.close();
    expect(ends.length).toBe(1);
  });
});

describe('memory', () => {
  const capped = async (outside: () => number | undefined): Promise<RunnerClient> => {
    process = new FakeRunnerProcess();
    const limited = new RunnerClient(process, {
      clock,
      memoryCapBytes: 5_000,
      residentBytesOf: async () => outside(),
    });
    limited.onDidEnd((error) => ends.push(error));
    await limited.start('onnx');
    return limited;
  };

  test('a runner above its limit is ended, with both figures, even while it is too busy to answer', async () => {
    let usedBytes = 4_000;
    const limited = await capped(() => usedBytes);
    const inFlight = caught(limited.request('classify', { picture, top: 1 }));
    await clock.advance(300);
    expect(limited.inFlight).toBe(1);
    usedBytes = 6_000;
    await clock.advance(300);
    expect(await inFlight).toMatchObject({
      code: 'RUNNER_OVER_MEMORY_CAP',
      status: 'RESOURCE_EXHAUSTED',
      params: { usedBytes: '6000', capBytes: '5000' },
    });
    expect(process.pid).toBeUndefined();
    expect(ends.map(({ code }) => code)).toEqual(['RUNNER_OVER_MEMORY_CAP']);
    expect(clock.pending).toBe(1); // the first runner's next ping
  });

  test('where the system does not tell, what the runner says counts', async () => {
    const limited = await capped(() => undefined);
    await clock.advance(1_000);
    process.say({ kind: 'pong', id: 1, stats: { residentBytes: 9_000 } });
    expect((await caught(limited.request('describe', null))).code).toBe('RUNNER_OVER_MEMORY_CAP');
  });

  test('an end that the system brought about for want of memory has a code of its own', async () => {
    const inFlight = caught(classify());
    await settle();
    process.exit({ code: null, signal: 'SIGKILL', isOutOfMemory: true });
    expect(await inFlight).toMatchObject({ code: 'RUNNER_OUT_OF_MEMORY', status: 'RESOURCE_EXHAUSTED' });
  });

  test('the batches that it reports are kept', async () => {
    process.say({
      kind: 'pong',
      id: 1,
      stats: { residentBytes: 1, batches: [{ size: 4, runs: 2, totalMs: 3 }] },
    });
    process.say({ kind: 'pong', id: 2, stats: { residentBytes: 1 } });
    expect(client.batches).toEqual([{ size: 4, runs: 2, totalMs: 3 }]);
  });
});

describe('a runner that refuses to end', () => {
  test('is ended by force, and that is told', async () => {
    process.reply = () => undefined;
    const closing = client.close(2_000);
    await clock.advance(2_000);
    expect(await closing).toMatchObject({ code: 'RUNNER_END_FORCED' });
  });

  test('one that ends when it is asked to is nothing to tell', async () => {
    expect(await client.close(2_000)).toBeUndefined();
  });
});

test('a request that was given up and would not end is named before its runner is ended', async () => {
  const told: string[] = [];
  client.onDidEnd(() => told.push('end'));
  void caught(classify({ deadlineAtMs: clock.now() + 10, onDidOverstay: () => told.push('overstay') }));
  await clock.advance(10 + 3_000);
  expect(told).toEqual(['overstay', 'end']);
});
