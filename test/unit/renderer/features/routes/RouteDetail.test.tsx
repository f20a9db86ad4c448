// @vitest-environment happy-dom
import { act, cleanup, configure, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, test } from 'vitest';
import { AppError } from '../../../../../app/base/errors';
import { noRequestFigures } from '../../../../../app/contract/endpoints';
import type { Route } from '../../../../../app/contract/routes';
import { EndpointsArea } from '../../../../../renderer/features/endpoints/EndpointsArea';
import { aRoute, armFigures } from '../../../../support/fake-routes';
import { type RenderedPage, renderPage } from '../../../../support/render-page';
import { aModel, anAvailableVersion, aVersion } from '../../../../support/sample-models';

configure({ asyncUtilTimeout: 8_000 }); // a busy machine is slow, not wrong
afterEach(cleanup);

const clothes = aModel('clothes', {
  versions: [anAvailableVersion(3), anAvailableVersion(2), anAvailableVersion(1)],
});
const shop = aRoute('shop', 'clothes', { v1: 90, v2: 10 });
const withShadow: Partial<Route> = {
  arms: [...shop.arms, { id: 'v3', model: 'clothes', version: 3, label: null, isStopped: false }],
  shadow: { arm: 'v3', percent: 25, isOn: true },
};

async function open(route: Route = shop, options: Parameters<typeof renderPage>[1] = {}) {
  const page = await renderPage(<EndpointsArea />, { models: [clothes], routes: [route], ...options });
  act(() => page.services.routeActions.open(route.name));
  await screen.findByRole('heading', { name: route.name });
  return page;
}
/** Figures are written with spaces that do not break. */
const plain = (text: string | null | undefined): string => (text ?? '').replaceAll('\u00a0', ' ');
const slider = (arm: string): HTMLInputElement => screen.getByRole('slider', { name: `Share of ${arm}` });
const number = (arm: string): HTMLInputElement =>
  screen.getByRole('textbox', { name: `Share of ${arm}, in per cent` });
const slide = (arm: string, value: number): void => {
  slider(arm).focus();
  fireEvent.change(slider(arm), { target: { value: String(value) } });
};
const changes = (): HTMLElement => screen.getByRole('group', { name: 'Changes that are not applied' });
/** What they would do, in words. */
const words = (): string =>
  plain(screen.getByRole('region', { name: 'What the changes would do' }).textContent);
const applied = ({ engine }: RenderedPage): Route => engine.routes.route('shop');
const apply = async (): Promise<void> => {
  const button = within(changes()).getByRole('button', { name: 'Apply' });
  await waitFor(() => expect(button.getAttribute('aria-disabled')).toBeNull());
  await act(async () => fireEvent.click(button));
};
const choose = async (picker: string, option: RegExp | string): Promise<void> => {
  fireEvent.click(screen.getByRole('combobox', { name: picker }));
  const chosen = await screen.findByRole('option', { name: option });
  fireEvent.pointerDown(chosen, { pointerType: 'mouse' });
  fireEvent.click(chosen, { detail: 1 });
};
const chooseItem = async (button: string, item: string): Promise<void> => {
  fireEvent.click(screen.getByRole('button', { name: button }));
  fireEvent.click(await screen.findByRole('menuitem', { name: item }));
};

