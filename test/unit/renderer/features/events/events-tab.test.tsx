// @vitest-environment happy-dom
import { act, cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import type { PastState } from '../../../../../app/contract/history';
import type { ModelEvent } from '../../../../../app/contract/models';
import { EventsPanel } from '../../../../../renderer/features/events/EventsPanel';
import { EventsTab } from '../../../../../renderer/features/events/EventsTab';
import { renderPage } from '../../../../support/render-page';
import { aModel, anAvailableVersion, aVersion } from '../../../../support/sample-models';

afterEach(cleanup);

const nowMs = new Date(2026, 4, 12, 15, 0, 0).getTime();
const anEvent = (id: number, differences: Partial<ModelEvent> = {}): ModelEvent => ({
  id,
  atMs: nowMs - 3_000_000 + id,
  model: 'digits',
  version: 1,
  kind: 'available',
  cause: 'policy',
  params: {},
  error: null,
  ...differences,
});
const digits = aModel('digits', { versions: [anAvailableVersion(2), aVersion(1)] });
const past: PastState = {
  isCovered: true,
  model: {
    policy: { kind: 'latest', count: 1 },
    switching: 'availabilityPreserving',
    labels: [{ label: 'stable', version: 2, appliedVersion: 1 }],
    problem: null,
    versions: [
      { version: 2, lifecycle: 'loading', isAspired: true, error: null },
      { version: 1, lifecycle: 'onDisk', isAspired: false, error: null },
    ],
  },
};
const rows = (): HTMLElement[] => within(screen.getByRole('table')).getAllByRole('row').slice(1);
async function pick(list: string, option: string): Promise<void> {
  fireEvent.click(screen.getByRole('combobox', { name: list }));
  const chosen = await screen.findByRole('option', { name: option });
  fireEvent.pointerDown(chosen, { pointerType: 'mouse' });
  fireEvent.click(chosen, { detail: 1 });
}

test('a quiet model has its history although a thousand events of others came since', async () => {
  const busy = Array.from({ length: 1_200 }, (_, index) => anEvent(index + 10, { model: 'busy' }));
  const { engine } = await renderPage(<EventsTab model={digits} />, {
    models: [digits],
    events: [anEvent(1), ...busy],
  });
  await waitFor(() => expect(rows()).toHaveLength(1));
  act(() => engine.log(anEvent(5_000, { kind: 'unloading' }), anEvent(5_001, { model: 'busy' })));
  expect(rows().map((row) => row.textContent)).toEqual([
    expect.stringContaining('Unloading'),
    expect.stringContaining('Available'),
  ]);
});

test('events are chosen by version and by time', async () => {
  const { engine } = await renderPage(<EventsTab model={digits} />, {
    models: [digits],
    now: () => nowMs,
    events: [
      anEvent(1, { atMs: nowMs - 2 * 86_400_000, kind: 'failed' }),
      anEvent(2),
      anEvent(3, { version: 2, kind: 'loading' }),
    ],
  });
  await waitFor(() => expect(rows()).toHaveLength(3));
  expect(rows()[2]?.textContent).toContain('May 10, 15:00'); // not today
  await pick('Events of which version', 'Version 1');
  await waitFor(() => expect(rows()).toHaveLength(2));
  await pick('Events of which time', 'The last hour');
  await waitFor(() => expect(rows()).toHaveLength(1));
  expect(engine.inputsOf('models.events').at(-1)).toEqual({
    model: 'digits',
    version: 1,
    sinceMs: nowMs - 3_600_000,
    limit: 500,
  });
  act(() => engine.log(anEvent(4, { version: 2 }), anEvent(5, { atMs: nowMs })));
  expect(rows()).toHaveLength(2);
});

test('older events come a page at a time', async () => {
  const all = Array.from({ length: 700 }, (_, index) => anEvent(index + 1));
  const { engine } = await renderPage(<EventsTab model={digits} />, { models: [digits], events: all });
  const older = await screen.findByRole('button', { name: 'Show older events' });
  expect(screen.getByRole('table').getAttribute('aria-rowcount')).toBe('500');
  fireEvent.click(older);
  await waitFor(() => expect(screen.getByRole('table').getAttribute('aria-rowcount')).toBe('700'));
  expect(engine.inputsOf('models.events').at(-1)).toEqual({ model: 'digits', beforeId: 201, limit: 500 });
  expect(screen.queryByRole('button', { name: 'Show older events' })).toBeNull();
});

test('an event opens, by pointer or Enter, on how the model stood then', async () => {
  const { engine } = await renderPage(<EventsTab model={digits} />, {
    models: [digits],
    events: [anEvent(1), anEvent(2)],
    handlers: { 'models.pastState': async () => past },
  });
  await waitFor(() => expect(rows()).toHaveLength(2));
  expect(rows().map((row) => row.tabIndex)).toEqual([0, -1]);
  fireEvent.keyDown(rows()[1] ?? document.body, { key: 'Enter' });
  const dialog = await screen.findByRole('dialog', { name: /^digits at / });
  const versions = await within(dialog).findByRole('table', { name: 'Versions of digits then' });
  expect(within(versions).getAllByRole('row')).toHaveLength(2); // head and version 2
  expect(dialog.textContent).toContain('Loading');
  expect(dialog.textContent).toContain('1 version was on disk and not loaded.');
  expect(dialog.textContent).toContain('stable → 1');
  expect(engine.inputsOf('models.pastState')).toEqual([{ model: 'digits', atMs: anEvent(1).atMs }]);
  fireEvent.click(within(dialog).getByRole('button', { name: 'Close' }));
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  fireEvent.click(rows()[0] ?? document.body);
  await screen.findByRole('dialog', { name: /^digits at / });
});

test.each<[PastState, string]>([
  [{ isCovered: false, model: null }, 'The events that are kept do not reach back that far.'],
  [{ isCovered: true, model: null }, 'The model was not in the list then.'],
])('where there is nothing to show it says why', async (state, text) => {
  await renderPage(<EventsTab model={digits} />, {
    models: [digits],
    events: [anEvent(1)],
    handlers: { 'models.pastState': async () => state },
  });
  await waitFor(() => expect(rows()).toHaveLength(1));
  fireEvent.click(rows()[0] ?? document.body);
  expect(await screen.findByText(text)).toBeDefined();
});

test('the panel at the foot shows the same history of the model in sight', async () => {
  const busy = Array.from({ length: 1_200 }, (_, index) => anEvent(index + 10, { model: 'busy' }));
  const { services } = await renderPage(<EventsPanel area="models" model="digits" />, {
    models: [digits],
    events: [anEvent(1), ...busy],
  });
  act(() => services.ui.setState({ eventsOpenIn: ['models'], eventsOf: 'model' }));
  await waitFor(() => expect(rows()).toHaveLength(1));
});

test('what a program changed is taken back from its event, once, and not by the shortcut', async () => {
  let isBack = false;
  const { engine, services } = await renderPage(<EventsPanel area="models" model={null} />, {
    models: [digits],
    events: [anEvent(1)],
  });
  act(() => services.ui.setState({ eventsOpenIn: ['models'] }));
  await screen.findByRole('table');
  const params = engine.changedByProgram('settingChanged', 'digits', () => {
    isBack = true;
  });
  const change = { version: null, kind: 'settingChanged', cause: 'configuration', params } as const;
  act(() => engine.log(anEvent(2, change)));
  const undo = await screen.findByRole('button', { name: /^Undo .*, digits$/ });
  expect(services.actions.canUndo()).toBe(false);
  fireEvent.click(undo);
  await waitFor(() => expect(isBack).toBe(true));
  act(() => engine.log(anEvent(3, { kind: 'undone', cause: 'person' })));
  await waitFor(() => expect(screen.queryByRole('button', { name: /^Undo/ })).toBeNull());
});
