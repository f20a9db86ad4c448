import { beforeEach, expect, test } from 'vitest';
import { AppError } from '../../../app/base/errors';
import { BatchProcesses } from '../../../main/jobs/batch/batch-processes';
import type {
  ClassifyFilesInput,
  FailedRow,
  FromRunner,
  OpenBatchInput,
  PredictBlockInput,
  ToRunner,
} from '../../../main/runner/protocol';
import { FakeClock } from '../../support/fake-clock';
import { answerPlainly, FakeRunnerProcess } from '../../support/fake-runner-process';

const never = new AbortController().signal;
const isDeadly = (path: string, version: number): boolean =>
  path === 'deadly' || path === `deadly to ${version}`;

/** Processes that answer with the path, and end when one of their pictures ends a version. */
class Runners {
  readonly spawned: FakeRunnerProcess[] = [];
  /** Every picture that was asked about, with those beside it. */
  readonly asked: string[] = [];
  readonly failed: number[] = [];
  loadError: AppError | null = null;

  readonly spawn = (): FakeRunnerProcess => {
    const process = new FakeRunnerProcess();
    process.reply = (message) => this.#answer(process, message);
    this.spawned.push(process);
    return process;
  };

  get alive(): number {
    return this.spawned.filter(({ pid }) => pid !== undefined).length;
  }

  /** Row 13 ends version 3. */
  #predict(
    process: FakeRunnerProcess,
    id: number,
    { block, only, versions }: PredictBlockInput,
  ): FromRunner | undefined {
    const rows = Array.from({ length: block.rows }, (_, row) => block.from + row);
    const asked = only === null ? rows : rows.slice(only, only + 1);
    this.asked.push(`rows ${asked.join(', ')} by ${versions.join(', ')}`);
    if (!asked.includes(13) || !versions.includes(3)) return { kind: 'done', id, value: [] };
    process.exit({ code: null, signal: 'SIGSEGV' });
    return undefined;
  }

  #answer(process: FakeRunnerProcess, message: ToRunner): FromRunner | undefined {
    if (message.kind !== 'request') return answerPlainly(message);
    const { id, method, input } = message;
    const done = (value: unknown): FromRunner => ({ kind: 'done', id, value });
    if (method === 'openBatch') {
      if (this.loadError) return { kind: 'failed', id, error: this.loadError.toWire() };
      const { versions } = input as OpenBatchInput;
      return done({
        residentBytes: 1,
        versions: versions.map(({ version }) => ({ version, preprocessing: null })),
      });
    }
    if (method === 'predictBlock') return this.#predict(process, id, input as PredictBlockInput);
    if (method === 'failRows') {
      this.failed.push(...(input as { failed: FailedRow[] }).failed.map(({ row }) => row));
      return done(null);
    }
    if (method !== 'classifyFiles') return answerPlainly(message);
    const { paths, versions } = input as ClassifyFilesInput;
    this.asked.push(`${paths.join(', ')} by ${versions.join(', ')}`);
    if (paths.some((path) => versions.some((version) => isDeadly(path, version)))) {
      process.exit({ code: null, signal: 'SIGSEGV' });
      return undefined;
    }
    return done(
      paths.map((path) =>
        versions.map((version) => ({
          version,
          classes: [{ index: 0, label: path, probability: 1 }],
          error: null,
        })),
      ),
    );
  }
}

let runners: Runners;
let processes: BatchProcesses;
let clock: FakeClock;
const open = (count = 1): Promise<BatchProcesses> =>
  BatchProcesses.open(
    {
      spawnRunner: runners.spawn,
      clock,
      name: 'batch',
      memoryCapBytes: null,
      count,
      input: {
        isBackground: true,
        versions: [1, 3].map((version) => ({
          version,
          platform: 'onnx' as const,
          load: { folder: '', options: {} },
        })),
      },
    },
    never,
  );
const ask = async (...paths: string[]): Promise<string[]> =>
  (await processes.classify(paths, 1, never)).map((answers) =>
    answers.map(({ version, classes, error }) => `${version}: ${error?.code ?? classes[0]?.label}`).join(' '),
  );
