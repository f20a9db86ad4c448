import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { routeSchema } from '../../../app/contract/routes';
import type { Routed } from '../../../main/routes-api';
import { failureOf } from '../../support/app-errors';
import { spoilDatabase } from '../../support/spoil-database';
import { EngineBench, untilWords } from './engine-bench';
import { ask, askAs, counted, patience, shop, startWithClothes } from './route-bench';

let bench: EngineBench;
beforeEach(async () => {
  bench = await EngineBench.create();
});
afterEach(() => bench.close());

describe('a route', () => {
  test('is called like a model, and counts what it did', async () => {
    const engine = await startWithClothes(bench);
    await engine.routes.save(
      shop({ v1: 90, v2: 10 }, { stickyBy: { from: 'header', name: 'x-user' } }),
      null,
    );
    const versions = new Map<number, number>();
    for (let at = 0; at < 200; at++) {
      const { version } = (await askAs(engine, { 'X-User': `user-${at}` })).classification;
      versions.set(version, (versions.get(version) ?? 0) + 1);
    }
    const { arms, checks, requests, rules, series } = await engine.routes.figures('shop', '5min');
    expect(requests).toBe(200);
    expect(arms.map(({ arm, requests: count }) => [arm, count])).toEqual([
      ['v1', versions.get(1)],
      ['v2', versions.get(2)],
      ['v3', 0],
    ]);
    expect(arms[0]?.confidence).toEqual({ mean: 1, count: versions.get(1) });
    expect(checks.map(({ arm, got, of, expected }) => [arm, got, of, expected])).toEqual([
      ['v1', versions.get(1), 200, 0.9],
      ['v2', versions.get(2), 200, 0.1],
    ]);
    expect(checks.every(({ isKept }) => isKept)).toBe(true);
    expect(rules).toMatchObject([{ rule: null, requests: 200 }]);
    const inSeries = series.arms.flatMap(({ requests: points }) => points).reduce((sum, it) => sum + it, 0);
    expect(inSeries).toBe(200);
  });

  test('tells where each request went, and why', async () => {
    const engine = await startWithClothes(bench);
    const when = [{ from: 'header', name: 'x-team', test: 'is', values: ['qa'] }] as const;
    const rules = [{ id: 'testers', name: 'Testers', when, split: [{ arm: 'v3', weight: 100 }] }];
    await engine.routes.save(routeSchema.parse({ ...shop({ v1: 100 }), rules }), null);
    expect((await askAs(engine, { 'x-team': 'qa' })).decision).toEqual({
      arm: 'v3',
      rule: 'testers',
      reason: 'split',
    });
    expect((await askAs(engine, {})).decision).toEqual({ arm: 'v1', rule: null, reason: 'split' });
  });

  test('looks into a body where a rule asks for it', async () => {
    const engine = await startWithClothes(bench);
    const rules = (['context', 'parameter'] as const).map((from, at) => ({
      id: from,
      name: from,
      when: [{ from, name: 'plan', test: 'is' as const, values: ['gold'] }],
      split: [{ arm: `v${at + 2}`, weight: 100 }],
    }));
    await engine.routes.save(routeSchema.parse({ ...shop({ v1: 100 }), rules }), null);
    const armFor = async (codec: 'tfs-json' | 'oip-json', body: unknown): Promise<string | undefined> => {
      const routed: Routed[] = [];
      await engine.inference.infer({
        model: 'shop',
        version: 'latest',
        codec,
        body: Buffer.from(JSON.stringify(body)),
        params: { method: 'predict' },
        caller: {
          attributes: { requestId: 'r', headers: {}, token: null, context: {}, parameters: {} },
          onRouted: (it) => routed.push(it),
        },
      });
      return routed.at(-1)?.arm;
    };
    expect(await armFor('tfs-json', { instances: [1], context: { plan: 'gold' } })).toBe('v2');
    expect(await armFor('oip-json', { parameters: { plan: 'gold' }, inputs: [] })).toBe('v3');
    expect(await armFor('tfs-json', { instances: [{ context: { plan: 'gold' } }] })).toBe('v1');
  });

  test('shares no name with a model, whichever comes first', async () => {
    const engine = await startWithClothes(bench);
    const named = { ...shop({ v1: 100 }), name: 'clothes' };
    expect((await failureOf(() => engine.routes.save(named, null))).code).toBe('MODEL_NAME_TAKEN');
    await engine.routes.save(shop({ v1: 100 }), null);
    await bench.version('shop', 1);
    const { ticket, items } = await engine.models.offer([bench.path('shop')]);
    const { refused } = await engine.models.add(ticket, [
      { id: items[0]?.id ?? '', as: 'model', name: 'shop' },
    ]);
    expect(refused.map(({ error }) => error.code)).toEqual(['MODEL_NAME_TAKEN']);
  });

  test('that is not right is refused with the reason, and nothing changes', async () => {
    const engine = await startWithClothes(bench);
    const refused = await failureOf(() => engine.routes.save(shop({ v1: 90, v2: 9 }), null));
    expect(refused).toMatchObject({
      code: 'ROUTE_INVALID',
      params: { reason: 'The shares sum to 99 %, not to 100 %.' },
      message: 'split: The shares sum to 99 %, not to 100 %.',
    });
    expect(engine.routes.snapshot().routes).toEqual([]);
    expect((await failureOf(() => engine.routes.save(shop({ v1: 100 }), 'shop'))).code).toBe(
      'ROUTE_NOT_FOUND',
    );
    await engine.routes.save(shop({ v1: 100 }), null);
    const renamed = await failureOf(() => engine.routes.save({ ...shop({ v1: 100 }), name: 'b' }, 'shop'));
    expect(renamed.code).toBe('ROUTE_INVALID');
  });

  test('a draft is judged and foretold without being applied', async () => {
    const engine = await startWithClothes(bench);
    await engine.routes.save(shop({ v1: 90, v2: 10 }), null);
    const draft = shop({ v1: 80, v2: 20 });
    expect(await engine.routes.preview(draft, 'shop')).toMatchObject({
      problems: [{ code: 'armUnused', place: ['arms', 2] }],
      expected: [
        {
          rule: null,
          shares: [
            { arm: 'v1', share: 0.8 },
            { arm: 'v2', share: 0.2 },
          ],
        },
      ],
      moved: expect.closeTo(0.1, 9),
    });
    expect(engine.routes.get('shop')?.route.split[0]?.weight).toBe(90);
  });
});

