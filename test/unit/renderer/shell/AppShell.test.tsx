// @vitest-environment happy-dom
import { act, cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, test } from 'vitest';
import { AppError } from '../../../../app/base/errors';
import { menuCommands } from '../../../../app/contract/commands';
import { App } from '../../../../renderer/App';
import { createServices } from '../../../../renderer/create-services';
import type { Services } from '../../../../renderer/services';
import { FakeEngine, type FakeEngineOptions } from '../../../support/fake-bridge';
import { memoryKeeper } from '../../../support/memory-keeper';
import { aModel } from '../../../support/sample-models';
import { takeUnexpected } from '../../../support/setup';

afterEach(cleanup);

async function open(options: FakeEngineOptions = {}): Promise<{ engine: FakeEngine; services: Services }> {
  const engine = new FakeEngine({ models: [aModel('digits')], ...options });
  const services = createServices({ bridge: engine.bridge, keeper: memoryKeeper() });
  render(<App services={services} />);
  await screen.findByRole('heading', { level: 1 });
  return { engine, services };
}
const press = (key: string, code: string, target: Element = document.body): boolean =>
  fireEvent.keyDown(target, { key, code, ctrlKey: true });

describe('the window', () => {
  test('the rail leads to every area and says where one is', async () => {
    await open();
    const rail = screen.getByRole('navigation', { name: 'Areas' });
    fireEvent.click(within(rail).getByRole('link', { name: /Settings/ }));
    expect(screen.getByRole('heading', { level: 1, name: 'Settings' })).toBeDefined();
    expect(
      within(rail)
        .getByRole('link', { name: /Settings/ })
        .getAttribute('aria-current'),
    ).toBe('page');
    fireEvent.keyDown(document.body, { key: 'ArrowLeft', code: 'ArrowLeft', altKey: true });
    expect(screen.getByRole('heading', { level: 1, name: 'Models' })).toBeDefined();
  });

  test('Ctrl K opens the palette, letters find, Enter runs', async () => {
    await open();
    press('k', 'KeyK');
    const dialog = await screen.findByRole('dialog', { name: 'Commands' });
    const input = within(dialog).getByRole('combobox', { name: 'Type a command' });
    fireEvent.change(input, { target: { value: 'open settings' } });
    await within(dialog).findByRole('option', { name: /Open Settings/ });
    fireEvent.keyDown(input, { key: 'Enter' });
    expect(await screen.findByRole('heading', { level: 1, name: 'Settings' })).toBeDefined();
  });

  test('Ctrl I opens the inspector with the words of serving', async () => {
    await open();
    press('i', 'KeyI');
    const inspector = await screen.findByRole('complementary', { name: 'Inspector' });
    await waitFor(() => expect(inspector.textContent).toContain('Harness state'));
    press('i', 'KeyI');
    await waitFor(() => expect(screen.queryByRole('complementary', { name: 'Inspector' })).toBeNull());
  });

  test('Ctrl / lists the shortcuts', async () => {
    await open();
    press('/', 'Slash');
    const sheet = await screen.findByRole('dialog', { name: 'Keyboard shortcuts' });
    expect(sheet.textContent).toContain('Add model folder');
  });

  test('what the menu asks for is run', async () => {
    const { engine } = await open();
    act(() => engine.tell('command.requested', { id: 'go.settings' }));
    expect(screen.getByRole('heading', { level: 1, name: 'Settings' })).toBeDefined();
  });

  test('the menu is told which of its commands can run', async () => {
    const { engine } = await open();
    await waitFor(() => {
      const told = engine.inputsOf('app.setCommands').at(-1) as { available: string[] };
      expect(told.available).toContain('models.unload');
      expect(told.available).not.toContain('models.load'); // its only version is available already
      expect(told.available).not.toContain('go.back');
    });
  });

  test('a folder given to the app from outside is added', async () => {
    const { engine } = await open();
    const item = {
      kind: 'model' as const,
      id: '1',
      source: '~/flowers',
      name: 'flowers',
      versions: [1],
      sizeBytes: 1,
      memoryBytes: [108_000_000],
    };
    act(() => engine.tell('drop.offered', { ticket: 't', items: [item] }));
    await waitFor(() => expect(engine.inputsOf('models.add')).toHaveLength(1));
  });

  test('when the engine does not answer it says so, and Try again connects', async () => {
    let isDown = true;
    const { engine } = await open({
      handlers: {
        'models.list': async () => {
          if (isDown) throw new AppError('INTERNAL');
          return { revision: 1, models: [aModel('digits')], memory: engine.memory };
        },
      },
    });
    expect(screen.getByRole('heading', { name: 'The engine does not answer' })).toBeDefined();
    expect(takeUnexpected()).toHaveLength(1);
    isDown = false;
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByRole('row', { name: 'digits' })).toBeDefined();
  });
});

test('Ctrl 5 leads to the endpoints; rail and status bar say when they are on', async () => {
  const { engine, services } = await open();
  press('5', 'Digit5');
  expect(screen.getByRole('heading', { level: 1, name: 'Endpoints' })).toBeDefined();
  const link = screen.getByRole('link', { name: /Endpoints/ });
  expect(link.textContent).toContain('Off');
  act(() => void services.commands.run('endpoints.on'));
  await waitFor(() => expect(link.textContent).toContain('On'));
  expect(screen.getByRole('region', { name: 'Status' }).textContent).toContain('127.0.0.1:8501');
  act(() => void services.commands.run('endpoints.copyAddress'));
  await waitFor(() => expect(engine.inputsOf('app.copyText')).toEqual([{ text: 'http://127.0.0.1:8501' }]));
  act(() => void services.commands.run('endpoints.off'));
  await waitFor(() => expect(link.textContent).toContain('Off'));
});

test('every command that the menu offers exists on some page', async () => {
  const { services } = await open();
  const known = new Set<string>();
  for (const area of ['models', 'playground', 'compare'] as const) {
    act(() => services.router.goTo(area));
    for (const { id } of services.commands.list()) known.add(id);
  }
  expect(menuCommands.filter((id) => !known.has(id))).toEqual([]);
});
