// @vitest-environment happy-dom
import { act, cleanup, screen } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import type { ModelEvent } from '../../../../app/contract/models';
import { filesSetAside } from '../../../../renderer/stores/set-aside';
import { renderPage } from '../../../support/render-page';

afterEach(cleanup);

const anEvent = (id: number, kind: ModelEvent['kind'], params: ModelEvent['params'] = {}): ModelEvent => ({
  id,
  atMs: id,
  model: '',
  version: null,
  kind,
  cause: 'start',
  params,
  error: null,
});

test('only what this run set aside is named', () => {
  const events = [
    anEvent(1, 'fileSetAside', { file: 'undo.json' }),
    anEvent(2, 'started'),
    anEvent(3, 'fileSetAside', { file: 'models.json' }),
    anEvent(4, 'started'),
  ];
  expect(filesSetAside(events)).toEqual(['models.json']);
  expect(filesSetAside(events.slice(0, 2))).toEqual(['undo.json']);
});

test('a list of models that could not be read is said, and stays said', async () => {
  const { engine, services } = await renderPage(null);
  engine.events = [anEvent(1, 'fileSetAside', { file: 'models.json' }), anEvent(2, 'started')];
  await act(() => services.connect()); // as the page does once it is drawn
  const said = await screen.findByRole('alert');
  expect(said.textContent).toContain('models.json was damaged');
});
