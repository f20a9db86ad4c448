import { expect, test } from 'vitest';
import { canGoBack, canGoForward, createRouter, type Route } from '../../../../renderer/stores/router';
import { memoryKeeper } from '../../../support/memory-keeper';

const models = (model: string | null): Route => ({ area: 'models', model, tab: 'versions' });
const settings: Route = { area: 'settings', section: null };

test('back and forward walk what was visited, and a new step forgets what lay ahead', () => {
  const router = createRouter(memoryKeeper());
  router.navigate(models('digits'));
  router.navigate(settings);
  router.back();
  expect(router.route()).toEqual(models('digits'));
  expect(canGoForward(router.store.getState())).toBe(true);
  router.navigate(models('flowers'));
  expect(canGoForward(router.store.getState())).toBe(false);
  router.back();
  router.back();
  expect(router.route()).toEqual(models(null));
  expect(canGoBack(router.store.getState())).toBe(false);
  router.back();
  expect(router.route()).toEqual(models(null));
});

test('replacing changes the present entry, so that Back skips what was there', () => {
  const router = createRouter(memoryKeeper());
  router.navigate(settings);
  router.navigate(models('digits'));
  router.navigate(models('flowers'), { replace: true });
  router.back();
  expect(router.route()).toEqual(settings);
});

test('going where one is adds nothing to the history', () => {
  const router = createRouter(memoryKeeper());
  router.navigate(models(null));
  expect(canGoBack(router.store.getState())).toBe(false);
});

test('an area opens as it was left last', () => {
  const router = createRouter(memoryKeeper());
  router.navigate(models('digits'));
  router.goTo('settings');
  router.goTo('models');
  expect(router.route()).toEqual(models('digits'));
});

test('the history keeps a hundred places at most', () => {
  const router = createRouter(memoryKeeper());
  for (let count = 0; count < 250; count++) router.navigate(models(`model-${count}`));
  expect(router.store.getState().entries).toHaveLength(100);
  expect(router.route()).toEqual(models('model-249'));
});

test('the last place survives a restart, a place that no longer makes sense does not', () => {
  const keeper = memoryKeeper();
  createRouter(keeper).navigate(models('digits'));
  expect(createRouter(keeper).route()).toEqual(models('digits'));
  keeper.setItem('slipway.route', '{"area":"attic"}');
  expect(createRouter(keeper).route()).toEqual(models(null));
  keeper.setItem('slipway.route', 'not json');
  expect(createRouter(keeper).route()).toEqual(models(null));
});
