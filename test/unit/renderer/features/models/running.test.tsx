// @vitest-environment happy-dom
import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, test } from 'vitest';
import { AppError } from '../../../../../app/base/errors';
import type { ProviderReport } from '../../../../../app/contract/running';
import { ModelsArea } from '../../../../../renderer/features/models/ModelsArea';
import { renderPage } from '../../../../support/render-page';
import { aModel, anAvailableVersion, aVersion } from '../../../../support/sample-models';
import { description } from '../../playground/page-fixtures';

afterEach(cleanup);

const batches = [
  { size: 1, runs: 30, totalMs: 12 },
  { size: 10, runs: 7, totalMs: 9 },
];
const digits = aModel('digits', {
  versions: [anAvailableVersion(3, { batches }), anAvailableVersion(2), aVersion(1)],
});
const openTab = async (model = digits, handlers = {}, provider: ProviderReport | null = null) => {
  const page = await renderPage(<ModelsArea />, {
    models: [model],
    handlers: {
      'models.describe': async (ref) =>
        description(ref, {
          running: {
            batching: { source: 'measured', maxBatchSize: 16, batchTimeoutMicros: 0 },
            instances: 1,
            intraOpThreads: 2,
            provider,
            memoryCapBytes: null,
          },
        }),
      ...handlers,
    },
  });
  fireEvent.click(screen.getByRole('tab', { name: 'Running' }));
  await screen.findByRole('group', { name: 'Processes' });
  return page;
};
const line = (name: string) => within(screen.getByRole('group', { name }));
const type = (name: string, value: string): void =>
  void fireEvent.change(screen.getByRole('textbox', { name }), { target: { value } });

