import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Condition, conditionSchema, type Route } from '../../../app/contract/routes';
import type { RequestAttributes } from '../../../main/traffic/request-attributes';
import { Router } from '../../../main/traffic/router';
import { aRequest, aRoute, FakeTargets, fromUser, splitOf } from './a-route';

const routerOf = (targets: FakeTargets, ...routes: Route[]): Router => new Router(routes, targets);

const armOf = (router: Router, request: RequestAttributes, name = 'shop'): string | undefined =>
  router.choose(name, request)?.hops[0].arm;

describe('the split', () => {
  test('a key keeps its arm, whatever else the request says', () => {
    const router = routerOf(new FakeTargets(), aRoute({ v1: 50, v2: 50 }));
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.uuid(), fc.uuid(), (user, id, otherId) => {
        expect(armOf(router, fromUser(user, { requestId: id, token: 'a' }))).toBe(
          armOf(router, fromUser(user, { requestId: otherId, context: { a: 'b' } })),
        );
      }),
    );
  });

  test('without a key each request is on its own, within what chance allows; the same request id goes the same way', () => {
    const router = routerOf(new FakeTargets(), aRoute({ v1: 90, v2: 10 }));
    const requests = Array.from({ length: 10_000 }, (_, at) => aRequest({ requestId: `id-${at}` }));
    const seconds = requests.filter((request) => armOf(router, request) === 'v2').length;
    expect(Math.abs(seconds - 1_000)).toBeLessThan(5 * Math.sqrt(10_000 * 0.1 * 0.9));
    const [first = aRequest()] = requests;
    expect(armOf(router, { ...first })).toBe(armOf(router, first));
    expect(router.choose('shop', first)?.hops[0].key).toBeNull();
  });

  test('two routes split the same people independently', () => {
    const router = routerOf(
      new FakeTargets(),
      aRoute({ v1: 50, v2: 50 }),
      aRoute({ v1: 50, v2: 50 }, { name: 'other' }),
    );
    const both = Array.from({ length: 4_000 }, (_, at) => fromUser(`user-${at}`)).filter(
      (request) => armOf(router, request) === 'v2' && armOf(router, request, 'other') === 'v2',
    );
    expect(Math.abs(both.length - 1_000)).toBeLessThan(5 * Math.sqrt(4_000 * 0.25 * 0.75));
  });

  test('stopping an arm moves its keys and no others', () => {
    const before = aRoute({ v1: 50, v2: 30, v3: 20 });
    const arms = before.arms.map((arm) => ({ ...arm, isStopped: arm.id === 'v2' }));
    const [running, stopped] = [before, { ...before, arms }].map((it) => routerOf(new FakeTargets(), it));
    if (!running || !stopped) throw new Error('no routers');
    const moved = new Set<string | undefined>();
    for (let at = 0; at < 2_000; at++) {
      const request = fromUser(`user-${at}`);
      const was = armOf(running, request);
      const is = armOf(stopped, request);
      if (was === 'v2') moved.add(is);
      else expect(is).toBe(was);
    }
    expect([...moved].sort()).toEqual(['v1', 'v3']);
  });
});

