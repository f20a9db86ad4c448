// @vitest-environment happy-dom
import { act, cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { AppError } from '../../../../app/base/errors';
import type { JobDetail } from '../../../../app/contract/job-calls';
import type { ResultFilter } from '../../../../app/contract/jobs';
import { JobsArea } from '../../../../renderer/features/jobs/JobsArea';
import { NewBatch } from '../../../../renderer/features/jobs/NewBatch';
import type { FakeEngineOptions } from '../../../support/fake-bridge';
import { type RenderedPage, renderPage } from '../../../support/render-page';
import { aFinishedJob, aJobView, aResultRow } from '../../../support/sample-jobs';
import { aModel, anAvailableVersion, aVersion } from '../../../support/sample-models';

afterEach(cleanup);

const detail: JobDetail = {
  log: [
    { atMs: 1_000, level: 'info', code: 'started', params: {} },
    { atMs: 2_000, level: 'info', code: 'pictures', params: { count: '1442' } },
    {
      atMs: 3_000,
      level: 'warning',
      code: 'pictureFailed',
      params: { picture: 'a/b.png', code: 'PICTURE_UNREADABLE' },
    },
  ],
  rates: [
    { elapsedMs: 1_000, rate: 140 },
    { elapsedMs: 2_000, rate: 144 },
    { elapsedMs: 3_000, rate: 142 },
  ],
  versions: [
    { version: 1, hash: 'aaaa' },
    { version: 3, hash: 'cccc' },
  ],
};
const rows = [aResultRow(0, 'cat', 'cat'), aResultRow(1, 'cat', 'dog'), aResultRow(2, null, null)];
const matches = (filter: ResultFilter) =>
  rows.filter(({ answers }) => {
    const said = answers.map((answer) => answer.class);
    if (filter.show === 'failed') return said.includes(null);
    if (filter.show === 'differing') return said[0] !== said[1];
    return filter.class === null || said.includes(filter.class);
  });
const withResults: FakeEngineOptions['handlers'] = {
  'jobs.detail': async () => detail,
  'jobs.counts': async () => ({
    answered: 3,
    failed: 1,
    differing: 1,
    pairs: [{ between: [1, 3], count: 1 }],
    classes: [
      { class: 'cat', count: 2 },
      { class: 'dog', count: 1 },
    ],
  }),
  'jobs.results': async ({ filter, offset, limit }) => ({
    total: matches(filter).length,
    rows: matches(filter).slice(offset, offset + limit),
  }),
};
async function open(
  jobs: FakeEngineOptions['jobs'] = [],
  more: FakeEngineOptions = {},
): Promise<RenderedPage> {
  const page = await renderPage(<JobsArea />, {
    models: [aModel('digits', { versions: [anAvailableVersion(3), anAvailableVersion(1)] })],
    jobs,
    ...more,
    handlers: { ...withResults, ...more.handlers },
  });
  act(() => page.services.router.goTo('jobs'));
  return page;
}

describe('without jobs', () => {
  test('it says what a batch is and begins one', async () => {
    const { services } = await open();
    expect(screen.getByRole('heading', { name: 'No jobs yet' })).toBeDefined();
    fireEvent.click(screen.getByRole('button', { name: 'New batch' }));
    expect(services.batching.store.getState().isOpen).toBe(true);
  });
  test('and without models it leads to them', async () => {
    const { services } = await open([], { models: [] });
    fireEvent.click(screen.getByRole('button', { name: 'Go to Models' }));
    expect(services.router.route().area).toBe('models');
  });
});

describe('the list', () => {
  const jobs = [
    aFinishedJob('old'),
    aFinishedJob('broken', {
      state: 'failed',
      error: new AppError('SERVABLE_NOT_FOUND').toWire(),
    }),
    aJobView('val'),
    aJobView('later', { state: 'queued', progress: { done: 0, total: null, failed: 0 } }),
  ];
  test('groups what runs, waits and is over, the newest first', async () => {
    await open(jobs);
    const list = screen.getByRole('listbox', { name: 'Jobs' });
    const groups = within(list).getAllByRole('group');
    const words = groups.map((group) =>
      within(group)
        .getAllByRole('option')
        .map((row) => row.textContent),
    );
    expect(words.map((each) => each.length)).toEqual([1, 1, 2]);
    expect(words[0]?.[0]).toContain('digits 1 and 3, 310 of 500');
    expect(words[0]?.[0]).toContain('2\u00a0min 12\u00a0s left');
    expect(words[2]?.[0]).toContain('This version is not available');
  });
  test('is walked by arrows, and can show those with problems alone', async () => {
    const { services } = await open(jobs);
    act(() => services.router.navigate({ area: 'jobs', job: 'val', tab: null }));
    fireEvent.keyDown(screen.getByRole('option', { name: /Batch: val/ }), { key: 'ArrowDown' });
    expect(services.router.route()).toMatchObject({ job: 'later' });
    act(() => services.ui.setState({ jobsShown: 'problems' }));
    expect(screen.getAllByRole('option')).toHaveLength(1);
  });
});

describe('a job at work', () => {
  const job = aJobView('val', { progress: { done: 310, total: 500, failed: 2 } });
  test('shows how far it is, how fast, and its log', async () => {
    await open([job]);
    const bar = await screen.findByRole('progressbar', { name: 'Progress of Batch: val' });
    expect(bar.getAttribute('aria-valuetext')).toBe('310 of 500');
    const figures = screen.getByLabelText('Figures').textContent;
    for (const words of ['3\u00a0min 40\u00a0s', '2\u00a0min 12\u00a0s', '142'])
      expect(figures).toContain(words);
    const chart = await screen.findByRole('img', { name: /Pictures a second over 3\u00a0s\. Steady at 142/ });
    expect(chart).toBeDefined();
    fireEvent.click(screen.getByRole('button', { name: 'Show as table' }));
    const table = screen.getByRole('table', { name: 'Pace of Batch: val' });
    expect(within(table).getAllByRole('row')).toHaveLength(4);
  });
  test('its log can be cut to warnings, and copied', async () => {
    const { engine } = await open([job]);
    const log = await screen.findByRole('log', { name: 'Log' });
    expect(log.textContent).toContain('1,442 pictures found');
    fireEvent.click(screen.getByRole('button', { name: 'Warnings' }));
    expect(log.textContent).not.toContain('1,442');
    expect(log.textContent).toContain('a/b.png: Not a picture that can be read');
    fireEvent.click(screen.getByRole('button', { name: 'Copy log' }));
    await waitFor(() =>
      expect(engine.inputsOf('app.copyText')).toEqual([
        {
          text: expect.stringMatching(/^\d\d:\d\d:\d\d\.\d{3} {2}a\/b\.png: Not a picture that can be read$/),
        },
      ]),
    );
  });
  test('is paused, goes on, and is cancelled with its results kept', async () => {
    const { engine } = await open([job]);
    expect(screen.getByText(/Results so far are kept and marked Partial/)).toBeDefined();
    fireEvent.click(screen.getByRole('button', { name: 'Pause' }));
    fireEvent.click(await screen.findByRole('button', { name: 'Go on' }));
    await waitFor(() => expect(engine.inputsOf('jobs.resume')).toEqual([{ id: 'val' }]));
    fireEvent.click(screen.getByRole('button', { name: 'Cancel' }));
    expect(await screen.findByText(/Stopping after what is under way/)).toBeDefined();
    act(() => engine.changeJobs({ ...job, state: 'cancelled', endedAtMs: 5 }));
    expect(screen.getByRole('option', { name: /Partial/ })).toBeDefined();
    fireEvent.click(screen.getByRole('button', { name: 'Do the rest' }));
    await waitFor(() => expect(engine.inputsOf('jobs.retry')).toEqual([{ id: 'val' }]));
  });
  test('that cannot be done says so in place', async () => {
    const { engine } = await open([job]);
    engine.failNext('jobs.pause', new AppError('FAILED_PRECONDITION'));
    fireEvent.click(screen.getByRole('button', { name: 'Pause' }));
    expect(await screen.findByText('Not possible right now')).toBeDefined();
  });
  test('of a kind without pictures has no results to show', async () => {
    await open([aJobView('import', { kind: 'import', batch: null, model: null, versions: [] })]);
    expect(screen.getAllByRole('tab').map((tab) => tab.textContent)).toEqual(['Progress', 'Parameters']);
    expect(screen.getByText('310 of 500 MB')).toBeDefined();
  });
});

describe('what a batch was asked for with', () => {
  test('is kept, with the content of its versions', async () => {
    const { services } = await open([aFinishedJob('val')]);
    act(() => services.router.navigate({ area: 'jobs', job: 'val', tab: 'parameters' }));
    const facts = await screen.findByRole('region', { name: 'Parameters' });
    await waitFor(() => expect(facts.textContent).toContain('cccc'));
    expect(facts.textContent).toContain('Folder val, with all below it');
  });
  test('is run again as a new job, and removed after a question', async () => {
    const { engine, services } = await open([aFinishedJob('val')]);
    fireEvent.click(screen.getByRole('button', { name: 'More actions for Batch: val' }));
    fireEvent.click(await screen.findByRole('menuitem', { name: 'Remove…' }));
    const question = await screen.findByRole('alertdialog', { name: 'Remove Batch: val?' });
    fireEvent.click(within(question).getByRole('button', { name: 'Cancel' }));
    fireEvent.click(screen.getByRole('button', { name: 'Run again' }));
    await waitFor(() => expect(services.router.route()).toMatchObject({ job: 'val again' }));
    expect(engine.inputsOf('jobs.remove')).toEqual([]);
  });
});

describe('results', () => {
  const row = (name: string) => screen.findByRole('row', { name });
  test('are a table with an answer of each version', async () => {
    await open([aFinishedJob('val')]);
    expect((await row('000.png')).textContent).toBe('000.pngcat75.0\u00a0%cat90.0\u00a0%Same');
    expect((await row('001.png')).textContent).toContain('Different');
    expect((await row('002.png')).textContent).toContain('Not a picture that can be read');
  });
  test('are filtered by what differs, what failed, and class', async () => {
    const { engine } = await open([aFinishedJob('val')]);
    fireEvent.click(await screen.findByRole('button', { name: 'Differ 1' }));
    await waitFor(() => expect(screen.queryByRole('row', { name: '000.png' })).toBeNull());
    expect(await row('001.png')).toBeDefined();
    fireEvent.click(screen.getByRole('button', { name: 'Failed 1' }));
    expect(await row('002.png')).toBeDefined();
    const filters = engine
      .inputsOf('jobs.results')
      .map((input) => (input as { filter: ResultFilter }).filter.show);
    expect(new Set(filters)).toEqual(new Set(['all', 'differing', 'failed']));
  });
  test('a chosen one opens in Compare by the keyboard', async () => {
    const { engine, services } = await open([aFinishedJob('val')]);
    engine.nextPictures = {
      pictures: [
        {
          id: 'p',
          name: '001.png',
          bytes: 1,
          width: 1,
          height: 1,
          format: 'png',
          urls: { view: '', thumb: '' },
        },
      ],
      refused: [],
    };
    fireEvent.keyDown(await row('001.png'), { key: 'Enter' });
    await waitFor(() => expect(services.router.route().area).toBe('compare'));
    expect(engine.inputsOf('jobs.openPicture')).toEqual([{ id: 'val', item: 1 }]);
  });
  test('as a gallery say the same', async () => {
    vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(600); // here nothing has a size
    const { engine } = await open([aFinishedJob('val')]);
    fireEvent.click(await screen.findByRole('button', { name: 'Gallery' }));
    const gallery = screen.getByRole('listbox', { name: 'Results of Batch: val' });
    const name = /^001\.png Version 1 cat 75.0\u00a0% Version 3 dog 90.0\u00a0%$/;
    expect(await within(gallery).findByRole('option', { name })).toBeDefined();
    fireEvent.keyDown(gallery, { key: 'ArrowRight' });
    fireEvent.keyDown(gallery, { key: 'Enter' });
    await waitFor(() => expect(engine.inputsOf('jobs.openPicture')).toEqual([{ id: 'val', item: 1 }]));
  });
  test('none that match lead back to all', async () => {
    await open([aFinishedJob('val')], {
      handlers: {
        'jobs.results': async ({ filter }) =>
          filter.show === 'all' ? { total: 1, rows: rows.slice(0, 1) } : { total: 0, rows: [] },
      },
    });
    fireEvent.click(await screen.findByRole('button', { name: /^Failed/ }));
    fireEvent.click(await screen.findByRole('button', { name: 'Show all results' }));
    expect(await row('000.png')).toBeDefined();
  });
  test('the number of failed pictures leads to them', async () => {
    const { services } = await open([aFinishedJob('val', { progress: { done: 3, total: 3, failed: 1 } })]);
    act(() => services.router.navigate({ area: 'jobs', job: 'val', tab: 'progress' }));
    fireEvent.click(screen.getByRole('button', { name: '1 failed picture, show them' }));
    expect(await row('002.png')).toBeDefined();
    expect(screen.queryByRole('row', { name: '000.png' })).toBeNull();
  });
  test('are written to a file that can be shown', async () => {
    const { engine } = await open([aFinishedJob('val')], {
      handlers: { 'jobs.export': async () => ({ name: 'val.csv' }) },
    });
    fireEvent.click(screen.getByRole('button', { name: 'Export' }));
    fireEvent.click(await screen.findByRole('menuitem', { name: 'CSV' }));
    await screen.findByText('val.csv is written');
    fireEvent.click(screen.getByRole('button', { name: 'Show in folder' }));
    await waitFor(() => expect(engine.inputsOf('jobs.showExport')).toEqual([{ id: 'val' }]));
  });
});

describe('the sheet of a new batch', () => {
  const offer = {
    about: 'pictures' as const,
    ticket: 't',
    kind: 'folder' as const,
    name: 'val',
    others: 0,
    pictures: 1_240,
    isCut: false,
  };
  const sheet = async (more: FakeEngineOptions = {}) => {
    const page = await renderPage(<NewBatch />, {
      models: [aModel('digits', { versions: [anAvailableVersion(3), anAvailableVersion(2), aVersion(1)] })],
      ...more,
    });
    page.engine.nextInput = { kind: 'batch', offer };
    await act(() => page.services.batching.takeFiles([]));
    return page;
  };
  test('says what was dropped, and offers versions, loaded or not', async () => {
    await sheet();
    const dialog = screen.getByRole('dialog', { name: 'Classify 1,240 pictures as a batch' });
    expect(within(dialog).getByRole('group', { name: 'Versions' }).textContent).toContain('1not loaded2');
    const boxes = within(dialog).getAllByRole<HTMLInputElement>('checkbox');
    expect(boxes.map((box) => [box.getAttribute('aria-label'), box.checked, box.disabled])).toEqual([
      ['Version 1', false, false],
      ['Version 2', false, false],
      ['Version 3', true, false],
    ]);
  });
  test('a file of tensors has no classes to keep, but a form for its answers', async () => {
    const job = aJobView('new');
    const { engine } = await sheet({
      handlers: {
        'jobs.startPrediction': async () => job,
        'jobs.chooseInput': async () => ({ about: 'tensors', ticket: 'u', format: 'npy', name: 'rows.npy' }),
      },
    });
    await act(async () => fireEvent.click(screen.getByRole('button', { name: 'Tensors…' })));
    expect(screen.getByRole('group', { name: 'Input' }).textContent).toContain(
      'rows.npy, NumPy array (.npy)',
    );
    expect(screen.queryByRole('group', { name: 'Classes per answer' })).toBeNull();
    expect(screen.getByRole('combobox', { name: 'Answers as' }).textContent).toContain('NumPy arrays (.npz)');
    await act(async () => fireEvent.click(screen.getByRole('button', { name: 'Start batch' })));
    expect(engine.inputsOf('jobs.startPrediction')).toEqual([
      { ticket: 'u', title: 'Batch: rows.npy', model: 'digits', versions: [3], target: 'npz' },
    ]);
  });
  test('starts with what was chosen; a refusal is said first and nothing is lost', async () => {
    const { engine } = await sheet({ handlers: { 'jobs.startBatch': async () => aJobView('new') } });
    fireEvent.click(screen.getByRole('checkbox', { name: 'Version 2' }));
    fireEvent.change(screen.getByRole('textbox', { name: 'Classes per answer' }), { target: { value: '3' } });
    engine.failNext('jobs.startBatch', new AppError('DROP_EXPIRED'));
    fireEvent.click(screen.getByRole('button', { name: 'Start batch' }));
    expect(await screen.findByRole('alert')).toBeDefined();
    expect(screen.getByRole<HTMLInputElement>('checkbox', { name: 'Version 2' }).checked).toBe(true);
    fireEvent.click(screen.getByRole('button', { name: 'Start batch' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(engine.inputsOf('jobs.startBatch').at(-1)).toMatchObject({ versions: [2, 3], top: 3 });
  });
  test('says what is missing', async () => {
    const { services } = await sheet();
    const start = () => screen.getByRole('button', { name: 'Start batch' });
    fireEvent.change(screen.getByRole('textbox', { name: 'Classes per answer' }), { target: { value: 'x' } });
    expect(start().title).toBe('The number of classes needs a change first');
    fireEvent.click(screen.getByRole('checkbox', { name: 'Version 3' }));
    expect(start().title).toBe('Choose at least one version');
    act(() => services.batching.close());
    act(() => services.batching.open());
    expect(screen.getByRole('dialog', { name: 'New batch' })).toBeDefined();
    expect(start().title).toBe('Choose the input first');
  });
  test('leads on when no model can be asked', async () => {
    await sheet({ models: [aModel('digits', { versions: [aVersion(1, { lifecycle: 'failed' })] })] });
    expect(screen.getByRole('alert').textContent).toContain('No model can be asked');
  });
});
