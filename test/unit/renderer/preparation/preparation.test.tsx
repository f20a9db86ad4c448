// @vitest-environment happy-dom
import { act, cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, test } from 'vitest';
import { AppError } from '../../../../app/base/errors';
import type { Handlers } from '../../../../app/contract';
import type { ClassNames, PreprocessingRanking } from '../../../../app/contract/inference';
import { ModelsArea } from '../../../../renderer/features/models/ModelsArea';
import { PlaygroundArea } from '../../../../renderer/features/playground/PlaygroundArea';
import { renderPage } from '../../../support/render-page';
import { aModel, anAvailableVersion } from '../../../support/sample-models';
import { description, inferring, note, picture, preprocessing } from '../playground/page-fixtures';

afterEach(cleanup);

const digits = aModel('digits', { versions: [anAvailableVersion(2)] });
const guess = note('guess', 'valuesUnknown');
const unsure = (ref: { model: string; version: number }) => {
  const known = description(ref);
  return { ...known, notes: known.notes && { ...known.notes, resize: known.notes.size, values: guess } };
};
const settled = (ref: { model: string; version: number }, kept = preprocessing) => {
  const set = note('set', 'setByPerson');
  const known = description(ref, { preprocessing: kept });
  return { ...known, notes: known.notes && { ...known.notes, resize: set, values: set } };
};
const names: ClassNames = {
  given: ['cat', 'dog', 'cow'],
  byClass: ['cat', 'dog', 'cow'],
  note: note('certain', 'labelsFile', { count: '3', file: 'labels.txt' }),
  warnings: [],
};
const better = { ...preprocessing, values: { scale: 1, mean: [0], std: [1] } };
const ranking: PreprocessingRanking = {
  pictureCount: 2,
  ranked: [
    { preprocessing: better, accuracy: 1, margin: 0.8, isCurrent: false },
    { preprocessing, accuracy: 0.5, margin: -0.1, isCurrent: true },
  ],
};
const handlers = (more: Partial<Handlers> = {}): Partial<Handlers> => ({
  ...inferring(() => ({ cat: 0.6, dog: 0.4 })),
  'models.describe': async (ref) => unsure(ref),
  'models.setPreprocessing': async ({ model, version, preprocessing: kept }) => ({
    undo: 'undo-1',
    isKeptInFolder: true,
    description: settled({ model, version }, kept ?? preprocessing),
  }),
  'models.classNames': async () => names,
  'inference.rankPreprocessings': async () => ranking,
  'pictures.choose': async () => ({ pictures: [picture('cat 1'), picture('holiday')], refused: [] }),
  ...more,
});
const question = () => screen.findByRole('region', { name: 'Is this how pictures go into version 2?' });

describe('where something was guessed', () => {
  test('the playground asks above the answer, with the guess, its reason and what else it could be', async () => {
    await renderPage(<PlaygroundArea />, { models: [digits], handlers: handlers() });
    const text = (await question()).textContent ?? '';
    expect(text).toContain('Values: ImageNet mean and deviation.');
    expect(text).toContain('It could also be 0 to 1, −1 to 1, 0 to 255, or Caffe mean');
    expect(text).not.toContain('Size');
  });

  test('“It is right” keeps what was guessed, and is not asked again', async () => {
    const { engine } = await renderPage(<PlaygroundArea />, { models: [digits], handlers: handlers() });
    fireEvent.click(
      within(await question()).getByRole('button', { name: 'It is right for digits version 2' }),
    );
    await waitFor(() => expect(screen.queryByRole('region', { name: /Is this how/ })).toBeNull());
    expect(engine.inputsOf('models.setPreprocessing')).toEqual([
      { model: 'digits', version: 2, preprocessing },
    ]);
    await screen.findByText('Kept how pictures go into digits version 2');
    expect(screen.getByRole('button', { name: 'Undo' })).toBeDefined();
  });

  test('the version row asks as well', async () => {
    await renderPage(<ModelsArea />, { models: [digits], handlers: handlers() });
    const row = await screen.findByRole('row', { name: 'Question about version 2' });
    fireEvent.click(within(row).getByRole('button', { name: /^It is right/ }));
    await waitFor(() => expect(screen.queryByRole('row', { name: 'Question about version 2' })).toBeNull());
  });

  test('what is known is not asked', async () => {
    await renderPage(<PlaygroundArea />, {
      models: [digits],
      handlers: handlers({ 'models.describe': async (ref) => settled(ref) }),
    });
    await screen.findByText('Preprocessing');
    expect(screen.queryByRole('region', { name: /Is this how/ })).toBeNull();
  });
});

