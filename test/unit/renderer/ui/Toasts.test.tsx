// @vitest-environment happy-dom
import { act, cleanup, screen, waitFor } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { renderPage } from '../../../support/render-page';
import { aModel } from '../../../support/sample-models';

afterEach(cleanup);

const offers = (): HTMLElement[] => screen.queryAllByRole('button', { name: 'Undo' });

test('only the last action is offered to be taken back', async () => {
  const { services } = await renderPage(null, { models: [aModel('digits'), aModel('letters')] });
  await act(() => services.actions.remove('digits', false));
  await act(() => services.actions.remove('letters', false));
  await waitFor(() => expect(screen.queryByText('digits is removed from the list')).toBeNull());
  expect(offers()).toHaveLength(1);
});

test('the offer ends when the action is taken back in another way', async () => {
  const { services } = await renderPage(null, { models: [aModel('digits')] });
  await act(() => services.actions.remove('digits', false));
  await waitFor(() => expect(offers()).toHaveLength(1));
  await act(() => services.actions.undoLast());
  await waitFor(() => expect(offers()).toHaveLength(0));
});
