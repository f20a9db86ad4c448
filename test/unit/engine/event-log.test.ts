import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EventLog, type NewEvent } from '../../../main/engine/event-log';
import { MemoryEventStore } from '../../../main/engine/event-store';
import { type RecordedHead, type RecordedVersion, Replay } from '../../../main/engine/history';
import { SqliteEventStore } from '../../../main/engine/sqlite-event-store';
import { FakeClock } from '../../support/fake-clock';
import { spoilDatabase } from '../../support/spoil-database';

const head: RecordedHead = {
  platform: 'onnx',
  policy: { kind: 'all' },
  switching: 'availabilityPreserving',
  keepLastGood: true,
  loaded: 'always',
  idleUnloadMs: 600_000,
  labels: [],
  problem: null,
};
const version = (lifecycle: RecordedVersion['lifecycle'], attempt = 1): RecordedVersion => ({
  lifecycle,
  isAspired: true,
  override: null,
  isOnDisk: true,
  isPinned: false,
  isChangedOnDisk: false,
  isOtherContent: false,
  contentHash: null,
  attempt,
  error: null,
});
const event = (model: string, kind: NewEvent['kind'], more: Partial<NewEvent> = {}): NewEvent => ({
  model,
  version: null,
  kind,
  cause: 'policy',
  params: {},
  error: null,
  ...more,
});

let folder: string;
let clock: FakeClock;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-log-'));
  clock = new FakeClock();
});
afterEach(() => rm(folder, { recursive: true }));

describe.each([['on disk'], ['in memory']])('the event log %s', (place) => {
  const open = (more: { maxEvents?: number; checkpointEvery?: number } = {}): Promise<EventLog> =>
    EventLog.open(place === 'on disk' ? folder : null, { clock, ...more });

  test('answers newest first, by model, by version and before an id', async () => {
    const log = await open();
    log.append(event("it's", 'modelAdded'));
    log.append(event('b', 'loading', { version: 1 }));
    log.append(event("it's", 'available', { version: 2, params: { text: 'ä\n"quoted"' } }));
    expect((await log.query({ limit: 10 })).map((it) => it.id)).toEqual([3, 2, 1]);
    const [newest, ...older] = await log.query({ model: "it's", limit: 10 });
    expect(newest).toEqual({
      id: 3,
      atMs: clock.now(),
      model: "it's",
      version: 2,
      kind: 'available',
      cause: 'policy',
      params: { text: 'ä\n"quoted"' },
      error: null,
    });
    expect(older.map((it) => it.id)).toEqual([1]);
    expect((await log.query({ model: 'b', version: 1, limit: 10 })).map((it) => it.id)).toEqual([2]);
    expect((await log.query({ beforeId: 3, limit: 1 })).map((it) => it.id)).toEqual([2]);
    await log.close();
  });

  test('tells listeners in batches, once each', async () => {
    const log = await open();
    const batches: number[][] = [];
    log.onDidAppend((events) => batches.push(events.map((it) => it.id)));
    log.append(event('a', 'loading'));
    log.append(event('a', 'available'));
    expect(batches).toEqual([]);
    await clock.advance(100);
    log.append(event('a', 'unloading'));
    await clock.advance(100);
    expect(batches).toEqual([[1, 2], [3]]);
    await log.close();
  });

  test('rebuilds the state of any past moment, across checkpoints', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            model: fc.constantFrom('a', 'b', 'c'),
            version: fc.constantFrom(1, 2, 3),
            what: fc.constantFrom('add', 'remove', 'load', 'forget', 'nothing'),
            waitMs: fc.constantFrom(0, 1, 30),
          }),
          { maxLength: 60 },
        ),
        async (steps) => {
          clock = new FakeClock();
          const log = new EventLog(new MemoryEventStore(), 0, { clock, checkpointEvery: 7 });
          const live = new Replay();
          const seen: { atMs: number; state: unknown }[] = [];
          for (const [attempt, step] of steps.entries()) {
            const change = {
              add: { head, versions: {} },
              remove: { head: null },
              load: { versions: { [step.version]: version('loading', attempt) } },
              forget: { versions: { [step.version]: null } },
              nothing: undefined,
            }[step.what];
            log.append({ ...event(step.model, 'wanted'), ...(change && { change }) });
            live.apply({ model: step.model, change: change ?? null });
            if (step.waitMs > 0) {
              seen.push({ atMs: clock.now(), state: live.snapshot() });
              await clock.advance(step.waitMs);
            }
            if (attempt % 5 === 0) await log.flush();
          }
          for (const { atMs, state } of seen) expect(await log.stateAt(atMs)).toEqual(state);
          await log.close();
        },
      ),
      { numRuns: 30 },
    );
  });

  test('keeps a bounded number of events, and still rebuilds what they cover', async () => {
    const log = await open({ maxEvents: 100, checkpointEvery: 20 });
    for (let attempt = 0; attempt < 300; attempt++) {
      log.append(event('a', 'retrying', { change: { head, versions: { 1: version('loading', attempt) } } }));
      await clock.advance(1);
      if (attempt % 10 === 9) await log.flush();
    }
    const kept = await log.query({ limit: 1000 });
    expect(kept.length).toBeGreaterThanOrEqual(100);
    expect(kept.length).toBeLessThanOrEqual(120);
    const oldest = kept.at(-1)?.atMs ?? 0;
    expect(await log.stateAt(oldest - 50)).toBeUndefined();
    const late = await log.stateAt(clock.now() - 11);
    expect(late?.get('a')?.versions[1]?.attempt).toBe(289);
    await log.close();
  });
});