describe('the list', () => {
  test('has the server and the routes with their requests a second', async () => {
    const { engine } = await open();
    act(() => engine.tell('routes.counted', [{ route: 'shop', requestsPerSecond: 42.3, requests: 900 }]));
    const list = screen.getByRole('list', { name: 'Routes' });
    expect(within(list).getByRole('link').textContent).toBe('shop42.3');
    expect(screen.getByRole('link', { name: /This computer/ })).toBeDefined();
  });

  test('is walked by arrows, and Enter goes into the route', async () => {
    const { services } = await open();
    const server = screen.getByRole('link', { name: /This computer/ });
    fireEvent.keyDown(screen.getByRole('link', { name: /shop/ }), { key: 'ArrowUp' });
    expect(services.router.route()).toMatchObject({ shown: { kind: 'server' } });
    fireEvent.keyDown(server, { key: 'ArrowDown' });
    fireEvent.keyDown(screen.getByRole('link', { name: /shop/ }), { key: 'Enter' });
    await waitFor(() => expect(document.activeElement?.textContent).toBe('shop'));
    fireEvent.keyDown(document.activeElement as Element, { key: 'Escape' });
    expect(document.activeElement).toBe(screen.getByRole('link', { name: /shop/ }));
  });

  test('without routes says what one is, and begins one', async () => {
    await renderPage(<EndpointsArea />, { models: [clothes] });
    expect(screen.getByText('No routes yet')).toBeDefined();
    fireEvent.click(screen.getAllByRole('button', { name: 'New route' }).at(-1) as HTMLElement);
    expect(await screen.findByRole('heading', { name: 'New route' })).toBeDefined();
  });
});

describe('a weight', () => {
  test('moved by the slider takes from the others, and says what would happen before it is applied', async () => {
    const page = await open();
    slide('Version 2', 30);
    expect(number('Version 1').value).toBe('70');
    await waitFor(() => expect(words()).toContain('70 % to Version 1 and 30 % to Version 2'));
    expect(words()).toContain('20 % of all requests would get another arm');
    expect(applied(page).split[1]?.weight).toBe(10);
    await apply();
    expect(applied(page).split).toEqual([
      { arm: 'v1', weight: 70 },
      { arm: 'v2', weight: 30 },
    ]);
    expect(screen.queryByRole('group', { name: 'Changes that are not applied' })).toBeNull();
  });

  test('typed as a number is taken with two decimals', async () => {
    const page = await open();
    number('Version 2').focus();
    fireEvent.change(number('Version 2'), { target: { value: '0.25' } });
    expect(number('Version 1').value).toBe('99.75');
    await apply();
    expect(applied(page).split[1]?.weight).toBe(0.25);
  });

  test('that is no number is said beside the field, and changes nothing', async () => {
    await open();
    fireEvent.change(number('Version 2'), { target: { value: '1000' } });
    expect(screen.getByText('0 to 100, with at most two decimals')).toBeDefined();
    expect(slider('Version 1').value).toBe('90');
    fireEvent.blur(number('Version 2'));
    expect(number('Version 2').value).toBe('10');
  });

  test('dragged to the end and back leaves the others as they were', async () => {
    await open(aRoute('shop', 'clothes', { v1: 60, v2: 30, v3: 10 }));
    slide('Version 1', 100);
    expect([slider('Version 2').value, slider('Version 3').value]).toEqual(['0', '0']);
    fireEvent.change(slider('Version 1'), { target: { value: '60' } });
    expect([slider('Version 2').value, slider('Version 3').value]).toEqual(['30', '10']);
    expect(screen.queryByRole('group', { name: 'Changes that are not applied' })).toBeNull();
  });

  test('given up goes back to what is applied', async () => {
    await open();
    slide('Version 2', 30);
    fireEvent.click(within(changes()).getByRole('button', { name: 'Cancel' }));
    expect(number('Version 2').value).toBe('10');
  });

  test('waits, not applied, while one is elsewhere', async () => {
    const { services } = await open();
    slide('Version 2', 30);
    act(() => services.router.navigate({ area: 'endpoints', shown: { kind: 'server' } }));
    expect(screen.getByRole('link', { name: /shop/ }).title).toBe('shop has changes that are not applied');
    act(() => services.routeActions.open('shop'));
    expect(number('Version 2').value).toBe('30');
  });

  test('that somebody else has overtaken says so, also when an arm was stopped here meanwhile', async () => {
    const { engine } = await open();
    slide('Version 2', 30);
    await act(async () => fireEvent.click(screen.getByRole('button', { name: 'Stop Version 1' })));
    expect(words()).not.toContain('The route was changed meanwhile');
    act(() => engine.routes.put({ ...engine.routes.route('shop'), fallback: ['v1'] }));
    await waitFor(() => expect(words()).toContain('The route was changed meanwhile'));
    fireEvent.click(within(changes()).getByRole('button', { name: 'Cancel' }));
    slide('Version 2', 40);
    expect(words()).not.toContain('The route was changed meanwhile');
  });

  test('that was applied is taken back by Undo', async () => {
    const page = await open();
    slide('Version 2', 30);
    await apply();
    const head = screen.getByRole('heading', { name: 'shop' }).parentElement as HTMLElement;
    await act(async () => fireEvent.click(within(head).getByRole('button', { name: 'Undo' })));
    expect(applied(page)).toEqual(shop);
    await waitFor(() => expect(number('Version 2').value).toBe('10'));
    expect(within(head).queryByRole('button', { name: 'Undo' })).toBeNull();
  });

  test('that the engine refuses stays, with the reason', async () => {
    const page = await open();
    slide('Version 2', 30);
    page.engine.failNext('routes.save', new AppError('ROUTE_INVALID', { reason: 'Not so.' }));
    await apply();
    expect(await screen.findByRole('alert')).toBeDefined();
    expect(number('Version 2').value).toBe('30');
  });
});

