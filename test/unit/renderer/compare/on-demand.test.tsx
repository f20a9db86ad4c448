// @vitest-environment happy-dom
import { act, cleanup, configure, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CompareArea } from '../../../../renderer/features/compare/CompareArea';
import { renderPage } from '../../../support/render-page';
import { inferring, model, picture, version } from '../playground/page-fixtures';

configure({ asyncUtilTimeout: 8_000 }); // a busy machine is slow, not wrong

beforeEach(() => {
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(800);
});
afterEach(cleanup);

const atRest = (number: number) => version(number, 'onDisk', { loadsOnRequest: true, isAspired: true });

test('versions that a request loads are compared by being asked, and described once they are loaded', async () => {
  const fish = model('fish', [atRest(1), atRest(2), version(3, 'onDisk')], { loaded: 'onDemand' });
  const { engine, services } = await renderPage(<CompareArea />, {
    models: [fish],
    handlers: inferring((number) => (number === 1 ? { tench: 0.9, reel: 0.1 } : { tench: 0.2, reel: 0.8 })),
  });
  act(() => {
    services.compare.addPictures([picture('tench.png')]);
    services.router.navigate({
      area: 'compare',
      versions: [1, 2, 3].map((each) => ({ model: 'fish', version: each })),
    });
  });
  await waitFor(() => expect(services.compare.store.getState().finishedAtMs).not.toBeNull());
  const asked = engine.inputsOf('inference.classify').map((input) => Reflect.get(input as object, 'version'));
  expect([...new Set(asked)]).toEqual([1, 2]);
  expect(engine.inputsOf('models.describe')).toEqual([]);
  const row = document.querySelector('[data-picture]')?.closest('tr');
  expect(row?.textContent?.match(/Not loaded/g)).toHaveLength(1);
  act(() => engine.changeVersion('fish', 1, { lifecycle: 'available' }));
  await waitFor(() => expect(engine.inputsOf('models.describe')).toEqual([{ model: 'fish', version: 1 }]));
  expect(engine.inputsOf('models.load')).toEqual([]);
});
