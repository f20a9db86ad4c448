// @vitest-environment happy-dom
import { act, cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { AppError } from '../../../../../app/base/errors';
import type { Offer } from '../../../../../app/contract/models';
import { AddSheet } from '../../../../../renderer/features/add/AddSheet';
import { type RenderedPage, renderPage } from '../../../../support/render-page';
import { aModel } from '../../../../support/sample-models';

afterEach(cleanup);

const offer: Offer = {
  ticket: 't',
  items: [
    {
      kind: 'model',
      id: 'a',
      source: '~/imagenet',
      name: 'imagenet',
      versions: [2, 1],
      sizeBytes: 6_200_000,
      memoryBytes: [150_000_000, 140_000_000],
    },
    {
      kind: 'model',
      id: 'b',
      source: '~/flowers',
      name: 'flowers',
      versions: [1],
      sizeBytes: 1_700_000,
      memoryBytes: [120_000_000],
    },
    {
      kind: 'refused',
      id: 'c',
      source: 'digits',
      error: new AppError('DROP_ALREADY_ADDED', { name: 'digits' }).toWire(),
    },
  ],
};

async function open(): Promise<RenderedPage> {
  const page = await renderPage(<AddSheet />, { models: [aModel('digits')] });
  await act(() => page.services.adding.takeOffer(offer));
  return page;
}
const sheet = (): HTMLElement => screen.getByRole('dialog', { name: 'Add models' });

test('lists what was found, and adds what is ticked under the names given', async () => {
  const { engine } = await open();
  expect(sheet().textContent).toContain('3 items looked at: 2 can be added, 1 cannot.');
  expect(sheet().textContent).toMatch(/Loading takes about 270\sMB of 512\sMB free\./u);
  fireEvent.change(screen.getByRole('textbox', { name: 'Name of imagenet' }), {
    target: { value: 'photos' },
  });
  fireEvent.click(screen.getByRole('checkbox', { name: 'Add flowers' }));
  fireEvent.click(screen.getByRole('button', { name: 'Add 1 model' }));
  await waitFor(() =>
    expect(engine.inputsOf('models.add')).toEqual([
      { ticket: 't', choices: [{ id: 'a', as: 'model', name: 'photos' }] },
    ]),
  );
  await waitFor(() => expect(screen.queryByRole('dialog', { name: 'Add models' })).toBeNull());
});

test('a name that is taken is said at its field and blocks adding', async () => {
  const { engine } = await open();
  fireEvent.change(screen.getByRole('textbox', { name: 'Name of imagenet' }), {
    target: { value: 'digits' },
  });
  expect(screen.getByRole('alert').textContent).toBe('A model of this name is already here');
  fireEvent.click(screen.getByRole('button', { name: 'Add 2 models' }));
  expect(engine.inputsOf('models.add')).toEqual([]);
});

test('what is refused stays with its reason and a next step', async () => {
  const { services } = await open();
  const refused = within(sheet()).getByRole('list', { name: 'Cannot be added as they are' });
  expect(refused.textContent).toContain('digits is already in the list.');
  fireEvent.click(within(refused).getByRole('button', { name: 'Go to it, digits' }));
  expect(services.router.route()).toEqual({ area: 'models', model: 'digits', tab: 'versions' });
  await waitFor(() => expect(screen.queryByRole('dialog', { name: 'Add models' })).toBeNull());
});

test('when adding fails, the sheet stays open with the reason and what was typed', async () => {
  const { engine } = await open();
  fireEvent.change(screen.getByRole('textbox', { name: 'Name of imagenet' }), {
    target: { value: 'photos' },
  });
  engine.failNext('models.add', new AppError('DROP_EXPIRED'));
  fireEvent.click(screen.getByRole('button', { name: 'Add 2 models' }));
  await waitFor(() => expect(within(sheet()).getByRole('alert').textContent).toContain('expired'));
  expect(screen.getByRole<HTMLInputElement>('textbox', { name: 'Name of imagenet' }).value).toBe('photos');
});
