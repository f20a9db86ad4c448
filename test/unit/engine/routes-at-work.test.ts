import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Engine } from '../../../main/engine-api';
import { failureOf } from '../../support/app-errors';
import { EngineBench, untilWords } from './engine-bench';
import { ask, askAs, counted, patience, picture, shop, startWithClothes } from './route-bench';

let bench: EngineBench;
beforeEach(async () => {
  bench = await EngineBench.create();
});
afterEach(() => bench.close());

describe('feedback', () => {
  test('is counted for the arm that answered, once, and can be taken back', async () => {
    const engine = await startWithClothes(bench);
    await engine.routes.save(shop({ v2: 100 }), null);
    const { requestId } = await askAs(engine, {});
    const outcomes = async () => (await engine.routes.figures('shop', '1h')).arms[1]?.outcomes;
    await engine.routes.feedback('shop', requestId, 'wrong');
    await engine.routes.feedback('shop', requestId, 'wrong');
    expect(await outcomes()).toEqual({ right: 0, wrong: 1 });
    await engine.routes.feedback('shop', requestId, 'right');
    expect(await outcomes()).toEqual({ right: 1, wrong: 0 });
    await engine.routes.feedback('shop', requestId, null);
    expect(await outcomes()).toEqual({ right: 0, wrong: 0 });
  });

  test('on a request that nobody knows is refused', async () => {
    const engine = await startWithClothes(bench);
    await engine.routes.save(shop({ v2: 100 }), null);
    expect((await failureOf(() => engine.routes.feedback('shop', 'x', 'right'))).code).toBe(
      'ROUTE_REQUEST_UNKNOWN',
    );
    expect((await failureOf(() => engine.routes.feedback('b', 'x', 'right'))).code).toBe('ROUTE_NOT_FOUND');
  });
});

describe('a shadow', () => {
  const untilCompared = async (engine: Engine, count: number) => {
    await expect
      .poll(async () => (await engine.routes.figures('shop', '5min')).shadow?.compared, patience)
      .toBe(count);
    return (await engine.routes.figures('shop', '5min')).shadow;
  };

  test('gets copies, is compared, and is never what answers', async () => {
    const engine = await startWithClothes(bench);
    await engine.routes.save(shop({ v2: 100 }, { shadow: { arm: 'v3', percent: 100 } }), null);
    expect((await ask(engine)).version).toBe(2);
    expect(await untilCompared(engine, 1)).toMatchObject({ copied: 1, agreed: 1, differed: 0, kept: 0 });
    expect(await counted(engine)).toEqual({ v1: 0, v2: 1, v3: 0 });
  });

  test('what it answers otherwise is kept with the picture', async () => {
    const engine = await startWithClothes(bench);
    await engine.routes.save(shop({ v1: 100 }, { shadow: { arm: 'v3', percent: 100 } }), null);
    const { requestId } = await askAs(engine, {});
    expect(await untilCompared(engine, 1)).toMatchObject({ agreed: 0, differed: 1, kept: 1 });
    const [differing] = await engine.routes.differing('shop', undefined, 10);
    expect(differing).toMatchObject({
      requestId,
      given: { arm: 'v1', version: 1, gist: { rows: [{ label: 'shirt', confidence: 1 }] } },
      shadow: { arm: 'v3', version: 3, gist: { rows: [{ label: 'coat', confidence: 1 }] } },
      hasPicture: true,
    });
    const kept = await engine.routes.differingPicture('shop', differing?.id ?? 0);
    expect(Buffer.from(kept ?? [])).toEqual(Buffer.from(picture));
    expect(await engine.routes.differing('shop', differing?.id, 10)).toEqual([]);
  });

  test('that fails or is gone changes no answer', async () => {
    const engine = await startWithClothes(bench);
    await engine.routes.save(shop({ v1: 100 }, { shadow: { arm: 'v3', percent: 100 } }), null);
    await engine.models.unload('clothes', 3);
    await untilWords(engine, 'clothes', '3 unloaded, 2 available, 1 available');
    expect((await ask(engine)).version).toBe(1);
    await expect
      .poll(async () => (await engine.routes.figures('shop', '5min')).shadow, patience)
      .toMatchObject({ copied: 0, dropped: 1, compared: 0 });
  });

  test('that is switched off gets nothing', async () => {
    const engine = await startWithClothes(bench);
    await engine.routes.save(shop({ v1: 100 }, { shadow: { arm: 'v3', percent: 100 } }), null);
    await engine.routes.switchShadow('shop', false);
    await ask(engine);
    await engine.routes.switchShadow('shop', true);
    await ask(engine);
    expect(await untilCompared(engine, 1)).toMatchObject({ copied: 1, dropped: 0 });
  });
});

