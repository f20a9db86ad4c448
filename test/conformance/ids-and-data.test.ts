import { expect, test } from 'vitest';
import { AppError } from '../../app/base/errors';
import { dataOrDie, servableData, servableError } from '../../main/serving/servable-data';
import { compareServableIds, formatServableId, sameServable } from '../../main/serving/servable-id';

test('T001 [ID1]: ids order by name, then version; equality needs both', () => {
  const a1 = { name: 'a', version: 1 };
  const a2 = { name: 'a', version: 2 };
  const b1 = { name: 'b', version: 1 };
  expect([b1, a2, a1].sort(compareServableIds)).toEqual([a1, a2, b1]);
  expect(sameServable(a1, { ...a1 })).toBe(true);
  expect(sameServable(a1, a2)).toBe(false);
  expect(sameServable(a1, b1)).toBe(false);
  expect(formatServableId(a1)).toBe('{name: a version: 1}');
});

test('T002 [ID2]: an item holds its data or its error; reading data of an errored one throws', () => {
  const id = { name: 'a', version: 1 };
  const good = servableData(id, 'value');
  expect(good).toMatchObject({ id, ok: true });
  expect(dataOrDie(good)).toBe('value');
  const error = new AppError('MODEL_FILE_MISSING');
  const bad = servableError<string>(id, error);
  expect(bad).toMatchObject({ id, ok: false, error });
  expect(() => dataOrDie(bad)).toThrow('errored servable a:1');
});