describe('the search for the right preprocessing', () => {
  const open = async (more: Partial<Handlers> = {}) => {
    const page = await renderPage(<PlaygroundArea />, { models: [digits], handlers: handlers(more) });
    fireEvent.click(await screen.findByRole('button', { name: /^Find out with pictures/ }));
    const dialog = await screen.findByRole('dialog', {
      name: 'Find the right preprocessing of digits version 2',
    });
    await waitFor(() => expect(page.engine.inputsOf('models.classNames')).toHaveLength(1));
    fireEvent.click(within(dialog).getByRole('button', { name: 'Choose pictures' }));
    await within(dialog).findByText('1 of 2 labelled');
    return { ...page, dialog: within(dialog) };
  };

  test('takes pictures with their classes, ranks the usual ways, and applies the chosen one with undo', async () => {
    const { engine, dialog } = await open();
    expect(dialog.getByRole('combobox', { name: 'What cat 1 shows' })).toHaveProperty('value', 'cat');
    const field = dialog.getByRole('combobox', { name: 'What holiday shows' });
    act(() => field.focus());
    fireEvent.keyDown(field, { key: 'ArrowDown' });
    fireEvent.click(await screen.findByRole('option', { name: 'dog' }));
    await dialog.findByText('2 of 2 labelled');
    fireEvent.click(dialog.getByRole('button', { name: 'Try them' }));
    const table = await dialog.findByRole('table', { name: 'What answered best' });
    expect(
      within(table)
        .getAllByRole('row')
        .map((row) => row.textContent),
    ).toEqual([
      'ChoosePreprocessingRightMargin',
      'RGB, 0 to 255; Short side to 256, then the centre2 of 2+0.80',
      'RGB, mean/std; Short side to 256, then the centreas it is now1 of 2−0.10',
    ]);
    dialog.getByText('The first one answers best.');
    expect(engine.inputsOf('inference.rankPreprocessings')).toEqual([
      {
        model: 'digits',
        version: 2,
        pictures: [
          { picture: picture('cat 1').id, label: 0 },
          { picture: picture('holiday').id, label: 1 },
        ],
      },
    ]);
    fireEvent.click(dialog.getByRole('button', { name: 'Apply' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(engine.inputsOf('models.setPreprocessing')).toEqual([
      { model: 'digits', version: 2, preprocessing: better },
    ]);
    expect(screen.getByRole('button', { name: 'Undo' })).toBeDefined();
  });

  test('another than the best can be chosen', async () => {
    const { engine, dialog } = await open();
    fireEvent.click(dialog.getByRole('button', { name: 'Try them' }));
    fireEvent.click(await dialog.findByRole('radio', { name: /^RGB, mean\/std/ }));
    fireEvent.click(dialog.getByRole('button', { name: 'Apply' }));
    await waitFor(() => expect(engine.inputsOf('models.setPreprocessing')).toHaveLength(1));
    expect(engine.inputsOf('models.setPreprocessing')).toEqual([
      { model: 'digits', version: 2, preprocessing },
    ]);
  });

  test('a failure is said in the dialog, which keeps what was given', async () => {
    const { dialog } = await open({
      'inference.rankPreprocessings': async () => {
        throw new AppError('PICTURE_UNREADABLE');
      },
    });
    fireEvent.click(dialog.getByRole('button', { name: 'Try them' }));
    await dialog.findByRole('alert');
    expect(dialog.getByText('1 of 2 labelled')).toBeDefined();
  });

  test('pictures go to the page again once it is closed', async () => {
    const { dialog, services } = await open();
    fireEvent.click(dialog.getByRole('button', { name: 'Cancel' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    await services.pictures.choose();
    const runs = services.playground.store.getState().runs.map((run) => run.picture.name);
    expect(runs.toSorted()).toEqual(['cat 1', 'holiday']);
  });
});

describe('the names of the classes', () => {
  const open = async (more: Partial<Handlers> = {}) => {
    const page = await renderPage(<PlaygroundArea />, { models: [digits], handlers: handlers(more) });
    fireEvent.click(await screen.findByRole('button', { name: 'Name the classes' }));
    const dialog = within(
      await screen.findByRole('dialog', { name: 'Name the classes of digits version 2' }),
    );
    await dialog.findByRole('table', { name: '3 classes' });
    return { ...page, dialog };
  };

  test('start with those there are, show what each class would be called, and are kept with undo', async () => {
    const { engine, dialog } = await open({
      'models.classNames': async ({ text }) =>
        text === null
          ? names
          : {
              given: ['Katze', 'Hund'],
              byClass: ['Katze', 'Hund', ''],
              note: note('set', 'setByPerson'),
              warnings: [
                note('certain', 'warnLabelsTooFew', { classes: '3', labels: '2', source: 'slipway.json' }),
              ],
            },
      'models.setClassNames': async ({ model, version }) => ({
        undo: 'undo-2',
        isKeptInFolder: true,
        description: settled({ model, version }),
      }),
    });
    const field = dialog.getByRole('textbox', { name: 'Names' });
    expect(field).toHaveProperty('value', 'cat\ndog\ncow');
    fireEvent.change(field, { target: { value: 'Katze\nHund' } });
    await dialog.findByText(/There are 3 classes but only 2 names/);
    expect(dialog.getByRole('cell', { name: 'class 2' })).toBeDefined();
    fireEvent.click(dialog.getByRole('button', { name: 'Keep names' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(engine.inputsOf('models.setClassNames')).toEqual([
      { model: 'digits', version: 2, names: ['Katze', 'Hund'] },
    ]);
    await screen.findByText('The classes of digits version 2 have other names');
  });

  test('come from a file as well', async () => {
    const { engine, dialog } = await open();
    const file = new File(['["a", "b", "c"]'], 'labels.json', { type: 'application/json' });
    const input = document.querySelector('input[type=file]');
    if (!input) throw new Error('No way to choose a file');
    fireEvent.change(input, { target: { files: [file] } });
    await waitFor(() =>
      expect(dialog.getByRole('textbox', { name: 'Names' })).toHaveProperty('value', '["a", "b", "c"]'),
    );
    await waitFor(() =>
      expect(engine.inputsOf('models.classNames')).toContainEqual({
        model: 'digits',
        version: 2,
        text: '["a", "b", "c"]',
      }),
    );
  });

  test('a text that is no list of names is said so, and not kept', async () => {
    const { engine, dialog } = await open({
      'models.classNames': async ({ text }) => {
        if (text !== null) throw new AppError('CLASS_NAMES_UNREADABLE');
        return names;
      },
    });
    fireEvent.change(dialog.getByRole('textbox', { name: 'Names' }), { target: { value: '[1, 2]' } });
    await dialog.findByText(/These are no class names/);
    fireEvent.click(dialog.getByRole('button', { name: 'Keep names' }));
    expect(engine.inputsOf('models.setClassNames')).toEqual([]);
  });
});
