import { beforeEach, describe, expect, test } from 'vitest';
import { AppError } from '../../../app/base/errors';
import { RunnerGroup } from '../../../main/platforms/runner-group';
import { ThreadBudget } from '../../../main/platforms/thread-budget';
import type { FromRunner, ToRunner } from '../../../main/runner/protocol';
import { RunnerClient } from '../../../main/runner/runner-client';
import { failureOf } from '../../support/app-errors';
import { FakeClock, settle } from '../../support/fake-clock';
import { answerPlainly, FakeRunnerProcess } from '../../support/fake-runner-process';

let clock: FakeClock;
let processes: FakeRunnerProcess[];
let failing: number;
let ends: AppError[];

beforeEach(() => {
  clock = new FakeClock();
  processes = [];
  failing = 0;
  ends = [];
});

const reply = (message: ToRunner): FromRunner | undefined => {
  if (message.kind === 'request' && message.method === 'configure')
    return { kind: 'done', id: message.id, value: { isKeptInFolder: true } };
  return answerPlainly(message);
};

async function open(): Promise<RunnerClient> {
  if (failing-- > 0) throw new AppError('RUNNER_START_FAILED');
  const process = new FakeRunnerProcess();
  process.reply = reply;
  processes.push(process);
  const client = new RunnerClient(process, { clock });
  await client.start('onnx');
  return client;
}

async function groupOf(instances: number): Promise<RunnerGroup> {
  const group = await RunnerGroup.open({ clock, instances, open });
  group.onDidEnd((error) => ends.push(error));
  return group;
}
const classify = (group: RunnerGroup) => group.request('classify', { picture: Uint8Array.of(1), top: 1 });
const asked = (): number[] =>
  processes.map(
    ({ messages }) => messages.filter((it) => it.kind === 'request' && it.method === 'classify').length,
  );

describe('several runners as one', () => {
  test('a request goes to the one with the fewest in flight', async () => {
    const group = await groupOf(2);
    for (let count = 0; count < 4; count++) void failureOf(() => classify(group));
    await settle();
    expect(asked()).toEqual([2, 2]);
    expect(group.inFlight).toBe(4);
    await group.close();
  });

  test('a changed setting reaches all of them', async () => {
    const group = await groupOf(3);
    await group.request('configure', { preprocessing: null, keepInFolder: false });
    for (const { messages } of processes)
      expect(messages.filter((it) => it.kind === 'request' && it.method === 'configure')).toHaveLength(1);
    await group.close();
  });

  test('memory and batches are those of all of them', async () => {
    const group = await groupOf(2);
    for (const process of processes)
      process.say({
        kind: 'pong',
        id: 1,
        stats: { residentBytes: 1_000, batches: [{ size: 2, runs: 3, totalMs: 5 }] },
      });
    expect(group.residentBytes).toBe(2_000);
    expect(group.batches).toEqual([{ size: 2, runs: 6, totalMs: 10 }]);
    await group.close();
  });

  test('when one cannot be opened the others are ended, and why is told', async () => {
    failing = 1;
    expect((await failureOf(() => groupOf(3))).code).toBe('RUNNER_START_FAILED');
    expect(processes.map(({ pid }) => pid)).toEqual([undefined, undefined]);
  });
});

describe('one of them ends', () => {
  test('the others go on, it is replaced, and the version has not failed', async () => {
    const group = await groupOf(2);
    processes[0]?.exit();
    void failureOf(() => classify(group));
    await settle();
    expect(asked()).toEqual([0, 1]);
    await clock.advance(60);
    expect(processes).toHaveLength(3);
    expect(ends).toEqual([]);
    await group.close();
    expect(processes.every(({ pid }) => pid === undefined)).toBe(true);
    expect(clock.pending).toBe(0);
  });

  test('a replacement that fails is tried again, ever later, and in the end no more', async () => {
    const group = await groupOf(2);
    failing = 100;
    processes[0]?.exit();
    await clock.advance(10 * 60_000);
    expect(100 - failing).toBe(8);
    expect(ends).toEqual([]);
    await group.close();
  });

  test('with the last one the version has failed, and no other is started', async () => {
    const group = await groupOf(2);
    for (const process of [...processes]) process.exit({ code: null, signal: 'SIGSEGV' });
    await clock.advance(60_000);
    expect(ends.map(({ code }) => code)).toEqual(['RUNNER_CRASHED']);
    expect(processes).toHaveLength(2);
    expect((await failureOf(() => classify(group))).code).toBe('RUNNER_CRASHED');
  });
});

test('threads: half of the cores, divided among the runners there are, and never none', () => {
  const budget = new ThreadBudget(16);
  expect(budget.suggest(1)).toBe(8);
  expect(budget.suggest(2)).toBe(4);
  budget.started();
  expect(budget.suggest(1)).toBe(4);
  for (let runner = 0; runner < 20; runner++) budget.started();
  expect(budget.suggest(1)).toBe(1);
  for (let runner = 0; runner < 21; runner++) budget.ended();
  expect(budget.suggest(1)).toBe(8);
  expect(new ThreadBudget(2).suggest(1)).toBe(1);
});