describe('arms', () => {
  test('are stopped in one press, without a draft, and started again', async () => {
    const page = await open();
    await act(async () => fireEvent.click(screen.getByRole('button', { name: 'Stop Version 2' })));
    expect(applied(page).arms[1]?.isStopped).toBe(true);
    expect(screen.queryByRole('group', { name: 'Changes that are not applied' })).toBeNull();
    const row = screen.getByRole('row', { name: 'Version 2' });
    await waitFor(() => expect(within(row).getByRole('status').textContent).toBe('Stopped'));
    expect(screen.getByText('stopped, gets nothing')).toBeDefined();
    await act(async () => fireEvent.click(screen.getByRole('button', { name: 'Start Version 2' })));
    expect(applied(page)).toEqual(shop);
  });

  test('that are stopped while something else is changed stay stopped when that is applied', async () => {
    const page = await open();
    slide('Version 2', 30);
    await act(async () => fireEvent.click(screen.getByRole('button', { name: 'Stop Version 1' })));
    await waitFor(() => expect(words()).toContain('100 % to Version 2'));
    await apply();
    expect(applied(page).arms[0]?.isStopped).toBe(true);
    expect(applied(page).split[1]?.weight).toBe(30);
  });

  test('are added with a share of nothing, changed and removed', async () => {
    const page = await open();
    fireEvent.click(screen.getByRole('button', { name: 'Add arm' }));
    const dialog = await screen.findByRole('dialog', { name: 'Add arm' });
    const id = within(dialog).getByRole('textbox', { name: 'Name' }) as HTMLInputElement;
    expect(id.value).toBe('v3'); // the version that no arm leads to yet
    fireEvent.change(id, { target: { value: 'V 3' } });
    expect(
      within(dialog).getByText('Use up to 32 lower-case letters, digits, dashes and dots'),
    ).toBeDefined();
    fireEvent.change(id, { target: { value: 'newest' } });
    fireEvent.submit(id);
    await waitFor(() => expect(slider('Version 3').value).toBe('0'));
    await apply();
    expect(applied(page).arms[2]).toEqual({
      id: 'newest',
      model: 'clothes',
      version: 3,
      label: null,
      isStopped: false,
    });

    await chooseItem('More actions for Version 3', 'Remove arm');
    await apply();
    expect(applied(page)).toEqual(shop);
  });

  test('say their requests, failures, time, confidence and what people said', async () => {
    const page = await open();
    page.engine.routes.setFigures('shop', {
      requests: 1_000,
      arms: [
        armFigures('v1', 900, {
          failed: 2,
          confidence: { mean: 0.87, count: 898 },
          outcomes: { right: 9, wrong: 1 },
        }),
        armFigures('v2', 100),
      ],
    });
    act(() => page.engine.tell('routes.counted', [{ route: 'shop', requestsPerSecond: 1, requests: 1_000 }]));
    const row = screen.getByRole('row', { name: 'Version 1' });
    await waitFor(() => expect(plain(row.textContent)).toContain('90020.5 ms87.0 %9 of 10'));
  });

  test('whose version is not loaded say so', async () => {
    await open(shop, {
      models: [aModel('clothes', { versions: [aVersion(2), anAvailableVersion(1)] })],
    });
    const row = screen.getByRole('row', { name: 'Version 2' });
    expect(within(row).getByRole('status').textContent).toBe('Not loaded');
  });
});