describe('when a version cannot answer', () => {
  test('another arm does, and it is counted as such', async () => {
    const engine = await startWithClothes(bench);
    await engine.routes.save(shop({ v2: 100 }), null);
    expect((await ask(engine)).version).toBe(2);
    await engine.models.unload('clothes', 2);
    await untilWords(engine, 'clothes', '3 available, 2 unloaded, 1 available');
    expect((await ask(engine)).version).toBe(1);
    const { arms, checks } = await engine.routes.figures('shop', '5min');
    expect(arms.map(({ requests, fellBack }) => [requests, fellBack])).toEqual([
      [1, 1],
      [1, 0],
      [0, 0],
    ]);
    expect(checks).toEqual([]); // of a lone arm there is nothing to judge
    await expect
      .poll(() => engine.routes.get('shop')?.arms[1], patience)
      .toEqual({ arm: 'v2', state: 'unavailable', model: null, version: null });
  });

  test('and its process ends while it answers, another arm answers in its place', async () => {
    const engine = await startWithClothes(bench);
    await engine.routes.save(shop({ v2: 100 }), null);
    bench.runners.named('clothes 2').swallow = true;
    const answer = ask(engine);
    bench.runners.named('clothes 2').exit({ code: null, signal: 'SIGSEGV' });
    expect((await answer).version).toBe(1);
  });

  test('and nobody steps in, the client is told that the route has none', async () => {
    const engine = await startWithClothes(bench);
    await engine.routes.save(shop({ v2: 100 }, { fallback: [] }), null);
    await engine.models.unload('clothes', 2);
    await untilWords(engine, 'clothes', '3 available, 2 unloaded, 1 available');
    const failure = await failureOf(() => ask(engine));
    expect(failure.code).toBe('SERVABLE_NOT_FOUND');
    const labelled = shop(
      { v2: 100 },
      { arms: [{ id: 'v2', model: 'clothes', label: 'gone' }], fallback: [] },
    );
    await engine.models.setLabel('clothes', 'gone', 2);
    await engine.routes.save(labelled, 'shop');
    expect(await failureOf(() => ask(engine))).toMatchObject({
      code: 'ROUTE_UNANSWERED',
      status: 'UNAVAILABLE',
    });
  });

  test('an arm that is stopped gets nothing, and its part goes to the others of the split', async () => {
    const engine = await startWithClothes(bench);
    await engine.routes.save(shop({ v2: 50, v3: 50 }), null);
    const { undo } = await engine.routes.stopArm('shop', 'v2', true);
    for (let at = 0; at < 20; at++) expect((await ask(engine)).version).toBe(3);
    expect(await counted(engine)).toEqual({ v1: 0, v2: 0, v3: 20 });
    expect(engine.routes.get('shop')?.arms[1]?.state).toBe('stopped');
    await engine.models.undo(undo ?? '');
    expect(engine.routes.get('shop')?.arms[1]?.state).toBe('available');
  });
});

