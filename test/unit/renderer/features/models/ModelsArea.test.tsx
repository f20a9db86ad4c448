// @vitest-environment happy-dom
import { act, cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, test } from 'vitest';
import { AppError } from '../../../../../app/base/errors';
import { ModelsArea } from '../../../../../renderer/features/models/ModelsArea';
import { aRoute } from '../../../../support/fake-routes';
import { renderPage } from '../../../../support/render-page';
import { aModel, anAvailableVersion, aVersion } from '../../../../support/sample-models';

afterEach(cleanup);

const failure = new AppError(
  'MODEL_FILE_TRUNCATED',
  { file: 'model.onnx' },
  { detail: 'at byte 12' },
).toWire();
const digits = aModel('digits', {
  versions: [
    anAvailableVersion(3, { inFlight: 2 }),
    aVersion(2),
    aVersion(1, { lifecycle: 'failed', isAspired: true, error: failure }),
  ],
});
const flowers = aModel('flowers', { versions: [aVersion(1)] });

const versionRow = (name: string): HTMLElement => screen.getByRole('row', { name });
const press = (target: Element, key: string): boolean => fireEvent.keyDown(target, { key, code: key });

describe('the list of models', () => {
  test('shows each model as a row with its state, and the first one in full', async () => {
    await renderPage(<ModelsArea />, { models: [flowers, digits] });
    const list = screen.getByRole('table', { name: 'Models' });
    const row = within(list).getByRole('row', { name: 'digits' });
    expect(within(row).getByRole('status').textContent).toBe('Available');
    expect(row.getAttribute('aria-selected')).toBe('true');
    expect(within(row).getByRole('img', { name: '1 version failed' })).toBeDefined();
    expect(screen.getByRole('heading', { name: 'digits' })).toBeDefined();
  });

  test('follows what the engine reports', async () => {
    const { engine } = await renderPage(<ModelsArea />, { models: [flowers] });
    act(() => engine.changeVersion('flowers', 1, { lifecycle: 'available', residentBytes: 10_000_000 }));
    const row = within(screen.getByRole('table', { name: 'Models' })).getByRole('row', { name: 'flowers' });
    expect(within(row).getByRole('status').textContent).toBe('Available');
    expect(row.textContent).toContain('10');
  });

  test('arrows choose the next model, and only the chosen row is in the tab order', async () => {
    await renderPage(<ModelsArea />, { models: [digits, flowers] });
    const list = screen.getByRole('table', { name: 'Models' });
    press(within(list).getByRole('row', { name: 'digits' }), 'ArrowDown');
    expect(screen.getByRole('heading', { name: 'flowers' })).toBeDefined();
    expect(within(list).getByRole('row', { name: 'flowers' }).tabIndex).toBe(0);
    expect(within(list).getByRole('row', { name: 'digits' }).tabIndex).toBe(-1);
  });

  test('has routes among the models, marked as such; arrows pass over them, Enter opens one', async () => {
    const { services } = await renderPage(<ModelsArea />, {
      models: [digits, flowers],
      routes: [aRoute('digits-split', 'digits', { v3: 90, v2: 10 })],
    });
    const list = screen.getByRole('table', { name: 'Models' });
    const rows = within(list).getAllByRole('row').slice(1);
    expect(rows.map((row) => row.getAttribute('aria-label'))).toEqual([
      'digits',
      'Route digits-split',
      'flowers',
    ]);
    const route = within(list).getByRole('row', { name: 'Route digits-split' });
    expect(within(route).getByRole('status').textContent).toBe('Available');
    expect(route.textContent).toContain('1 of 2'); // version 2 is on disk only
    press(within(list).getByRole('row', { name: 'digits' }), 'ArrowDown');
    expect(route.tabIndex).toBe(0);
    expect(screen.getByRole('heading', { name: 'digits' })).toBeDefined();
    press(route, 'ArrowDown');
    expect(screen.getByRole('heading', { name: 'flowers' })).toBeDefined();
    press(within(list).getByRole('row', { name: 'flowers' }), 'ArrowUp');
    press(route, 'Enter');
    expect(services.router.route()).toMatchObject({ shown: { kind: 'route', name: 'digits-split' } });
  });

  test('a filter that finds nothing says so and can be cleared', async () => {
    await renderPage(<ModelsArea />, { models: [digits, flowers] });
    fireEvent.change(screen.getByRole('searchbox', { name: 'Find in list' }), {
      target: { value: 'resnet' },
    });
    expect(screen.getByRole('heading', { name: 'No models match "resnet"' })).toBeDefined();
    fireEvent.click(screen.getByRole('button', { name: 'Clear filter' }));
    expect(screen.getByRole('row', { name: 'flowers' })).toBeDefined();
  });

  test('a head orders the list, and again the other way round', async () => {
    await renderPage(<ModelsArea />, { models: [digits, flowers] });
    const list = screen.getByRole('table', { name: 'Models' });
    const names = (): (string | null)[] =>
      within(list)
        .getAllByRole('row')
        .slice(1)
        .map((row) => row.getAttribute('aria-label'));
    fireEvent.click(within(list).getByRole('button', { name: 'Name' }));
    expect(names()).toEqual(['flowers', 'digits']);
    expect(within(list).getByRole('columnheader', { name: 'Name' }).getAttribute('aria-sort')).toBe(
      'descending',
    );
  });

  test('a long list draws only what is in sight, and says how long it is', async () => {
    const many = Array.from({ length: 400 }, (_, index) => aModel(`model-${index}`));
    await renderPage(<ModelsArea />, { models: many });
    const list = screen.getByRole('table', { name: 'Models' });
    expect(within(list).getAllByRole('row').length).toBeLessThan(100);
    expect(list.getAttribute('aria-rowcount')).toBe('401');
  });
});

