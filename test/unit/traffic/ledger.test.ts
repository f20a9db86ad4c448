import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql/promise';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DifferingAnswer, Verdict } from '../../../app/contract/routes';
import { ShadowQueue } from '../../../main/traffic/shadow-queue';
import { type ServedRequest, TrafficLedger } from '../../../main/traffic/traffic-ledger';
import { TrafficStore } from '../../../main/traffic/traffic-store';
import { FakeClock } from '../../support/fake-clock';
import { takeUnexpected } from '../../support/setup';
import { aRequest, splitOf } from './a-route';

let folder: string;
let clock: FakeClock;
const ledgers: TrafficLedger[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-ledger-'));
  clock = new FakeClock(1_000_000_000);
});
afterEach(async () => {
  for (const ledger of ledgers.splice(0)) await ledger.close();
  await rm(folder, { recursive: true });
});

function open(openStore = () => TrafficStore.open(join(folder, 'traffic.db'))): TrafficLedger {
  const ledger = new TrafficLedger(openStore, clock);
  ledgers.push(ledger);
  return ledger;
}

const split = splitOf({ v1: 90, v2: 10 });
const served = (requestId: string, more: Partial<ServedRequest> = {}): ServedRequest => ({
  rule: null,
  arm: 'v1',
  picked: 'v1',
  reason: 'split',
  key: 'ada',
  status: 'ok',
  ms: 3,
  gist: null,
  atMs: clock.now(),
  attributes: aRequest({ requestId }),
  ...more,
});

const judge = (ledger: TrafficLedger, requestId: string, verdict: Verdict) =>
  ledger.feedback('shop', [{ requestId, verdict }]);
const says = (...labels: string[]): Partial<ServedRequest> => ({
  gist: { kind: 'classes', rows: labels.map((label) => ({ label, confidence: 0.9 })) },
});