beforeEach(async () => {
  clock = new FakeClock();
  runners = new Runners();
  processes = await open();
  return () => processes.close();
});

test('a picture that ends the process has an error, and the others of its chunk are answered', async () => {
  expect(await ask('a', 'deadly', 'b')).toEqual([
    '1: a 3: a',
    '1: INPUT_CRASHED_VERSION 3: INPUT_CRASHED_VERSION',
    '1: b 3: b',
  ]);
  expect(await ask('c')).toEqual(['1: c 3: c']);
});

test('a picture that ends one version only is answered by the other', async () => {
  expect(await ask('a', 'deadly to 3')).toEqual(['1: a 3: a', '1: deadly to 3 3: INPUT_CRASHED_VERSION']);
});

test('pictures that were under way beside it are not blamed: suspects are asked alone', async () => {
  const both = Promise.all([ask('deadly'), ask('a', 'b')]);
  expect(await both).toEqual([
    ['1: INPUT_CRASHED_VERSION 3: INPUT_CRASHED_VERSION'],
    ['1: a 3: a', '1: b 3: b'],
  ]);
});

test('a row of tensors that ends a version is kept as failed, and the others of its block are answered', async () => {
  const block = { from: 12, rows: 3, bytes: null };
  const failed = await processes.predict(block, 'parts', never);
  expect(failed).toMatchObject([{ row: 13, version: 3, error: { code: 'INPUT_CRASHED_VERSION' } }]);
  expect(runners.failed).toEqual([13]);
  expect(runners.asked).toEqual([
    'rows 12, 13, 14 by 1, 3',
    'rows 12 by 1, 3',
    'rows 13 by 1, 3',
    'rows 13 by 1',
    'rows 13 by 3',
    'rows 14 by 1, 3',
  ]);
});

test('other processes of the batch go on', async () => {
  await processes.close();
  processes = await open(2);
  await Promise.all([ask('a'), ask('b')]);
  expect(runners.alive).toBe(2);
});

test('what cannot be started again fails', async () => {
  const asked = ask('deadly');
  runners.loadError = new AppError('MODEL_FILE_MISSING');
  await expect(asked).rejects.toMatchObject({ code: 'MODEL_FILE_MISSING' });
});

test('being held is told, also to a process that is started meanwhile', async () => {
  const held = (): unknown[] =>
    runners.spawned.map((process) =>
      process.messages.flatMap((it) => (it.kind === 'request' && it.method === 'hold' ? [it.input] : [])),
    );
  processes.isHeld = true;
  await ask('deadly');
  expect(held().map((inputs) => (inputs as unknown[])[0])).toEqual(
    runners.spawned.map(() => ({ isHeld: true })),
  );
});

test('one that is held stands still for a moment, though not for as long as somebody waits', async () => {
  const frozen = async (): Promise<boolean[]> => {
    await ask();
    return runners.spawned.map(({ isFrozen }) => isFrozen);
  };
  processes.isHeld = true;
  expect(await frozen()).toEqual([true]);
  await clock.advance(299);
  expect(await frozen()).toEqual([true]);
  await clock.advance(1);
  expect(await frozen()).toEqual([false]);
  processes.isHeld = false;
  processes.isHeld = true;
  await clock.advance(200);
  processes.isHeld = false;
  expect(await frozen()).toEqual([false]);
  processes.isHeld = true;
  await clock.advance(299);
  expect(await frozen()).toEqual([true]);
});

test('what can freeze a process goes with it, and leaves it unfrozen', async () => {
  processes.isHeld = true;
  await ask('deadly');
  await processes.close();
  expect(runners.spawned.map(({ freezers, isFrozen }) => ({ freezers, isFrozen }))).toEqual(
    runners.spawned.map(() => ({ freezers: 0, isFrozen: false })),
  );
});

test('nothing is left behind', async () => {
  await ask('deadly');
  await processes.close();
  expect(runners.alive).toBe(0);
  await expect(ask('a')).rejects.toMatchObject({ code: 'CANCELLED' });
});
