// @vitest-environment happy-dom
import { act, cleanup, configure, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { AppError } from '../../../../app/base/errors';
import type { Handlers } from '../../../../app/contract';
import { PlaygroundArea } from '../../../../renderer/features/playground/PlaygroundArea';
import { renderPage } from '../../../support/render-page';
import { description, model, note, picture, version } from '../playground/page-fixtures';

configure({ asyncUtilTimeout: 8_000 }); // a busy machine is slow, not wrong

beforeEach(() => {
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(800);
});
afterEach(cleanup);

const table: Readonly<Record<string, readonly number[]>> = { cat: [1, 0.1], dog: [0.9, 0.2], shark: [0, 1] };
const handlersOf = (dimension = 2, dtype = 'float32'): Partial<Handlers> => ({
  'models.describe': async (ref) =>
    description(ref, {
      preprocessing: null,
      notClassifier: note('certain', 'notTable'),
      metadata: { file: 'table.csv', format: 'csv', rows: '3', dimension: String(dimension), dtype },
    }),
  'inference.lookup': async ({ keys }) => ({
    rows: keys.flatMap((key) => (table[key] ? [{ key, values: table[key].slice(0, dimension) }] : [])),
    missing: keys.filter((key) => !table[key]),
  }),
  'inference.nearest': async ({ to }) =>
    Object.keys(table)
      .filter((key) => key !== to)
      .map((key) => ({ key, similarity: key === 'shark' ? 0.1 : 0.99 })),
});
const animals = model('animals', [version(1, 'available'), version(2, 'available')], {
  platform: 'lookup-table',
});
const open = (handlers = handlersOf()) => renderPage(<PlaygroundArea />, { models: [animals], handlers });
const type = async (keys: string): Promise<void> => {
  fireEvent.change(await screen.findByRole('textbox', { name: 'Keys' }), { target: { value: keys } });
};
const lookUp = (): void => void fireEvent.click(screen.getByRole('button', { name: 'Look up' }));
const rowKeys = async () =>
  within(await screen.findByRole('table', { name: /^Rows of version/ }))
    .getAllByRole('rowheader')
    .map(({ textContent }) => textContent);

test('keys give rows in their order; what is missing is named; neighbours of the first row come along', async () => {
  const { engine } = await open();
  expect(await screen.findByText('3 rows of 2 values')).toBeTruthy();
  expect(screen.getByRole('button', { name: 'Look up' }).getAttribute('title')).toBe('Type a key first');
  await type('dog\ncow\ncat');
  lookUp();
  expect(await rowKeys()).toEqual(['dog', 'cat']);
  expect(screen.getByText('1 key is not in the table').parentElement?.textContent).toContain('cow');
  expect(await screen.findByRole('list', { name: /Nearest to dog/ })).toBeTruthy();
  expect(engine.inputsOf('inference.nearest')).toEqual([
    { model: 'animals', version: 2, to: 'dog', count: 10 },
  ]);
  expect(screen.queryByRole('button', { name: 'Compare with other versions' })).toBeNull();
});

test('a neighbour leads on: it is looked up as well, and its own neighbours are shown', async () => {
  await open();
  await type('cat');
  lookUp();
  fireEvent.click(await screen.findByRole('button', { name: 'Look up shark as well' }));
  await waitFor(async () => expect(await rowKeys()).toEqual(['cat', 'shark']));
  expect(await screen.findByRole('list', { name: /Nearest to shark/ })).toBeTruthy();
  expect(screen.getByRole('textbox', { name: 'Keys' })).toHaveProperty('value', 'cat\nshark');
});

test('another version is asked for the same keys at once', async () => {
  const { engine } = await open();
  await type('cat');
  fireEvent.click(screen.getByRole('radio', { name: 'Version 1' }));
  expect(await rowKeys()).toEqual(['cat']);
  expect(engine.inputsOf('inference.lookup')).toEqual([{ model: 'animals', version: 1, keys: ['cat'] }]);
});

test('a table of single values has no neighbours, and a failure says why and asks again', async () => {
  let isAble = false;
  const one = handlersOf(1, 'float64');
  const { engine } = await open({
    ...one,
    'inference.lookup': async (input) => {
      if (!isAble) throw new AppError('RUNNER_CRASHED');
      return (await one['inference.lookup']?.(input)) ?? { rows: [], missing: [] };
    },
  });
  await type('cat');
  lookUp();
  const again = await screen.findByRole('button', { name: 'Try again' });
  isAble = true;
  fireEvent.click(again);
  expect(await rowKeys()).toEqual(['cat']);
  expect(engine.inputsOf('inference.nearest')).toEqual([]);
});

test('pictures are no keys: that is said, and nothing is asked', async () => {
  const { engine, services } = await open();
  engine.nextPictures = { pictures: [picture('cat.png')], refused: [] };
  await act(async () => services.pictures.choose());
  expect(await screen.findByText('This is a lookup table')).toBeTruthy();
  expect(engine.inputsOf('inference.classify')).toEqual([]);
});

test('more keys than the page takes are refused before they are asked for', async () => {
  const { engine } = await open();
  await type(Array.from({ length: 1001 }, (_, at) => `key ${at}`).join('\n'));
  lookUp();
  expect(screen.getByRole('alert').textContent).toContain('At most 1,000 keys');
  expect(engine.inputsOf('inference.lookup')).toEqual([]);
});