describe('rules', () => {
  test('an audience is built from conditions, and applied', async () => {
    const page = await open();
    fireEvent.click(screen.getByRole('button', { name: 'Add audience' }));
    fireEvent.change(screen.getByRole('textbox', { name: 'Name of the audience' }), {
      target: { value: 'Testers' },
    });
    await waitFor(() => expect(words()).toContain('Name what is to be looked at.'));
    const header = screen.getByRole('textbox', { name: 'Name, condition 1' });
    fireEvent.change(header, { target: { value: 'authorization' } });
    fireEvent.blur(header);
    expect(
      await screen.findByText('authorization holds a secret, which routes never look at.'),
    ).toBeDefined();
    fireEvent.change(header, { target: { value: 'x-team' } });
    fireEvent.change(screen.getByRole('textbox', { name: 'Values, condition 1' }), {
      target: { value: 'qa, "a, b"' },
    });
    await apply();
    expect(applied(page).rules).toEqual([
      {
        id: 'audience',
        name: 'Testers',
        when: [{ from: 'header', name: 'x-team', test: 'is', values: ['qa', 'a, b'] }],
        split: [{ arm: 'v2', weight: 100 }],
      },
    ]);
    fireEvent.click(screen.getByRole('button', { name: 'Close audience Testers' }));
    expect(screen.getByText('header x-team is qa or a, b')).toBeDefined();
  });

  test('audiences change places by buttons, and the first cannot go further up', async () => {
    const rule = (id: string) => ({
      id,
      name: id,
      when: [{ from: 'header' as const, name: 'x-team', test: 'is' as const, values: [id] }],
      split: [{ arm: 'v2', weight: 100 }],
    });
    const page = await open({ ...shop, rules: [rule('a'), rule('b')] });
    const up = screen.getByRole('button', { name: 'Move audience a up' });
    expect(up.getAttribute('aria-disabled')).toBe('true');
    fireEvent.click(screen.getByRole('button', { name: 'Move audience b up' }));
    await apply();
    expect(applied(page).rules.map(({ id }) => id)).toEqual(['b', 'a']);
    await chooseItem('More actions for audience b', 'Remove audience');
    await apply();
    expect(applied(page).rules.map(({ id }) => id)).toEqual(['a']);
  });

  test('a sticky key is set, and taken away', async () => {
    const page = await open();
    fireEvent.click(screen.getByRole('button', { name: 'Change the sticky key' }));
    fireEvent.click(screen.getByRole('checkbox', { name: 'Keep callers with their arm, by' }));
    await choose('Where to look, Sticky key', 'Body context');
    fireEvent.change(screen.getByRole('textbox', { name: 'Name, Sticky key' }), {
      target: { value: 'user' },
    });
    await apply();
    expect(applied(page).stickyBy).toEqual({ from: 'context', name: 'user' });
    expect(screen.getByText('sticky by context user')).toBeDefined();
  });

  test('the fallback order is changed by buttons', async () => {
    const page = await open();
    fireEvent.click(screen.getByRole('button', { name: 'Change the fallback order' }));
    fireEvent.click(screen.getByRole('button', { name: 'Move Version 2 earlier in the fallback order' }));
    await apply();
    expect(applied(page).fallback).toEqual(['v2', 'v1']);
    fireEvent.click(screen.getByRole('button', { name: 'Take Version 2 out of the fallback order' }));
    fireEvent.click(screen.getByRole('button', { name: 'Take Version 1 out of the fallback order' }));
    await apply();
    expect(applied(page).fallback).toEqual([]);
    expect(await screen.findByText('No arm steps in when another one is not available.')).toBeDefined();
  });

  test('overflow and a shadow are added and taken away', async () => {
    const page = await open();
    await chooseItem('Add a rule', 'Add overflow');
    fireEvent.change(screen.getByRole('textbox', { name: 'Requests that wait before overflow begins' }), {
      target: { value: '32' },
    });
    await chooseItem('Add a rule', 'Add shadow');
    await choose('Arm that gets copies', 'Version 1');
    await apply();
    expect(applied(page).overflow).toEqual({ arm: 'v1', whenWaiting: 32 });
    expect(applied(page).shadow).toEqual({ arm: 'v1', percent: 100, isOn: true });
    expect(await screen.findByText(/Arm v1 also answers/)).toBeDefined();
    fireEvent.click(screen.getByRole('button', { name: 'Remove overflow' }));
    fireEvent.click(screen.getByRole('button', { name: 'Remove shadow' }));
    await apply();
    expect(applied(page)).toEqual(shop);
  });
});

