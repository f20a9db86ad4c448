// @vitest-environment happy-dom
import { act, cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, test } from 'vitest';
import { AppError } from '../../../../../app/base/errors';
import type { Explanation } from '../../../../../app/contract/explanation';
import { ModelsArea } from '../../../../../renderer/features/models/ModelsArea';
import { InspectorSlot } from '../../../../../renderer/ui/Inspector';
import { renderPage } from '../../../../support/render-page';
import { aModel, anAvailableVersion, aVersion } from '../../../../support/sample-models';

afterEach(cleanup);

const explanation: Explanation = {
  isLoaded: false,
  reason: 'newerWanted',
  params: { model: 'digits', version: '1', count: '1', versions: '2' },
  error: null,
  sinceMs: 1_000_000,
  eventId: 4,
  cause: 'person',
  rule: 'PO1',
};
const digits = aModel('digits', { versions: [anAvailableVersion(2), aVersion(1)] });
const openMenu = (name: string): void => void fireEvent.click(screen.getByRole('button', { name }));
const choose = async (name: string | RegExp): Promise<void> => {
  fireEvent.click(await screen.findByRole('menuitem', { name }));
};

describe('why a version is not loaded', () => {
  test('the menu of a version that is not available answers in words, with the rule and who decided', async () => {
    const { engine } = await renderPage(<ModelsArea />, {
      models: [digits],
      handlers: { 'models.explain': async () => explanation },
    });
    openMenu('More actions for digits version 1');
    await choose('Why is it not loaded?');
    const dialog = await screen.findByRole('dialog', { name: 'Why is digits version 1 not loaded?' });
    await within(dialog).findByText('The policy asks for the latest 1 only, and there are newer ones: 2.');
    expect(dialog.textContent).toContain('You asked for it');
    expect(dialog.textContent).toContain('Switching without a gap');
    expect(engine.inputsOf('models.explain')).toEqual([{ model: 'digits', version: 1 }]);
  });

  test('the failure behind it is said in plain words', async () => {
    const error = new AppError('MODEL_FILE_TRUNCATED', { file: 'model.onnx' }).toWire();
    await renderPage(<ModelsArea />, {
      models: [digits],
      handlers: { 'models.explain': async () => ({ ...explanation, reason: 'failed', error }) },
    });
    openMenu('More actions for digits version 1');
    await choose('Why is it not loaded?');
    const dialog = await screen.findByRole('dialog');
    await within(dialog).findByText('Version 1 could not be loaded.');
    expect(dialog.textContent).toContain('The model file is incomplete.');
  });

  test('the answer is asked for again when the version changes', async () => {
    let reason: Explanation['reason'] = 'newerWanted';
    const { engine } = await renderPage(<ModelsArea />, {
      models: [digits],
      handlers: { 'models.explain': async () => ({ ...explanation, reason }) },
    });
    openMenu('More actions for digits version 1');
    await choose('Why is it not loaded?');
    await screen.findByText(/The policy asks for the latest 1 only/);
    reason = 'waitingForTurn';
    act(() => engine.changeVersion('digits', 1, { lifecycle: 'waiting', isAspired: true }));
    await screen.findByText(/waits for its turn/);
  });

  test('an available version has no such question to ask', async () => {
    await renderPage(<ModelsArea />, { models: [digits] });
    openMenu('More actions for digits version 2');
    const entry = await screen.findByRole('menuitem', { name: 'Why is it not loaded?' });
    expect(entry.getAttribute('aria-disabled')).toBe('true');
  });

  test('the inspector answers it for the version in sight', async () => {
    const slot = document.body.appendChild(document.createElement('div'));
    await renderPage(
      <InspectorSlot value={slot}>
        <ModelsArea />
      </InspectorSlot>,
      {
        models: [aModel('digits', { versions: [aVersion(1)] })],
        handlers: { 'models.explain': async () => explanation },
      },
    );
    await waitFor(() => expect(slot.textContent).toContain('there are newer ones: 2'));
    slot.remove();
  });
});

