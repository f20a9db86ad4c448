import { expect, test } from 'vitest';
import { createUiStore } from '../../../../renderer/stores/ui';
import { memoryKeeper } from '../../../support/memory-keeper';

test('selection, filter, order and sizes survive a restart', () => {
  const keeper = memoryKeeper();
  createUiStore(keeper).setState({
    filter: 'dig',
    sort: { column: 'memory', descending: true },
    panes: { models: 412 },
  });
  expect(createUiStore(keeper).getState()).toMatchObject({
    filter: 'dig',
    sort: { column: 'memory', descending: true },
    panes: { models: 412 },
  });
});

test('what an older version kept in another form is left aside', () => {
  const keeper = memoryKeeper();
  keeper.setItem('slipway.ui', '{"filter":7}');
  expect(createUiStore(keeper).getState().filter).toBe('');
});
