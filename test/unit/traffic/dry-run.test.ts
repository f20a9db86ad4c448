import fc from 'fast-check';
import { expect, test } from 'vitest';
import { conditionSchema } from '../../../app/contract/routes';
import { DryRunner } from '../../../main/traffic/dry-run';
import type { RequestAttributes } from '../../../main/traffic/request-attributes';
import { Router } from '../../../main/traffic/router';
import { aRequest, aRoute, FakeTargets, fromUser, splitOf } from './a-route';

const testers = {
  id: 'testers',
  name: 'Testers',
  when: [conditionSchema.parse({ from: 'header', name: 'x-team', test: 'is', values: ['qa'] })],
  split: splitOf({ v2: 100 }),
};

const requestArb: fc.Arbitrary<RequestAttributes> = fc
  .record({ user: fc.option(fc.string()), id: fc.uuid(), team: fc.constantFrom('qa', 'other') })
  .map(({ user, id, team }) =>
    aRequest({ requestId: id, headers: { 'x-team': team, ...(user === null ? {} : { 'x-user': user }) } }),
  );

test('a dry run is the real thing: the same requests go to the same arms', () => {
  fc.assert(
    fc.property(
      fc.array(requestArb, { maxLength: 50 }),
      fc.integer({ min: 0, max: 100 }),
      fc.subarray([1, 2]),
      (requests, weight, gone) => {
        const route = aRoute({ v1: 100 - weight, v2: weight }, { rules: [testers], fallback: ['v1'] });
        const targets = new FakeTargets();
        for (const version of gone) targets.gone.add(version);
        const real = new Router([route], targets);
        const dry = new DryRunner(route, [], targets);
        for (const attributes of requests) {
          const arm = real.choose('shop', attributes)?.hops[0].arm ?? null;
          expect(dry.add({ atMs: 1, attributes, arm })).toBe(arm);
        }
        expect(dry.result()).toMatchObject({ requests: requests.length, moved: 0 });
      },
    ),
  );
});

test('it says who would go elsewhere, who fits, and what is left without an answer', () => {
  const targets = new FakeTargets();
  const before = new Router([aRoute({ v1: 90, v2: 10 })], targets);
  const dry = new DryRunner(
    aRoute({ v1: 80, v2: 20 }, { rules: [testers], shadow: { arm: 'v1', percent: 100 } }),
    [],
    targets,
  );
  for (let at = 0; at < 5_000; at++) {
    const attributes = fromUser(`user-${at}`, at % 50 === 0 ? { headers: { 'x-team': 'qa' } } : {});
    dry.add({ atMs: 1_000 + at, attributes, arm: before.choose('shop', attributes)?.hops[0].arm ?? null });
  }
  const result = dry.result();
  expect(result).toMatchObject({
    requests: 5_000,
    fromMs: 1_000,
    untilMs: 5_999,
    unanswered: 0,
    copied: 5_000,
  });
  expect(result.rules).toEqual([
    { rule: 'testers', requests: 100 },
    { rule: null, requests: 4_900 },
  ]);
  expect(result.moved).toBeGreaterThan(450);
  expect(result.moved).toBeLessThan(750);
  expect(result.arms.map(({ arm }) => arm)).toEqual(['v1', 'v2']);
  expect(result.arms.reduce((sum, it) => sum + it.after, 0)).toBe(5_000);
  expect(result.examples).toHaveLength(50);
  for (const { from, to } of result.examples) expect([from, to]).toEqual(['v1', 'v2']);
});

test('what would find nobody is counted as unanswered', () => {
  const targets = new FakeTargets();
  targets.gone.add(1);
  const dry = new DryRunner(aRoute({ v1: 100 }), [], targets);
  expect(dry.add({ atMs: 1, attributes: aRequest(), arm: 'v0' })).toBeNull();
  expect(dry.result()).toMatchObject({
    unanswered: 1,
    moved: 1,
    arms: [
      { arm: 'v1', before: 0, after: 0 },
      { arm: 'v0', before: 1, after: 0 },
    ],
  });
});

test('a queue that is long now says nothing about a dry run', () => {
  const targets = new FakeTargets();
  targets.waiting.set(1, 1_000);
  const dry = new DryRunner(
    aRoute({ v1: 100, v2: 0 }, { overflow: { arm: 'v2', whenWaiting: 1 } }),
    [],
    targets,
  );
  expect(dry.add({ atMs: 1, attributes: aRequest(), arm: null })).toBe('v1');
});
