import { describe, expect, test } from 'vitest';
import { AppError } from '../../../../../app/base/errors';
import type { Lifecycle } from '../../../../../app/contract/models';
import { arrange, canLoad, memoryOf, stateOf } from '../../../../../renderer/features/models/model-state';
import { draftOf, isChanged, policyOf } from '../../../../../renderer/features/models/policy-draft';
import { aModel, anAvailableVersion, aVersion } from '../../../../support/sample-models';

const withStates = (...states: Lifecycle[]) =>
  aModel('digits', { versions: states.map((lifecycle, index) => aVersion(index + 1, { lifecycle })) });

describe('the state of a model', () => {
  test.each<[Lifecycle[], Lifecycle]>([
    [['failed', 'available'], 'available'],
    [['failed', 'loading'], 'loading'],
    [['failed', 'unloaded'], 'failed'],
    [['onDisk', 'unloaded'], 'unloaded'],
    [[], 'onDisk'],
  ])('%j speaks as %s', (states, expected) => {
    expect(stateOf(withStates(...states))).toBe(expected);
  });

  test('a problem of the folder shows as failed, unless something still serves', () => {
    const problem = new AppError('BASE_PATH_MISSING').toWire();
    expect(stateOf({ ...withStates('onDisk'), problem })).toBe('failed');
    expect(stateOf({ ...withStates('available'), problem })).toBe('available');
  });
});

test('memory is what runners take and what is set aside for loads; null when none', () => {
  const model = aModel('digits', {
    versions: [
      anAvailableVersion(2, { residentBytes: 80 }),
      aVersion(1, { lifecycle: 'loading', estimatedBytes: 20 }),
    ],
  });
  expect(memoryOf(model)).toBe(100);
  expect(memoryOf(withStates('onDisk'))).toBeNull();
});

test('a version whose folder is gone cannot be loaded', () => {
  expect(canLoad(aVersion(1))).toBe(true);
  expect(canLoad(aVersion(1, { isOnDisk: false }))).toBe(false);
  expect(canLoad(anAvailableVersion(1))).toBe(false);
});

describe('the list', () => {
  const models = [
    aModel('model-10', { versions: [anAvailableVersion(1, { residentBytes: 5 })] }),
    aModel('model-2', { versions: [anAvailableVersion(1, { residentBytes: 9 })] }),
    aModel('Flowers', { versions: [aVersion(1)] }),
  ];
  const names = (filter: string, column: 'name' | 'memory' | 'state', descending = false): string[] =>
    arrange(models, filter, { column, descending }).map(({ name }) => name);

  test('names are ordered as people count', () => {
    expect(names('', 'name')).toEqual(['Flowers', 'model-2', 'model-10']);
  });

  test('a filter does not care for case', () => {
    expect(names(' flow', 'name')).toEqual(['Flowers']);
  });

  test('other columns order by their value, names between equals', () => {
    expect(names('', 'memory', true)).toEqual(['model-2', 'model-10', 'Flowers']);
    expect(names('', 'state')).toEqual(['model-2', 'model-10', 'Flowers']);
  });
});

describe('a policy being put together', () => {
  const model = aModel('digits', { versions: [anAvailableVersion(3), aVersion(2)] });

  test('starts as what holds, and Specific from what is wanted now', () => {
    expect(policyOf(draftOf(model))).toEqual({ kind: 'latest', count: 1 });
    expect(policyOf({ ...draftOf(model), kind: 'specific' })).toEqual({ kind: 'specific', versions: [3] });
  });

  test('is a change only when applying it would change something', () => {
    const draft = draftOf(model);
    expect(isChanged(draft, model)).toBe(false);
    expect(isChanged({ ...draft, count: 2 }, model)).toBe(true);
    expect(isChanged({ ...draft, switching: 'resourcePreserving' }, model)).toBe(true);
    const specific = aModel('digits', { policy: { kind: 'specific', versions: [1, 3] } });
    expect(isChanged({ ...draftOf(specific), versions: [3, 1] }, specific)).toBe(false);
  });
});
