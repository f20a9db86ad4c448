import { beforeEach, describe, expect, test, vi } from 'vitest';
import { AppError } from '../../../app/base/errors';
import type { CallSignal } from '../../../main/runner/call-signal';
import type { RunnerPort } from '../../../main/runner/port';
import type { Batch, FromRunner, ToRunner } from '../../../main/runner/protocol';
import type { RunnerModule } from '../../../main/runner/runner-module';
import { serveRunner } from '../../../main/runner/serve-runner';
import { settle } from '../../support/fake-clock';

class FakePort implements RunnerPort {
  readonly batches: Batch<FromRunner>[] = [];
  #listener: (batch: Batch<ToRunner>) => void = () => undefined;
  send(batch: Batch<FromRunner>): void {
    this.batches.push(batch);
  }
  onMessage(listener: (batch: Batch<ToRunner>) => void): void {
    this.#listener = listener;
  }
  onClose(): void {}
  tell(...messages: ToRunner[]): void {
    this.#listener(messages);
  }
  get said(): FromRunner[] {
    return this.batches.flat();
  }
}

let port: FakePort;
let signals: CallSignal[];
/** Lets every call that waits look whether somebody still waits for it. */
let look: (() => void)[];
const waits: RunnerModule['classify'] = (_input, { signal }) => {
  signals.push(signal);
  return new Promise((_resolve, reject) =>
    look.push(() => {
      if (signal.aborted) reject(signal.reason);
    }),
  );
};
let loading: ReturnType<NonNullable<RunnerModule['load']>>;
const module: RunnerModule = {
  load: () => loading,
  unload: async () => ({ residentBytes: 1 }),
  drawPicture: () => Promise.reject(new AppError('PICTURE_UNREADABLE', {}, { detail: 'bad' })),
  classify: waits,
};

/** What the process did about its priority. */
let manners: string[];

beforeEach(() => {
  port = new FakePort();
  signals = [];
  look = [];
  manners = [];
  loading = Promise.resolve({ residentBytes: 1 });
  serveRunner(
    port,
    {
      onnx: async () => () => module,
      imaging: () => Promise.reject(new Error('not built')),
      batch: () => Promise.reject(new Error('not built')),
      tfjs: () => Promise.reject(new Error('not built')),
      'lookup-table': () => Promise.reject(new Error('not built')),
    },
    {
      giveWayForNow: () => {
        manners.push('gives way for now');
        return () => manners.push('takes its turn again');
      },
      giveWay: () => manners.push('gives way'),
      decodeBehind: () => manners.push('decodes behind'),
    },
  );
});

const request = (
  id: number,
  method: 'load' | 'unload' | 'drawPicture' | 'classify' | 'predict',
  deadlineAtMs?: number,
): ToRunner => ({
  kind: 'request',
  id,
  method,
  input: null,
  ...(deadlineAtMs === undefined ? {} : { deadlineAtMs }),
});

test('answers by id, and what one turn answers goes over two at once', async () => {
  port.tell({ kind: 'start', platform: 'onnx' });
  await settle();
  port.batches.length = 0;
  port.tell(request(1, 'unload'), request(2, 'drawPicture'), request(3, 'predict'));
  await settle();
  expect(port.batches.map((batch) => batch.length)).toEqual([2, 1]);
  const idOf = (message: FromRunner): number => ('id' in message ? message.id : 0);
  expect(port.said.sort((a, b) => idOf(a) - idOf(b))).toMatchObject([
    { kind: 'done', id: 1, value: { residentBytes: 1 } },
    { kind: 'failed', id: 2, error: { code: 'PICTURE_UNREADABLE', detail: 'bad' } },
    { kind: 'failed', id: 3, error: { status: 'UNIMPLEMENTED' } },
  ]);
});

test('asked in the same breath as it is started, it answers when it is up', async () => {
  port.tell({ kind: 'start', platform: 'onnx' }, request(1, 'unload'));
  await settle();
  expect(port.said).toMatchObject([{ kind: 'started' }, { kind: 'done', id: 1 }]);
});

test('a platform that does not load is said, and so to every question', async () => {
  port.tell({ kind: 'start', platform: 'imaging' }, request(1, 'unload'));
  await settle();
  expect(port.said).toMatchObject([
    { kind: 'startFailed', error: { code: 'RUNNER_START_FAILED', detail: 'not built' } },
    { kind: 'failed', id: 1 },
  ]);
});

test.each(['loaded', 'not loaded'])('asked to give way, it does so until it has %s', async (how) => {
  port.tell({ kind: 'start', platform: 'onnx', givesWay: true });
  await settle();
  expect(manners).toEqual(['gives way for now']);
  let end: (isLoaded: boolean) => void = () => undefined;
  loading = new Promise((resolve, reject) => {
    end = (isLoaded) =>
      isLoaded ? resolve({ residentBytes: 1 }) : reject(new AppError('FAILED_PRECONDITION'));
  });
  port.tell(request(1, 'load'), request(2, 'drawPicture'));
  await settle();
  expect(manners).toEqual(['gives way for now']);
  end(how === 'loaded');
  await settle();
  expect(manners).toEqual(['gives way for now', 'takes its turn again', 'decodes behind']);
});

test('it gives way only when it is asked to, and while it unloads; once loaded it decodes behind', async () => {
  port.tell({ kind: 'start', platform: 'onnx' }, request(1, 'load'));
  await settle();
  expect(manners).toEqual(['decodes behind']);
  port.tell(request(2, 'unload'));
  await settle();
  expect(manners).toEqual(['decodes behind', 'gives way']);
});

test('a ping is answered with the memory of the process', async () => {
  port.tell({ kind: 'ping', id: 9 });
  await settle();
  const [pong] = port.said;
  expect(pong).toMatchObject({ kind: 'pong', id: 9 });
  expect(pong?.kind === 'pong' && pong.stats.residentBytes).toBeGreaterThan(1_000_000);
});

describe('callers who leave', () => {
  beforeEach(async () => {
    port.tell({ kind: 'start', platform: 'onnx' });
    await settle();
  });

  test('abort their request’s signal, and no other', async () => {
    port.tell(request(1, 'classify'), request(2, 'classify'));
    await settle();
    port.tell({ kind: 'cancel', id: 1 }, { kind: 'cancel', id: 77 });
    for (const at of look) at();
    await settle();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    expect(port.said).toContainEqual(
      expect.objectContaining({
        kind: 'failed',
        id: 1,
        error: expect.objectContaining({ code: 'CANCELLED' }),
      }),
    );
  });

  test('are those whose deadline passes while they wait', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    port.tell(request(1, 'classify', Date.now() + 50));
    await settle();
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    vi.setSystemTime(Date.now() + 50);
    for (const at of look) at();
    await settle();
    expect(port.said).toContainEqual(
      expect.objectContaining({ id: 1, error: expect.objectContaining({ code: 'DEADLINE_EXCEEDED' }) }),
    );
  });

  test('whose deadline has passed are not run for', async () => {
    port.tell(request(1, 'classify', Date.now() - 1));
    await settle();
    expect(signals).toEqual([]);
    expect(port.said).toContainEqual(
      expect.objectContaining({ id: 1, error: expect.objectContaining({ code: 'DEADLINE_EXCEEDED' }) }),
    );
  });
});
