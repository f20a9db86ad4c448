import { expect, test } from 'vitest';
import { readTable } from '../../main/platforms/lookup-table/runner/read-table';
import { failureOf } from '../support/app-errors';
import { callContext } from '../support/call-context';
import { temporaryFolder } from '../support/temp-folder';

const folder = temporaryFolder();

test('T167: a hashmap file of "key,value" lines is looked up; another number of columns is INVALID_ARGUMENT', async () => {
  folder.write('hashmap.csv', 'a,1\nb,2\n');
  const { table } = await readTable(folder.path, callContext().enter);
  expect(table.lookup(['a']).values.data).toEqual(['1']);
  folder.write('hashmap.csv', 'a,1,2\n');
  expect((await failureOf(() => readTable(folder.path, callContext().enter))).status).toBe(
    'INVALID_ARGUMENT',
  );
});