describe('the shadow', () => {
  const figures = {
    arm: 'v3',
    copied: 100,
    dropped: 0,
    failed: 1,
    compared: 99,
    agreed: 90,
    differed: 9,
    kept: 9,
  };
  const answer = (label: string, version: number) => ({
    arm: `v${version}`,
    model: 'clothes',
    version,
    gist: { kind: 'classes' as const, rows: [{ label, confidence: 0.5 }] },
  });

  test('is switched off at once', async () => {
    const page = await open({ ...shop, ...withShadow });
    await act(async () => fireEvent.click(screen.getByRole('switch', { name: 'Shadow Version 3' })));
    expect(applied(page).shadow?.isOn).toBe(false);
  });

  test('says how often it agrees, and opens what differs in Compare', async () => {
    const picture = {
      id: 'p1',
      name: 'coat.png',
      bytes: 1,
      width: 28,
      height: 28,
      format: 'png',
      urls: { view: '', thumb: '' },
    };
    const page = await open(
      { ...shop, ...withShadow },
      {
        handlers: {
          'routes.differing': async () => [
            {
              id: 7,
              requestId: 'r7',
              atMs: 1,
              given: answer('Coat', 1),
              shadow: answer('Shirt', 3),
              hasPicture: true,
            },
            {
              id: 6,
              requestId: 'r6',
              atMs: 0,
              given: answer('Bag', 1),
              shadow: answer('Coat', 3),
              hasPicture: false,
            },
          ],
          'routes.openDiffering': async ({ ids }) => ids.map((id) => ({ id, picture })),
        },
      },
    );
    page.engine.routes.setFigures('shop', { shadow: figures });
    act(() => page.engine.tell('routes.counted', [{ route: 'shop', requestsPerSecond: 1, requests: 100 }]));
    expect(plain((await screen.findByText(/Of 99 compared/)).textContent)).toBe(
      'Of 99 compared, 90.9 % agree with the answer given. 1 copy failed.',
    );
    fireEvent.click(screen.getByRole('button', { name: 'Open 9 that differ' }));
    const dialog = await screen.findByRole('dialog', { name: 'Answers that differ' });
    expect(await within(dialog).findByText(/Shirt/)).toBeDefined();
    await act(async () => fireEvent.click(within(dialog).getByRole('button', { name: 'Compare 1 picture' })));
    await waitFor(() =>
      expect(page.services.router.route()).toEqual({
        area: 'compare',
        versions: [
          { model: 'clothes', version: 1 },
          { model: 'clothes', version: 3 },
        ],
      }),
    );
    expect(page.services.compare.store.getState().pictures).toEqual([picture]);
  });
});