describe('audiences', () => {
  const teamArb = fc.constantFrom('qa', 'sales', 'none');
  const planArb = fc.constantFrom('free', 'gold');
  const tests = ['is', 'isNot', 'startsWith', 'isPresent', 'isAbsent'] as const;
  const conditionArb = fc.record({
    from: fc.constantFrom('header' as const, 'context' as const),
    test: fc.constantFrom(...tests),
    value: fc.constantFrom('qa', 'sales', 'free', 'gold', 'f'),
  });

  /** What the words of the contract say, written down a second time. */
  function holds({ from, test: how, value }: { from: string; test: string; value: string }, request: Sent) {
    const found = from === 'header' ? request.team : request.plan;
    if (how === 'isPresent') return found !== undefined;
    if (how === 'isAbsent') return found === undefined;
    if (how === 'isNot') return found !== value;
    if (found === undefined) return false;
    return how === 'is' ? found === value : found.startsWith(value);
  }
  interface Sent {
    readonly team: string | undefined;
    readonly plan: string | undefined;
  }

  test('the first rule whose conditions all fit decides; else everyone’s split', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(conditionArb, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 8 }),
        fc.option(teamArb, { nil: undefined }),
        fc.option(planArb, { nil: undefined }),
        (conditions, team, plan) => {
          const rules = conditions.map((when, index) => ({
            id: `rule-${index}`,
            name: `Audience ${index}`,
            when: when.map(({ from, test: how, value }) => ({
              from,
              name: from === 'header' ? 'X-Team' : 'plan',
              test: how,
              values: how === 'isPresent' || how === 'isAbsent' ? [] : [value],
            })),
            split: splitOf({ [`v${index + 2}`]: 100 }),
          }));
          const weights = Object.fromEntries(
            ['v1', ...rules.map((_, index) => `v${index + 2}`)].map((it) => [it, 0]),
          );
          const router = routerOf(new FakeTargets(), aRoute(weights, { rules, split: splitOf({ v1: 100 }) }));
          const request = aRequest({
            headers: team === undefined ? {} : { 'x-team': team },
            context: plan === undefined ? {} : { plan },
          });
          const expected = conditions.findIndex((when) => when.every((it) => holds(it, { team, plan })));
          const hop = router.choose('shop', request)?.hops[0];
          expect(hop?.rule).toBe(expected < 0 ? null : `rule-${expected}`);
          expect(hop?.arm).toBe(expected < 0 ? 'v1' : `v${expected + 2}`);
        },
      ),
    );
  });

  const decides = (condition: Partial<Condition>, request: RequestAttributes): boolean => {
    const when = [conditionSchema.parse({ from: 'header', name: 'x-user', test: 'is', ...condition })];
    const rules = [{ id: 'they', name: 'They', when, split: splitOf({ v2: 100 }) }];
    return armOf(routerOf(new FakeTargets(), aRoute({ v1: 100, v2: 0 }, { rules })), request) === 'v2';
  };

  test('every source can be looked at', () => {
    expect(
      decides({ from: 'header', name: 'X-Team', values: ['qa'] }, aRequest({ headers: { 'x-team': 'qa' } })),
    ).toBe(true);
    expect(
      decides(
        { from: 'header', name: 'x-team', values: ['qa'] },
        aRequest({ headers: { 'x-team': ['qa', 'b'] } }),
      ),
    ).toBe(true);
    expect(
      decides(
        { from: 'context', name: 'age', test: 'atLeast', values: ['18'] },
        aRequest({ context: { age: '18.0' } }),
      ),
    ).toBe(true);
    expect(
      decides(
        { from: 'context', name: 'age', test: 'atMost', values: ['18'] },
        aRequest({ context: { age: 'old' } }),
      ),
    ).toBe(false);
    expect(
      decides(
        { from: 'parameter', name: 'tier', test: 'contains', values: ['ol'] },
        aRequest({ parameters: { tier: 'gold' } }),
      ),
    ).toBe(true);
    expect(decides({ from: 'token', name: '', values: ['ci', 'lab'] }, aRequest({ token: 'lab' }))).toBe(
      true,
    );
    expect(decides({ from: 'key', name: '', test: 'endsWith', values: ['7'] }, fromUser('user-7'))).toBe(
      true,
    );
    expect(decides({ from: 'key', name: '', test: 'isAbsent' }, aRequest())).toBe(true);
  });

  test('what every object has is no attribute of a request', () => {
    expect(decides({ from: 'context', name: 'constructor', test: 'isPresent' }, aRequest())).toBe(false);
    expect(decides({ from: 'header', name: '__proto__', test: 'isPresent' }, aRequest())).toBe(false);
  });

  test('an audience may have a split of its own, with the same keys', () => {
    const when = [conditionSchema.parse({ from: 'header', name: 'x-team', test: 'is', values: ['qa'] })];
    const rules = [{ id: 'testers', name: 'Testers', when, split: splitOf({ v1: 50, v2: 50 }) }];
    const router = routerOf(new FakeTargets(), aRoute({ v1: 100, v2: 0 }, { rules }));
    const arms = Array.from({ length: 400 }, (_, at) =>
      armOf(router, fromUser(`user-${at}`, { headers: { 'x-team': 'qa' } })),
    );
    expect(arms.filter((it) => it === 'v2').length).toBeGreaterThan(150);
    expect(armOf(router, fromUser('user-1'))).toBe('v1');
  });
});

describe('when an arm cannot answer', () => {
  const versions = [1, 2, 3, 4] as const;

  test('the first of those that step in answers, in their order', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray(versions.map((it) => `v${it}`)),
        fc.subarray([...versions]),
        fc.string({ minLength: 1 }),
        (fallback, gone, user) => {
          const targets = new FakeTargets();
          const router = routerOf(targets, aRoute({ v1: 25, v2: 25, v3: 25, v4: 25 }, { fallback }));
          const chosen = armOf(router, fromUser(user));
          for (const version of gone) targets.gone.add(version);
          const isThere = (arm: string | undefined): boolean => !gone.some((it) => arm === `v${it}`);
          const hop = router.choose('shop', fromUser(user))?.hops[0];
          if (isThere(chosen)) expect(hop).toMatchObject({ arm: chosen, reason: 'split' });
          else expect(hop?.arm).toBe(fallback.find(isThere));
          if (hop && hop.arm !== chosen) expect(hop.reason).toBe('fallback');
        },
      ),
    );
  });

  test('its keys come back to it', () => {
    const targets = new FakeTargets();
    const router = routerOf(targets, aRoute({ v1: 50, v2: 50 }, { fallback: ['v1'] }));
    const users = Array.from({ length: 100 }, (_, at) => fromUser(`user-${at}`));
    const before = users.map((user) => armOf(router, user));
    targets.gone.add(2);
    expect(new Set(users.map((user) => armOf(router, user)))).toEqual(new Set(['v1']));
    targets.gone.clear();
    expect(users.map((user) => armOf(router, user))).toEqual(before);
  });

  test('one that has just failed is left out', () => {
    const router = routerOf(new FakeTargets(), aRoute({ v1: 100, v2: 0 }, { fallback: ['v1', 'v2'] }));
    const failed = router.get('shop')?.arm('v1')?.address ?? '';
    expect(router.choose('shop', aRequest(), 'latest', new Set([failed]))?.hops[0]).toMatchObject({
      arm: 'v2',
      reason: 'fallback',
    });
  });

  test('without one that steps in nothing answers', () => {
    const targets = new FakeTargets();
    targets.gone.add(1);
    expect(routerOf(targets, aRoute({ v1: 100, v2: 0 })).choose('shop', aRequest())).toBeNull();
  });
});