describe.each([['on disk'], ['in memory']])('checkpoints %s', (place) => {
  test('are bounded, however often a run begins, and every moment can still be rebuilt', async () => {
    const store =
      place === 'on disk'
        ? await SqliteEventStore.open(join(folder, 'events.db'), clock.now(), () => {})
        : new MemoryEventStore();
    const log = new EventLog(store, 0, { clock, checkpointEvery: 50, maxCheckpoints: 6 });
    const seen: { atMs: number; attempt: number }[] = [];
    for (let run = 1; run <= 40; run++) {
      log.begin(log.state());
      for (let attempt = run * 100; attempt < run * 100 + 10; attempt++)
        log.append(
          event('a', 'retrying', { change: { head, versions: { 1: version('loading', attempt) } } }),
        );
      seen.push({ atMs: clock.now(), attempt: run * 100 + 9 });
      await clock.advance(1_000);
      await log.flush();
    }
    const ids = await store.checkpointIds();
    expect(ids).toHaveLength(6);
    expect(ids[0]).toBe(0); // back to the beginning
    for (const { atMs, attempt } of seen)
      expect((await log.stateAt(atMs))?.get('a')?.versions[1]?.attempt).toBe(attempt);
    expect(Math.max(...ids.slice(1).map((id, index) => id - (ids[index] ?? 0)))).toBeLessThan(250); // spread
    await log.close();
  });
});

test('events survive a restart, with ids that go on, and a run starts from the state it is told', async () => {
  const first = await EventLog.open(folder, { clock });
  first.append(event('a', 'modelAdded', { change: { head, versions: { 1: version('available') } } }));
  const thenMs = clock.now();
  await first.close();
  await clock.advance(1000);
  const second = await EventLog.open(folder, { clock });
  expect(second.state().get('a')?.versions[1]?.lifecycle).toBe('available');
  second.begin(new Map([['b', { head, versions: {} }]]));
  second.append(event('b', 'onDisk'));
  expect((await second.query({ limit: 9 })).map((it) => [it.id, it.kind])).toEqual([
    [3, 'onDisk'],
    [2, 'started'],
    [1, 'modelAdded'],
  ]);
  expect((await second.stateAt(thenMs))?.get('a')?.versions[1]?.lifecycle).toBe('available');
  expect([...((await second.stateAt(clock.now())) ?? [])]).toEqual([['b', { head, versions: {} }]]);
  await second.close();
});

test.each([
  ['garbage', () => spoilDatabase(join(folder, 'events.db'))],
  [
    'a torn page',
    async () => {
      const log = await EventLog.open(folder, { clock });
      for (let i = 0; i < 200; i++) log.append(event(`model-${i}`, 'modelAdded'));
      await log.close();
      const { truncate } = await import('node:fs/promises');
      await truncate(join(folder, 'events.db'), 4096);
    },
  ],
])('%s in place of the file is kept aside, said, and a new log begun', async (_, spoil) => {
  await spoil();
  const log = await EventLog.open(folder, { clock });
  const [event] = await log.query({ limit: 5 });
  expect(event).toMatchObject({ kind: 'fileSetAside', params: { file: 'events.db' } });
  await log.close();
  expect((await readdir(folder)).filter((it) => it.startsWith('events.db.broken-'))).not.toEqual([]);
});

test('a clock that goes back does not reorder history', async () => {
  let nowMs = 5_000;
  const log = await EventLog.open(null, {
    clock: { now: () => nowMs, schedule: (ms, run) => clock.schedule(ms, run) },
  });
  log.append(event('a', 'modelAdded', { change: { head } }));
  nowMs = 1_000;
  log.append(event('a', 'modelRemoved', { change: { head: null } }));
  expect((await log.query({ limit: 2 })).map((it) => it.atMs)).toEqual([5_000, 5_000]);
  expect((await log.stateAt(5_000))?.size).toBe(0);
  await log.close();
});

test('what comes while the log closes is let go, and nothing is written to the closed file', async () => {
  const log = await EventLog.open(folder, { clock });
  log.append(event('a', 'modelAdded'));
  const closing = log.close();
  log.append(event('b', 'modelAdded'));
  await closing;
  await clock.advance(10_000);
  const again = await EventLog.open(folder, { clock });
  expect((await again.query({ limit: 10 })).map(({ model }) => model)).toEqual(['a']);
  await again.close();
});

test('whoever asks while the log closes, or later, is told that it closes', async () => {
  const log = await EventLog.open(folder, { clock });
  log.append(event('a', 'modelAdded'));
  const closing = log.close();
  const closes = { code: 'CANCELLED' };
  await Promise.all([
    expect(log.query({ limit: 10 })).rejects.toMatchObject(closes),
    expect(log.stateAt(Number.MAX_SAFE_INTEGER)).rejects.toMatchObject(closes),
  ]);
  await closing;
  await expect(log.query({ limit: 10 })).rejects.toMatchObject(closes);
});
