// @vitest-environment happy-dom
import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { SettingsArea } from '../../../../../renderer/features/settings/SettingsArea';
import { renderPage } from '../../../../support/render-page';

afterEach(cleanup);

const line = (name: string): HTMLElement => screen.getByRole('group', { name });

test('a choice is kept by the engine, shows its default, and can be reset', async () => {
  const { engine } = await renderPage(<SettingsArea />);
  fireEvent.click(within(line('Theme')).getByRole('radio', { name: 'Dark' }));
  await waitFor(() => expect(engine.settings.theme).toBe('dark'));
  expect(line('Theme').textContent).toContain('Default: System');
  fireEvent.click(await within(line('Theme')).findByRole('button', { name: 'Reset Theme to System' }));
  await waitFor(() => expect(engine.settings.theme).toBe('system'));
});

test('a number is taken when the field is left, in the unit that is shown', async () => {
  const { engine } = await renderPage(<SettingsArea />);
  const field = screen.getByRole('textbox', { name: 'Look through folders every' });
  fireEvent.change(field, { target: { value: '45' } });
  expect(engine.settings.safetyScanMs).toBe(30_000);
  fireEvent.blur(field);
  await waitFor(() => expect(engine.settings.safetyScanMs).toBe(45_000));
});

test('a number out of bounds is said at the field and never sent', async () => {
  const { engine } = await renderPage(<SettingsArea />);
  const field = screen.getByRole('textbox', { name: 'Retries of a failed load' });
  fireEvent.change(field, { target: { value: '101' } });
  fireEvent.blur(field);
  expect(screen.getByRole('alert').textContent).toBe('A whole number from 0 to 100');
  expect(engine.inputsOf('settings.set')).toEqual([]);
});

test('memory is half of the computer until a limit is set', async () => {
  const { engine } = await renderPage(<SettingsArea />, { info: { totalMemoryBytes: 16_000_000_000 } });
  fireEvent.click(within(line('Memory for models')).getByRole('radio', { name: 'Own limit' }));
  await waitFor(() => expect(engine.settings.memoryBudgetBytes).toBe(8_000_000_000));
  const field = await screen.findByRole('textbox', { name: 'Memory for models in MB' });
  fireEvent.change(field, { target: { value: '512' } });
  fireEvent.keyDown(field, { key: 'Enter' });
  await waitFor(() => expect(engine.settings.memoryBudgetBytes).toBe(512_000_000));
});

test('a search leaves the settings that match, and says when none does', async () => {
  await renderPage(<SettingsArea />);
  const search = screen.getByRole('searchbox', { name: 'Find a setting' });
  fireEvent.change(search, { target: { value: 'density' } });
  expect(screen.getAllByRole('group').map((group) => group.getAttribute('aria-label'))).toEqual(['Density']);
  fireEvent.change(search, { target: { value: 'telemetry' } });
  expect(screen.getByRole('heading', { name: 'No setting matches "telemetry"' })).toBeDefined();
});

test('single-letter shortcuts can be switched off, which stays with the page', async () => {
  const { services } = await renderPage(<SettingsArea />);
  fireEvent.click(within(line('Single-letter shortcuts')).getByRole('radio', { name: 'Off' }));
  expect(services.ui.getState().singleKeys).toBe(false);
});

test('About says when a stand-in runtime is used, and only then', async () => {
  await renderPage(<SettingsArea />, { info: { isFallbackRuntime: true, electron: '25.1.1' } });
  expect(screen.getByText('A stand-in runtime is used')).toBeDefined();
  cleanup();
  await renderPage(<SettingsArea />);
  expect(screen.queryByText('A stand-in runtime is used')).toBeNull();
});