describe('overflow', () => {
  const overflow = { arm: 'v2', whenWaiting: 8 };

  test('a long queue sends the next to the cheaper version, unless that is as busy', () => {
    const targets = new FakeTargets();
    const router = routerOf(targets, aRoute({ v1: 100, v2: 0 }, { overflow }));
    targets.waiting.set(1, 7);
    expect(router.choose('shop', aRequest())?.hops[0]).toMatchObject({ arm: 'v1', reason: 'split' });
    targets.waiting.set(1, 8);
    expect(router.choose('shop', aRequest())?.hops[0]).toMatchObject({ arm: 'v2', reason: 'overflow' });
    targets.waiting.set(2, 8);
    expect(armOf(router, aRequest())).toBe('v1');
    targets.gone.add(2);
    expect(armOf(router, aRequest())).toBe('v1');
  });
});

describe('routes that lead to routes', () => {
  const inner = aRoute({ v1: 50, v2: 50 }, { name: 'inner' });
  const outer = aRoute(
    { v9: 100 },
    {
      name: 'outer',
      arms: [
        { id: 'v9', model: 'inner' },
        { id: 'spare', model: 'clothes', version: 3 },
      ],
      fallback: ['spare'],
    },
  );

  test('the inner one decides as if it had been asked, and both are named', () => {
    const router = routerOf(new FakeTargets(), outer, inner);
    for (let at = 0; at < 20; at++) {
      const hops = router.choose('outer', fromUser(`user-${at}`))?.hops;
      expect(hops?.map(({ route }) => route)).toEqual(['outer', 'inner']);
      expect(hops?.[1]?.arm).toBe(armOf(router, fromUser(`user-${at}`), 'inner'));
    }
  });

  test('when nothing of the inner one answers, the outer one’s fallback does', () => {
    const targets = new FakeTargets();
    targets.gone.add(1).add(2);
    expect(armOf(routerOf(targets, outer, inner), aRequest(), 'outer')).toBe('spare');
  });

  test('a circle, which no saved route has, ends', () => {
    const circle = aRoute({ v1: 100 }, { arms: [{ id: 'v1', model: 'shop' }] });
    expect(routerOf(new FakeTargets(), circle).choose('shop', aRequest())).toBeNull();
  });
});

describe('a client that names a version', () => {
  const route = aRoute(
    { v1: 100, v2: 0 },
    {
      arms: [
        { id: 'v1', model: 'clothes', version: 1 },
        { id: 'v2', model: 'clothes', version: 2 },
        { id: 'stable', model: 'clothes', label: 'stable' },
      ],
    },
  );

  test('gets it from the arm that leads there, or nothing', () => {
    const router = routerOf(new FakeTargets(), route);
    expect(router.choose('shop', aRequest(), { version: 2 })).toMatchObject({
      hops: [{ arm: 'v2', reason: 'asked' }],
      leaf: { version: 2 },
    });
    expect(router.choose('shop', aRequest(), { label: 'stable' })?.hops[0].arm).toBe('stable');
    expect(router.choose('shop', aRequest(), { version: 7 })).toBeNull();
    expect(router.choose('shop', aRequest(), { label: 'canary' })).toBeNull();
  });
});

describe('the shadow', () => {
  const copied = (route: Route): number => {
    const compiled = routerOf(new FakeTargets(), route).get('shop');
    return Array.from({ length: 10_000 }, (_, at) => compiled?.isCopied({ requestId: `id-${at}` })).filter(
      Boolean,
    ).length;
  };

  test('gets its part of the requests, and nothing when it is off', () => {
    const shadow = { arm: 'v2', percent: 25, isOn: true };
    expect(Math.abs(copied(aRoute({ v1: 100, v2: 0 }, { shadow })) - 2_500)).toBeLessThan(
      5 * Math.sqrt(10_000 * 0.25 * 0.75),
    );
    expect(copied(aRoute({ v1: 100, v2: 0 }, { shadow: { ...shadow, isOn: false } }))).toBe(0);
    expect(copied(aRoute({ v1: 100, v2: 0 }, { shadow: { ...shadow, percent: 100 } }))).toBe(10_000);
  });
});