describe('a ledger', () => {
  test('keeps counts, steps, changes and answers over a restart', async () => {
    const first = open();
    first.begin('shop', 5, split);
    first.note('shop', served('a', { rule: 'testers' }));
    first.note('shop', served('b'));
    first.noteCopy('shop', 'v2', 'agreed');
    first.noteCopy('shop', 'v2', 'dropped');
    await judge(first, 'b', 'right');
    await first.close();

    const second = open();
    await second.resume('shop', 5);
    const account = second.account('shop');
    expect(account?.counts.of('testers', 'v1')).toMatchObject({ requests: 1, picked: 1, right: 0 });
    expect(account?.counts.of(null, 'v1')).toMatchObject({ requests: 1, right: 1 });
    expect(account?.counts.of(null, 'v1').latency.count).toBe(1);
    expect(account?.counts.sketchOf(null).sumOfSquares).toBe(1);
    expect(account?.counts.shadowOf('v2')).toEqual({
      copied: 1,
      dropped: 1,
      failed: 0,
      agreed: 1,
      differed: 0,
    });
    expect(account?.series.at(clock.now()).get('v1')).toBe(2);
    expect(account?.changes).toEqual([]); // the change was long before the window
    await judge(second, 'b', 'wrong');
    expect(account?.counts.of(null, 'v1')).toMatchObject({ right: 0, wrong: 1 });
  });

  test('what is counted while the earlier counts are read is added to them', async () => {
    const first = open();
    first.begin('shop', 5, split);
    for (let at = 0; at < 10; at++) first.note('shop', served(`a-${at}`));
    await first.close();

    let isOpen: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      isOpen = resolve;
    });
    const second = open(() => gate.then(() => TrafficStore.open(join(folder, 'traffic.db'))));
    const resumed = second.resume('shop', 5);
    second.note('shop', served('b'));
    const flushed = second.flush();
    isOpen();
    await Promise.all([resumed, flushed]);
    expect(second.account('shop')?.counts.of(null, 'v1').requests).toBe(11);
    expect(second.account('shop')?.series.at(clock.now()).get('v1')).toBe(11);
    await second.close();
    const third = open();
    await third.resume('shop', 5);
    expect(third.account('shop')?.counts.of(null, 'v1').requests).toBe(11);
    expect(third.account('shop')?.series.at(clock.now()).get('v1')).toBe(11);
  });

  test('counts what is said of an answer where the answer was counted, also after a change', async () => {
    const ledger = open();
    ledger.begin('shop', 5, split);
    ledger.note('shop', served('a'));
    ledger.begin('shop', 6, split);
    await judge(ledger, 'a', 'wrong');
    expect(ledger.account('shop')?.counts.rules.size).toBe(0);
    await judge(ledger, 'a', 'right');
    await ledger.close();
    const store = await TrafficStore.open(join(folder, 'traffic.db'));
    expect((await store.counts('shop', 5)).of(null, 'v1')).toMatchObject({ requests: 1, right: 1, wrong: 0 });
    await store.close();
  });

  test('a failed request can have no outcome', async () => {
    const ledger = open();
    ledger.begin('shop', 5, split);
    ledger.note('shop', served('a', { status: 'failed' }));
    expect((await judge(ledger, 'a', 'right'))[0]?.code).toBe('ROUTE_REQUEST_UNKNOWN');
  });

  test('knows the outcome by the true label, of many answers at once and over a restart', async () => {
    const first = open();
    first.begin('shop', 5, split);
    first.note('shop', served('bag', says('Bag')));
    first.note('shop', served('coat', says('Coat')));
    first.note('shop', served('two', says('Bag', 'Coat')));
    first.note('shop', served('number'));
    const refused = await first.feedback('shop', [
      { requestId: 'bag', verdict: { label: 'Bag' } },
      { requestId: 'none', verdict: { label: 'Bag' } },
      { requestId: 'two', verdict: { label: 'Bag' } },
      { requestId: 'number', verdict: { label: '7' } },
      { requestId: 'number', verdict: 'wrong' },
      { requestId: 'number', verdict: 'right' },
    ]);
    expect(refused.map((failure) => failure?.code)).toEqual([
      undefined,
      'ROUTE_REQUEST_UNKNOWN',
      'INVALID_ARGUMENT',
      'INVALID_ARGUMENT',
      undefined,
      undefined,
    ]);
    expect(first.account('shop')?.counts.of(null, 'v1')).toMatchObject({ right: 2, wrong: 0 });
    await first.close();

    const second = open();
    await second.resume('shop', 5);
    // said twice of one that is read from disk, it is counted once
    await second.feedback('shop', [
      { requestId: 'coat', verdict: { label: 'Bag' } },
      { requestId: 'coat', verdict: { label: 'Bag' } },
      { requestId: 'bag', verdict: null },
    ]);
    expect(second.account('shop')?.counts.of(null, 'v1')).toMatchObject({ right: 1, wrong: 1 });
  });

  test('goes on with a file that an older one has had in between', async () => {
    const file = join(folder, 'traffic.db');
    const ledger = open();
    ledger.begin('shop', 5, split);
    ledger.note('shop', served('bag', says('Bag')));
    await ledger.close();
    const db = new Database(file, {});
    await db.exec('PRAGMA user_version = 1');
    db.close();
    const again = await TrafficStore.open(file);
    expect((await again.answers('shop', ['bag'])).get('bag')).toMatchObject({ label: 'Bag' });
    await again.close();
  });

  test('goes on with a file of before labels were kept', async () => {
    const file = join(folder, 'traffic.db');
    const db = new Database(file, {});
    await db.exec(`
      CREATE TABLE answers (
        request_id TEXT NOT NULL, route TEXT NOT NULL, since_ms INTEGER NOT NULL, rule TEXT, arm TEXT NOT NULL,
        at_ms INTEGER NOT NULL, outcome TEXT, PRIMARY KEY (request_id, route));
      INSERT INTO answers VALUES ('old', 'shop', 5, NULL, 'v1', 1, NULL);
      PRAGMA user_version = 1;`);
    db.close();
    const ledger = open();
    ledger.begin('shop', 5, split);
    expect((await judge(ledger, 'old', { label: 'Bag' }))[0]?.code).toBe('INVALID_ARGUMENT');
    expect(await judge(ledger, 'old', 'right')).toEqual([null]);
    ledger.note('shop', served('new', says('Bag')));
    await ledger.close();
    const again = await TrafficStore.open(file);
    expect((await again.answers('shop', ['old', 'new', 'none'])).get('new')).toMatchObject({ label: 'Bag' });
    expect((await again.answers('shop', ['old'])).get('old')).toMatchObject({ outcome: 'right', atMs: 1 });
    await again.close();
  });

  test('writes every two seconds, and tells how busy routes are once a second until they rest', async () => {
    const told: string[] = [];
    const ledger = open();
    ledger.onDidCount((rates) =>
      told.push(rates.map(({ requestsPerSecond, requests }) => `${requestsPerSecond}/s ${requests}`).join()),
    );
    ledger.begin('shop', 5, split);
    for (let at = 0; at < 20; at++) ledger.note('shop', served(`r-${at}`));
    await clock.advance(1_000);
    expect(told).toEqual(['2/s 20']);
    await clock.advance(11_000);
    expect(told.at(-1)).toBe('0/s 20');
    const count = told.length;
    await clock.advance(60_000);
    expect(told).toHaveLength(count);
    await ledger.flush();
    const store = await TrafficStore.open(join(folder, 'traffic.db'));
    expect((await store.counts('shop', 5)).of(null, 'v1').requests).toBe(20);
    await store.close();
  });

  test('goes on counting when nothing can be written, and says so', async () => {
    const ledger = open(() => Promise.reject(new Error('no disk')));
    await ledger.resume('shop', 5);
    ledger.note('shop', served('a'));
    await ledger.flush();
    expect(ledger.account('shop')?.counts.of(null, 'v1').requests).toBe(1);
    await judge(ledger, 'a', 'right');
    await ledger.close();
    expect(takeUnexpected()).toEqual([1, 2, 3].map(() => new Error('no disk')));
  });

  test('keeps the last five hundred that differ, with their pictures', async () => {
    const ledger = open();
    ledger.begin('shop', 5, split);
    const answer = (arm: string, label: string): DifferingAnswer['given'] => ({
      arm,
      model: 'm',
      version: 1,
      gist: { kind: 'classes', rows: [{ label, confidence: 1 }] },
    });
    for (let at = 0; at < 520; at++) {
      ledger.noteCopy('shop', 'v2', 'differed', {
        route: 'shop',
        requestId: `r-${at}`,
        atMs: at,
        given: {
          ...answer('v1', "it's"),
          gist: { kind: 'classes', rows: [{ label: "it's", confidence: 1 }] },
        },
        shadow: { ...answer('v2', 'b'), gist: { kind: 'classes', rows: [{ label: 'b', confidence: 1 }] } },
        picture: at % 2 === 0 ? new Uint8Array([at % 256, 0, 255]) : null,
      });
      if (at % 50 === 0) await ledger.flush();
    }
    const newest = await ledger.differing('shop', undefined, 2);
    expect(newest.map(({ requestId, hasPicture }) => [requestId, hasPicture])).toEqual([
      ['r-519', false],
      ['r-518', true],
    ]);
    expect(newest[0]?.given.gist).toEqual({ kind: 'classes', rows: [{ label: "it's", confidence: 1 }] });
    const picture = await ledger.picture('shop', newest[1]?.id ?? 0);
    expect([...(picture ?? [])]).toEqual([518 % 256, 0, 255]);
    expect((await ledger.differing('shop', undefined, 200)).length).toBe(200);
    const all = [];
    for (let before: number | undefined; ; ) {
      const page = await ledger.differing('shop', before, 200);
      all.push(...page);
      before = page.at(-1)?.id;
      if (page.length < 200) break;
    }
    expect(all).toHaveLength(500);
    expect(ledger.account('shop')?.differingKept).toBe(500);
  });
});