describe('one model in full', () => {
  test('a version is a row with its state, its numbers and its action', async () => {
    await renderPage(<ModelsArea />, { models: [digits] });
    const row = within(screen.getByRole('table', { name: 'Versions of digits' })).getByRole('row', {
      name: 'digits version 3',
    });
    expect(within(row).getByRole('status').textContent).toBe('Available');
    const cells = within(row)
      .getAllByRole('cell')
      .map((cell) => cell.textContent?.replaceAll('\u00a0', ' '));
    expect(cells.slice(1, 6)).toEqual(['Yes', '400 kB', '87 MB', '1.9 s', '2']);
    expect(within(row).getByRole('button', { name: 'Unload digits version 3' })).toBeDefined();
  });

  test('Unload asks the engine and the row follows, Load brings it back', async () => {
    const { engine } = await renderPage(<ModelsArea />, { models: [digits] });
    fireEvent.click(screen.getByRole('button', { name: 'Unload digits version 3' }));
    await waitFor(() =>
      expect(within(versionRow('digits version 3')).getByRole('status').textContent).toBe('Unloaded'),
    );
    expect(engine.inputsOf('models.unload')).toEqual([{ model: 'digits', version: 3 }]);
    fireEvent.click(screen.getByRole('button', { name: 'Load digits version 3' }));
    await waitFor(() => expect(engine.inputsOf('models.load')).toEqual([{ model: 'digits', version: 3 }]));
  });

  test('a failed version says why in plain words right there, with Retry and Details', async () => {
    const { engine } = await renderPage(<ModelsArea />, { models: [digits] });
    const reason = screen.getByRole('row', { name: 'Reason, version 1' });
    expect(reason.textContent).not.toContain('MODEL_FILE_TRUNCATED');
    fireEvent.click(within(reason).getByRole('button', { name: 'Details of version 1' }));
    expect(reason.textContent).toContain('MODEL_FILE_TRUNCATED');
    expect(reason.textContent).toContain('at byte 12');
    fireEvent.click(within(reason).getByRole('button', { name: 'Retry digits version 1' }));
    await waitFor(() => expect(engine.inputsOf('models.retry')).toEqual([{ model: 'digits', version: 1 }]));
  });

  test('a loading version shows its progress and can be cancelled', async () => {
    const loading = aModel('digits', {
      versions: [
        aVersion(1, { lifecycle: 'loading', attempt: 2, maxAttempts: 6, sinceMs: Date.now() - 3_000 }),
      ],
    });
    const { engine } = await renderPage(<ModelsArea />, { models: [loading] });
    const bar = screen.getByRole('progressbar', { name: 'Loading digits version 1' });
    expect(bar.getAttribute('aria-valuetext')).toContain('try 2 of 6');
    fireEvent.click(screen.getByRole('button', { name: 'Cancel loading digits version 1' }));
    await waitFor(() =>
      expect(engine.inputsOf('models.cancelLoad')).toEqual([{ model: 'digits', version: 1 }]),
    );
  });

  test('a version that waits says for what', async () => {
    const waiting = aModel('digits', {
      versions: [
        aVersion(1, {
          lifecycle: 'waiting',
          waitingFor: { needBytes: 1.2e9, freeBytes: 0.8e9, totalBytes: 2e9 },
        }),
      ],
    });
    await renderPage(<ModelsArea />, { models: [waiting] });
    expect(versionRow('digits version 1').textContent?.replaceAll('\u00a0', ' ')).toContain(
      'for memory (needs 1.2 GB, 800 MB free)',
    );
  });

  test('without versions it says what was expected', async () => {
    await renderPage(<ModelsArea />, { models: [aModel('digits', { versions: [] })] });
    expect(screen.getByRole('heading', { name: 'No versions found in digits' })).toBeDefined();
    expect(screen.getByRole('button', { name: 'Look again' })).toBeDefined();
  });

  test('when the policy asks for none it says so', async () => {
    const none = aModel('digits', { policy: { kind: 'specific', versions: [] }, versions: [aVersion(1)] });
    await renderPage(<ModelsArea />, { models: [none] });
    expect(screen.getByRole('heading', { name: 'All versions are unloaded' })).toBeDefined();
  });

  test('the lifecycle can be read as a table', async () => {
    await renderPage(<ModelsArea />, { models: [digits] });
    fireEvent.click(screen.getByRole('button', { name: 'Show as table' }));
    expect(screen.getByRole('table', { name: 'Lifecycle of digits' })).toBeDefined();
  });
});

