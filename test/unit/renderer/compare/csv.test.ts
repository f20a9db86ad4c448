import { expect, test } from 'vitest';
import { toCsv } from '../../../../renderer/features/compare/csv';

test('fields are quoted where they must be, lines end in CR LF', () => {
  expect(
    toCsv([
      ['a', 1.5, null],
      ['say "hi", Bob', 'two\nlines', ''],
    ]),
  ).toBe('a,1.5,\r\n"say ""hi"", Bob","two\nlines",\r\n');
});

test('a name that a spreadsheet would run as a formula stays text; numbers stay numbers', () => {
  expect(toCsv([['=HYPERLINK("x")', '@me', -0.5]])).toBe('"\'=HYPERLINK(""x"")",\'@me,-0.5\r\n');
});
