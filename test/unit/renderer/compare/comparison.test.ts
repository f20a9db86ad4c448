import { describe, expect, test } from 'vitest';
import type { Cell } from '../../../../renderer/features/compare/cell';
import {
  type ComparisonRow,
  filtersOf,
  matchesFilter,
  showAll,
  sortRows,
  toRow,
} from '../../../../renderer/features/compare/comparison';
import { answer } from './answers';

const cell = (probabilities: Record<string, number>): Cell => ({
  kind: 'answered',
  answer: answer(probabilities),
});
const names = (rows: readonly ComparisonRow[]): string[] => rows.map(({ name }) => name);

const sureDisagreement = toRow('1', 'tench.png', [cell({ a: 0.84, b: 0.16 }), cell({ a: 0.31, b: 0.69 })]);
const guessedDisagreement = toRow('2', 'rose.jpg', [
  cell({ a: 0.26, b: 0.25, c: 0.24 }),
  cell({ a: 0.1, b: 0.19, c: 0.1 }),
]);
const alike = toRow('3', 'goldfish.jpg', [cell({ a: 0.99, b: 0.01 }), cell({ a: 0.99, b: 0.01 })]);
const sameButLessSure = toRow('4', 'labrador.jpg', [cell({ a: 0.96, b: 0.04 }), cell({ a: 0.76, b: 0.24 })]);
const halfAnswered = toRow('5', 'broken.jpg', [cell({ a: 1, b: 0 }), { kind: 'waiting' }]);
const rows = [alike, sameButLessSure, guessedDisagreement, sureDisagreement, halfAnswered];

describe('most different first', () => {
  test('sure disagreements come before guessed ones, and any disagreement before any agreement', () => {
    expect(names(sortRows(rows, 'mostDifferent'))).toEqual([
      'tench.png',
      'rose.jpg',
      'labrador.jpg',
      'goldfish.jpg',
      'broken.jpg',
    ]);
  });

  test('among three versions one dissenter parts less than three different answers', () => {
    const [a, b, c] = [
      cell({ a: 0.8, b: 0.1, c: 0.1 }),
      cell({ a: 0.1, b: 0.8, c: 0.1 }),
      cell({ a: 0.1, b: 0.1, c: 0.8 }),
    ];
    expect(toRow('1', '', [a, b, c]).difference).toBeGreaterThan(toRow('1', '', [a, a, b]).difference);
  });
});

test('the other orders are by name with numbers as numbers, by lowest confidence, and as added', () => {
  const [ten, two] = [toRow('1', 'p10.png', alike.cells), toRow('2', 'p2.png', sureDisagreement.cells)];
  expect(names(sortRows([ten, two], 'name'))).toEqual(['p2.png', 'p10.png']);
  expect(names(sortRows([ten, two], 'leastSure'))).toEqual(['p2.png', 'p10.png']);
  expect(names(sortRows([ten, two], 'added'))).toEqual(['p10.png', 'p2.png']);
});

describe('filters', () => {
  test('two versions have no filter between all and none', () => {
    expect(filtersOf(rows.slice(0, 4), 2)).toEqual([
      { filter: { kind: 'all' }, count: 4 },
      { filter: { kind: 'allAgree' }, count: 2 },
      { filter: { kind: 'allDiffer' }, count: 2 },
    ]);
  });

  test('from three versions on there is one for any disagreement, and one for each number in between', () => {
    const one = cell({ a: 1, b: 0, c: 0 });
    const two = cell({ a: 0, b: 1, c: 0 });
    const row = toRow('1', '', [one, one, two, two]);
    const filters = filtersOf([row], 4);
    expect(filters.map(({ filter }) => filter)).toEqual([
      { kind: 'all' },
      { kind: 'allAgree' },
      { kind: 'disagree' },
      { kind: 'someAgree', agree: 3 },
      { kind: 'someAgree', agree: 2 },
      { kind: 'allDiffer' },
    ]);
    expect(filters.map(({ count }) => count)).toEqual([1, 0, 1, 0, 1, 0]);
  });

  test('pictures that fewer than two versions answered have a filter of their own, only while there are any', () => {
    expect(filtersOf(rows, 2).at(-1)).toEqual({ filter: { kind: 'unanswered' }, count: 1 });
    expect(matchesFilter(halfAnswered, { kind: 'allDiffer' })).toBe(false);
    expect(matchesFilter(halfAnswered, showAll)).toBe(true);
  });
});
