import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AnswerGist } from '../../../app/contract/routes';
import { agree } from '../../../main/traffic/gist';
import { LogHistogram } from '../../../main/traffic/log-histogram';
import { RecordedRequests } from '../../../main/traffic/recorded-requests';
import { RepetitionSketch } from '../../../main/traffic/repetition-sketch';
import { RequestRate } from '../../../main/traffic/request-rate';
import { RequestSeries, RouteCounts, type ServedByArm } from '../../../main/traffic/route-counts';
import { figuresOf } from '../../../main/traffic/route-figures';
import { checkShare } from '../../../main/traffic/split-check';
import { aRequest, aRoute, splitOf } from './a-route';

describe('times in bins', () => {
  test('give any quantile within 4 %', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.01, max: 60_000, noNaN: true }), { minLength: 1, maxLength: 300 }),
        fc.constantFrom(0.5, 0.95, 0.99),
        (times, share) => {
          const histogram = new LogHistogram();
          for (const ms of times) histogram.record(ms);
          const sorted = [...times].sort((a, b) => a - b);
          const exact = sorted[Math.max(1, Math.ceil(share * times.length)) - 1] ?? 0;
          const shown = histogram.quantile(share) ?? 0;
          expect(Math.abs(shown - exact) / exact).toBeLessThan(0.04);
        },
      ),
    );
  });

  test('are the same after they were kept, and add up', () => {
    const histogram = new LogHistogram();
    for (const ms of [0, 1, 1, 250]) histogram.record(ms);
    const kept = LogHistogram.from(JSON.parse(JSON.stringify(histogram)));
    kept.add(histogram);
    expect(kept.count).toBe(8);
    expect(kept.quantile(0.5)).toBe(histogram.quantile(0.5));
    expect(new LogHistogram().quantile(0.5)).toBeNull();
  });
});

describe('is a split kept?', () => {
  test('the interval of the mock-up: 1,005 of 9,981 at 10 %', () => {
    const { low, high, isKept } = checkShare(0.1, 1_005, 9_981, 9_981);
    expect([low, high].map((it) => Math.round(it * 1_000) / 10)).toEqual([9.4, 10.6]);
    expect(isKept).toBe(true);
  });

  test('few requests prove little, and an arm that gets nothing is found out', () => {
    expect(checkShare(0.1, 0, 20, 20).isKept).toBe(true);
    expect(checkShare(0.1, 0, 200, 200).isKept).toBe(false);
    expect(checkShare(0.5, 600, 1_000, 1_000).isKept).toBe(false);
    expect(checkShare(1, 10, 10, 10)).toEqual({ low: 1, high: 1, isKept: true });
    expect(checkShare(0, 0, 10, 10)).toEqual({ low: 0, high: 0, isKept: true });
  });

  /** The share of the binomial distribution below k successes, summed with nothing left out. */
  const below = (k: number, n: number, p: number): number => {
    let sum = 0;
    let term = (1 - p) ** n;
    for (let at = 0; at < k; at++) {
      sum += term;
      term *= ((n - at) / (at + 1)) * (p / (1 - p));
    }
    return sum;
  };

  test('chance leaves the interval 5 times of 100 at most, where it is summed exactly', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.double({ min: 0.01, max: 0.9, noNaN: true }),
        (n, p) => {
          const { low, high } = checkShare(p, Math.round(p * n), n, n);
          const [least, most] = [Math.round(low * n), Math.round(high * n)];
          expect(below(least, n, p)).toBeLessThanOrEqual(0.025 + 1e-9);
          expect(1 - below(most + 1, n, p)).toBeLessThanOrEqual(0.025 + 1e-9);
        },
      ),
    );
  });

  test('people who send many requests each make it wider', () => {
    const alone = checkShare(0.1, 100, 1_000, 1_000);
    const inTens = checkShare(0.1, 100, 1_000, 10_000);
    expect(inTens.high - inTens.low).toBeGreaterThan(2.5 * (alone.high - alone.low));
    // Ten people with 100 requests each: 0 of 1,000 is what chance does about one time in three.
    expect(checkShare(0.1, 0, 1_000, 100_000).isKept).toBe(true);
    expect(checkShare(0.1, 0, 1_000, 1_000).isKept).toBe(false);
  });
});

