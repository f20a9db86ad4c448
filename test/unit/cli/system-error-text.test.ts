import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { AppError } from '../../../app/base/errors';
import { systemErrorText } from '../../../main/cli/system-error-text';
import { temporaryFolder } from '../../support/temp-folder';

const temp = temporaryFolder();
const thrownBy = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );

test('what the system refuses about a file is told with its place and what to do', async () => {
  const file = temp.write('a-file', 'x');
  const inFile = join(file, 'below');
  expect(systemErrorText(await thrownBy(mkdir(inFile)))).toBe(
    `${inFile}: not a directory (ENOTDIR). Check this place, or name another.`,
  );
  expect(systemErrorText(await thrownBy(mkdir(file)))).toContain(`${file}: file already exists (EEXIST).`);
  expect(systemErrorText(await thrownBy(readFile(join(temp.path, 'none'))))).toContain('no such file');
});

test('every other error is told as before', () => {
  for (const other of [
    new AppError('INTERNAL'),
    new Error('x'),
    Object.assign(new Error('x'), { code: 'X' }),
    7,
  ])
    expect(systemErrorText(other)).toBeUndefined();
});
