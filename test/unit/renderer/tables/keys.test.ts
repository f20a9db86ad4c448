import { expect, test } from 'vitest';
import { keysOf, withKey } from '../../../../renderer/features/tables/keys';

test('keys are lines, each once, without the space around them', () => {
  expect(keysOf(' cat\r\ndog, brown\n\n  \ncat\rcow ')).toEqual(['cat', 'dog, brown', 'cow']);
  expect(keysOf(' \n')).toEqual([]);
});

test('one more key goes on a line of its own, unless it is there', () => {
  expect(withKey('', 'cat')).toBe('cat');
  expect(withKey('cat\n\n', 'dog')).toBe('cat\ndog');
  expect(withKey('cat\ndog', 'cat')).toBe('cat\ndog');
});
