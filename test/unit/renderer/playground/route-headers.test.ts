import { expect, test } from 'vitest';
import {
  headerValue,
  isHeaderName,
  looksElsewhere,
  wantedHeaders,
  withValue,
} from '../../../../renderer/features/playground/route-headers';
import { aRoute } from '../../../support/fake-routes';

const condition = (name: string, from: 'header' | 'token' = 'header') => ({
  from,
  name,
  test: 'is' as const,
  values: ['x'],
});
const route = aRoute(
  'shop',
  'clothes',
  { v1: 100 },
  {
    stickyBy: { from: 'header', name: 'X-User' },
    rules: [
      { id: 'a', name: 'Staff', when: [condition('X-Team'), condition('x-user')], split: [] },
      { id: 'b', name: 'Testers', when: [condition('x-team')], split: [] },
    ],
  },
);

test('every header that decides is asked for once, the key first, with who looks at it', () => {
  expect(wantedHeaders(route)).toEqual([
    { name: 'x-user', isKey: true, audiences: ['Staff'] },
    { name: 'x-team', isKey: false, audiences: ['Staff', 'Testers'] },
  ]);
  expect(wantedHeaders(aRoute('plain', 'clothes', { v1: 100 }))).toEqual([]);
});

test('what is looked for in bodies and tokens is known to be missing', () => {
  expect(looksElsewhere(route)).toBe(false);
  expect(looksElsewhere({ ...route, stickyBy: { from: 'context', name: 'user' } })).toBe(true);
  const rules = [{ id: 'a', name: 'A', when: [condition('', 'token')], split: [] }];
  expect(looksElsewhere({ stickyBy: null, rules })).toBe(true);
});

test('a value is set for a header whatever its case, and has one line only', () => {
  const lines = withValue(withValue([], 'x-user', 'ann'), 'x-user', 'bob');
  expect(lines).toEqual([{ name: 'x-user', value: 'bob' }]);
  expect(headerValue([{ name: 'X-User', value: 'cid' }], 'x-user')).toBe('cid');
  expect(headerValue([], 'x-user')).toBe('');
});

test('names of headers have no blanks and no colons', () => {
  expect(['x-user', 'X_1'].every(isHeaderName)).toBe(true);
  expect(['', 'x user', 'x:y', 'é'].some(isHeaderName)).toBe(false);
});