describe('labels', () => {
  const labelled = aModel('digits', {
    versions: [anAvailableVersion(2), aVersion(1)],
    labels: [
      { label: 'stable', version: 2, appliedVersion: 2, isPending: false },
      { label: 'old', version: 1, appliedVersion: null, isPending: true },
    ],
  });

  test('stand at their version, and a pending one says so', async () => {
    await renderPage(<ModelsArea />, { models: [labelled] });
    expect(screen.getByRole('row', { name: 'digits version 2' }).textContent).toContain('Label stable');
    expect(screen.getByRole('row', { name: 'digits version 1' }).textContent).toContain(
      'Label old, pending until version 1 is available',
    );
  });

  test('one that moves stands at both versions until it has moved', async () => {
    const moving = { label: 'stable', version: 2, appliedVersion: 1, isPending: true };
    await renderPage(<ModelsArea />, {
      models: [aModel('digits', { versions: [aVersion(2), anAvailableVersion(1)], labels: [moving] })],
    });
    expect(screen.getByRole('row', { name: 'digits version 2' }).textContent).toContain(
      'Label stable, pending until version 2 is available',
    );
    expect(screen.getByRole('row', { name: 'digits version 1' }).textContent).toContain(
      'Label stable, until version 2 is available',
    );
    openMenu('More actions for digits version 2');
    await choose('Labels…');
    const dialog = await screen.findByRole('dialog');
    expect(within(dialog).getByText('pending, now version 1')).toBeDefined();
  });

  test('a new one is set at the version, and can be taken back', async () => {
    const { engine } = await renderPage(<ModelsArea />, { models: [labelled] });
    openMenu('More actions for digits version 2');
    await choose('Labels…');
    const field = await screen.findByRole('textbox', { name: 'New label' });
    fireEvent.change(field, { target: { value: 'canary' } });
    fireEvent.click(screen.getByRole('button', { name: 'Add label' }));
    await screen.findByText('Label canary points at version 2');
    expect(engine.model('digits').labels).toContainEqual({
      label: 'canary',
      version: 2,
      appliedVersion: 2,
      isPending: false,
    });
    fireEvent.click(screen.getByRole('button', { name: 'Undo' }));
    await waitFor(() =>
      expect(engine.model('digits').labels.map(({ label }) => label)).toEqual(['stable', 'old']),
    );
  });

  test('one moves here from another version in one step', async () => {
    const { engine } = await renderPage(<ModelsArea />, { models: [labelled] });
    openMenu('More actions for digits version 2');
    await choose('Labels…');
    fireEvent.click(await screen.findByRole('button', { name: 'Move label old to version 2' }));
    await screen.findByText('Label old moved from version 1 to version 2');
    expect(engine.inputsOf('models.setLabel')).toEqual([{ model: 'digits', label: 'old', version: 2 }]);
  });

  test('one is taken away', async () => {
    const { engine } = await renderPage(<ModelsArea />, { models: [labelled] });
    openMenu('More actions for digits version 2');
    await choose('Labels…');
    fireEvent.click(await screen.findByRole('button', { name: 'Remove label stable' }));
    await screen.findByText('Label stable is removed from version 2');
    expect(engine.model('digits').labels.map(({ label }) => label)).toEqual(['old']);
  });

  test('a name that requests could not use is refused at the field', async () => {
    const { engine } = await renderPage(<ModelsArea />, { models: [labelled] });
    openMenu('More actions for digits version 2');
    await choose('Labels…');
    const field = await screen.findByRole('textbox', { name: 'New label' });
    fireEvent.change(field, { target: { value: 'a/b' } });
    expect(screen.getByText('1 to 128 characters, without / and :')).toBeDefined();
    fireEvent.click(screen.getByRole('button', { name: 'Add label' }));
    expect(engine.inputsOf('models.setLabel')).toEqual([]);
  });
});

test('between two tries there is Cancel beside Retry; once nothing is due any more there is only Retry', async () => {
  const error = new AppError('MODEL_FILE_TRUNCATED', { file: 'model.onnx' }).toWire();
  const { engine } = await renderPage(<ModelsArea />, {
    models: [
      aModel('digits', {
        versions: [
          aVersion(1, {
            lifecycle: 'failed',
            harness: 'loading',
            isAspired: true,
            error,
            nextAttemptAtMs: 9e12,
          }),
        ],
      }),
    ],
  });
  expect(screen.getByRole('button', { name: 'Retry digits version 1' })).toBeDefined();
  fireEvent.click(screen.getByRole('button', { name: 'Cancel loading digits version 1' }));
  await waitFor(() =>
    expect(engine.inputsOf('models.cancelLoad')).toEqual([{ model: 'digits', version: 1 }]),
  );
  act(() => engine.changeVersion('digits', 1, { lifecycle: 'failed', nextAttemptAtMs: null }));
  expect(screen.queryByRole('button', { name: 'Cancel loading digits version 1' })).toBeNull();
  expect(screen.getByRole('button', { name: 'Retry digits version 1' })).toBeDefined();
});

test('keeping the last good version is a switch in the menu of the model', async () => {
  const { engine } = await renderPage(<ModelsArea />, { models: [digits] });
  openMenu('More actions for digits');
  const entry = await screen.findByRole('menuitemcheckbox', { name: /Keep the last good version/ });
  expect(entry.getAttribute('aria-checked')).toBe('true');
  fireEvent.click(entry);
  await waitFor(() => expect(engine.model('digits').keepLastGood).toBe(false));
  expect(await screen.findByRole('button', { name: 'Undo' })).toBeDefined();
});

test('a loaded version whose files changed raises an alarm that reloads it', async () => {
  const { engine } = await renderPage(<ModelsArea />, {
    models: [aModel('digits', { versions: [anAvailableVersion(1, { isChangedOnDisk: true })] })],
  });
  const alarm = within(screen.getByRole('row', { name: 'Changed files, version 1' })).getByRole('alert');
  fireEvent.click(within(alarm).getByRole('button', { name: 'Reload digits version 1' }));
  await waitFor(() => expect(engine.inputsOf('models.retry')).toEqual([{ model: 'digits', version: 1 }]));
});

test('one that was loaded from other files than before raises an alarm until it is kept', async () => {
  const { engine } = await renderPage(<ModelsArea />, {
    models: [aModel('digits', { versions: [anAvailableVersion(1, { isOtherContent: true })] })],
  });
  const alarm = within(screen.getByRole('row', { name: 'Changed files, version 1' })).getByRole('alert');
  expect(alarm.textContent).toContain('It was loaded from other files than before.');
  fireEvent.click(within(alarm).getByRole('button', { name: 'Keep digits version 1 as it is' }));
  await waitFor(() => expect(engine.inputsOf('models.retry')).toEqual([{ model: 'digits', version: 1 }]));
});
