import { describe, expect, test } from 'vitest';
import type { Picture } from '../../../../app/contract/pictures';
import {
  addRuns,
  classesOfOlderRuns,
  dropRuns,
  filterRuns,
  mostRecentRuns,
  neighbour,
  otherAnswers,
  type Run,
  runsWithAllClasses,
  setOutcome,
} from '../../../../renderer/features/playground/recent-runs';
import { classification } from '../compare/answers';

const picture = (id: string): Picture => ({
  id,
  name: `${id}.png`,
  bytes: 1,
  width: 1,
  height: 1,
  format: 'png',
  urls: { view: '', thumb: '' },
});
const run = (id: string, version: number, pictureId: string, label?: string): Run => ({
  id,
  model: 'digits',
  version,
  picture: picture(pictureId),
  startedAtMs: 0,
  outcome: label
    ? {
        kind: 'answered',
        classification: classification({ [label]: 0.9, other: 0.1 }, { version }),
        by: null,
      }
    : { kind: 'waiting' },
});
const ids = (runs: readonly Run[]): string[] => runs.map(({ id }) => id);

test('the last run given comes first', () => {
  expect(ids(addRuns([run('a', 1, 'x')], [run('b', 1, 'y'), run('c', 1, 'z')]))).toEqual(['c', 'b', 'a']);
});

test('the oldest run goes when there are too many', () => {
  const many = Array.from({ length: mostRecentRuns }, (_, at) => run(`r${at}`, 1, 'x'));
  const runs = addRuns(many, [run('new', 1, 'x')]);
  expect(runs).toHaveLength(mostRecentRuns);
  expect(runs[0]?.id).toBe('new');
  expect(runs.at(-1)?.id).toBe(`r${mostRecentRuns - 2}`);
});

test('older runs keep only their most probable classes', () => {
  const wide = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`class ${at}`, 1 / (at + 2)]));
  const answered = (id: string): Run => ({
    ...run(id, 1, 'x'),
    outcome: { kind: 'answered', classification: classification(wide), by: null },
  });
  const runs = addRuns(
    [],
    Array.from({ length: runsWithAllClasses + 1 }, (_, at) => answered(`r${at}`)),
  );
  const classes = runs.map(({ outcome }) =>
    outcome.kind === 'answered' ? outcome.classification.classes.length : 0,
  );
  expect(classes[runsWithAllClasses - 1]).toBe(30);
  expect(classes[runsWithAllClasses]).toBe(classesOfOlderRuns);
});

test('an outcome reaches its run and no other', () => {
  const runs = setOutcome([run('a', 1, 'x'), run('b', 1, 'y')], 'b', { kind: 'running' });
  expect(runs.map(({ outcome }) => outcome.kind)).toEqual(['waiting', 'running']);
});

test('runs that were cancelled before they began leave the list', () => {
  expect(ids(dropRuns([run('a', 1, 'x'), run('b', 1, 'y')], new Set(['a'])))).toEqual(['b']);
});

describe('finding', () => {
  const runs = [run('a', 1, 'boot', 'sneaker'), run('b', 2, 'boot', 'boot'), run('c', 2, 'bag')];
  test('every word must be in picture, model, version or answer', () => {
    expect(ids(filterRuns(runs, 'BOOT 1'))).toEqual(['a']);
    expect(ids(filterRuns(runs, 'sneak'))).toEqual(['a']);
    expect(ids(filterRuns(runs, '  '))).toEqual(['a', 'b', 'c']);
  });
});

test('walking stops at both ends and begins at the newest', () => {
  const runs = [run('a', 1, 'x'), run('b', 1, 'y')];
  expect(neighbour(runs, 'a', 1)?.id).toBe('b');
  expect(neighbour(runs, 'b', 1)?.id).toBe('b');
  expect(neighbour(runs, 'a', -1)?.id).toBe('a');
  expect(neighbour(runs, null, 1)?.id).toBe('a');
});

test('other versions are named when their latest answer about the same picture differs', () => {
  const newest = run('d', 3, 'boot', 'boot');
  const runs = [
    newest,
    run('c', 1, 'boot', 'sandal'),
    run('b', 1, 'boot', 'sneaker'),
    run('a', 2, 'boot', 'boot'),
    run('z', 1, 'bag', 'bag'),
  ];
  expect(otherAnswers(runs, newest)).toEqual([{ version: 1, label: 'sandal' }]);
});