describe('at work', () => {
  test('shares, whether the split is kept, and the same as a table', async () => {
    const page = await open();
    page.engine.routes.setFigures('shop', {
      requests: 1_000,
      arms: [armFigures('v1', 880), armFigures('v2', 120)],
      checks: [
        { rule: null, arm: 'v1', got: 880, of: 1_000, expected: 0.9, low: 0.881, high: 0.919, isKept: false },
        { rule: null, arm: 'v2', got: 120, of: 1_000, expected: 0.1, low: 0.081, high: 0.119, isKept: false },
      ],
      series: {
        fromMs: 1_000_000,
        stepMs: 10_000,
        arms: [
          { arm: 'v1', requests: [440, 440, 1] },
          { arm: 'v2', requests: [0, 120, 1] },
        ],
      },
      changes: [{ atMs: 1_010_000, split: shop.split }],
    });
    act(() =>
      page.engine.tell('routes.counted', [{ route: 'shop', requestsPerSecond: 50, requests: 1_000 }]),
    );
    expect(plain((await screen.findByText(/The split is not kept/)).textContent)).toBe(
      'The split is not kept: Version 2 got 120 of 1,000, that is 12.00 %. Chance alone gives 8.10 to 11.90.',
    );
    const shares = screen.getByRole('img', { name: /% to Version 1 and/ });
    expect(plain(shares.getAttribute('aria-label'))).toBe('88 % to Version 1 and 12 % to Version 2');
    expect(screen.getByText('Split 90 / 10 applied')).toBeDefined();

    const chart = screen.getByRole('img', { name: /At most 56 requests a second/ });
    expect(chart.getAttribute('aria-label')).toContain('the route was changed once');
    fireEvent.keyDown(chart, { key: 'ArrowLeft' });
    expect(within(chart).getByRole('status').textContent).toContain('Together: 56.0/s');

    fireEvent.click(screen.getByRole('button', { name: 'Show as table' }));
    const rows = within(screen.getByRole('table', { name: 'Requests a second by arm' })).getAllByRole('row');
    expect(rows).toHaveLength(3);
    expect(rows[1]?.textContent).toContain('44.012.056.090 / 10');
  });

  test('another window is asked for', async () => {
    const { engine } = await open();
    fireEvent.click(await screen.findByRole('button', { name: '1 h' }));
    await waitFor(() =>
      expect(engine.inputsOf('routes.figures').at(-1)).toEqual({ route: 'shop', window: '1h' }),
    );
  });

  test('a dry run shows who would go where, before it is applied', async () => {
    const page = await open(shop, {
      handlers: {
        'routes.dryRun': async () => ({
          requests: 1_000,
          fromMs: 0,
          untilMs: 1_000,
          arms: [
            { arm: 'v1', before: 900, after: 700 },
            { arm: 'v2', before: 100, after: 300 },
          ],
          rules: [{ rule: null, requests: 1_000 }],
          moved: 200,
          unanswered: 3,
          copied: 0,
          examples: [{ requestId: 'r1', atMs: 5, key: 'ann', from: 'v1', to: 'v2', rule: null }],
        }),
      },
    });
    slide('Version 2', 30);
    fireEvent.click(within(changes()).getByRole('button', { name: 'Dry run' }));
    const dialog = await screen.findByRole('dialog', { name: 'Dry run of shop' });
    expect(plain((await within(dialog).findByText(/would get another arm/)).textContent)).toBe(
      '200 of 1,000 requests would get another arm, that is 20 %.',
    );
    expect(within(dialog).getByText('3 requests would find no arm available.')).toBeDefined();
    const arms = within(dialog).getByRole('table', { name: 'Requests by arm' });
    expect(plain(within(arms).getAllByRole('row')[2]?.textContent)).toContain('10030030 %');
    expect(within(dialog).getByRole('row', { name: /ann/ })).toBeDefined();
    const rules = within(dialog).getByRole('table', { name: 'Requests by rule' });
    expect(plain(within(rules).getAllByRole('row')[1]?.textContent)).toBe('Everyone1,000100 %');
    expect(page.engine.inputsOf('routes.dryRun')).toMatchObject([
      { replaces: 'shop', draft: { name: 'shop' } },
    ]);
  });

  test('while endpoints are off it says who can reach it, and turns them on', async () => {
    const { engine } = await open();
    expect(screen.getByText(/only the Playground reaches this route/)).toBeDefined();
    fireEvent.click(screen.getByRole('button', { name: 'Turn endpoints on' }));
    await waitFor(() => expect(engine.inputsOf('endpoints.set')).toEqual([{ isOn: true }]));
    await waitFor(() => expect(screen.queryByText(/only the Playground reaches this route/)).toBeNull());
  });

  test('its requests are listed with the arm they went to', async () => {
    const { engine } = await open();
    const request = (number: number, model: string) => ({
      number,
      requestId: `r${number}`,
      atMs: 1,
      entrypoint: 'REST' as const,
      path: 'POST /v1/models/shop:classify',
      httpStatus: 200,
      api: 'Predict',
      model,
      version: 2,
      decision: { arm: 'v2', rule: null, reason: 'fallback' as const },
      status: 'OK' as const,
      durationMs: 1,
      caller: null,
    });
    fireEvent.click(screen.getByRole('tab', { name: 'Requests' }));
    expect(await screen.findByText('No requests to this route yet')).toBeDefined();
    act(() =>
      engine.tell('endpoints.requested', {
        requests: [request(1, 'clothes'), request(2, 'shop')],
        figures: noRequestFigures,
      }),
    );
    const rows = within(await screen.findByRole('table', { name: 'Requests' })).getAllByRole('row');
    expect(rows).toHaveLength(2);
    expect(within(rows[1] as HTMLElement).getByText('Version 2').title).toContain('not available');
  });
});

