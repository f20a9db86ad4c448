import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { mostRecentFolders, openRecentFolders } from '../../../app/shell/recent-folders';
import { temporaryFolder } from '../../support/temp-folder';

const folder = temporaryFolder();
async function open() {
  const heard: (readonly string[])[] = [];
  const recent = await openRecentFolders(join(folder.path, 'recent.json'), (folders) => heard.push(folders));
  return { recent, last: () => heard.at(-1) };
}

test('the newest is first, each stands once, and they are there at the next start', async () => {
  const { recent, last } = await open();
  expect(last()).toEqual([]);
  for (const name of ['/a', '/b', '/a']) await recent.note(name);
  expect(last()).toEqual(['/a', '/b']);
  const next = await open();
  expect(next.last()).toEqual(['/a', '/b']);
  await next.recent.clear();
  expect(next.last()).toEqual([]);
  expect(JSON.parse(readFileSync(join(folder.path, 'recent.json'), 'utf8'))).toEqual([]);
});

test('only so many are kept', async () => {
  const { recent, last } = await open();
  for (let count = 0; count <= mostRecentFolders; count++) await recent.note(`/${count}`);
  expect(last()).toHaveLength(mostRecentFolders);
  expect(last()).not.toContain('/0');
});

test.each(['', '{', '{"a":1}', '[1]'])('a damaged file (%j) counts as none', async (text) => {
  folder.write('recent.json', text);
  expect((await open()).last()).toEqual([]);
});
