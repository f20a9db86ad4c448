// @vitest-environment happy-dom
import { act, cleanup, configure, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { AppError } from '../../../../app/base/errors';
import { PlaygroundArea } from '../../../../renderer/features/playground/PlaygroundArea';
import { renderPage } from '../../../support/render-page';
import { classification, inferring, model, picture, version } from './page-fixtures';

configure({ asyncUtilTimeout: 8_000 }); // a busy machine is slow, not wrong

beforeEach(() => {
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(800);
});
afterEach(cleanup);

const atRest = version(2, 'onDisk', { loadsOnRequest: true, isAspired: true });
const imagenet = model('imagenet', [version(1, 'onDisk'), atRest], { loaded: 'onDemand' });

/** The answer comes when the test says so. */
async function open() {
  let answer: (error?: AppError) => void = () => {};
  const page = await renderPage(<PlaygroundArea />, {
    models: [imagenet],
    handlers: {
      ...inferring(() => ({ tabby: 1 })),
      'inference.classify': (input) =>
        new Promise((resolve, reject) => {
          answer = (error) =>
            error ? reject(error) : resolve(classification(input, { tabby: 0.9, lynx: 0.1 }));
        }),
    },
  });
  const choose = async (name: string): Promise<void> => {
    page.engine.nextPictures = { pictures: [picture(name)], refused: [] };
    await act(async () => page.services.pictures.choose());
  };
  return { ...page, choose, settle: (error?: AppError) => act(async () => answer(error)) };
}

test('a version that its first request loads takes a picture, says that it loads, and answers', async () => {
  const { engine, choose, settle } = await open();
  await screen.findByRole('heading', { name: 'Version 2 is loaded by its first request' });
  expect(engine.inputsOf('models.describe')).toEqual([]);
  await choose('kitten.jpg');
  expect(engine.inputsOf('inference.classify')).toMatchObject([{ model: 'imagenet', version: 2 }]);
  act(() => engine.changeVersion('imagenet', 2, { lifecycle: 'loading' }));
  await screen.findByText('Loading version 2: the answer follows as soon as it is available');
  expect(screen.getAllByRole('status').map(({ textContent }) => textContent)).toContain('Loading');
  act(() => engine.changeVersion('imagenet', 2, { lifecycle: 'available' }));
  await settle();
  await screen.findByRole('heading', { name: /tabby/ });
  act(() => engine.changeVersion('imagenet', 2, { lifecycle: 'unloaded' }));
  expect(screen.getByRole('heading', { name: /tabby/ })).toBeTruthy();
  expect(engine.inputsOf('models.load')).toEqual([]);
});

test('why it could not be loaded stands where its answer would', async () => {
  const { engine, choose, settle } = await open();
  await choose('kitten.jpg');
  act(() => engine.changeVersion('imagenet', 2, { lifecycle: 'failed' }));
  await settle(new AppError('MODEL_FILE_TRUNCATED', { file: 'model.onnx' }));
  await screen.findByRole('heading', { name: 'Answer of version 2' });
  await screen.findByText(/model file is incomplete/);
});

test('walking to a version that is not loaded does not load it', async () => {
  const both = model('imagenet', [version(1, 'onDisk', { loadsOnRequest: true }), version(2, 'available')], {
    loaded: 'onDemand',
  });
  const { engine, services } = await renderPage(<PlaygroundArea />, {
    models: [both],
    handlers: inferring(() => ({ tabby: 1 })),
  });
  engine.nextPictures = { pictures: [picture('kitten.jpg')], refused: [] };
  await act(async () => services.pictures.choose());
  await waitFor(() => expect(engine.inputsOf('inference.classify')).toHaveLength(1));
  act(() => void services.commands.run('run.olderVersion'));
  await screen.findByText('Version 1 is loaded by its first request');
  expect(engine.inputsOf('inference.classify')).toHaveLength(1);
  act(() => void services.commands.run('run.again'));
  await waitFor(() => expect(engine.inputsOf('inference.classify').at(-1)).toMatchObject({ version: 1 }));
});

test('a table that is not loaded can be loaded from here, since its keys are known only then', async () => {
  const animals = model('animals', [version(1, 'onDisk', { loadsOnRequest: true })], {
    platform: 'lookup-table',
    loaded: 'onDemand',
  });
  const { engine } = await renderPage(<PlaygroundArea />, { models: [animals] });
  await screen.findByText('What it holds is known once it is loaded.');
  fireEvent.click(screen.getByRole('button', { name: 'Load version 1' }));
  await waitFor(() => expect(engine.inputsOf('models.load')).toEqual([{ model: 'animals', version: 1 }]));
});