describe('what was done', () => {
  test('stands in the event log, and can be taken back', async () => {
    const engine = await startWithClothes(bench);
    const added = await engine.routes.save(shop({ v1: 100 }), null);
    const changed = await engine.routes.save(shop({ v1: 90, v2: 10 }), 'shop');
    expect(await engine.routes.save(shop({ v1: 90, v2: 10 }), 'shop')).toEqual({ undo: null });
    expect((await failureOf(() => engine.models.undo(added.undo ?? ''))).code).toBe('ROUTE_CHANGED');
    expect(await engine.models.undo(changed.undo ?? '')).toEqual({
      action: 'routeChanged',
      models: ['shop'],
    });
    expect(engine.routes.get('shop')?.route.split).toEqual([{ arm: 'v1', weight: 100 }]);
    const removed = await engine.routes.remove('shop');
    expect((await failureOf(() => ask(engine))).code).toBe('MODEL_NOT_FOUND');
    await engine.models.undo(removed.undo ?? '');
    expect((await ask(engine)).version).toBe(1);
    const events = await engine.models.events({ model: 'shop', limit: 10 });
    expect(events.map(({ kind, params }) => [kind, params['split'] ?? params['action']]).reverse()).toEqual([
      ['routeAdded', 'v1 100 %'],
      ['routeChanged', 'v1 90 %, v2 10 %'],
      ['undone', 'routeChanged'],
      ['routeRemoved', undefined],
      ['undone', 'routeRemoved'],
    ]);
  });

  test('is there again after a restart, with its counts and what can be taken back', async () => {
    const first = await startWithClothes(bench);
    await first.routes.save(shop({ v1: 50, v2: 50 }), null);
    const { undo } = await first.routes.save(shop({ v1: 90, v2: 10 }), 'shop');
    for (let at = 0; at < 30; at++) await ask(first);
    const { requestId, decision } = await askAs(first, {});
    const before = await counted(first);
    await first.close();

    const second = await bench.start();
    await untilWords(second, 'clothes', '3 available, 2 available, 1 available');
    await expect.poll(() => counted(second), patience).toEqual(before);
    await second.routes.feedback('shop', requestId, 'right');
    const { arms, changes } = await second.routes.figures('shop', '5min');
    expect(arms.find(({ arm }) => arm === decision.arm)?.outcomes).toEqual({ right: 1, wrong: 0 });
    expect(changes.map(({ split }) => split[0]?.weight)).toEqual([50, 90]);
    await second.models.undo(undo ?? '');
    expect(second.routes.get('shop')?.route.split[0]?.weight).toBe(50);
  });

  test('is kept where a Slipway that knows no routes keeps it as well', async () => {
    const engine = await startWithClothes(bench);
    await engine.routes.save(shop({ v1: 100 }), null);
    await engine.close();
    const file = bench.path('state', 'models.json');
    const { models } = JSON.parse(await readFile(file, 'utf8')) as {
      models: { name?: string; route?: unknown }[];
    };
    expect(models.map(({ name, route }) => name ?? route)).toEqual(['clothes', shop({ v1: 100 })]);
  });

  test('counts that cannot be read are set aside, and counting begins anew', async () => {
    const first = await startWithClothes(bench);
    await first.routes.save(shop({ v1: 100 }), null);
    await ask(first);
    await first.close();
    await spoilDatabase(bench.path('state', 'traffic.db'));
    const second = await bench.start();
    await untilWords(second, 'clothes', '3 available, 2 available, 1 available');
    await ask(second);
    expect(await counted(second)).toEqual({ v1: 1, v2: 0, v3: 0 });
    await second.routes.differing('shop', undefined, 1);
    const [aside] = (await second.models.events({ limit: 100 })).filter(
      ({ kind }) => kind === 'fileSetAside',
    );
    expect(aside?.params['file']).toBe('traffic.db');
  });

  test('a change of who gets what begins to count anew, a change of the shadow does not', async () => {
    const engine = await startWithClothes(bench);
    await engine.routes.save(shop({ v1: 100 }, { shadow: { arm: 'v3', percent: 0 } }), null);
    await ask(engine);
    await engine.routes.switchShadow('shop', false);
    expect(await counted(engine)).toEqual({ v1: 1, v2: 0, v3: 0 });
    await engine.routes.save(shop({ v1: 99, v2: 1 }), 'shop');
    expect(await counted(engine)).toEqual({ v1: 0, v2: 0, v3: 0 });
  });
});
