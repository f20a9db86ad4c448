import { join, resolve } from 'node:path';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { builtCli, runCli } from '../../support/built-cli';
import { startServer } from '../../support/running-server';
import { temporaryFolder } from '../../support/temp-folder';

const folder = temporaryFolder();
const animals = (): string => {
  folder.write('animals/1/table.csv', 'cat,1,0\n');
  folder.write('animals/2/table.csv', 'cat,1,0.1\ndog,0.9,0.2\nshark,0,1\n');
  return join(folder.path, 'animals');
};

beforeAll(async () => void (await builtCli()), 120_000);

test('--json gives the rows in the order asked, with neighbours, and names what is missing', async () => {
  const { code, stdout, stderr } = await runCli([
    'lookup',
    animals(),
    'dog',
    'cow',
    'cat',
    '--nearest',
    '1',
    '--json',
  ]);
  expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
  expect(JSON.parse(stdout)).toEqual({
    model: 'animals',
    version: 2,
    rows: [
      { key: 'dog', values: [0.9, 0.2], neighbours: [{ key: 'cat', similarity: expect.closeTo(0.9927, 3) }] },
      { key: 'cat', values: [1, 0.1], neighbours: [{ key: 'dog', similarity: expect.closeTo(0.9927, 3) }] },
    ],
    missing: ['cow'],
  });
});

test('a table for people; missing keys go to stderr', async () => {
  const of = animals();
  const all = await runCli(['lookup', of, 'cat', '--nearest', '2']);
  expect(all).toMatchObject({ code: 0, stderr: '' });
  expect(all.stdout).toMatch(/cat\s+│ 1 {2}0\.1\s+│ dog\s+│\s+0\.993/);
  expect(await runCli(['lookup', of, 'cat', 'cow', '--model-version', '1'])).toMatchObject({
    code: 1,
    stderr: 'Not in the table: cow\n',
  });
});

test('a table of texts is answered with texts, which have no neighbours', async () => {
  folder.write('ids/1/table.json', '{"a": "x", "b": "z"}');
  const of = join(folder.path, 'ids');
  const { stdout } = await runCli(['lookup', of, 'a', '--json']);
  expect(JSON.parse(stdout)).toMatchObject({ rows: [{ key: 'a', values: ['x'] }] });
  const refused = await runCli(['lookup', of, 'a', '--nearest', '1']);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('texts, which have no direction');
});

test('a server is asked the same, and wrong usage is told', async () => {
  const server = await startServer(['--model_name=animals', `--model_base_path=${animals()}`]);
  onTestFinished(() => server.stop());
  await server.until((line) => line['kind'] === 'available');
  const url = `http://127.0.0.1:${server.restPort}`;
  const { code, stdout, stderr } = await runCli([
    'lookup',
    'animals',
    'cat',
    'cow',
    '--remote',
    url,
    '--json',
    '--nearest',
    '1',
  ]);
  expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
  expect(JSON.parse(stdout)).toEqual({
    model: 'animals',
    version: 2,
    rows: [
      { key: 'cat', values: [1, 0.1], neighbours: [{ key: 'dog', similarity: expect.closeTo(0.9927, 3) }] },
    ],
    missing: ['cow'],
  });
  expect(await runCli(['lookup', 'animals', 'cat', '--nearest', '0', '--remote', url])).toMatchObject({
    code: 2,
  });
  const unknown = await runCli(['lookup', 'nothing', 'cat', '--remote', url]);
  expect(unknown.code).toBe(1);
  expect(unknown.stderr).toContain('HTTP 404');
});

test('a classifier is no table, and a table is no classifier', async () => {
  const samples = resolve(import.meta.dirname, '../../../app/resources/samples');
  const lookup = await runCli(['lookup', join(samples, 'models/fashion-mnist'), 'cat']);
  expect(lookup.code).toBe(1);
  expect(lookup.stderr).toContain('no lookup table');
  const classify = await runCli(['classify', animals(), join(samples, 'pictures/bag.png'), '--json']);
  expect(classify.code).toBe(1);
  expect(JSON.parse(classify.stdout)).toMatchObject([{ error: { code: 'MODEL_IS_TABLE' } }]);
});
