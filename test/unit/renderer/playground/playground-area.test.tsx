// @vitest-environment happy-dom
import { act, cleanup, configure, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { AppError } from '../../../../app/base/errors';
import { PlaygroundArea } from '../../../../renderer/features/playground/PlaygroundArea';
import { currentRoute } from '../../../../renderer/stores/router';
import { renderPage } from '../../../support/render-page';
import { classification, description, inferring, model, picture, version } from './page-fixtures';

configure({ asyncUtilTimeout: 8_000 }); // a busy machine is slow, not wrong

beforeEach(() => {
  // no layout here: what scrolls is as tall as this, so that virtual rows are drawn
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(800);
});
afterEach(cleanup);

const cats = (number: number) =>
  number === 1
    ? { 'tiger cat': 0.4, tabby: 0.3, lynx: 0.3 }
    : { 'tiger cat': 0.376, tabby: 0.517, lynx: 0.107 };
const imagenet = model('imagenet', [version(1, 'available'), version(2, 'available'), version(3, 'onDisk')]);

async function open(options: Parameters<typeof renderPage>[1] = {}) {
  const page = await renderPage(<PlaygroundArea />, {
    models: [imagenet],
    ...options,
    handlers: { ...inferring(cats), ...options.handlers },
  });
  const choose = async (...names: string[]): Promise<void> => {
    page.engine.nextPictures = { pictures: names.map(picture), refused: [] };
    await act(async () => page.services.pictures.choose());
  };
  return { ...page, choose };
}
/** Figures are written with spaces that do not break. */
const plain = (text: string | null | undefined): string => (text ?? '').replaceAll('\u00a0', ' ');
const answered = (text: string): Promise<void> =>
  waitFor(() => expect(plain(document.getElementById('answer')?.textContent)).toBe(text));

describe('giving it pictures', () => {
  test('a chosen picture is run by the newest version that can answer, and the answer comes first', async () => {
    const { engine, choose } = await open();
    await choose('kitten.jpg');
    await answered('tabby 51.7 %');
    expect(engine.inputsOf('inference.classify')).toEqual([
      { model: 'imagenet', version: 2, picture: 'kitten.jpg', top: 10_000 },
    ]);
    expect(screen.getByRole('option', { selected: true }).textContent).toContain('kitten.jpg');
  });

  test('one press on a sample picture gives the first answer', async () => {
    await open({
      models: [model('fashion', [version(3, 'available')], { isSample: true })],
      handlers: {
        ...inferring(() => ({ Sneaker: 0.9, Bag: 0.1 })),
        'pictures.samples': async () => ({ pictures: [picture('sneaker-1.png')], refused: [] }),
      },
    });
    fireEvent.click(await screen.findByRole('button', { name: 'Run sneaker-1.png' }));
    await answered('Sneaker 90.0 %');
  });

  test('while programs can ask as well, how they do is copied for the version in sight', async () => {
    const { engine } = await open();
    expect(screen.queryByRole('button', { name: 'Copy as curl' })).toBeNull();
    act(() => engine.tell('endpoints.changed', { ...engine.endpoints, status: 'on' }));
    fireEvent.click(await screen.findByRole('button', { name: 'Copy as curl' }));
    await waitFor(() => expect(engine.inputsOf('app.copyText')).toHaveLength(1));
    expect(engine.inputsOf('endpoints.examples')).toEqual([{ model: 'imagenet', version: 2 }]);
  });

  test('a pasted picture travels by its content', async () => {
    const { engine } = await open();
    engine.nextPictures = { pictures: [picture('image.png')], refused: [] };
    const event = new Event('paste', { cancelable: true });
    Object.assign(event, { clipboardData: { files: [new File([new Uint8Array([7])], 'image.png')] } });
    await act(async () => window.dispatchEvent(event));
    await answered('tabby 51.7 %');
    expect(engine.inputsOf('pictures.put')).toEqual([{ name: 'image.png', bytes: new Uint8Array([7]) }]);
  });

  test('a file that is no picture stays in sight with its reason, and the others run', async () => {
    const { engine, services } = await open();
    const error = new AppError('PICTURE_UNREADABLE').toWire();
    engine.nextPictures = { pictures: [picture('a.png')], refused: [{ name: 'notes.txt', error }] };
    await act(async () => services.pictures.choose());
    const alert = screen.getByRole('alert');
    expect(alert.textContent).toContain('1 file was not added');
    expect(alert.textContent).toContain('notes.txt');
    await answered('tabby 51.7 %');
    fireEvent.click(within(alert).getByRole('button', { name: 'Dismiss' }));
    expect(screen.queryByRole('alert')).toBeNull();
  });

  test('many pictures run in order, four at once, with progress; cancel keeps what was answered', async () => {
    const begun: string[] = [];
    const finish: (() => void)[] = [];
    const { services, choose } = await open({
      handlers: {
        'inference.classify': (input) => {
          begun.push(input.picture);
          return new Promise((resolve) => finish.push(() => resolve(classification(input, cats(2)))));
        },
      },
    });
    await choose('1.png', '2.png', '3.png', '4.png', '5.png', '6.png');
    await waitFor(() => expect(begun).toEqual(['1.png', '2.png', '3.png', '4.png']));
    await act(async () => finish[0]?.());
    await waitFor(() => expect(begun.at(-1)).toBe('5.png'));
    const progress = screen.getByRole('progressbar', { name: 'Running pictures' });
    expect(progress.getAttribute('aria-valuetext')).toBe('1 of 6 pictures');
    fireEvent.click(screen.getByRole('button', { name: 'Cancel runs' }));
    expect(screen.queryByRole('progressbar')).toBeNull();
    expect(services.playground.store.getState().runs.map((run) => run.picture.name)).toEqual(['1.png']);
    await act(async () => {
      for (const end of finish) end();
    });
    expect(begun).toHaveLength(5);
    expect(services.playground.store.getState().runs).toHaveLength(1);
  });
});

describe('versions', () => {
  test('choosing another runs the picture again at once, and both answers are kept and held against each other', async () => {
    const { choose } = await open();
    await choose('kitten.jpg');
    await answered('tabby 51.7 %');
    fireEvent.click(screen.getByRole('radio', { name: 'Version 1' }));
    await answered('tiger cat 40.0 %');
    expect(screen.getByText('Close: tabby has 30.0 %. Version 2 says tabby.')).toBeTruthy();
    expect(screen.getAllByRole('option').map((option) => plain(option.textContent))).toEqual([
      'tiger cat40.0 %kitten.jpgimagenet1',
      'tabby51.7 %kitten.jpgimagenet2',
    ]);
  });

  test('a label stands for the version that it points at', async () => {
    const labels = [
      { label: 'stable', version: 1, appliedVersion: 1, isPending: false },
      { label: 'next', version: 4, appliedVersion: null, isPending: true },
    ];
    const { engine, choose } = await open({ models: [{ ...imagenet, labels }] });
    fireEvent.click(screen.getByRole('combobox', { name: 'Version' }));
    const list = await screen.findByRole('listbox');
    const options = within(list).getAllByRole('option');
    expect(options.map(({ textContent }) => textContent)).toEqual([
      'stable→ 1',
      'Version 3On disk',
      'Version 2',
      'Version 1',
    ]);
    const stable = within(list).getByRole('option', { name: /^stable/ });
    fireEvent.pointerDown(stable, { pointerType: 'mouse' });
    fireEvent.click(stable, { detail: 1 });
    await choose('kitten.jpg');
    await answered('tiger cat 40.0 %');
    expect(engine.inputsOf('inference.classify')).toMatchObject([{ model: 'imagenet', version: 1 }]);
  });

  test('those that cannot answer say their state, and can be loaded once chosen', async () => {
    const { engine } = await open();
    fireEvent.click(screen.getByRole('radio', { name: 'Version 3, On disk' }));
    expect(screen.getByRole('heading', { name: 'Version 3 is not loaded' })).toBeTruthy();
    expect(engine.inputsOf('inference.classify')).toEqual([]);
    fireEvent.click(screen.getByRole('button', { name: 'Load version 3' }));
    await waitFor(() => expect(engine.inputsOf('models.load')).toEqual([{ model: 'imagenet', version: 3 }]));
  });

  test('an answer stays readable when its version is unloaded', async () => {
    const { engine, choose } = await open();
    await choose('kitten.jpg');
    await answered('tabby 51.7 %');
    await act(async () => engine.changeVersion('imagenet', 2, { lifecycle: 'unloaded' }));
    await answered('tabby 51.7 %');
    expect(screen.getByRole('heading', { name: 'Version 2 is not loaded' })).toBeTruthy();
  });

  test('when none is available the newest can be loaded from here, and then answers what was given meanwhile', async () => {
    const { engine, choose } = await open({
      models: [model('imagenet', [version(2, 'onDisk'), version(3, 'onDisk')])],
    });
    expect(screen.getByRole('heading', { name: 'No version is available' })).toBeTruthy();
    await choose('kitten.jpg');
    expect(engine.inputsOf('inference.classify')).toEqual([]);
    fireEvent.click(screen.getByRole('button', { name: 'Load version 3' }));
    await waitFor(() => expect(engine.inputsOf('models.load')).toEqual([{ model: 'imagenet', version: 3 }]));
    const [run] = await screen.findAllByRole('button', { name: 'Run' });
    await waitFor(() => expect(run?.getAttribute('aria-disabled')).toBeNull());
    if (run) fireEvent.click(run);
    await answered('tabby 51.7 %');
  });

  test('the keys for the next version step over those that cannot answer', async () => {
    const { services, router } = await open().then((page) => ({ ...page, router: page.services.router }));
    expect(services.commands.run('run.newerVersion')).toBe(false);
    act(() => void services.commands.run('run.olderVersion'));
    expect(currentRoute(router.store.getState())).toEqual({
      area: 'playground',
      model: 'imagenet',
      version: 1,
    });
  });

  test('one that is no image classifier says why and cannot be run', async () => {
    await open({
      handlers: {
        'models.describe': async (ref) =>
          description(ref, {
            preprocessing: null,
            notes: null,
            notClassifier: { certainty: 'certain', reason: 'notNoInput', params: {} },
          }),
      },
    });
    expect(
      await screen.findByText(/A picture cannot be given to this version. It has no input./),
    ).toBeTruthy();
    const run = screen.getByRole('button', { name: 'Run' });
    expect(run.getAttribute('aria-disabled')).toBe('true');
    expect(run.title).toBe('imagenet is not an image classifier');
  });
});

describe('an answer', () => {
  test('has bars, the parts of its time, and every raw number', async () => {
    const { engine, choose } = await open();
    await choose('kitten.jpg');
    expect(
      await screen.findByRole('figure', {
        name: /^Time: 14\.2.ms, of which Queue 0\.2.ms, Decode 4.ms, Preprocess 6.ms,? and Run 4.ms$/,
      }),
    ).toBeTruthy();
    const rows = within(screen.getByRole('table', { name: 'Raw output' })).getAllByRole('row');
    expect(rows[1]?.textContent).toBe('1tabby0.5170.5170');
    fireEvent.click(screen.getByRole('button', { name: 'Show as table' }));
    expect(screen.getByRole('table', { name: 'Probabilities' }).textContent).toContain('0.517');
    fireEvent.click(screen.getByRole('button', { name: 'Copy raw output' }));
    await waitFor(() =>
      expect(engine.inputsOf('app.copyText')).toEqual([
        {
          text: 'Class\tLabel\tLogit\tSoftmax\n1\ttabby\t0.517\t0.517\n0\ttiger cat\t0.376\t0.376\n2\tlynx\t0.107\t0.107',
        },
      ]),
    );
  });

  test('that failed says so beside the picture, and can be asked again', async () => {
    let isBroken = true;
    const { choose } = await open({
      handlers: {
        'inference.classify': async (input) => {
          if (isBroken) throw new AppError('RUNNER_CRASHED', { model: 'imagenet', version: '2' });
          return classification(input, cats(2));
        },
      },
    });
    await choose('kitten.jpg');
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain('ended unexpectedly');
    isBroken = false;
    fireEvent.click(within(alert).getByRole('button', { name: 'Try again' }));
    await answered('tabby 51.7 %');
  });

  test('is spoken when it arrives', async () => {
    const { services, choose } = await open();
    await choose('kitten.jpg');
    await waitFor(() =>
      expect(plain(services.announcer.store.getState().polite)).toBe('kitten.jpg: tabby, 51.7 %'),
    );
  });
});

test('arrows walk recent runs and show each with its version', async () => {
  const { choose, services } = await open();
  await choose('a.png', 'b.png');
  await waitFor(() => expect(screen.getAllByRole('option')).toHaveLength(2));
  const list = screen.getByRole('listbox', { name: 'Recent runs' });
  const selected = (): string | undefined =>
    services.playground.store
      .getState()
      .runs.find((run) => run.id === services.playground.store.getState().selectedRun)?.picture.name;
  expect(selected()).toBe('a.png');
  fireEvent.keyDown(list, { key: 'ArrowUp' });
  expect(selected()).toBe('b.png');
  fireEvent.keyDown(list, { key: 'End' });
  expect(selected()).toBe('a.png');
  expect(list.getAttribute('aria-activedescendant')).toBe(screen.getByRole('option', { selected: true }).id);
});

describe('preprocessing', () => {
  test('stands there with its reason and how sure it is', async () => {
    await open();
    const part = (await screen.findByText('Red, green, blue')).closest('dd');
    expect(part?.textContent).toContain('Most models take red, green, blue; the file does not say.');
    expect(part?.textContent).toContain('Likely');
  });

  test('is previewed while it is changed, kept with the version, and run with at once', async () => {
    const { engine, choose } = await open();
    await choose('kitten.jpg');
    await answered('tabby 51.7 %');
    fireEvent.click(screen.getByRole('button', { name: 'Change preprocessing' }));
    expect(screen.getAllByText('Fixed by the model')[0]?.parentElement?.textContent).toContain('224 × 224');
    fireEvent.change(screen.getByRole('textbox', { name: 'Short side' }), { target: { value: '300' } });
    const wanted = { ...description({ model: 'imagenet', version: 2 }).preprocessing };
    const changed = { ...wanted, resize: { kind: 'shortSideCrop', shortSide: 300 } };
    await waitFor(() =>
      expect(engine.inputsOf('inference.viewInput').at(-1)).toMatchObject({ preprocessing: changed }),
    );
    expect(engine.inputsOf('models.setPreprocessing')).toEqual([]);
    fireEvent.click(screen.getByRole('button', { name: 'Keep' }));
    await waitFor(() => expect(engine.inputsOf('inference.classify')).toHaveLength(2));
    expect(engine.inputsOf('models.setPreprocessing')).toEqual([
      { model: 'imagenet', version: 2, preprocessing: changed },
    ]);
    expect(screen.queryByRole('button', { name: 'Keep' })).toBeNull();
  });

  test('that does not fit is said at the field, and not kept', async () => {
    const { engine } = await open();
    fireEvent.click(await screen.findByRole('button', { name: 'Change preprocessing' }));
    const field = screen.getByRole('textbox', { name: 'Short side' });
    fireEvent.change(field, { target: { value: '100' } });
    expect(screen.getByRole('alert').textContent).toBe('At least as large as the size');
    expect(field.getAttribute('aria-invalid')).toBe('true');
    fireEvent.click(screen.getByRole('button', { name: 'Keep' }));
    expect(engine.inputsOf('models.setPreprocessing')).toEqual([]);
    fireEvent.click(screen.getByRole('button', { name: 'Cancel' }));
    expect(screen.queryByRole('textbox', { name: 'Short side' })).toBeNull();
  });

  test('goes back to what was inferred', async () => {
    const { engine } = await open();
    fireEvent.click(await screen.findByRole('button', { name: 'Change preprocessing' }));
    fireEvent.click(screen.getByRole('button', { name: 'Reset to inferred' }));
    await waitFor(() =>
      expect(engine.inputsOf('models.setPreprocessing')).toEqual([
        { model: 'imagenet', version: 2, preprocessing: null },
      ]),
    );
  });
});

test('Compare takes the picture and the next older version along', async () => {
  const { services, choose } = await open();
  await choose('kitten.jpg');
  await answered('tabby 51.7 %');
  fireEvent.click(screen.getByRole('button', { name: 'Compare with other versions' }));
  expect(currentRoute(services.router.store.getState())).toEqual({
    area: 'compare',
    versions: [
      { model: 'imagenet', version: 1 },
      { model: 'imagenet', version: 2 },
    ],
  });
  expect(services.compare.store.getState().pictures.map(({ name }) => name)).toEqual(['kitten.jpg']);
});

test('without a model there is a way to add one', async () => {
  const { services } = await open({ models: [] });
  fireEvent.click(screen.getByRole('button', { name: 'Go to Models' }));
  expect(currentRoute(services.router.store.getState()).area).toBe('models');
});
