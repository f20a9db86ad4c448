import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLog } from '../../../app/shell/log';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-log-'));
});
afterEach(() => rm(folder, { recursive: true }));
const read = (name = 'main.log') => readFile(join(folder, name), 'utf8');

test('lines are kept in order, with time and area, and name no home folder', async () => {
  const log = createLog(folder);
  log.write('start', 'one');
  log.write('unexpected', new Error(`two in ${homedir()}/models`));
  await log.flush();
  const text = await read();
  expect(text).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z start: one\n/);
  expect(text).toContain('two in ~/models');
});

test('what is written at once is on disk at once, after what waited', async () => {
  const log = createLog(join(folder, 'new'));
  log.write('start', 'first');
  log.writeNow('uncaught', 'second');
  const text = await read(join('new', 'main.log'));
  expect(text.indexOf('first')).toBeLessThan(text.indexOf('second'));
  await log.flush();
  expect((await read(join('new', 'main.log'))).match(/first/g)).toHaveLength(1);
});

test('a full log becomes an older one at the next start, and at most three are kept', async () => {
  for (const text of ['a', 'b', 'c', 'd', 'e']) {
    await writeFile(join(folder, 'main.log'), text.repeat(1_000_000));
    await createLog(folder).flush();
  }
  expect((await readdir(folder)).sort()).toEqual(['main.1.log', 'main.2.log', 'main.3.log']);
  expect((await read('main.1.log')).slice(0, 1)).toBe('e');
  expect((await read('main.3.log')).slice(0, 1)).toBe('c');
});
