// @vitest-environment happy-dom
import { act, cleanup, configure, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { AppError } from '../../../../app/base/errors';
import type { Handlers } from '../../../../app/contract';
import type { Model } from '../../../../app/contract/models';
import { CompareArea } from '../../../../renderer/features/compare/CompareArea';
import { currentRoute } from '../../../../renderer/stores/router';
import { renderPage } from '../../../support/render-page';
import {
  classification,
  description,
  inferring,
  model,
  type Probabilities,
  picture,
  version,
} from '../playground/page-fixtures';

configure({ asyncUtilTimeout: 8_000 }); // a busy machine is slow, not wrong

beforeEach(() => {
  // no layout here: what scrolls is as tall as this, so that virtual rows are drawn
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(800);
});
afterEach(cleanup);

const said: Readonly<Record<string, readonly Probabilities[]>> = {
  'tench.png': [
    { tench: 0.15, barracouta: 0.84, reel: 0.01 },
    { tench: 0.69, barracouta: 0.26, reel: 0.05 },
    { tench: 0.7, barracouta: 0.2, reel: 0.1 },
  ],
  'rose.png': [
    { tench: 0.4, barracouta: 0.3, reel: 0.3 },
    { tench: 0.3, barracouta: 0.4, reel: 0.3 },
    { tench: 0.3, barracouta: 0.3, reel: 0.4 },
  ],
  'reel.png': [
    { tench: 0, barracouta: 0.01, reel: 0.99 },
    { tench: 0.001, barracouta: 0.011, reel: 0.988 },
    { tench: 0, barracouta: 0, reel: 1 },
  ],
};
const answers = (number: number, name: string): Probabilities =>
  said[name]?.[number - 1] ?? { tench: 1, reel: 0 };
const fish = model('fish', [version(1, 'available'), version(2, 'available'), version(3, 'available')]);

interface Setting {
  readonly versions?: readonly number[];
  readonly models?: readonly Model[];
  readonly pictures?: readonly string[];
  readonly handlers?: Partial<Handlers>;
}

async function open({
  versions = [1, 2],
  models = [fish],
  pictures = Object.keys(said),
  handlers,
}: Setting = {}) {
  const page = await renderPage(<CompareArea />, {
    models,
    handlers: { ...inferring(answers), ...handlers },
  });
  const { router, compare } = page.services;
  act(() => {
    compare.addPictures(pictures.map(picture));
    router.navigate({
      area: 'compare',
      versions: versions.map((each) => ({ model: 'fish', version: each })),
    });
  });
  const finished = (): Promise<void> =>
    waitFor(() => expect(compare.store.getState().finishedAtMs).not.toBeNull());
  return { ...page, finished };
}
const row = (name: string): HTMLElement =>
  screen.getByRole('row', {
    name: (_, element) => element.querySelector('[data-picture]')?.textContent === name,
  });
const cellsOf = (name: string): (string | null)[] =>
  within(row(name))
    .getAllByRole('cell')
    .map((cell) => cell.getAttribute('aria-label') ?? cell.textContent);
const shownPictures = (): (string | undefined)[] =>
  [...document.querySelectorAll('[data-picture]')].map((button) => button.textContent ?? undefined);

describe('the table', () => {
  test('names model, versions and baseline, and says each answer with its change in words', async () => {
    const { finished } = await open();
    await finished();
    expect(screen.getByRole('table', { name: 'Comparison of fish' })).toBeTruthy();
    expect(screen.getByRole('columnheader', { name: 'Version 1, baseline' })).toBeTruthy();
    expect(screen.getByRole('columnheader', { name: 'Version 2' })).toBeTruthy();
    expect(cellsOf('tench.png')).toEqual(['All differ', 'barracouta 0.84', 'tench 0.69, down 0.58']);
    expect(cellsOf('reel.png')).toEqual(['All agree', 'reel 0.99', 'reel 0.99, about the same']);
  });

  test('measures whole models against the baseline, where less is better', async () => {
    const { finished } = await open();
    await finished();
    const metrics = within(screen.getByRole('table')).getAllByRole('row');
    const texts = metrics.map((line) =>
      [...line.querySelectorAll('td')].map((cell) =>
        cell.getAttribute('aria-label')?.replaceAll('\u00a0', ' '),
      ),
    );
    expect(texts).toContainEqual(['2 ms', '4 ms, up 2 ms, worse']);
    expect(texts).toContainEqual(['50 MB', '100 MB, up 50 MB, worse']);
    expect(screen.getByText(/^median( of \d+)?$/)).toBeTruthy();
    expect(
      screen.getByText(/^Median of \d+ after 3 warm-ups, same order, this computer, \d\d:\d\d$/),
    ).toBeTruthy();
  });

  test('begins with the pictures on which sure versions part', async () => {
    const { finished } = await open();
    await finished();
    expect(shownPictures()).toEqual(['tench.png', 'rose.png', 'reel.png']);
  });

  test('filters by agreement, each filter with its count', async () => {
    const { finished } = await open({ versions: [1, 2, 3] });
    await finished();
    const filters = within(screen.getByRole('group', { name: 'Show pictures' })).getAllByRole('button');
    expect(filters.map((each) => each.textContent)).toEqual([
      'All 3',
      'All agree 1',
      'Disagree 2',
      '2 of 3 agree 1',
      'All differ 1',
    ]);
    fireEvent.click(screen.getByRole('button', { name: '2 of 3 agree 1' }));
    expect(shownPictures()).toEqual(['tench.png']);
  });

  test('a filter that nothing passes says so and leads back', async () => {
    const { finished } = await open({ pictures: ['reel.png'] });
    await finished();
    fireEvent.click(screen.getByRole('button', { name: 'All differ 0' }));
    expect(screen.getByText('No picture belongs to "All differ".')).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Show all pictures' }));
    expect(shownPictures()).toEqual(['reel.png']);
  });
});

describe('columns', () => {
  test('another baseline turns the changes around', async () => {
    const { finished, services } = await open();
    await finished();
    act(() => services.compare.setBaseline('fish@2'));
    expect(screen.getByRole('columnheader', { name: 'Version 2, baseline' })).toBeTruthy();
    expect(cellsOf('tench.png')).toEqual(['All differ', 'barracouta 0.84, down 0.54', 'tench 0.69']);
  });

  test('a version that is not loaded stays with its state, and joins once it is loaded', async () => {
    const { engine } = await open({
      models: [model('fish', [version(1, 'onDisk'), version(2, 'available')])],
      pictures: ['tench.png'],
    });
    await waitFor(() =>
      expect(cellsOf('tench.png')).toEqual(['Unanswered', 'Not loaded', 'tench 0.69, not comparable']),
    );
    const head = screen.getByRole('columnheader', { name: 'Version 1, baseline' });
    expect(within(head).getByRole('status').textContent).toBe('On disk');
    fireEvent.click(screen.getByRole('button', { name: 'Load version 1' }));
    await waitFor(() =>
      expect(cellsOf('tench.png')).toEqual(['All differ', 'barracouta 0.84', 'tench 0.69, down 0.58']),
    );
    expect(engine.inputsOf('models.load')).toEqual([{ model: 'fish', version: 1 }]);
  });

  test('a version that fails on a picture keeps the reason in its cell', async () => {
    const { finished } = await open({
      pictures: ['tench.png'],
      handlers: {
        'inference.classify': async (input) => {
          if (input.version === 2) throw new AppError('RUNNER_CRASHED', { model: 'fish', version: '2' });
          return classification(input, answers(input.version, input.picture));
        },
      },
    });
    await finished();
    expect(cellsOf('tench.png')).toEqual([
      'Unanswered',
      'barracouta 0.84',
      'The process of this version ended unexpectedly',
    ]);
  });

  test('a version with other class names says how many are shared', async () => {
    const { finished } = await open({
      pictures: ['tench.png'],
      handlers: {
        'inference.classify': async (input) =>
          classification(input, input.version === 1 ? { cat: 0.9, dog: 0.1 } : { cat: 0.9, bird: 0.1 }),
      },
    });
    await finished();
    const head = screen.getByRole('columnheader', { name: 'Version 2' });
    expect(head.textContent).toContain('Other classes: 1 of 2 are shared');
  });

  test('changed preprocessing asks that version again', async () => {
    const { engine, finished } = await open({ pictures: ['tench.png'] });
    await finished();
    const before = engine.inputsOf('inference.classify').length;
    act(() =>
      engine.log({
        id: 1,
        atMs: 0,
        model: 'fish',
        version: 2,
        kind: 'preprocessingSet',
        cause: 'person',
        params: {},
        error: null,
      }),
    );
    await waitFor(() => {
      const asked = engine.inputsOf('inference.classify').slice(before);
      expect(asked.length).toBeGreaterThan(0);
      expect(asked).toContainEqual({ model: 'fish', version: 2, picture: 'tench.png', top: 10_000 });
    });
  });
});

describe('choosing versions', () => {
  test('versions say which labels point at them', async () => {
    const labels = [{ label: 'stable', version: 2, appliedVersion: 2, isPending: false }];
    await open({ versions: [], pictures: [], models: [{ ...fish, labels }] });
    fireEvent.click(screen.getByRole('button', { name: 'Choose versions' }));
    const dialog = await screen.findByRole('dialog', { name: 'Choose versions to compare' });
    const lines = within(dialog)
      .getAllByRole('listitem')
      .map(({ textContent }) => textContent);
    expect(lines.filter((line) => line?.includes('stable'))).toEqual([expect.stringContaining('Version 2')]);
  });

  test('without two there is a way to choose them, and what does not fit says why', async () => {
    const { services } = await open({
      versions: [],
      pictures: [],
      models: [fish, model('birds', [version(1, 'available')]), model('words', [version(1, 'available')])],
      handlers: {
        'models.describe': async (ref) =>
          description(ref, {
            ...(ref.model === 'birds' ? { classCount: 5 } : {}),
            ...(ref.model === 'words'
              ? {
                  preprocessing: null,
                  classCount: null,
                  notClassifier: { certainty: 'certain', reason: 'notNoInput', params: {} },
                }
              : {}),
          }),
      },
    });
    expect(screen.getByRole('heading', { name: 'Compare needs two versions' })).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Choose versions' }));
    const dialog = await screen.findByRole('dialog', { name: 'Choose versions to compare' });
    const ofFish = within(within(dialog).getByRole('region', { name: 'Versions of fish' }));
    fireEvent.click(ofFish.getByText('Version 1'));
    expect(within(dialog).getByRole('checkbox', { name: 'fish version 1', checked: true })).toBeTruthy();
    await waitFor(() => expect(dialog.textContent).toContain('5 classes, the others have 3'));
    expect(dialog.textContent).toContain('Not an image classifier');
    const ofBirds = within(within(dialog).getByRole('region', { name: 'Versions of birds' }));
    fireEvent.click(ofBirds.getByText('Version 1'));
    expect(within(dialog).getByRole('status').textContent).toBe('1 chosen');
    const confirm = within(dialog).getByRole('button', { name: 'Compare 1 version' });
    expect(confirm.title).toBe('Choose at least two');
    fireEvent.click(ofFish.getByText('Version 3'));
    fireEvent.click(within(dialog).getByRole('button', { name: 'Compare 2 versions' }));
    expect(currentRoute(services.router.store.getState())).toEqual({
      area: 'compare',
      versions: [
        { model: 'fish', version: 1 },
        { model: 'fish', version: 3 },
      ],
    });
  });
});

describe('pictures', () => {
  test('the keys walk them, with the answers of each pinned beside', async () => {
    const { finished, services } = await open();
    await finished();
    act(() => services.compare.selectPicture('tench.png'));
    act(() => void services.commands.run('compare.next'));
    const pinned = screen.getByRole('complementary', { name: 'Pinned picture' });
    expect(within(pinned).getByRole('heading', { level: 2 }).textContent).toBe('rose.png');
    expect(within(pinned).getByText('2 of 3')).toBeTruthy();
    act(() => void services.commands.run('compare.next'));
    expect(within(pinned).getByRole('heading', { level: 2 }).textContent).toBe('reel.png');
    expect(services.commands.run('compare.next')).toBe(false);
  });

  test('none at all leads to the ways to add some', async () => {
    const { engine } = await open({ pictures: [] });
    engine.nextPictures = { pictures: [picture('reel.png')], refused: [] };
    fireEvent.click(screen.getByRole('button', { name: 'Choose pictures' }));
    await waitFor(() => expect(shownPictures()).toEqual(['reel.png']));
  });
});

test('cancel keeps what was answered, and Run again asks for everything', async () => {
  const waiting: (() => void)[] = [];
  const { services } = await open({
    pictures: ['tench.png', 'reel.png'],
    handlers: {
      'inference.classify': (input) =>
        new Promise((resolve) => {
          waiting.push(() => resolve(classification(input, answers(input.version, input.picture))));
        }),
    },
  });
  const answerNext = async (times: number): Promise<void> => {
    for (let at = 0; at < times; at += 1) {
      await waitFor(() => expect(waiting.length).toBeGreaterThan(0));
      await act(async () => waiting.shift()?.());
    }
  };
  await answerNext(4); // three warm-ups, then the first that counts
  await waitFor(() => expect(cellsOf('tench.png')[1]).toBe('barracouta 0.84'));
  expect(screen.getByRole('progressbar', { name: 'Comparing' }).getAttribute('aria-valuetext')).toBe(
    '1 of 4 answers',
  );
  fireEvent.click(screen.getByRole('button', { name: 'Cancel the comparison' }));
  expect(cellsOf('tench.png')).toEqual(['Unanswered', 'barracouta 0.84', 'Not run']);
  expect(cellsOf('reel.png')).toEqual(['Unanswered', 'Not run', 'Not run']);
  expect(services.compare.store.getState().progress).toBeNull();
  waiting.length = 0;
  fireEvent.click(screen.getByRole('button', { name: 'Run again' }));
  expect(cellsOf('tench.png')[1]).toBe('Waiting');
  await waitFor(() => expect(waiting).toHaveLength(1));
});