describe('the policy', () => {
  const handlers = {
    'models.previewPolicy': async () => ({
      steps: [{ version: 2, action: 'load' as const, bytes: 85_000_000, afterVersion: null, refusal: null }],
      peakBytes: 172_000_000,
      budgetBytes: 512_000_000,
      hasGap: false,
    }),
  };

  test('a change is previewed in words, and nothing happens before Apply', async () => {
    const { engine } = await renderPage(<ModelsArea />, { models: [digits], handlers });
    fireEvent.click(screen.getByRole('radio', { name: 'All' }));
    const preview = screen.getByRole('group', { name: 'What applying will do' });
    await waitFor(() => expect(preview.textContent).toContain('Version 2 will load'));
    expect(engine.inputsOf('models.applyPolicy')).toEqual([]);
    fireEvent.click(within(preview).getByRole('button', { name: 'Apply' }));
    await waitFor(() => expect(screen.queryByRole('group', { name: 'What applying will do' })).toBeNull());
    expect(engine.inputsOf('models.applyPolicy')).toEqual([
      { model: 'digits', policy: { kind: 'all' }, switching: 'availabilityPreserving' },
    ]);
    expect(screen.getByRole('radio', { name: 'All' }).getAttribute('aria-checked')).toBe('true');
  });

  test('Cancel leaves everything as it was', async () => {
    const { engine } = await renderPage(<ModelsArea />, { models: [digits], handlers });
    fireEvent.click(screen.getByRole('radio', { name: 'Save memory' }));
    fireEvent.click(screen.getByRole('button', { name: 'Cancel' }));
    expect(screen.getByRole('radio', { name: 'Keep serving' }).getAttribute('aria-checked')).toBe('true');
    expect(engine.inputsOf('models.applyPolicy')).toEqual([]);
  });

  test('Specific ticks versions one by one', async () => {
    const { engine } = await renderPage(<ModelsArea />, { models: [digits], handlers });
    fireEvent.click(screen.getByRole('radio', { name: 'Specific' }));
    fireEvent.click(screen.getByRole('checkbox', { name: 'Version 2' }));
    fireEvent.click(screen.getByRole('button', { name: 'Apply' }));
    await waitFor(() =>
      expect(engine.inputsOf('models.applyPolicy')).toEqual([
        {
          model: 'digits',
          policy: { kind: 'specific', versions: [1, 2, 3] },
          switching: 'availabilityPreserving',
        },
      ]),
    );
  });

  test('a count that is no number is said at the field, and nothing else is applied in its place', async () => {
    const { engine } = await renderPage(<ModelsArea />, { models: [digits], handlers });
    const field = screen.getByRole('spinbutton', { name: 'How many of the latest' });
    fireEvent.change(field, { target: { value: '2' } });
    fireEvent.change(field, { target: { value: '0' } });
    expect(screen.getByRole('alert').textContent).toBe('A whole number from 1 to 999');
    fireEvent.click(screen.getByRole('button', { name: 'Apply' }));
    expect(engine.inputsOf('models.applyPolicy')).toEqual([]);
  });

  test('when the engine refuses to plan, the reason stands in the preview', async () => {
    const { engine } = await renderPage(<ModelsArea />, { models: [digits], handlers });
    engine.failNext('models.previewPolicy', new AppError('MODEL_NOT_FOUND', { model: 'digits' }));
    fireEvent.click(screen.getByRole('radio', { name: 'All' }));
    await waitFor(() => expect(screen.getByRole('alert').textContent).toContain('Model not found'));
  });
});