describe('how a model is run', () => {
  test('each setting shows its default and what the version does now', async () => {
    await openTab();
    await line('Batching').findByText('Version 3 runs up to 16 at once, as a trial found best.');
    expect(line('Batching').getByText('Default: Automatic')).toBeDefined();
    expect(line('Threads in a run').getByText('Version 3 uses 2 threads.')).toBeDefined();
    expect(line('Processes').getByText('Version 3 has 1 process.')).toBeDefined();
    expect(
      line('Runs on').getByText('Version 3 is no ONNX model: for it this cannot be chosen.'),
    ).toBeDefined();
    expect(line('Memory cap').getByText(/^Version 3 takes 87\sMB now\.$/)).toBeDefined();
  });

  test('nothing changes before Apply, which says what it will do; afterwards it can be taken back', async () => {
    const { engine } = await openTab();
    fireEvent.click(line('Batching').getByRole('radio', { name: 'Own' }));
    type('Most in one run', '8');
    type('Longest wait for others', '1.5');
    type('Sizes of runs', '1, 4 8');
    type('Memory cap', '512');
    expect(engine.inputsOf('models.setRunning')).toEqual([]);
    screen.getByText(
      'Versions 3 and 2 are loaded anew, one after the other. Requests for one wait meanwhile.',
    );
    fireEvent.click(screen.getByRole('button', { name: 'Apply' }));
    await waitFor(() =>
      expect(engine.inputsOf('models.setRunning')).toEqual([
        {
          model: 'digits',
          running: {
            batching: { maxBatchSize: 8, batchTimeoutMicros: 1_500, allowedBatchSizes: [1, 4, 8] },
            memoryCapBytes: 512_000_000,
          },
        },
      ]),
    );
    await screen.findByText('How digits is run is changed');
    fireEvent.click(screen.getByRole('button', { name: 'Undo' }));
    await waitFor(() => expect(engine.model('digits').running).toEqual({}));
  });

  test('Reset goes back to the default', async () => {
    const { engine } = await openTab({ ...digits, running: { instances: 3, batching: 'off' } });
    expect(screen.getByRole('textbox', { name: 'Processes' })).toHaveProperty('value', '3');
    fireEvent.click(screen.getByRole('button', { name: 'Reset Processes to 1' }));
    fireEvent.click(screen.getByRole('button', { name: 'Reset Batching to Automatic' }));
    fireEvent.click(screen.getByRole('button', { name: 'Apply' }));
    await waitFor(() => expect(engine.model('digits').running).toEqual({}));
  });

  test('who else may answer holds at once', async () => {
    const { engine } = await openTab();
    fireEvent.click(line('Another version may answer').getByRole('radio', { name: 'On' }));
    screen.getByText('It holds at once. Nothing is loaded anew.');
    fireEvent.click(screen.getByRole('button', { name: 'Apply' }));
    await waitFor(() => expect(engine.model('digits').running).toEqual({ answerFromLastGood: true }));
  });

  test('what cannot be is said at the field, and not applied', async () => {
    const { engine } = await openTab();
    type('Processes', '65');
    screen.getByText('From 1 to 64, or empty for the default');
    const apply = screen.getByRole('button', { name: 'Apply' });
    fireEvent.click(apply);
    expect(engine.inputsOf('models.setRunning')).toEqual([]);
    fireEvent.click(screen.getByRole('button', { name: 'Cancel' }));
    expect(screen.getByRole('textbox', { name: 'Processes' })).toHaveProperty('value', '');
    expect(screen.queryByRole('button', { name: 'Apply' })).toBeNull();
  });

  test('a refusal is said where it was asked for, and what was typed stays', async () => {
    await openTab(digits, {
      'models.setRunning': async () => {
        throw new AppError('BATCHING_INVALID');
      },
    });
    type('Processes', '2');
    fireEvent.click(screen.getByRole('button', { name: 'Apply' }));
    await screen.findByText(/The batching settings do not fit together/);
    expect(screen.getByRole('textbox', { name: 'Processes' })).toHaveProperty('value', '2');
  });

  const report: ProviderReport = {
    asked: 'webgpu',
    used: 'webgpu',
    listed: ['cpu', 'webgpu', 'something new'],
    parts: [
      { provider: 'WebGpuExecutionProvider', operators: 12, ms: 4 },
      { provider: 'CPUExecutionProvider', operators: 1, ms: 0.2 },
    ],
    agreement: { difference: 0.002, tolerance: 0.01, agrees: true },
  };
  test.each([
    [
      report,
      /runs on webgpu, in a trial 12 operators by WebGpuExecutionProvider, 1 operator by CPUExecutionProvider\. Its numbers are those of cpu, to 0(\.2)?\s%/,
    ],
    [
      { ...report, agreement: { difference: 0.5, tolerance: 0.01, agrees: false } },
      /are NOT those of cpu: .*50\s%/,
    ],
    [{ ...report, agreement: null }, /CPUExecutionProvider\.$/],
    [
      { ...report, used: 'cpu', parts: [], agreement: null },
      /runs on cpu: webgpu cannot run it, see its notes/,
    ],
  ] as const)(
    'what runs it is chosen among what there is, and how it went is told',
    async (provider, words) => {
      const { engine } = await openTab(digits, {}, provider as ProviderReport);
      await line('Runs on').findByText(words);
      fireEvent.click(screen.getByRole('combobox', { name: 'Runs on' }));
      const options = await screen.findAllByRole('option');
      expect(options.map((option) => option.textContent)).toEqual(['Automatic', 'cpu', 'webgpu']);
      const option = screen.getByRole('option', { name: 'webgpu' });
      fireEvent.pointerDown(option, { pointerType: 'touch' });
      fireEvent.click(option);
      fireEvent.click(await screen.findByRole('button', { name: 'Apply' }));
      await waitFor(() => expect(engine.model('digits').running).toEqual({ executionProvider: 'webgpu' }));
    },
  );

  test('the sizes of its runs are a table', async () => {
    await openTab();
    const table = screen.getByRole('table', { name: 'Sizes of the runs of version 3' });
    const rows = within(table).getAllByRole('row').slice(1);
    expect(rows.map((row) => row.textContent)).toEqual(['13030\u00a0%', '10770\u00a0%']);
  });

  test('of a version that is not loaded nothing is said but what is set', async () => {
    await openTab(aModel('digits', { versions: [aVersion(1)] }));
    expect(screen.getByText('No version is loaded: what is set holds from the next load on.')).toBeDefined();
    expect(screen.queryByRole('table', { name: /Sizes/ })).toBeNull();
  });
});