describe('the queue of copies', () => {
  test('makes them one after the other, later than whoever asked, and drops what is too much', async () => {
    const made: string[] = [];
    let release: () => void = () => undefined;
    const queue = new ShadowQueue(async () => undefined);
    const first = new Promise<void>((resolve) => {
      release = resolve;
    });
    expect(queue.offer(1, () => first.then(() => void made.push('first')))).toBe(true);
    expect(made).toEqual([]);
    const offered = Array.from({ length: 40 }, (_, at) =>
      queue.offer(1, async () => void made.push(String(at))),
    );
    expect(offered.filter(Boolean)).toHaveLength(31);
    expect(queue.offer(100 * 2 ** 20, async () => undefined)).toBe(false);
    release();
    await expect.poll(() => made.length, { timeout: 15_000 }).toBe(32);
    expect(made.slice(0, 3)).toEqual(['first', '0', '1']);
    await queue.close();
    expect(queue.offer(1, async () => undefined)).toBe(false);
  });

  test('waits for a quiet moment', async () => {
    let quiet: () => void = () => undefined;
    const made: string[] = [];
    const queue = new ShadowQueue(
      () =>
        new Promise((resolve) => {
          quiet = resolve;
        }),
    );
    queue.offer(1, async () => void made.push('copy'));
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    expect(made).toEqual([]);
    quiet();
    await expect.poll(() => made, { timeout: 15_000 }).toEqual(['copy']);
  });

  test('presses when many wait', async () => {
    let isPressing: () => boolean = () => true;
    const queue = new ShadowQueue((itIs) => {
      isPressing = itIs;
      return new Promise(() => undefined);
    });
    const offer = (bytes: number): boolean => queue.offer(bytes, async () => undefined);
    offer(1);
    await expect.poll(() => isPressing(), { timeout: 15_000 }).toBe(false);
    for (let copy = 1; copy < 16; copy++) offer(1);
    expect(isPressing()).toBe(false);
    offer(1);
    expect(isPressing()).toBe(true);
  });
});