describe('a dry run', () => {
  test('sends what came of late through a draft', async () => {
    const engine = await startWithClothes(bench);
    const sticky = { stickyBy: { from: 'header', name: 'x-user' } } as const;
    await engine.routes.save(shop({ v1: 90, v2: 10 }, sticky), null);
    for (let at = 0; at < 300; at++) await askAs(engine, { 'x-user': `user-${at}` });
    const before = await counted(engine);
    const same = await engine.routes.dryRun(shop({ v1: 90, v2: 10 }, sticky), 'shop');
    expect(same).toMatchObject({ requests: 300, moved: 0 });
    const draft = shop({ v1: 50, v2: 50 }, sticky);
    const { arms, moved } = await engine.routes.dryRun(draft, 'shop');
    expect(arms.map(({ arm, before: was }) => [arm, was])).toEqual(Object.entries(before));
    await engine.routes.save(draft, 'shop');
    for (let at = 0; at < 300; at++) await askAs(engine, { 'x-user': `user-${at}` });
    expect(await counted(engine)).toEqual(Object.fromEntries(arms.map(({ arm, after }) => [arm, after])));
    expect(moved).toBe((before['v1'] ?? 0) - (arms[0]?.after ?? 0));
  });
});

describe('whoever watches', () => {
  test('hears of routes that change, of arms that come and go, and how busy they are', async () => {
    const engine = await startWithClothes(bench);
    const heard: string[] = [];
    engine.routes.onDidChange(({ changed, removed }) => {
      for (const { route, arms } of changed) heard.push(`${route.name} ${arms.map(({ state }) => state)}`);
      heard.push(...removed.map((name) => `no ${name}`));
    });
    const rates: number[] = [];
    engine.routes.onDidCount((told) => rates.push(...told.map(({ requests }) => requests)));
    await engine.routes.save(shop({ v1: 100 }), null);
    await expect.poll(() => heard.at(-1), patience).toBe('shop available,available,available');
    await ask(engine);
    await expect.poll(() => rates.at(-1), patience).toBe(1);
    await engine.models.unload('clothes', 2);
    await expect.poll(() => heard.at(-1), patience).toBe('shop available,unavailable,available');
    await engine.routes.remove('shop');
    await expect.poll(() => heard.at(-1), patience).toBe('no shop');
    expect(engine.routes.snapshot().routes).toEqual([]);
  });

  test('hears of no change of models when somebody only looks at routes', async () => {
    const engine = await startWithClothes(bench);
    await engine.routes.save(shop({ v1: 100 }), null);
    const { revision } = engine.models.snapshot();
    expect(engine.routes.get('shop')?.arms.map(({ version }) => version)).toEqual([1, 2, 3]);
    await engine.routes.preview(shop({ v1: 100 }), 'shop');
    expect(engine.models.snapshot().revision).toBe(revision);
  });

  test('is told what is not right with a route meanwhile', async () => {
    const engine = await startWithClothes(bench);
    await engine.routes.save(shop({ v1: 100 }), null);
    await engine.models.remove('clothes');
    await expect
      .poll(
        () => engine.routes.get('shop')?.problems.filter(({ severity }) => severity === 'error'),
        patience,
      )
      .toMatchObject([0, 1, 2].map((arm) => ({ code: 'modelUnknown', place: ['arms', arm, 'model'] })));
  });
});
