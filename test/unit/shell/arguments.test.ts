import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { givenPaths } from '../../../app/shell/arguments';

test('files and folders on the command line are made absolute; switches are not files', () => {
  expect(
    givenPaths(['/opt/slipway', '--no-sandbox', 'digits', '/models/flowers', '-x', ''], '/work', false),
  ).toEqual([resolve('/work', 'digits'), '/models/flowers']);
});

test('under a development Electron the first one is the app itself', () => {
  expect(givenPaths(['/electron', '--inspect=0', '.', 'digits'], '/work', true)).toEqual([
    resolve('/work', 'digits'),
  ]);
  expect(givenPaths(['/electron', '.'], '/work', true)).toEqual([]);
});