describe('a route', () => {
  test('is built over the model that most likely needs one, and opened', async () => {
    const page = await renderPage(<EndpointsArea />, { models: [clothes, aModel('small')] });
    act(() => page.services.router.navigate({ area: 'endpoints', shown: { kind: 'newRoute' } }));
    const name = (await screen.findByRole('textbox', { name: 'Name' })) as HTMLInputElement;
    expect(name.value).toBe('clothes-split');
    fireEvent.change(name, { target: { value: 'clothes' } });
    expect(await screen.findByText('A model or another route is already called clothes.')).toBeDefined();
    fireEvent.change(name, { target: { value: 'shop' } });
    const create = screen.getByRole('button', { name: 'Create route' });
    await waitFor(() => expect(create.getAttribute('aria-disabled')).toBeNull());
    await act(async () => fireEvent.click(create));
    expect(applied(page).split).toEqual([
      { arm: 'v2', weight: 90 },
      { arm: 'v3', weight: 10 },
    ]);
    expect(await screen.findByRole('heading', { name: 'shop' })).toBeDefined();
  });

  test('is built from another model when that is chosen', async () => {
    const page = await renderPage(<EndpointsArea />, { models: [clothes, aModel('small')] });
    act(() => page.services.router.navigate({ area: 'endpoints', shown: { kind: 'newRoute' } }));
    await choose('Start from', 'small');
    await waitFor(() =>
      expect((screen.getByRole('textbox', { name: 'Name' }) as HTMLInputElement).value).toBe('small-split'),
    );
  });

  test('without a model says that one is needed', async () => {
    const page = await renderPage(<EndpointsArea />);
    act(() => page.services.router.navigate({ area: 'endpoints', shown: { kind: 'newRoute' } }));
    expect(await screen.findByText(/A route leads to models/)).toBeDefined();
  });

  test('is deleted after a question, and comes back by Undo', async () => {
    const page = await open();
    await chooseItem('More actions for shop', 'Delete route');
    const question = await screen.findByRole('alertdialog', { name: 'Delete route shop?' });
    await act(async () => fireEvent.click(within(question).getByRole('button', { name: 'Delete route' })));
    expect(await screen.findByText('There is no route shop')).toBeDefined();
    await act(async () => page.services.actions.undoLast());
    expect(await screen.findByRole('heading', { name: 'shop' })).toBeDefined();
  });

  test('has its commands in the palette while it is in sight', async () => {
    const { services } = await open();
    const titles = services.commands.list().map(({ title }) => title);
    expect(titles).toContain('Delete route shop');
    expect(titles).toContain('Stop Version 2');
    act(() => services.router.navigate({ area: 'endpoints', shown: { kind: 'server' } }));
    expect(services.commands.get('routes.remove')).toBeUndefined();
  });
});