describe('how unevenly requests come from keys', () => {
  test.each([
    ['each from another', 5_000, 1],
    ['ten from each', 500, 10],
    ['five hundred from each', 10, 500],
  ])('%s', (_, keys, each) => {
    const sketch = new RepetitionSketch();
    for (let at = 0; at < keys * each; at++) sketch.add(`user-${at % keys}`);
    const exact = keys * each * each;
    // Standard error 18 %; these keys are always the same, so this never varies.
    expect(sketch.sumOfSquares / exact).toBeGreaterThan(0.5);
    expect(sketch.sumOfSquares / exact).toBeLessThan(1.7);
  });

  test('requests without a key are each on their own; it adds up and can be kept', () => {
    const sketch = new RepetitionSketch();
    for (let at = 0; at < 7; at++) sketch.add(null);
    expect(sketch.sumOfSquares).toBe(7);
    for (let at = 0; at < 9; at++) sketch.add('ada');
    const { sums, alone } = JSON.parse(JSON.stringify(sketch));
    const kept = new RepetitionSketch(sums, alone);
    expect(kept.sumOfSquares).toBe(7 + 81);
    kept.merge(sketch);
    expect(kept.sumOfSquares).toBe(14 + 18 ** 2);
  });
});

describe('a series of requests', () => {
  test('is cut into steps up to now, the last of which is not over', () => {
    const series = new RequestSeries();
    const now = 1_000_000_000;
    series.note('v1', now);
    series.note('v1', now - 10_000);
    series.note('v2', now - 300_000);
    series.note('v1', now - 400_000);
    const { fromMs, stepMs, arms } = series.points(now, 31, 1);
    expect([fromMs, stepMs]).toEqual([now - 300_000, 10_000]);
    expect([arms.get('v1')?.at(-1), arms.get('v1')?.at(-2), arms.get('v2')?.[0]]).toEqual([1, 1, 1]);
    const hour = series.points(now, 31, 12);
    expect(hour.stepMs).toBe(120_000);
    expect(hour.arms.get('v1')?.reduce((sum, it) => sum + it, 0)).toBe(3);
  });

  test('forgets what is older than an hour', () => {
    const series = new RequestSeries();
    series.note('v1', 0);
    series.note('v1', 3_700_000);
    expect(series.at(0).size).toBe(0);
  });
});

test('the rate is that of the last ten seconds', () => {
  const rate = new RequestRate();
  for (let at = 0; at < 50; at++) rate.note(100_000);
  expect(rate.perSecond(100_500)).toBe(5);
  expect(rate.perSecond(109_000)).toBe(5);
  expect(rate.perSecond(110_000)).toBe(0);
});

describe('recorded requests', () => {
  test('hold no secrets, nothing endless, and nothing old', () => {
    const recorded = new RecordedRequests();
    const headers = {
      'x-team': 'qa',
      authorization: 'Bearer x',
      cookie: 'a=b',
      'x-api-key': 'k',
      'x-auth-token': 't',
      'x-long': 'x'.repeat(300),
      'x-many': ['first', 'second'],
    };
    recorded.add(1_000, aRequest({ headers, token: 'lab' }), 'v1');
    const [kept] = recorded.since(2_000);
    expect(kept).toEqual({
      atMs: 1_000,
      arm: 'v1',
      attributes: aRequest({ headers: { 'x-team': 'qa', 'x-many': 'first' }, token: 'lab' }),
    });
    expect([...recorded.since(4_000_000)]).toEqual([]);
  });

  test('are at most ten thousand, the newest', () => {
    const recorded = new RecordedRequests();
    for (let at = 0; at < 10_005; at++) recorded.add(at, aRequest({ requestId: `id-${at}` }), null);
    const kept = [...recorded.since(10_005)];
    expect([kept.length, kept[0]?.attributes.requestId]).toEqual([10_000, 'id-5']);
  });
});

