// @vitest-environment happy-dom
import { act, cleanup, configure, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { AppError } from '../../../../app/base/errors';
import type { Out } from '../../../../app/contract';
import { PlaygroundArea } from '../../../../renderer/features/playground/PlaygroundArea';
import { currentRoute, type Route } from '../../../../renderer/stores/router';
import { aRoute } from '../../../support/fake-routes';
import { renderPage } from '../../../support/render-page';
import { classification, inferring, model, picture, version } from './page-fixtures';

configure({ asyncUtilTimeout: 8_000 }); // a busy machine is slow, not wrong

beforeEach(() => {
  // no layout here: what scrolls is as tall as this, so that virtual rows are drawn
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(800);
});
afterEach(cleanup);

const clothes = model('clothes', [version(1, 'available'), version(3, 'available')]);
const shop = aRoute(
  'shop',
  'clothes',
  { v1: 90, v3: 10 },
  {
    stickyBy: { from: 'header', name: 'x-user' },
    rules: [
      {
        id: 'testers',
        name: 'Testers',
        when: [{ from: 'header', name: 'x-team', test: 'is', values: ['qa'] }],
        split: [{ arm: 'v3', weight: 100 }],
      },
    ],
  },
);
/** Testers get version 3, everyone else version 1. */
const answer = (headers: Readonly<Record<string, string>> = {}): Out<'routes.classify'> => {
  const isTester = headers['x-team'] === 'qa';
  const number = isTester ? 3 : 1;
  return {
    requestId: `request-${number}`,
    decision: { arm: `v${number}`, rule: isTester ? 'testers' : null, reason: 'split' },
    classification: classification(
      { model: 'clothes', version: number },
      isTester ? { Coat: 0.9, Shirt: 0.1 } : { Shirt: 0.8, Coat: 0.2 },
    ),
  };
};

async function open() {
  const page = await renderPage(<PlaygroundArea />, {
    models: [clothes],
    routes: [shop],
    handlers: {
      ...inferring(() => ({ Shirt: 1, Coat: 0 })),
      'routes.classify': async ({ headers }) => answer(headers),
    },
  });
  act(() => page.services.router.navigate({ area: 'playground', model: 'shop', version: null }));
  page.engine.nextPictures = { pictures: [picture('coat.png')], refused: [] };
  await act(async () => page.services.pictures.choose());
  return page;
}
const type = (label: string, value: string): void => {
  fireEvent.change(screen.getByRole('textbox', { name: label }), { target: { value } });
};

test('a route is asked as a client would, and its answer names arm, version and reason', async () => {
  const { engine } = await open();
  expect(await screen.findByText('Arm v1, by the split for everyone else')).toBeDefined();
  expect(screen.getByText('Answer of version 1')).toBeDefined();
  expect(engine.inputsOf('routes.classify')).toEqual([
    { route: 'shop', picture: 'coat.png', top: 10_000, headers: {} },
  ]);
  expect(engine.inputsOf('inference.classify')).toEqual([]);
  expect(screen.getByRole('option', { selected: true }).textContent).toContain('shop1');
});

test('what the route looks at has a field, and others can be added; both are sent', async () => {
  const { engine } = await open();
  type('x-user', 'ann');
  type('x-team', 'qa');
  fireEvent.click(screen.getByRole('button', { name: 'Add header' }));
  type('Name of header 1', 'X-Office');
  type('Value of header 1', 'north');
  fireEvent.click(screen.getByRole('button', { name: 'Run' }));
  expect(await screen.findByText('Arm v3, by the audience Testers')).toBeDefined();
  expect(engine.inputsOf('routes.classify').at(-1)).toMatchObject({
    headers: { 'x-user': 'ann', 'x-team': 'qa', 'x-office': 'north' },
  });
  // both versions have answered for the same picture now
  expect(screen.getByText(/Version 1 says Shirt/)).toBeDefined();
  fireEvent.click(screen.getByRole('button', { name: 'Remove X-Office' }));
  expect(screen.queryByRole('textbox', { name: 'Name of header 1' })).toBeNull();
});

test('a header that cannot be one is said beside its field', async () => {
  await open();
  fireEvent.click(screen.getByRole('button', { name: 'Add header' }));
  type('Name of header 1', 'x:y');
  expect(screen.getByText('This cannot be the name of a header')).toBeDefined();
});

test('thumbs say whether it was right, change their mind and take it back', async () => {
  const { engine } = await open();
  const thumb = async (name: string) => {
    await act(async () => fireEvent.click(await screen.findByRole('button', { name })));
    return screen.getByRole('button', { name }).getAttribute('aria-pressed');
  };
  expect(await thumb('Right')).toBe('true');
  expect(await thumb('Wrong')).toBe('true');
  expect(screen.getByRole('button', { name: 'Right' }).getAttribute('aria-pressed')).toBe('false');
  expect(await thumb('Wrong')).toBe('false');
  expect(engine.inputsOf('routes.feedback')).toEqual(
    ['right', 'wrong', null].map((outcome) => ({ route: 'shop', requestId: 'request-1', outcome })),
  );
});

test('a verdict that the engine does not take is not shown as given', async () => {
  const { engine } = await open();
  const right = await screen.findByRole('button', { name: 'Right' });
  engine.failNext('routes.feedback', new AppError('ROUTE_REQUEST_UNKNOWN', { route: 'shop' }));
  await act(async () => fireEvent.click(right));
  expect(await screen.findByRole('alert')).toBeDefined();
  expect(right.getAttribute('aria-pressed')).toBe('false');
});

test('its versions are compared on the picture at hand', async () => {
  const { services } = await open();
  const gone: Route[] = [];
  services.router.store.subscribe((state) => gone.push(currentRoute(state)));
  fireEvent.click(screen.getByRole('button', { name: 'Compare the versions behind the route' }));
  expect(gone[0]).toEqual({
    area: 'compare',
    versions: [
      { model: 'clothes', version: 1 },
      { model: 'clothes', version: 3 },
    ],
  });
  expect(services.compare.store.getState().pictures.map(({ name }) => name)).toEqual(['coat.png']);
});

test('the route itself is opened from here', async () => {
  const { services } = await open();
  const gone: Route[] = [];
  services.router.store.subscribe((state) => gone.push(currentRoute(state)));
  fireEvent.click(screen.getByRole('button', { name: 'Open route' }));
  expect(gone[0]).toMatchObject({ area: 'endpoints', shown: { kind: 'route', name: 'shop' } });
});

test('without an arm that is available nothing can be run, and it says so', async () => {
  const page = await open();
  act(() => {
    page.engine.changeVersion('clothes', 1, { lifecycle: 'onDisk' });
    page.engine.changeVersion('clothes', 3, { lifecycle: 'onDisk' });
    page.engine.routes.put(shop); // the engine tells of routes whose arms came or went
  });
  const run = await screen.findByRole('button', { name: 'Run' });
  await waitFor(() => expect(run.title).toContain('No arm of shop is available'));
  expect(run.getAttribute('aria-disabled')).toBe('true');
});
