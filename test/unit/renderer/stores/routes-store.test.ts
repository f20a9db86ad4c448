import { describe, expect, test } from 'vitest';
import { AppError } from '../../../../app/base/errors';
import { createClient } from '../../../../renderer/client/client';
import { createRoutesStore, selectRate, selectRouteNames } from '../../../../renderer/stores/routes';
import { FakeEngine } from '../../../support/fake-bridge';
import { settle } from '../../../support/fake-clock';
import { aRoute } from '../../../support/fake-routes';
import { aModel } from '../../../support/sample-models';

const shop = aRoute('shop', 'clothes', { v1: 90, v2: 10 });
const other = aRoute('other', 'clothes', { v1: 100 });
const world = (): FakeEngine => new FakeEngine({ models: [aModel('clothes')], routes: [shop] });

describe('routes store', () => {
  test('mirrors the snapshot, then every change in order', async () => {
    const engine = world();
    const routes = createRoutesStore(createClient(engine.bridge));
    await routes.connect();
    engine.routes.put(other);
    engine.routes.drop('shop');
    expect(selectRouteNames(routes.store.getState())).toEqual(['other']);
  });

  test('changes that overtake the snapshot are applied after it', async () => {
    const engine = world();
    const routes = createRoutesStore(createClient(engine.bridge));
    const connecting = routes.connect();
    engine.routes.put(other); // before the answer is there
    await connecting;
    expect(selectRouteNames(routes.store.getState())).toEqual(['other', 'shop']);
    expect(routes.store.getState().revision).toBe(engine.routes.revision);
  });

  test('a gap in the revisions takes a new snapshot', async () => {
    const engine = world();
    const routes = createRoutesStore(createClient(engine.bridge));
    await routes.connect();
    engine.routes.revision += 3; // messages that were lost
    engine.routes.put(other);
    await settle();
    expect(engine.inputsOf('routes.list')).toHaveLength(2);
    expect(selectRouteNames(routes.store.getState())).toEqual(['other', 'shop']);
  });

  test('a message that comes twice changes nothing', async () => {
    const engine = world();
    const routes = createRoutesStore(createClient(engine.bridge));
    await routes.connect();
    engine.tell('routes.changed', { revision: 1, changed: [], removed: ['shop'] });
    expect(selectRouteNames(routes.store.getState())).toEqual(['shop']);
  });

  test('tells how busy each route is, and forgets it with the route', async () => {
    const engine = world();
    const routes = createRoutesStore(createClient(engine.bridge));
    await routes.connect();
    engine.tell('routes.counted', [{ route: 'shop', requestsPerSecond: 42.3, requests: 900 }]);
    expect(selectRate('shop')(routes.store.getState())).toBe(42.3);
    engine.tell('routes.counted', [{ route: 'shop', requestsPerSecond: 0, requests: 900 }]);
    expect(selectRate('shop')(routes.store.getState())).toBe(0);
    engine.routes.drop('shop');
    expect(routes.store.getState().rates.size).toBe(0);
  });

  test('without an answer it lets go of its listeners', async () => {
    const engine = world();
    engine.failNext('routes.list', new AppError('INTERNAL'));
    const routes = createRoutesStore(createClient(engine.bridge));
    await expect(routes.connect()).rejects.toThrow(AppError);
    expect(engine.listenerCount('routes.changed')).toBe(0);
    expect(engine.listenerCount('routes.counted')).toBe(0);
  });
});