describe('figures of a route', () => {
  const served = (more: Partial<ServedByArm>): ServedByArm => ({
    rule: null,
    arm: 'v1',
    picked: 'v1',
    reason: 'split',
    key: null,
    status: 'ok',
    ms: 10,
    gist: null,
    ...more,
  });
  const figures = (counts: RouteCounts, route = aRoute({ v1: 50, v2: 50 })) =>
    figuresOf(
      route,
      { counts, series: new RequestSeries(), changes: [], differingKept: 0 },
      '5min',
      1_000_000,
      (arm) => (arm === 'v2' ? 3 : 0),
    );

  test('tell arms, rules, failures, confidence and who stepped in for whom', () => {
    const counts = new RouteCounts(7);
    const gist = (confidence: number): AnswerGist => ({
      kind: 'classes',
      rows: [{ label: 'a', confidence }],
    });
    counts.note(served({ gist: gist(0.5) }));
    counts.note(served({ gist: gist(0.9), ms: 30 }));
    counts.note(served({ reason: 'fallback', picked: 'v2' }));
    counts.note(served({ arm: 'v2', picked: 'v2', status: 'failed' }));
    counts.note(served({ arm: 'gone', picked: null, reason: 'asked', status: 'cancelled' }));
    const { arms, rules, checks, requests, failed, sinceMs } = figures(counts);
    expect([requests, failed, sinceMs]).toEqual([5, 1, 7]);
    expect(arms.map((it) => [it.arm, it.requests, it.failed, it.fellBack, it.waiting])).toEqual([
      ['v1', 3, 0, 1, 0],
      ['v2', 1, 1, 0, 3],
      ['gone', 1, 0, 0, 0],
    ]);
    expect(arms[0]?.confidence).toEqual({ mean: 0.7, count: 2 });
    expect(rules).toMatchObject([{ rule: null, requests: 5 }]);
    // What the split chose counts for the check, whoever answered.
    expect(checks.map(({ arm, got, of }) => [arm, got, of])).toEqual([
      ['v1', 2, 4],
      ['v2', 2, 4],
    ]);
  });

  test('judge each split by what is not stopped', () => {
    const base = aRoute({ v1: 50, v2: 25, v3: 25 });
    const arms = base.arms.map((arm) => ({ ...arm, isStopped: arm.id === 'v1' }));
    const rules = [{ id: 'they', name: 'They', when: [], split: splitOf({ v2: 100 }) }];
    const counts = new RouteCounts(0);
    counts.note(served({ arm: 'v2', picked: 'v2' }));
    counts.note(served({ arm: 'v2', picked: 'v2', rule: 'they' }));
    const { checks } = figures(counts, { ...base, arms, rules });
    expect(checks.map(({ rule, arm, expected }) => [rule, arm, expected])).toEqual([
      [null, 'v2', 0.5],
      [null, 'v3', 0.5],
    ]);
  });
});

describe('two answers agree', () => {
  const classes = (...labels: string[]): AnswerGist => ({
    kind: 'classes',
    rows: labels.map((label) => ({ label, confidence: 1 })),
  });
  const numbers = (...values: (number | null)[]): AnswerGist => ({ kind: 'numbers', values });

  test.each([
    [classes('a'), classes('a'), true],
    [classes('a'), classes('b'), false],
    [classes('a', 'b'), classes('a'), false],
    [numbers(1, 1_000), numbers(1.0005, 1_000.5), true],
    [numbers(1), numbers(1.01), false],
    [numbers(null), numbers(null), true],
    [numbers(null), numbers(0), false],
    [numbers(1), classes('1'), false],
  ])('%j and %j: %s', (one, other, expected) => {
    expect(agree(one, other)).toBe(expected);
    expect(agree(other, one)).toBe(expected);
  });
});