describe('removing a model', () => {
  test('asks with Cancel as the default, says that files stay, and can be undone', async () => {
    const { engine } = await renderPage(<ModelsArea />, { models: [digits, flowers] });
    fireEvent.click(screen.getByRole('button', { name: 'More actions for digits' }));
    fireEvent.click(await screen.findByRole('menuitem', { name: /Remove from list/ }));
    const dialog = await screen.findByRole('alertdialog', { name: 'Remove digits?' });
    expect(dialog.textContent).toContain('The files stay where they are.');
    expect(within(dialog).queryByRole('checkbox')).toBeNull();
    expect(engine.inputsOf('models.remove')).toEqual([]);
    fireEvent.click(within(dialog).getByRole('button', { name: 'Remove model' }));
    await waitFor(() => expect(screen.queryByRole('row', { name: 'digits' })).toBeNull());
    const notifications = screen.getByRole('region', { name: 'Notifications' });
    fireEvent.click(await within(notifications).findByRole('button', { name: 'Undo' }));
    await waitFor(() => expect(screen.getByRole('row', { name: 'digits' })).toBeDefined());
    await within(notifications).findByText('Model put back: digits');
  });
});

describe('removing a model whose files Slipway copied', () => {
  const copied = aModel('birds', { holdsCopies: true, versions: [anAvailableVersion(1)] });

  async function remove(isDeleting: boolean): Promise<unknown[]> {
    const { engine } = await renderPage(<ModelsArea />, { models: [copied] });
    fireEvent.click(screen.getByRole('button', { name: 'More actions for birds' }));
    fireEvent.click(await screen.findByRole('menuitem', { name: /Remove from list/ }));
    const dialog = await screen.findByRole('alertdialog', { name: 'Remove birds?' });
    const box = within(dialog).getByRole('checkbox', { name: 'Delete the copied files too' });
    if (isDeleting) fireEvent.click(box);
    fireEvent.click(within(dialog).getByRole('button', { name: 'Remove model' }));
    await waitFor(() => expect(engine.inputsOf('models.remove')).toHaveLength(1));
    return engine.inputsOf('models.remove');
  }

  test('the copies stay unless it is said', async () => {
    expect(await remove(false)).toEqual([{ model: 'birds', deletesCopies: false }]);
  });

  test('the copies go when it is said', async () => {
    expect(await remove(true)).toEqual([{ model: 'birds', deletesCopies: true }]);
  });
});

describe('first launch', () => {
  test('offers a folder and a sample, and the sample opens as a model', async () => {
    const { services } = await renderPage(<ModelsArea />, {
      handlers: { 'models.addSample': async () => ({ model: 'fashion-mnist', undo: null }) },
    });
    expect(screen.getByRole('heading', { level: 1, name: 'No models yet' })).toBeDefined();
    expect(screen.getByRole('button', { name: 'Add model folder' })).toBeDefined();
    fireEvent.click(screen.getByRole('button', { name: 'Try a sample model' }));
    await waitFor(() =>
      expect(services.router.route()).toEqual({ area: 'models', model: 'fashion-mnist', tab: 'versions' }),
    );
  });
});

describe('getting about by keyboard', () => {
  test('Enter goes from the list into the model, Escape back to its row', async () => {
    await renderPage(<ModelsArea />, { models: [digits, flowers] });
    const row = screen.getByRole('row', { name: 'digits' });
    press(row, 'Enter');
    await waitFor(() => expect(document.activeElement).toBe(screen.getByRole('heading', { name: 'digits' })));
    fireEvent.keyDown(screen.getByRole('heading', { name: 'digits' }), { key: 'Escape' });
    expect(document.activeElement).toBe(row);
  });

  test('versions are walked by arrows, and Space selects those to compare', async () => {
    const both = aModel('digits', { versions: [anAvailableVersion(2), anAvailableVersion(1), aVersion(0)] });
    const { services } = await renderPage(<ModelsArea />, { models: [both] });
    const first = versionRow('digits version 2');
    act(() => first.focus());
    press(first, ' ');
    press(first, 'ArrowDown');
    await waitFor(() => expect(document.activeElement).toBe(versionRow('digits version 1')));
    press(versionRow('digits version 1'), ' ');
    expect(versionRow('digits version 2').getAttribute('aria-selected')).toBe('true');
    act(() => void services.commands.run('models.compare'));
    expect(services.router.route()).toEqual({
      area: 'compare',
      versions: [
        { model: 'digits', version: 2 },
        { model: 'digits', version: 1 },
      ],
    });
  });

  test('commands act on the version whose row has the focus', async () => {
    const { engine, services } = await renderPage(<ModelsArea />, {
      models: [aModel('digits', { versions: [anAvailableVersion(3), anAvailableVersion(2)] })],
    });
    act(() => versionRow('digits version 2').focus());
    act(() => void services.commands.run('models.unload'));
    await waitFor(() => expect(engine.inputsOf('models.unload')).toEqual([{ model: 'digits', version: 2 }]));
  });
});
