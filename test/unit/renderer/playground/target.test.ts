import { expect, test } from 'vitest';
import { findTarget, neighbourVersion, withCompanion } from '../../../../renderer/features/playground/target';
import { model, version } from './page-fixtures';

const fish = model('fish', [
  version(1, 'available'),
  version(2, 'onDisk'),
  version(3, 'available'),
  version(4, 'loading'),
]);
const idle = model('idle', [version(1, 'onDisk'), version(2, 'unloaded')]);
const recent = model('recent', [version(1, 'available')], { lastUsedAtMs: 9 });
const numbers = (found: ReturnType<typeof findTarget>) => [found.model?.name, found.version?.version];

test('a version that is named is meant, even if it cannot answer', () => {
  expect(numbers(findTarget([fish, idle], { model: 'fish', version: 2 }))).toEqual(['fish', 2]);
});

test('without a number the newest that can answer is meant, else the newest there is', () => {
  expect(numbers(findTarget([fish, idle], { model: 'fish', version: null }))).toEqual(['fish', 3]);
  expect(numbers(findTarget([fish, idle], { model: 'idle', version: null }))).toEqual(['idle', 2]);
});

test('without a name the model used last is meant, and one that can answer before one that cannot', () => {
  expect(numbers(findTarget([idle, fish, recent], { model: null, version: null }))).toEqual(['recent', 1]);
  expect(numbers(findTarget([idle, fish], { model: 'gone', version: 1 }))).toEqual(['fish', 3]);
  expect(numbers(findTarget([], { model: null, version: null }))).toEqual([undefined, undefined]);
});

test('walking versions steps over those that cannot answer', () => {
  expect(neighbourVersion(fish, 3, -1)?.version).toBe(1);
  expect(neighbourVersion(fish, 1, 1)?.version).toBe(3);
  expect(neighbourVersion(fish, 3, 1)).toBeUndefined();
});

test('a version is compared with the next older that can answer, oldest first', () => {
  expect(withCompanion(fish, 3).map((each) => each.version)).toEqual([1, 3]);
  expect(withCompanion(fish, 1).map((each) => each.version)).toEqual([1, 3]);
  expect(withCompanion(idle, 2).map((each) => each.version)).toEqual([1, 2]);
  expect(withCompanion(recent, 1).map((each) => each.version)).toEqual([1]);
});
