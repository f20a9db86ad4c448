import { expect, test } from 'vitest';
import {
  addColumn,
  chooseColumns,
  noColumns,
  removeColumn,
  setBaseline,
} from '../../../../renderer/features/compare/columns';

const version = (number: number) => ({ model: 'digits', version: number });
const three = [1, 2, 3].map(version).reduce(addColumn, noColumns);

test('the first version added is the baseline', () => {
  expect(three.baseline).toBe('digits@1');
});

test('a version is there once, and a fifth finds no place', () => {
  expect(addColumn(three, version(2))).toEqual(three);
  const four = addColumn(three, version(4));
  expect(addColumn(four, version(5)).columns).toHaveLength(4);
});

test('when the baseline is removed, the first of the others takes over', () => {
  expect(removeColumn(three, 'digits@1').baseline).toBe('digits@2');
  expect(removeColumn(three, 'digits@3').baseline).toBe('digits@1');
  expect(removeColumn(addColumn(noColumns, version(1)), 'digits@1')).toEqual(noColumns);
});

test('only a version under comparison can be the baseline', () => {
  expect(setBaseline(three, 'digits@3').baseline).toBe('digits@3');
  expect(setBaseline(three, 'digits@9').baseline).toBe('digits@1');
});

test('another choice of versions keeps the baseline if it is among them', () => {
  expect(chooseColumns([version(3), version(2)], 'digits@2').baseline).toBe('digits@2');
  expect(chooseColumns([version(3), version(4)], 'digits@2').baseline).toBe('digits@3');
});
