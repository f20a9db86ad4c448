// @vitest-environment happy-dom
import { act, cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, test } from 'vitest';
import { ModelsArea } from '../../../../../renderer/features/models/ModelsArea';
import { renderPage } from '../../../../support/render-page';
import { aModel, anAvailableVersion, aVersion } from '../../../../support/sample-models';

afterEach(cleanup);

const versions = [
  anAvailableVersion(3, { loadsOnRequest: true }),
  aVersion(2, { loadsOnRequest: true, isAspired: true }),
  aVersion(1),
];
const always = aModel('digits', { versions: [anAvailableVersion(3), aVersion(2), aVersion(1)] });
const onDemand = aModel('digits', { loaded: 'onDemand', idleUnloadMs: 600_000, versions });
const row = (version: number): HTMLElement => screen.getByRole('row', { name: `digits version ${version}` });

describe('when versions are loaded', () => {
  test('is chosen beside the policy, takes effect at once and can be taken back', async () => {
    const { engine } = await renderPage(<ModelsArea />, { models: [always] });
    expect(screen.queryByRole('combobox', { name: 'Unload when unused for' })).toBeNull();
    const group = screen.getByRole('radiogroup', { name: 'When versions are loaded' });
    fireEvent.click(within(group).getByRole('radio', { name: 'On demand' }));
    await screen.findByText('digits is loaded on demand');
    expect(engine.inputsOf('models.setLoading')).toEqual([
      { model: 'digits', loaded: 'onDemand', idleUnloadMs: 600_000 },
    ]);
    await screen.findByRole('combobox', { name: 'Unload when unused for' });
    fireEvent.click(screen.getByRole('button', { name: 'Undo' }));
    await waitFor(() => expect(engine.model('digits').loaded).toBe('always'));
  });

  test('how long a version may lie unused is chosen among times, and never', async () => {
    const { engine } = await renderPage(<ModelsArea />, {
      models: [{ ...onDemand, idleUnloadMs: 90_000 }],
    });
    const time = screen.getByRole('combobox', { name: 'Unload when unused for' });
    fireEvent.click(time);
    const options = await screen.findAllByRole('option');
    expect(options.map(({ textContent }) => textContent?.replaceAll('\u00a0', ' '))).toEqual([
      '1 min',
      '1.5 min',
      '5 min',
      '10 min',
      '30 min',
      '1 h',
      '4 h',
      'Ever, unless memory is short',
    ]);
    const ever = screen.getByRole('option', { name: /Ever/ });
    fireEvent.pointerDown(ever, { pointerType: 'mouse' });
    fireEvent.click(ever, { detail: 1 });
    await waitFor(() =>
      expect(engine.inputsOf('models.setLoading')).toEqual([
        { model: 'digits', loaded: 'onDemand', idleUnloadMs: null },
      ]),
    );
  });

  test('a version that a request loads says so, one that the policy leaves out does not', async () => {
    await renderPage(<ModelsArea />, { models: [onDemand] });
    expect(row(2).textContent).toContain('loads on first request');
    expect(row(1).textContent).not.toContain('loads on');
    cleanup();
    const unloaded = aVersion(2, { lifecycle: 'unloaded', loadsOnRequest: true, isAspired: true });
    await renderPage(<ModelsArea />, { models: [{ ...onDemand, versions: [unloaded] }] });
    expect(row(2).textContent).toContain('loads when asked');
  });

  test('the list says which models are loaded on demand', async () => {
    const { services } = await renderPage(<ModelsArea />, { models: [onDemand] });
    act(() => services.ui.setState({ columns: ['policy'] }));
    expect(screen.getByRole('table', { name: 'Models' }).textContent).toContain('Latest 1, on demand');
  });
});

describe('a pin', () => {
  test('is set and taken away by the command for the version in sight, and shown in its row', async () => {
    const { engine, services } = await renderPage(<ModelsArea />, { models: [onDemand] });
    expect(services.commands.get('models.pin')).toMatchObject({ keys: ['p'], scope: 'list' });
    fireEvent.focus(row(2));
    const press = (): void => act(() => void services.commands.run('models.pin'));
    press();
    await screen.findByText('digits version 2 stays in memory once it is loaded');
    await within(row(2)).findByText('Pinned: it stays in memory once it is loaded');
    press();
    await waitFor(() =>
      expect(engine.inputsOf('models.setPinned')).toEqual([
        { model: 'digits', version: 2, isPinned: true },
        { model: 'digits', version: 2, isPinned: false },
      ]),
    );
  });

  test('stands in the menu of a version; what is always loaded needs none', async () => {
    const { services } = await renderPage(<ModelsArea />, { models: [always] });
    fireEvent.click(screen.getByRole('button', { name: 'More actions for digits version 3' }));
    const entry = await screen.findByRole('menuitem', { name: /Pin in memory/ });
    expect(entry.getAttribute('aria-disabled')).toBe('true');
    expect(services.commands.get('models.pin')?.unavailable?.()).toBe('What is always loaded needs no pin');
  });
});
