import { describe, expect, test } from 'vitest';
import { draftFor, readTop } from '../../../../renderer/features/jobs/batch-draft';
import { aModel, anAvailableVersion, aVersion } from '../../../support/sample-models';

const models = [
  aModel('digits', {
    versions: [anAvailableVersion(3), anAvailableVersion(2), aVersion(1)],
    lastUsedAtMs: 1,
  }),
  aModel('flowers', { versions: [anAvailableVersion(7)], lastUsedAtMs: 5 }),
  aModel('asleep', { versions: [aVersion(2), aVersion(1)], lastUsedAtMs: 3 }),
  aModel('broken', { versions: [aVersion(1, { lifecycle: 'failed' })], lastUsedAtMs: 9 }),
  aModel('table', { platform: 'lookup-table', versions: [anAvailableVersion(1)], lastUsedAtMs: 12 }),
];

describe('a new batch begins with', () => {
  test('the version that the Playground shows', () => {
    expect(draftFor(models, { area: 'playground', model: 'digits', version: 2 })).toMatchObject({
      model: 'digits',
      versions: [2],
    });
  });
  test('the versions of one model that are compared, loaded or not', () => {
    const versions = [3, 1].map((version) => ({ model: 'digits', version }));
    expect(
      draftFor(models, { area: 'compare', versions: [...versions, { model: 'flowers', version: 7 }] }),
    ).toMatchObject({ model: 'digits', versions: [1, 3] });
  });
  test('the newest version on disk where none is loaded', () => {
    expect(draftFor(models, { area: 'models', model: 'asleep', tab: 'versions' }).versions).toEqual([2]);
  });
  test('the newest version of the model in sight', () => {
    expect(draftFor(models, { area: 'models', model: 'digits', tab: 'versions' }).versions).toEqual([3]);
  });
  test('the model that was used last where none is in sight, or it cannot be asked', () => {
    expect(draftFor(models, { area: 'jobs', job: null, tab: null }).model).toBe('flowers');
    for (const model of ['broken', 'table'])
      expect(draftFor(models, { area: 'models', model, tab: 'versions' }).model).toBe('flowers');
  });
  test('nothing when nothing can be asked', () => {
    expect(draftFor([], { area: 'jobs', job: null, tab: null })).toMatchObject({ model: null, versions: [] });
  });
});

test.each([
  ['5', 5],
  [' 10000 ', 10_000],
  ['0', null],
  ['10001', null],
  ['1.5', null],
  ['', null],
])('%j classes are %j', (text, expected) => expect(readTop(text)).toBe(expected));
